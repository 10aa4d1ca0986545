/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.net.SocketAddress;
import java.util.Map;

/** Listens for servers that connect to us ({@code ovs-vsctl set-manager tcp:...}). */
public interface OvsdbServer extends AutoCloseable {
    /** Where it listens, with the port the system chose if it was given as 0. */
    SocketAddress localAddress();

    /** The peers' clients by identity, those away included. */
    Map<String, OvsdbClient> clients();

    /** Stops listening and closes all the clients. A second call does nothing. */
    @Override
    void close();
}
