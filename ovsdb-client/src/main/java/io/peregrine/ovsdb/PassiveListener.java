/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** Hears of servers that connected to us. */
@FunctionalInterface
public interface PassiveListener {
    /**
     * A server with an identity not seen before, or whose client was closed since, has connected. When a known one
     * comes again its client becomes connected again.
     *
     * @param identity as {@link PassiveIdentity} found it
     * @param client the server's client, for the listener to close when it does not want it any more
     */
    void accepted(String identity, OvsdbClient client);
}
