/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

/**
 * Asks the switch at the other end of a port's link, which has no session any more, whether it still forwards: it
 * sends echoes back by itself. In haste where that switch has just left a controller that hears its neighbour, since
 * then it is more often the switch that fails than the way to it; else at the pace of probes. Times are nanoseconds;
 * not thread-safe.
 */
final class EchoWatch {
    /** What is to be done. */
    enum Step {
        /** Send one more echo. */
        ASK,
        /** The other end does not answer: nothing goes through it. */
        GIVE_UP
    }

    /** How much faster than probes echoes are when they are urgent. */
    private static final int HASTE = 6;
    /** Of urgent ones, how many have to be missed. */
    private static final int URGENT_MISSED = 4;
    /** Intervals for which echoes are urgent. */
    private static final int URGENT_INTERVALS = 5;

    private final long interval;
    private final long silence;
    private final int missed;
    private final long urgentUntil;
    /** When the next step is. */
    private long due;
    private int unanswered;
    /** When the first that is unanswered was sent. */
    private long firstUnanswered;

    /**
     * Begins to ask.
     *
     * @param interval between probes
     * @param silence after which a link without probes is gone
     * @param missed how many probes in a row must be missed for that
     * @param start when to ask first
     * @param urgent whether to begin in haste
     */
    EchoWatch(final long interval, final long silence, final int missed, final long start, final boolean urgent) {
        this.interval = interval;
        this.silence = silence;
        this.missed = missed;
        due = start;
        urgentUntil = urgent ? start + URGENT_INTERVALS * interval : start;
    }

    long due() {
        return due;
    }

    boolean urgent(final long now) {
        return now < urgentUntil;
    }

    /** An echo has come back. */
    void answered() {
        unanswered = 0;
    }

    /**
     * Goes on; to be called when it is due, or later.
     *
     * @param now the present time
     * @param lastWord when the asking switch was last heard itself: only who is heard can be said to hear no answer
     * @return what to do
     */
    Step step(final long now, final long lastWord) {
        final long pace = urgent(now) ? interval / HASTE : interval;
        if (unanswered == 0) {
            firstUnanswered = now;
        } else if (unanswered >= missed && now >= firstUnanswered + silence
                || unanswered >= URGENT_MISSED && urgent(now) && lastWord >= firstUnanswered + pace) {
            return Step.GIVE_UP;
        }
        unanswered++;
        due = now + pace;
        if (unanswered >= missed && now < firstUnanswered + silence) {
            due = Math.min(due, firstUnanswered + silence);
        }
        return Step.ASK;
    }
}
