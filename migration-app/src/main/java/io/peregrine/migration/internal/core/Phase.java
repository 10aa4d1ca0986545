/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * How far a migration is. The numbers below stand for the table of the design, "A move, step by step".
 */
public enum Phase {
    /** The destination is being prepared, its gate is closed. */
    PREPARING,
    /**
     * The switches have confirmed: every sender sends to both places and the destination's gate is closed, or all send
     * to the source and the destination is ready.
     */
    PREPARED,
    /** The source is about to pause the guest: every sender has been turned to the destination, where frames wait. */
    TURNED,
    /** The source is paused, the gate is open. */
    OPEN,
    /** Past the point of no return: senders reach the destination only. */
    SWITCHED,
    /**
     * The source is gone, and every switch has confirmed that frames go to the destination only; if the guest went on
     * before that, a problem says so.
     */
    COMPLETED,
    /** The destination has failed before the point of no return and is served no more; the source's word is awaited. */
    ROLLING_BACK,
    /** It failed before the point of no return; the guest is at the source, as the source has said since. */
    ROLLED_BACK,
    /** The guest ended on the way. */
    LOST;

    /**
     * Whether this is an end.
     *
     * @return true if it has ended
     */
    public boolean over() {
        return this == COMPLETED || this == ROLLED_BACK || this == LOST;
    }
}
