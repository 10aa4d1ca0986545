/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Measures how long a guest did not answer, from numbered probes and their answers. Times are nanoseconds of one
 * monotonic clock. Not thread-safe.
 *
 * <pre>
 *   sent      a         b         c         d        an answer to b was due when the one to a had come
 *   answered  .  a'     .         .  b' c'  .  d'    and the time from a to b had passed
 *                        |_________|
 *                            gap                     give or take b - a
 * </pre>
 */
public final class GapMeter {
    private enum State {
        UNUSED, SENT, ANSWERED, NOT_SENT
    }

    /** Unanswered probes at the end that are not yet taken for a guest that does not answer. */
    private static final int MOST_TRAILING = 2;
    private static final long NONE = -1;

    /** By number, of the last that had it. */
    private final long[] sentAt;
    private final State[] states;

    /** All probes are counted through; a probe's number is the remainder of its count. */
    private long next;
    private long sent;
    private long answered;
    private long duplicated;

    private long firstSent = NONE;
    private long firstSentAt;
    private long firstAnswer;
    private long quickest = Long.MAX_VALUE;
    /** The latest probe that has been answered, and the one sent after it. */
    private long latest = NONE;
    private long latestSentAt;
    private long following = NONE;
    private long followingSentAt;
    private long lastAnswer;

    private long longest;
    private long began;
    private long doubt;

    /**
     * Nothing has been sent.
     *
     * @param numbers how many numbers probes have. One that is not answered when its number comes again is lost, even
     *     if it is later
     */
    public GapMeter(final int numbers) {
        sentAt = new long[numbers];
        states = new State[numbers];
        Arrays.fill(states, State.UNUSED);
    }

    /**
     * A probe is being sent.
     *
     * @param at when, not before those before
     * @return its number
     */
    public int send(final long at) {
        final int number = slot(next);
        sentAt[number] = at;
        states[number] = State.SENT;
        if (firstSent == NONE) {
            firstSent = next;
            firstSentAt = at;
        }
        if (latest != NONE && following == NONE) {
            follow(next);
        }
        next++;
        sent++;
        return number;
    }

    /**
     * A probe could not be sent after all.
     *
     * @param number its number
     */
    public void notSent(final int number) {
        final long probe = probe(number);
        if (probe < 0 || states[number] != State.SENT) {
            return;
        }
        states[number] = State.NOT_SENT;
        sent--;
        if (probe == firstSent) {
            firstSent = sentFrom(probe + 1);
            firstSentAt = firstSent == NONE ? 0 : sentAt[slot(firstSent)];
        }
        if (probe == following) {
            follow(sentFrom(probe + 1));
        }
    }

    private void follow(final long probe) {
        following = probe;
        followingSentAt = probe == NONE ? 0 : sentAt[slot(probe)];
    }

    /**
     * Answers cannot come back any more: what has not been answered since the last answer was not asked.
     */
    public void breakOff() {
        for (long probe = Math.max(oldest(), latest + 1); probe < next; probe++) {
            notSent(slot(probe));
        }
    }

    /**
     * An answer has come.
     *
     * @param number the probe's number
     * @param at when
     */
    public void answer(final int number, final long at) {
        final long probe = probe(number);
        if (probe < 0) {
            return;
        }
        if (states[number] == State.ANSWERED) {
            duplicated++;
            return;
        }
        if (states[number] == State.NOT_SENT) {
            // whoever said so was wrong
            sent++;
            if (firstSent == NONE || probe < firstSent) {
                firstSent = probe;
                firstSentAt = sentAt[number];
            }
        }
        states[number] = State.ANSWERED;
        answered++;
        quickest = Math.min(quickest, at - sentAt[number]);
        if (latest == NONE) {
            firstAnswer = at;
        } else if (following != NONE) {
            final long step = followingSentAt - latestSentAt;
            note(at - lastAnswer - step, lastAnswer + step,
                Math.max(step, sentAt[number] - sentAt[slot(before(probe))]));
        }
        lastAnswer = at;
        if (probe > latest) {
            latest = probe;
            latestSentAt = sentAt[number];
            follow(sentFrom(probe + 1));
        }
    }

    private void note(final long gap, final long beginning, final long step) {
        if (gap > longest) {
            longest = gap;
            began = beginning;
            doubt = step;
        }
    }

    /**
     * Whether any probe has been answered.
     *
     * @return false if none has
     */
    public boolean hasAnswer() {
        return answered > 0;
    }

    /**
     * Whether an answer is still to come, for all that is known.
     *
     * @return false if the latest probe has been answered
     */
    public boolean awaits() {
        return latest == NONE ? sent > 0 : following != NONE;
    }

    /**
     * The figures, if no more answers come.
     *
     * @return the figures
     */
    public Gap result() {
        if (answered == 0) {
            return new Gap(sent, 0, 0, OptionalLong.empty(), 0, 0, false);
        }
        long most = longest;
        long beginning = began;
        long uncertain = doubt;
        // The beginning counts as answered, and so does the end
        final long before = firstAnswer - firstSentAt - quickest;
        if (before > most) {
            most = before;
            beginning = firstSentAt;
            uncertain = 0;
        }
        long trailing = 0;
        if (following != NONE) {
            final long last = before(next);
            for (long probe = Math.max(following, oldest()); probe <= last; probe++) {
                trailing += states[slot(probe)] == State.SENT ? 1 : 0;
            }
            final long after = sentAt[slot(last)] - latestSentAt;
            final long step = followingSentAt - latestSentAt;
            if (after > most) {
                most = after;
                beginning = lastAnswer + step;
                uncertain = step;
            }
        }
        return new Gap(sent, answered, duplicated, OptionalLong.of(most), beginning, uncertain,
            trailing <= MOST_TRAILING);
    }

    /** The latest probe sent before another; the first if there is none. */
    private long before(final long probe) {
        long earlier = Math.max(0, probe - 1);
        while (earlier > oldest() && states[slot(earlier)] == State.NOT_SENT) {
            earlier--;
        }
        return earlier;
    }

    private long sentFrom(final long first) {
        for (long probe = Math.max(first, oldest()); probe < next; probe++) {
            if (states[slot(probe)] != State.NOT_SENT) {
                return probe;
            }
        }
        return NONE;
    }

    private long oldest() {
        return Math.max(0, next - sentAt.length);
    }

    private int slot(final long probe) {
        return (int) (probe % sentAt.length);
    }

    /** The latest probe with a number; negative if there is none. */
    private long probe(final int number) {
        return number < 0 || number >= sentAt.length ? NONE
            : next - 1 - Math.floorMod(next - 1 - number, (long) sentAt.length);
    }
}
