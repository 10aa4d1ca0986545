/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.jobs.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks hypervisors from time to time how far the moves are that begin there. A hypervisor has a thread and a connection
 * for that as long as a guest is leaving it, so that one that hangs delays nothing else.
 */
final class ProgressWatch implements AutoCloseable {
    /** Hears how far moves are. */
    @FunctionalInterface
    interface Listener {
        /** On the hypervisor's thread; empty if libvirt has no job for the guest. */
        void onProgress(UUID guest, Optional<Progress> progress);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProgressWatch.class);

    private final Mover mover;
    private final Listener listener;
    private final Duration period;
    /** Guests by the hypervisor that they leave; a hypervisor that is in it has a thread. Guarded by this. */
    private final Map<String, Set<UUID>> leaving = new TreeMap<>();

    ProgressWatch(final Mover mover, final Listener listener, final Duration period) {
        this.mover = requireNonNull(mover);
        this.listener = requireNonNull(listener);
        this.period = requireNonNull(period);
    }

    /** Watches a guest that leaves a hypervisor, or none any more. Returns at once. */
    synchronized void watch(final UUID guest, final Optional<String> source) {
        leaving.forEach((host, guests) -> {
            if (source.filter(host::equals).isEmpty()) {
                guests.remove(guest);
            }
        });
        source.ifPresent(host -> {
            final var guests = leaving.get(host);
            if (guests != null) {
                guests.add(guest);
            } else {
                leaving.put(host, new TreeSet<>(Set.of(guest)));
                final var thread = new Thread(() -> run(host), "peregrine-progress-" + host);
                thread.setDaemon(true);
                thread.start();
            }
        });
        notifyAll();
    }

    @Override
    public synchronized void close() {
        leaving.values().forEach(Set::clear);
        notifyAll();
    }

    private void run(final String host) {
        Mover.Gauge gauge = null;
        try {
            for (var guests = next(host); !guests.isEmpty(); guests = next(host)) {
                try {
                    gauge = gauge == null ? mover.gauge(host) : gauge;
                    for (final var guest : guests) {
                        listener.onProgress(guest, gauge.progress(guest));
                    }
                } catch (IOException e) {
                    LOG.debug("{}: no progress: {}", host, e.getMessage());
                    if (gauge != null) {
                        gauge.close();
                        gauge = null;
                    }
                }
                pause(host);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (gauge != null) {
                gauge.close();
            }
        }
    }

    /** The guests to ask about; with none, the thread has to end. */
    private synchronized List<UUID> next(final String host) {
        final var guests = List.copyOf(leaving.get(host));
        if (guests.isEmpty()) {
            leaving.remove(host);
        }
        return guests;
    }

    /** Waits for the next time, or until there is nothing to ask about. */
    private synchronized void pause(final String host) throws InterruptedException {
        final long until = System.nanoTime() + period.toNanos();
        while (!leaving.get(host).isEmpty()) {
            final long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
