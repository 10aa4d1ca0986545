/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import java.util.concurrent.ExecutionException;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;

/**
 * Datastores in memory, with listeners called by other threads as in production.
 */
public final class Datastores {
    private final AbstractConcurrentDataBrokerTest test = new AbstractConcurrentDataBrokerTest(true) {
    };

    public Datastores() throws Exception {
        test.setup();
    }

    public DataBroker broker() {
        return test.getDataBroker();
    }

    public DOMDataBroker domBroker() {
        return test.getDomBroker();
    }

    public BindingNormalizedNodeSerializer serializer() {
        return test.getDataBrokerTestCustomizer().getAdapterContext().currentSerializer();
    }

    public EffectiveModelContext models() {
        return test.getDataBrokerTestCustomizer().getSchemaService().getGlobalContext();
    }

    public <T extends ChildOf<? extends DataRoot>> void put(final LogicalDatastoreType store, final Class<T> type,
            final T data) throws Exception {
        final var tx = broker().newWriteOnlyTransaction();
        tx.put(store, InstanceIdentifier.create(type), data);
        tx.commit().get();
    }

    public <T extends ChildOf<? extends DataRoot>> T get(final Class<T> type) {
        try (var tx = broker().newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(type)).get().orElse(null);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
