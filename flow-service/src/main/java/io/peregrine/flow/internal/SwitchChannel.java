/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.peregrine.flow.internal.core.Observed;
import io.peregrine.flow.internal.core.Op;
import java.util.concurrent.CompletableFuture;

/**
 * An OpenFlow session with one switch. Requests go out in the order of the calls and are not waited for. Called by one
 * thread at a time; answers come on any thread.
 */
interface SwitchChannel {
    /**
     * Sends a change.
     *
     * @param op the change
     * @return completes some time after the switch took it, at the latest when it answers the next barrier;
     *     exceptionally, with what the switch said, if it did not
     */
    CompletableFuture<?> send(Op op);

    /**
     * Asks for word that everything sent before has been dealt with.
     *
     * @return completes with the answer
     */
    CompletableFuture<?> barrier();

    /**
     * Asks what the switch has, all tables and groups.
     *
     * @return the answer; the switch is asked no further once it is cancelled
     */
    CompletableFuture<Observed> read();
}
