/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.peregrine.flow.DatapathId;
import java.util.HashMap;
import java.util.Map;

/**
 * How often a switch is read back as a matter of routine: as often as is wished, unless reading all of them would take
 * more than a tenth of the time. Answers are decoded by the threads that changes are sent by. Thread-safe.
 */
final class ReadPace {
    private static final int SHARE = 10;
    /** Decoded in a millisecond on a slow machine. What takes longer is a switch that is slow to answer. */
    private static final int ENTRIES = 10;

    private final long leastMillis;

    // Guarded by this
    private final Map<DatapathId, Long> took = new HashMap<>();
    private long sum;

    /**
     * Constructs a pace.
     *
     * @param leastMillis how often it is wished, at least 1
     */
    ReadPace(final long leastMillis) {
        if (leastMillis < 1) {
            throw new IllegalArgumentException("a read-back each " + leastMillis + " ms");
        }
        this.leastMillis = leastMillis;
    }

    /**
     * Tells how long a switch has taken to be read.
     *
     * @param datapath the switch
     * @param millis from when it was asked to when all was heard
     * @param entries how many it told of
     */
    synchronized void took(final DatapathId datapath, final long millis, final int entries) {
        final long work = Math.min(millis, entries / ENTRIES);
        final var before = took.put(datapath, work);
        sum += before == null ? work : work - before;
    }

    /**
     * Forgets a switch that is not read any more.
     *
     * @param datapath the switch
     */
    synchronized void forget(final DatapathId datapath) {
        final var before = took.remove(datapath);
        sum -= before == null ? 0 : before;
    }

    /**
     * Tells how often it is wished.
     *
     * @return milliseconds
     */
    long leastMillis() {
        return leastMillis;
    }

    /**
     * Tells how long to wait from one routine of a switch to its next.
     *
     * @return milliseconds
     */
    synchronized long millis() {
        return Math.max(leastMillis, SHARE * sum);
    }
}
