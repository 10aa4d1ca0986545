/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.concurrent.TimeUnit;

/**
 * How often guests that move are probed. A copy of memory can last for hours, and what counts is the end of it.
 */
public final class ProbePace {
    /** Probes a second that a guest gets at most. */
    public static final int MOST = 50;
    /** Probes a second that all guests get together at most. */
    static final int MOST_IN_ALL = 500;
    /** How long a guest is probed quickly after something has happened, nanoseconds. */
    static final long QUICK = TimeUnit.SECONDS.toNanos(30);
    /** Between probes when nothing has happened for longer, nanoseconds. */
    static final long SLOWLY = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private ProbePace() {
        // static methods only
    }

    /**
     * How long to wait between two probes of a guest.
     *
     * @param rate probes a second that it is to get, 1 to {@link #MOST}
     * @param guests how many guests are probed now, with this one
     * @param quiet how long nothing has happened to this one, nanoseconds
     * @return nanoseconds
     */
    public static long interval(final int rate, final int guests, final long quiet) {
        final long quick = Math.max(SECOND / rate, guests * SECOND / MOST_IN_ALL);
        return quiet < QUICK ? quick : Math.max(quick, SLOWLY);
    }
}
