/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: doubled each time up to a limit, and spread so that hosts which were lost
 * together do not come back together. Not thread-safe.
 */
public final class BackOff {
    private final Duration first;
    private final Duration most;
    private final DoubleSupplier random;

    private Duration next;

    /**
     * A back-off that starts anew.
     *
     * @param first the first wait
     * @param most the longest wait
     * @param random numbers from 0 to 1
     */
    public BackOff(final Duration first, final Duration most, final DoubleSupplier random) {
        this.first = first;
        this.most = most;
        this.random = random;
        next = first;
    }

    /**
     * The next wait.
     *
     * @return between three quarters and the whole of its length
     */
    public Duration next() {
        final var result = next;
        final var doubled = next.multipliedBy(2);
        next = doubled.compareTo(most) > 0 ? most : doubled;
        return Duration.ofNanos((long) (result.toNanos() * (0.75 + 0.25 * random.getAsDouble())));
    }

    /** Starts anew, after a success. */
    public void reset() {
        next = first;
    }
}
