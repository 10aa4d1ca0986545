/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Forecasts the moment at which QEMU stops a guest to send the last of its memory. QEMU stops it when what remains can
 * be sent within the downtime limit, bandwidth times limit, counting what the guest has written since the pass began.
 * It looks at that after each slice of the copy, of up to {@link #SLICE}; so the stop comes up to a slice after what
 * remains has come so far down.
 *
 * <p>In the first pass nobody knows how much the guest writes. A short one is taken for that of a guest which is about
 * to stop; a long one is waited out, since frames of senders turned in vain would arrive late.
 *
 * <p>Where QEMU is held by a limit lower than the one allowed, the guest is stopped once senders have been turned. So
 * the time to turn them is chosen here: when little remains, or no less than before but little enough. A guest that
 * writes next to nothing cannot be held and stops at the end of a pass, so little has to be enough for the switches.
 * Not thread-safe.
 */
public final class StopForecast {
    /** How long a slice of the copy lasts at most, nanoseconds (MAX_WAIT in QEMU's migration/ram.c). */
    static final long SLICE = 50_000_000;
    private static final long SECOND = 1_000_000_000;
    /** How long before the stop can come the senders are to be told, nanoseconds. */
    private static final long LEAD = 12_000_000;
    /** The longest first pass after which a stop is expected unseen, nanoseconds. */
    private static final long SHORT_PASS = 3 * SECOND;
    /** How much may remain when senders are turned, as the time to send it, nanoseconds; more for slow switches. */
    private static final long LITTLE = 25_000_000;
    /** How much more than may remain at the stop can be sent while senders wait for it, as the time; nanoseconds. */
    private static final long NEARLY = 100_000_000;
    /** The shortest time over which a speed is measured, nanoseconds; a few pages of zeroes are no sign of the end. */
    private static final long SHORTEST_STRETCH = 20_000_000;
    /** The pass after which no better moment is waited for. */
    private static final long ENOUGH_PASSES = 5;
    private static final long SHORTEST_POLL = 4_000_000;
    private static final long LONGEST_POLL = 50_000_000;
    /** The same where pages of zeroes may bring the end at any moment. */
    private static final long CLOSE_POLL = 8_000_000;
    /** From when on that is so, as the time to send what remains, nanoseconds. */
    private static final long NEAR = SECOND;

    private final LongSupplier turnTime;
    private long iteration;
    private long passBegan;
    private CopyProgress before;
    /** How fast what remains has lately become less, bytes per second; 0 if that is not known. */
    private long speed;
    private boolean soon;
    /** What remained when that was told, bytes. */
    private long soonAt;
    /** How much may remain for that to be told once more in the same pass, bytes. */
    private long most = Long.MAX_VALUE;
    /** In this pass nothing has been said yet. */
    private boolean unjudged;
    private long pause = SHORTEST_POLL;
    private boolean mayStop;

    /**
     * A forecast of which nothing is known yet.
     *
     * @param turnTime how long switches take to turn senders, nanoseconds
     */
    public StopForecast(final LongSupplier turnTime) {
        this.turnTime = requireNonNull(turnTime);
    }

    /**
     * Takes in a measurement.
     *
     * @param progress how far the copy is
     * @return the forecast if it has changed, or holds for one more pass
     */
    public Optional<Forecast> on(final CopyProgress progress) {
        mayStop = false;
        if (progress.iteration() == 0) {
            return Optional.empty();
        }
        if (progress.iteration() != iteration) {
            iteration = progress.iteration();
            passBegan = progress.at();
            before = progress;
            speed = 0;
            most = Long.MAX_VALUE;
            unjudged = true;
        }
        measureSpeed(progress);
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
        if (limit < allowed && iteration == 1 && above < in(NEAR, bandwidth)) {
            pause = Math.min(pause, CLOSE_POLL);
        }
        final long rest = progress.remaining() + in(time, progress.dirtyRate());
        mayStop = iteration > 1 && rest <= allowed;
        final boolean newPass = unjudged;
        unjudged = false;
        if (soon && !newPass) {
            return Optional.empty();
        }
        if (soon) {
            // A stop would have come at the end of the pass, unless it is held. Then it is as near as before: who has
            // turned back in between hears of it once more.
            soon = progress.remaining() <= Math.max(limit, allowed)
                + in(NEARLY, Math.max(0, bandwidth - progress.dirtyRate()));
            soonAt = progress.remaining();
            return Optional.of(soon ? Forecast.STOP_SOON : Forecast.COPY_GOES_ON);
        }
        if (limit < allowed) {
            final long little = in(little(), bandwidth);
            soon = iteration == 1 ? time <= SHORT_PASS && above <= little
                : mayStop && (rest <= little || iteration >= ENOUGH_PASSES);
        } else {
            soon = iteration == 1 ? time <= SHORT_PASS && above <= in(LEAD, bandwidth)
                : above <= in(LEAD, bandwidth)
                    && in(time, progress.dirtyRate()) <= Math.max(0, -above) + in(SLICE / 2, bandwidth);
        }
        soon = soon && progress.remaining() <= most;
        if (soon) {
            soonAt = progress.remaining();
            return Optional.of(Forecast.STOP_SOON);
        }
        return Optional.empty();
    }

    /** Says that senders were turned for a stop that did not come, and have been turned back. */
    public void wasInVain() {
        if (soon) {
            soon = false;
            most = soonAt / 2;
        }
    }

    /**
     * When the next measurement is of use.
     *
     * @return how long to wait, nanoseconds
     */
    public long pause() {
        return pause;
    }

    /**
     * Whether a guest that is stopped now should stand still no longer than it may. In the first pass nobody knows.
     *
     * @return true if what remained when it was last measured, and what the guest has probably written since this pass
     *     began, can be sent in the time allowed
     */
    public boolean mayStop() {
        return mayStop;
    }

    /** Senders are to have been turned before a guest that cannot be held stops. */
    private long little() {
        return Math.max(LITTLE, turnTime.getAsLong());
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
