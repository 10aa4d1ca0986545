/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.Optional;

/**
 * Forecasts the moment at which QEMU stops a guest to send the last of its memory. QEMU stops it when what remains can
 * be sent within the downtime limit, bandwidth times limit, counting what the guest has written since the pass began.
 * It looks at that after each slice of the copy, of up to {@link #SLICE}; so the stop comes up to a slice after what
 * remains has come so far down. The bandwidth, and with it what a new limit comes to, it looks at less often, see
 * {@link #REVIEW}.
 *
 * <p>In the first pass nobody knows how much the guest writes. A short one is taken for that of a guest which is about
 * to stop; a long one is waited out, since frames of senders turned in vain would arrive late.
 *
 * <p>Where QEMU is held by a limit lower than the one allowed, it is let go once senders have been turned, and takes
 * note of that at its next review. So the time to turn them is chosen here: when little remains, or no less than before
 * but little enough. A guest that writes next to nothing cannot be held and stops at the end of the first pass, so that
 * little has to be enough there; or, if there is a review shortly before that end, it is just before the review. Not
 * thread-safe.
 */
public final class StopForecast {
    /** How long a slice of the copy lasts at most, nanoseconds (MAX_WAIT in QEMU's migration/ram.c). */
    static final long SLICE = 50_000_000;
    /**
     * How long after a review of the bandwidth the next one can come, nanoseconds (BUFFER_DELAY in QEMU's
     * migration/migration.c); it comes after the slice that is under way then.
     */
    static final long REVIEW = 100_000_000;

    private static final long SECOND = 1_000_000_000;
    /** How long before the stop can come the senders are to be told, nanoseconds. */
    private static final long LEAD = 12_000_000;
    /** The longest first pass after which a stop is expected unseen, nanoseconds. */
    private static final long SHORT_PASS = 3 * SECOND;
    /** How much may remain when QEMU is let go, as the time to send it, nanoseconds. */
    private static final long LITTLE = 25_000_000;
    /** How long before a review senders are turned, and QEMU is let go: the first and the last chance, nanoseconds. */
    private static final long TURN_FROM = 28_000_000;
    private static final long TURN_UNTIL = 14_000_000;
    /** The longest time between two measurements that tells well enough when a review was, nanoseconds. */
    private static final long CLOSE = 15_000_000;
    /** From when on reviews are looked out for, as the time to send what remains, nanoseconds. */
    private static final long LOOK_OUT = SECOND;
    /** The shortest time over which a speed is measured, nanoseconds. */
    private static final long SHORTEST_STRETCH = 2_000_000;
    /** The pass after which no better moment is waited for. */
    private static final long ENOUGH_PASSES = 5;
    private static final long SHORTEST_POLL = 4_000_000;
    /** Between measurements that are to show reviews, or hit the time before one. */
    private static final long REVIEW_POLL = 8_000_000;
    private static final long LONGEST_POLL = 50_000_000;

    private long iteration;
    private long passBegan;
    private CopyProgress before;
    /** How fast what remains has lately become less, bytes per second; 0 if that is not known. */
    private long speed;
    private boolean soon;
    private long pause = SHORTEST_POLL;
    private CopyProgress last;
    /** When QEMU last reviewed the bandwidth; meaningless unless that is known. */
    private long reviewed;
    private boolean reviewKnown;

    /**
     * Takes in a measurement.
     *
     * @param progress how far the copy is
     * @return the forecast if it has changed, or holds for one more pass
     */
    public Optional<Forecast> on(final CopyProgress progress) {
        if (progress.iteration() == 0) {
            return Optional.empty();
        }
        final boolean newPass = progress.iteration() != iteration;
        if (newPass) {
            iteration = progress.iteration();
            passBegan = progress.at();
            before = progress;
            speed = 0;
        }
        measureSpeed(progress);
        noteReview(progress);
        final long time = progress.at() - passBegan;
        // Pages of zeroes are skipped: the end may come much sooner than by what the network carries.
        final long bandwidth = Math.max(progress.bandwidth(), speed);
        if (bandwidth == 0) {
            return Optional.empty();
        }
        // Until QEMU has measured the bandwidth it stops the guest only when nothing remains.
        final long limit = progress.bandwidth() * progress.downtimeLimit() / 1000;
        final long above = progress.remaining() - limit;
        pause = Math.max(SHORTEST_POLL, Math.min(LONGEST_POLL, (long) ((double) above / bandwidth * SECOND / 4)));
        final long allowed = progress.bandwidth() * progress.allowedDowntime() / 1000;
        if (progress.downtimeLimit() < progress.allowedDowntime() && iteration == 1
                && above < in(LOOK_OUT, bandwidth)) {
            pause = Math.min(pause, REVIEW_POLL);
        }
        if (soon && !newPass) {
            return Optional.empty();
        }
        if (soon) {
            // A stop would have come at the end of the pass, unless it is held. Then it is as near as before: who has
            // turned back in between hears of it once more.
            soon = progress.remaining() <= Math.max(limit, allowed);
            return Optional.of(soon ? Forecast.STOP_SOON : Forecast.COPY_GOES_ON);
        }
        if (limit < allowed) {
            // Later no review is waited for: the less remains, the sooner QEMU may stop the guest by itself.
            final long rest = progress.remaining() + in(time, progress.dirtyRate());
            soon = iteration == 1 ? time <= SHORT_PASS && isTimeInFirstPass(above, bandwidth, progress.at())
                : rest <= allowed && (rest <= in(LITTLE, bandwidth) || iteration >= ENOUGH_PASSES);
        } else {
            soon = iteration == 1 ? time <= SHORT_PASS && above <= in(LEAD, bandwidth)
                : above <= in(LEAD, bandwidth)
                    && in(time, progress.dirtyRate()) <= Math.max(0, -above) + in(SLICE / 2, bandwidth);
        }
        return soon ? Optional.of(Forecast.STOP_SOON) : Optional.empty();
    }

    /** At the end of the pass, or shortly before a review that is near the end. */
    private boolean isTimeInFirstPass(final long above, final long bandwidth, final long now) {
        final long untilReview = untilReview(now);
        return above <= in(LITTLE, bandwidth) || untilReview <= TURN_FROM && untilReview >= TURN_UNTIL
            && above <= in(untilReview + REVIEW / 2, bandwidth);
    }

    /** The time to the next review at the earliest, nanoseconds; if that is not known, long past. */
    private long untilReview(final long now) {
        return reviewKnown ? reviewed + REVIEW - now : -REVIEW;
    }

    /** The bandwidth changes at reviews only. */
    private void noteReview(final CopyProgress progress) {
        if (last != null && progress.bandwidth() != last.bandwidth()) {
            reviewed = last.at() + (progress.at() - last.at()) / 2;
            reviewKnown = progress.at() - last.at() <= CLOSE;
        }
        last = progress;
    }

    /**
     * When the next measurement is of use.
     *
     * @return how long to wait, nanoseconds
     */
    public long pause() {
        return pause;
    }

    private void measureSpeed(final CopyProgress progress) {
        final long time = progress.at() - before.at();
        if (time >= SHORTEST_STRETCH) {
            speed = Math.max(0, (long) ((double) (before.remaining() - progress.remaining()) / time * SECOND));
            before = progress;
        }
    }

    private static long in(final long nanoseconds, final long perSecond) {
        return (long) ((double) perSecond * nanoseconds / SECOND);
    }
}
