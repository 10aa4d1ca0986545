/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.net.SocketAddress;
import java.util.Optional;

/** Whether a client has a connection. */
public sealed interface ConnectionState {
    /**
     * A connection is up, with TLS if there is any. Whether the server answers is shown only by its answers and echo.
     *
     * @param local the address here that the server sees
     * @param remote the server's address
     */
    record Connected(SocketAddress local, SocketAddress remote) implements ConnectionState {
    }

    /**
     * There is none, and it is being tried again, or waited for.
     *
     * @param failures how many attempts in a row have failed
     * @param cause why the last connection or attempt ended, empty before the first
     */
    record Disconnected(int failures, Optional<Throwable> cause) implements ConnectionState {
    }

    /** The client was closed. Listeners do not hear of it. */
    record Closed() implements ConnectionState {
    }

    /** Whether requests can be sent. */
    default boolean isConnected() {
        return this instanceof Connected;
    }
}
