/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.CopyProgress;
import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.StopForecast;
import io.peregrine.migration.internal.core.Stopper;
import io.peregrine.migration.internal.core.jobs.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the copy of one migrating domain, on a thread of its own: libvirt may answer late, and others must not wait
 * for that. If it is to hold the domain, QEMU gets a limit for the pause that it hardly meets by itself, unless
 * the watch is told who stops the domain, or ends. Told to, it stops the domain itself when little enough remains: QEMU
 * would look at its limit only after a while. Thread-safe.
 */
final class CopyWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWatch.class);
    /** The limit that holds, milliseconds. Nobody else would set it, so it tells of a hold that was left behind. */
    static final long HELD = 1;
    /** QEMU's own limit, milliseconds. */
    static final long USUAL = 300;

    private static final long NO_LINK_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    /** From the end, and from one look to the next: has the limit come back, has a stop an end; milliseconds. */
    private static final List<Long> LOOKS = List.of(100L, 200L, 400L, 800L, 1600L);
    /** At how many looks there may be no session before nobody looks after a stop any more. */
    private static final int MOST_MISSED = 20;
    /** How long a guest may stand still while nothing comes across, in pauses that it may make. */
    private static final long PATIENCE = 4;
    /** Between attempts to set a limit. */
    private static final long AGAIN = TimeUnit.SECONDS.toNanos(1);

    private final UUID uuid;
    private final Supplier<LibvirtDriver.Link> link;
    private final Optional<Attempts.Opener<Control>> holder;
    private final Consumer<Forecast> listener;
    private final BooleanSupplier heldAnew;
    private final StopForecast forecast;
    private final Semaphore news = new Semaphore(0);
    private volatile Stopper stopper = Stopper.NOBODY;
    private volatile boolean closed;
    /** Whether QEMU may have the limit that holds. */
    private volatile boolean holding;

    // On the watch's thread
    private Control control;
    /** QEMU has taken the limit that holds. */
    private boolean held;
    /** The last attempt to set a limit, if it was in vain. */
    private long triedAt;
    /** Who it was when the limit was last looked at. */
    private Stopper before = Stopper.NOBODY;
    private long allowed = USUAL;
    /** The domain has been stopped here, and its move has no end yet; else null. */
    private MadeStop made;
    /** The last measurement was made just now. */
    private boolean measured;

    /**
     * A watch, not begun.
     *
     * @param uuid the domain
     * @param link gives the session's connection, null if there is none
     * @param holder connects to hold the domain, empty if it is not to be held
     * @param listener hears forecasts, on this watch's thread
     * @param heldAnew whether, after this watch's end, another one holds the domain
     * @param turnTime how long switches take to turn senders, nanoseconds
     */
    CopyWatch(final UUID uuid, final Supplier<LibvirtDriver.Link> link,
            final Optional<Attempts.Opener<Control>> holder, final Consumer<Forecast> listener,
            final BooleanSupplier heldAnew, final LongSupplier turnTime) {
        this.uuid = requireNonNull(uuid);
        this.link = requireNonNull(link);
        this.holder = requireNonNull(holder);
        this.listener = requireNonNull(listener);
        this.heldAnew = requireNonNull(heldAnew);
        forecast = new StopForecast(turnTime);
    }

    /** Whether it holds the domain. */
    boolean holds() {
        return holding;
    }

    void start(final String host) {
        final var thread = new Thread(this::run, "libvirt-copy-" + host);
        thread.setDaemon(true);
        thread.start();
    }

    /** A pass over the memory has begun: looks at once. */
    void look() {
        news.release();
    }

    /**
     * Says who stops the domain, whatever was said before. Returns at once.
     *
     * @param who who does
     */
    void stopBy(final Stopper who) {
        LOG.debug("Domain {}: to be stopped by: {}", uuid, who);
        stopper = who;
        news.release();
    }

    private void hold() {
        if (held || holder.isEmpty()) {
            return;
        }
        try {
            final var current = control();
            holding = true;
            current.setMaxDowntime(uuid, HELD);
            held = true;
            triedAt = 0;
        } catch (IOException e) {
            LOG.debug("Domain {}: cannot be held", uuid, e);
            endControl();
            triedAt = System.nanoTime();
        }
    }

    /** Gives QEMU the limit that is right for whoever stops the domain. */
    private void setLimit() {
        final var who = stopper;
        if (before == Stopper.CONTROLLER && who == Stopper.NOBODY) {
            forecast.wasInVain();
        }
        before = who;
        if (mayTry()) {
            if (who != Stopper.NOBODY || made != null) {
                letGo();
            } else if (link.get() != null) {
                hold();
            }
        }
    }

    /** Sets the limit back, by a new connection if the one that held has been lost. */
    private void letGo() {
        if (!holding) {
            return;
        }
        try {
            control().setMaxDowntime(uuid, allowed);
            holding = false;
            held = false;
            triedAt = 0;
            LOG.debug("Domain {}: its limit is {} ms again", uuid, allowed);
        } catch (IOException e) {
            LOG.debug("Domain {}: its limit was not set back", uuid, e);
            endControl();
            triedAt = System.nanoTime();
        }
    }

    /** QEMU looks at a new limit only every 100 ms, and senders have been turned: the stop is made here. */
    private void stop(final LibvirtDriver.Link current) {
        // What is not answered may have been done
        made = new MadeStop(uuid, current, System.nanoTime(),
            TimeUnit.MILLISECONDS.toNanos(PATIENCE * Math.max(allowed, USUAL)));
        try {
            listener.accept(Forecast.STOP_UNDER_WAY);
            final boolean stopped = control.stop(uuid);
            LOG.debug("Domain {}: {} after {} ms", uuid, stopped ? "paused for the end of its move" : "not paused",
                TimeUnit.NANOSECONDS.toMillis(made.time(System.nanoTime())));
            if (!stopped) {
                made = null;
            }
        } catch (IOException e) {
            LOG.warn("Domain {}: it is not known whether it has been paused for the end of its move: {}", uuid,
                e.getMessage());
            endControl();
        }
        // Whatever has been said meanwhile: a domain that stands still is to get to the end
        stopper = Stopper.SOURCE;
    }

    private void tellOfPause(final long still) {
        LOG.warn("Domain {} has been paused for {} ms by a move that has ended; if it runs nowhere else: virsh resume",
            uuid, still);
    }

    /** To connect takes time, after which what was known and wanted may not be true any more. */
    private boolean isReadyToStop() {
        if (stopper != Stopper.CONTROLLER) {
            return false;
        }
        try {
            control();
            return true;
        } catch (IOException e) {
            LOG.debug("Domain {}: no connection to pause it by", uuid, e);
            return false;
        }
    }

    /** Better a move that has failed than a guest that stands still. */
    private void endStop(final LibvirtDriver.Link current) throws IOException {
        final long now = System.nanoTime();
        final long still = TimeUnit.NANOSECONDS.toMillis(made.time(now));
        switch (made.look(current, now)) {
            case OVER -> made = null;
            case STUCK -> {
                // What disks have still to be written is not told at that time
                if (!control().progress(uuid).map(Progress::withDisks).orElse(true)) {
                    LOG.warn("Domain {} has stood still for {} ms, and nothing of its memory comes across any more;"
                        + " giving its move up", uuid, still);
                    control().abort(uuid);
                }
            }
            case LEFT_PAUSED -> {
                if (control().resumeAfterFailure(uuid)) {
                    LOG.warn("Domain {} was left paused by a move that has failed; it goes on after {} ms", uuid,
                        still);
                } else {
                    tellOfPause(still);
                }
                made = null;
            }
            case UNSURE -> {
                tellOfPause(still);
                made = null;
            }
            default -> {
                // It goes on
            }
        }
    }

    private Control control() throws IOException {
        if (control == null) {
            control = holder.orElseThrow().open();
        }
        return control;
    }

    private void endControl() {
        if (control != null) {
            control.close();
            control = null;
        }
    }

    /** An attempt in vain is not repeated at once. */
    private boolean mayTry() {
        return triedAt == 0 || System.nanoTime() - triedAt >= AGAIN;
    }

    private void run() {
        try {
            watch();
            lookAfter();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            endControl();
        }
    }

    /**
     * At a job's end libvirt sets back what it found at its beginning: our own limit, if the hold came first. Where the
     * destination has told of the end before, that comes after the limit has been set back here. And a domain that was
     * stopped here must not stand still for ever.
     */
    private void lookAfter() throws InterruptedException {
        if (holder.isEmpty()) {
            return;
        }
        int missed = 0;
        for (int look = 0; look < LOOKS.size() || made != null; look++) {
            TimeUnit.MILLISECONDS.sleep(LOOKS.get(Math.min(look, LOOKS.size() - 1)));
            final var current = link.get();
            final boolean anew = heldAnew.getAsBoolean();
            missed = current == null ? missed + 1 : 0;
            if (made == null && (current == null || anew) || missed > MOST_MISSED) {
                return;
            }
            if (current == null) {
                continue;
            }
            try {
                if (made != null) {
                    endStop(current);
                }
                final var limit = current.maxDowntime(uuid);
                if (limit.isEmpty() && made == null) {
                    return;
                }
                if (!anew && limit.filter(known -> known <= HELD).isPresent()) {
                    holding = true;
                    letGo();
                }
            } catch (IOException e) {
                // No job, or not active any more, if nothing else
                LOG.debug("Domain {}: what has become of its job is not known", uuid, e);
                endControl();
            }
        }
    }

    private void watch() throws InterruptedException {
        try {
            final var first = link.get();
            if (first != null && holder.isPresent()) {
                allowed = limit(first);
            }
            hold();
            while (!closed) {
                final long began = System.nanoTime();
                final boolean ready = isReadyToStop();
                final long pause = measure();
                final var current = link.get();
                if (ready && stopper == Stopper.CONTROLLER && measured && current != null && forecast.mayStop()
                        && !closed) {
                    stop(current);
                }
                setLimit();
                if (news.tryAcquire(pause - (System.nanoTime() - began), TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            }
        } finally {
            letGo();
        }
    }

    /** The limit that was set, or QEMU's own if a hold was left behind. */
    private long limit(final LibvirtDriver.Link current) {
        try {
            return current.copyProgress(uuid).map(CopyProgress::downtimeLimit).filter(limit -> limit > HELD)
                .orElse(USUAL);
        } catch (IOException e) {
            LOG.debug("Domain {}: its limit is not known", uuid, e);
            return USUAL;
        }
    }

    /** Measures once; returns how long to wait. */
    private long measure() {
        measured = false;
        final var current = link.get();
        if (current == null) {
            return NO_LINK_PAUSE;
        }
        try {
            final var progress = current.copyProgress(uuid);
            measured = progress.isPresent();
            LOG.trace("Domain {}: {}", uuid, progress);
            if (!closed) {
                progress.map(known -> holding ? known.allowing(allowed) : known).flatMap(forecast::on)
                    .ifPresent(listener);
            }
            return forecast.pause();
        } catch (IOException e) {
            LOG.debug("Domain {}: no progress of its copy", uuid, e);
            return NO_LINK_PAUSE;
        }
    }

    /** Ends the watch. Returns at once. */
    @Override
    public void close() {
        closed = true;
        news.release();
    }
}
