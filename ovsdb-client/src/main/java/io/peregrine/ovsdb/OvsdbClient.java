/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/**
 * One server, over as many connections as time brings: it reconnects on its own until closed. Monitors outlive the
 * connections.
 */
public interface OvsdbClient extends OvsdbSession, AutoCloseable {
    /** What this client is called in logs: its endpoint, or a passive peer's identity. */
    String name();

    /** The state as of now; listeners may hear of it a little later. */
    ConnectionState state();

    /**
     * Tells of connections and failed attempts.
     *
     * @param listener called with the present state first, then with every change
     * @return closes the subscription; no call begins after that
     */
    Subscription addConnectionListener(ConnectionListener listener);

    /**
     * Replicates tables from now on, through all reconnects.
     *
     * @param spec what to replicate
     * @param listener gets one consistent stream of changes
     * @return the replica; closing it ends the monitor, and no call begins after that
     */
    Monitor monitor(MonitorSpec spec, MonitorListener listener);

    /**
     * Closes the connection and does not reconnect. What is outstanding fails, no listener is called again (a call that
     * has begun in another thread may still be running). A second call does nothing.
     */
    @Override
    void close();
}
