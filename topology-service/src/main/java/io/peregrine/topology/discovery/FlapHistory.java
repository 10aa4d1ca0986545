/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How often a link has gone and come back of late, and how long it is therefore held. Not thread-safe.
 */
final class FlapHistory {
    private final int flaps;
    private final long window;
    private final long firstHold;
    private final long longestHold;
    private final Deque<Long> gone = new ArrayDeque<>();

    private long hold;
    private boolean held;
    private long last;

    FlapHistory(final LinkDiscovery.Settings settings) {
        flaps = settings.flaps();
        window = settings.flapWindow().toNanos();
        firstHold = settings.hold().toNanos();
        longestHold = settings.longestHold().toNanos();
    }

    void onGone(final long now) {
        gone.addLast(now);
        if (gone.size() > flaps + 1) {
            gone.removeFirst();
        }
        last = now;
    }

    void onBack(final long now) {
        while (!gone.isEmpty() && now - gone.getFirst() > window) {
            gone.removeFirst();
        }
        if (held || gone.size() > flaps) {
            hold = hold == 0 ? firstHold : Math.min(2 * hold, longestHold);
            held = true;
        }
        last = now;
    }

    void onReleased(final long now) {
        held = false;
        gone.clear();
        last = now;
    }

    boolean held() {
        return held;
    }

    /**
     * Begins to hold a link that is there.
     *
     * @param now the present time
     * @return until when
     */
    long hold(final long now) {
        last = now;
        return now + hold;
    }

    /** When there is nothing left to remember, if nothing happens until then. */
    long end() {
        return last + Math.max(window, longestHold);
    }
}
