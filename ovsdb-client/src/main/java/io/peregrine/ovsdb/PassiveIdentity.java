/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import io.peregrine.ovsdb.internal.PassiveIdentities;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out which server has connected to us, so that a returning one goes on as the {@link OvsdbClient} it was. Only
 * TLS with certificates of one's own CA keeps a peer from naming itself as it likes.
 */
@FunctionalInterface
public interface PassiveIdentity {
    /**
     * Finds the identity.
     *
     * @param remote where the connection comes from
     * @param session asks the peer; usable only until the returned future is done
     * @return the identity; if it fails or takes longer than the request time-out, the connection is closed
     */
    CompletableFuture<String> identify(SocketAddress remote, OvsdbSession session);

    /** Every connection is a new peer, named by its address and port. */
    static PassiveIdentity byRemoteAddress() {
        return PassiveIdentities.REMOTE_ADDRESS;
    }

    /** Open vSwitch's {@code external_ids:system-id}; fails where it is not set. */
    static PassiveIdentity bySystemId() {
        return PassiveIdentities.SYSTEM_ID;
    }
}
