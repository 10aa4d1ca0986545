/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.PassiveIdentity;
import java.util.concurrent.CompletableFuture;

/** The identities that come with the library. */
public final class PassiveIdentities {
    /** The peer's address and port. */
    public static final PassiveIdentity REMOTE_ADDRESS = (remote, session) ->
        CompletableFuture.completedFuture(remote.toString());

    /** Open vSwitch's {@code system-id}. */
    public static final PassiveIdentity SYSTEM_ID = (remote, session) ->
        session.transact("Open_vSwitch", Operation.select("Open_vSwitch").columns("external_ids"))
            .thenApply(results -> results.get(0).rows().stream()
                .map(row -> row.stringMap("external_ids").getOrDefault("system-id", ""))
                .filter(id -> !id.isBlank()).findFirst()
                .orElseThrow(() -> new IllegalStateException("no external_ids:system-id")));

    private PassiveIdentities() {
        // constants only
    }
}
