/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import io.peregrine.ovsdb.internal.NettyClientFactory;
import java.util.concurrent.CompletableFuture;

/** Makes clients that share the threads of the network. */
public interface OvsdbClientFactory extends AutoCloseable {
    /** A factory with a network thread per processor, at most four. */
    static OvsdbClientFactory create() {
        return create(Math.min(4, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * A factory.
     *
     * @param networkThreads how many threads share the work of the network
     */
    static OvsdbClientFactory create(final int networkThreads) {
        return new NettyClientFactory(networkThreads);
    }

    /**
     * Makes a client that begins to connect at once, and goes on until it is closed.
     *
     * @throws IllegalArgumentException if the endpoint is passive, or needs TLS and the options have none
     * @throws IllegalStateException if the factory is closed
     */
    OvsdbClient connect(Endpoint endpoint, OvsdbOptions options);

    /**
     * Listens. At most {@code maxConnections} peers may be connected at a time, others are turned away.
     *
     * @return the server once it listens, or fails with the {@link java.io.IOException} of binding
     * @throws IllegalArgumentException if the endpoint is active, or needs TLS and the options have none
     * @throws IllegalStateException if the factory is closed
     */
    CompletableFuture<OvsdbServer> listen(Endpoint endpoint, OvsdbOptions options, int maxConnections,
        PassiveIdentity identity, PassiveListener listener);

    /** Closes all clients and servers, and ends the threads; waits for these for at most 5 s. */
    @Override
    void close();
}
