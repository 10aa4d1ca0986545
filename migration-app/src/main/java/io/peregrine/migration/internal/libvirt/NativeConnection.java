/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import io.peregrine.migration.internal.core.LibvirtUri;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection by libvirt-java that can be used for what it does not bind, too.
 */
final class NativeConnection extends Connect {
    static final int KEEPALIVE_SECONDS = 4;
    static final int KEEPALIVE_COUNT = 3;
    private static final Logger LOG = LoggerFactory.getLogger(NativeConnection.class);

    /** Whether the loop is held for this connection. */
    private final AtomicBoolean holding = new AtomicBoolean(true);

    private NativeConnection(final LibvirtUri uri, final boolean readOnly) throws LibvirtException {
        super(NativeDriver.text(uri), readOnly);
    }

    /**
     * Connects, and sees to it that a daemon that is silent is noticed. The event loop runs until the connection ends:
     * without it the socket would not be closed.
     */
    static NativeConnection open(final LibvirtUri uri, final boolean readOnly) throws LibvirtException, IOException {
        EventLoop.acquire();
        NativeConnection connection = null;
        boolean done = false;
        try {
            connection = new NativeConnection(uri, readOnly);
            if (connection.pointer() == null) {
                throw new IOException("libvirt gave no connection and no reason");
            }
            if (uri.remote()) {
                connection.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
            }
            done = true;
        } finally {
            if (!done) {
                if (connection == null) {
                    EventLoop.release();
                } else {
                    connection.end();
                }
            }
        }
        return connection;
    }

    /** Null once it is closed. */
    ConnectionPointer pointer() {
        return vcp;
    }

    /** Closes; nothing can be done about it if that fails. */
    void end() {
        try {
            final int left = close();
            if (left > 0) {
                LOG.debug("A closed connection has {} references left", left);
            }
        } catch (LibvirtException e) {
            LOG.debug("Closing a connection: {}", e.getMessage());
        } finally {
            if (holding.getAndSet(false)) {
                EventLoop.release();
            }
        }
    }
}
