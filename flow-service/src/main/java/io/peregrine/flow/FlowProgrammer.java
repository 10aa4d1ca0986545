/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.util.concurrent.CompletableFuture;

/**
 * Keeps switches as desired: applies changes, reads back what switches have, repairs the difference, removes what is
 * stale and leaves alone what is foreign. Thread-safe.
 */
public interface FlowProgrammer {
    /**
     * Takes charge of a switch, connected or not.
     *
     * @param datapath the switch
     * @param listener hears of its connection, in order, on a thread of the programmer that it must not block
     * @return the switch's program; closing it forgets the desired state and changes nothing on the switch
     * @throws IllegalStateException if somebody else has charge of it
     */
    SwitchProgram own(DatapathId datapath, SwitchProgram.Listener listener);

    /**
     * Waits until nobody has charge of a switch.
     *
     * @param datapath the switch
     * @return completes on a thread of the programmer that must not be blocked, or before this returns, when
     *     {@link #own} can be tried again; somebody else may be quicker
     */
    CompletableFuture<Void> whenFree(DatapathId datapath);
}
