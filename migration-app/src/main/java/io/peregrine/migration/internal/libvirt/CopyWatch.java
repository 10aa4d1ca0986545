/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.StopForecast;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the copy of one migrating domain, on a thread of its own: libvirt may answer late, and others must not wait
 * for that. Thread-safe.
 */
final class CopyWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyWatch.class);
    private static final long NO_LINK_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final UUID uuid;
    private final Supplier<LibvirtDriver.Link> link;
    private final Consumer<Forecast> listener;
    private final StopForecast forecast = new StopForecast();
    private final Semaphore news = new Semaphore(0);
    private volatile boolean closed;

    /**
     * A watch, not begun.
     *
     * @param uuid the domain
     * @param link gives the session's connection, null if there is none
     * @param listener hears forecasts, on this watch's thread
     */
    CopyWatch(final UUID uuid, final Supplier<LibvirtDriver.Link> link, final Consumer<Forecast> listener) {
        this.uuid = requireNonNull(uuid);
        this.link = requireNonNull(link);
        this.listener = requireNonNull(listener);
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

    private void run() {
        try {
            while (!closed) {
                final long began = System.nanoTime();
                final long pause = measure();
                if (news.tryAcquire(pause - (System.nanoTime() - began), TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Measures once; returns how long to wait. */
    private long measure() {
        final var current = link.get();
        if (current == null) {
            return NO_LINK_PAUSE;
        }
        try {
            final var progress = current.copyProgress(uuid);
            if (!closed) {
                progress.flatMap(forecast::on).ifPresent(listener);
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
