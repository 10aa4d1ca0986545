/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Exponential waits with jitter: a random half to whole of a value that doubles from {@code min} to {@code max}. */
final class Backoff {
    private final long min;
    private final long max;
    private final RandomGenerator random;

    private long ceiling;

    Backoff(final Duration min, final Duration max, final RandomGenerator random) {
        this.min = min.toNanos();
        this.max = max.toNanos();
        this.random = random;
        ceiling = this.min;
    }

    /** The next wait, in nanoseconds. */
    long next() {
        final long half = ceiling / 2;
        final long wait = half + random.nextLong(ceiling - half + 1);
        ceiling = Math.min(max, ceiling * 2);
        return wait;
    }

    /**
     * A connection ended. Only one that lived longer than the next wait counts as success, else a server that accepts
     * and then closes would be tried without pause.
     */
    void connectionLived(final long nanos) {
        if (nanos >= ceiling) {
            ceiling = min;
        }
    }
}
