/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import io.peregrine.topology.intent.CommitGuard;
import io.peregrine.topology.intent.Containers;
import io.peregrine.topology.intent.Problem;
import java.util.List;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Lets no commit of the fabric's intent pass that breaks a rule.
 */
@Component(service = { })
public final class FabricGuard implements CommitGuard.Rules, AutoCloseable {
    private final CommitGuard guard;

    /**
     * Begins to guard.
     *
     * @param dataBroker the datastore
     * @param serializer makes bindings of what it holds
     */
    @Activate
    public FabricGuard(@Reference final DOMDataBroker dataBroker,
            @Reference final BindingNormalizedNodeSerializer serializer) {
        guard = new CommitGuard(dataBroker, serializer, List.of(FabricReader.FABRIC), this);
    }

    @Deactivate
    @Override
    public void close() {
        guard.close();
    }

    @Override
    public List<Problem> check(final Containers intent) {
        return FabricReader.check(intent.get(FabricReader.FABRIC));
    }
}
