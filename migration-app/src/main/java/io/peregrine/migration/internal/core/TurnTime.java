/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.function.LongSupplier;

/**
 * How long switches take to confirm that senders have been turned: the longest time lately, forgotten by a quarter with
 * each that is shorter. What a switch needs that hangs says nothing of the others. Thread-safe.
 */
public final class TurnTime implements LongSupplier {
    private static final int FORGOTTEN = 4;
    /** What is taken in at most, nanoseconds. */
    private static final long MOST = 100_000_000;

    private long longest;

    /**
     * Takes in that a change of the kind has been confirmed.
     *
     * @param nanoseconds how long that took
     */
    public synchronized void took(final long nanoseconds) {
        longest = Math.max(Math.min(MOST, nanoseconds), longest - longest / FORGOTTEN);
    }

    /**
     * The time to allow for.
     *
     * @return nanoseconds, 0 if nothing is known yet
     */
    @Override
    public synchronized long getAsLong() {
        return longest;
    }
}
