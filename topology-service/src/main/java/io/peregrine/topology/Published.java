/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import com.google.common.util.concurrent.FluentFuture;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

/**
 * What services show in the operational datastore, such as by a {@link StatePublisher}.
 */
public final class Published {
    private static final long READ_SECONDS = 10;

    private Published() {
        // Static methods only
    }

    /**
     * Reads a top-level container, and waits for that.
     *
     * @param broker the datastore
     * @param type the container
     * @return empty if there is none
     * @throws IllegalStateException if the datastore does not answer
     */
    public static <T extends ChildOf<? extends DataRoot>> Optional<T> read(final DataBroker broker,
            final Class<T> type) {
        try {
            return ask(broker, type).get(READ_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the datastore does not answer: " + e.getMessage(), e);
        }
    }

    /**
     * Asks for a top-level container. Returns at once.
     *
     * @param broker the datastore
     * @param type the container
     * @return empty if there is none; fails if the datastore cannot be read
     */
    public static <T extends ChildOf<? extends DataRoot>> FluentFuture<Optional<T>> ask(final DataBroker broker,
            final Class<T> type) {
        try (var tx = broker.newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(type));
        }
    }
}
