/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.Stopper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions with the hypervisors of intent. Thread-safe.
 */
public final class HostSessions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostSessions.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final LibvirtDriver driver;
    private final HostListener listener;
    private final LongSupplier turnTime;
    private final HostSession.Timing timing;
    private final Map<String, HostSession> sessions = new TreeMap<>();
    /** Sessions that are ending; a thread may hang in a call to a dead host. */
    private final List<HostSession> ending = new ArrayList<>();

    private boolean closed;

    /**
     * Sessions that use a driver; there are none before {@link #follow}.
     *
     * @param driver opens connections; closed with the sessions
     * @param listener hears what the hypervisors tell
     * @param turnTime how long switches take to turn senders, nanoseconds
     */
    public HostSessions(final LibvirtDriver driver, final HostListener listener, final LongSupplier turnTime) {
        this(driver, listener, turnTime, HostSession.Timing.DEFAULT);
    }

    HostSessions(final LibvirtDriver driver, final HostListener listener, final LongSupplier turnTime,
            final HostSession.Timing timing) {
        this.driver = requireNonNull(driver);
        this.listener = requireNonNull(listener);
        this.turnTime = requireNonNull(turnTime);
        this.timing = requireNonNull(timing);
    }

    /**
     * Makes the sessions those wanted: ends those of other hosts and of other URIs, begins what is missing. Returns
     * at once.
     *
     * @param wanted the URIs by host
     * @return the hosts whose session has been begun
     */
    public synchronized Set<String> follow(final Map<String, LibvirtUri> wanted) {
        if (closed) {
            return Set.of();
        }
        ending.removeIf(session -> !session.alive());
        sessions.entrySet().removeIf(entry -> {
            if (entry.getValue().uri().equals(wanted.get(entry.getKey()))) {
                return false;
            }
            entry.getValue().close();
            ending.add(entry.getValue());
            return true;
        });
        final var begun = new TreeSet<>(wanted.keySet());
        begun.removeAll(sessions.keySet());
        for (final var host : begun) {
            final var session = new HostSession(host, wanted.get(host), driver, listener, turnTime,
                timing);
            sessions.put(host, session);
            session.start();
        }
        return begun;
    }

    /**
     * Asks a hypervisor about a domain. The listener gets the answer if there is a connection. Returns at once.
     *
     * @param host the hypervisor
     * @param uuid the domain
     */
    public synchronized void ask(final String host, final UUID uuid) {
        final var session = sessions.get(host);
        if (session != null) {
            session.ask(uuid);
        }
    }

    /**
     * Begins or ends watching the copy of a migrating domain; the listener gets forecasts. Returns at once.
     *
     * @param host the source
     * @param uuid the domain
     * @param on whether to begin
     * @param hold whether to keep QEMU from stopping the domain until {@link #stopBy} says otherwise or the watch's end
     */
    public synchronized void watch(final String host, final UUID uuid, final boolean on, final boolean hold) {
        final var session = sessions.get(host);
        if (session != null) {
            session.watch(uuid, on, hold);
        }
    }

    /**
     * Says who stops a domain that is watched and held, whatever was said before. Returns at once.
     *
     * @param host the source
     * @param uuid the domain
     * @param who who does
     */
    public synchronized void stopBy(final String host, final UUID uuid, final Stopper who) {
        final var session = sessions.get(host);
        if (session != null) {
            session.stopBy(uuid, who);
        }
    }

    /** Ends all sessions, waiting some seconds for those that can. */
    @Override
    public void close() {
        final List<HostSession> all;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            sessions.values().forEach(HostSession::close);
            all = new ArrayList<>(ending);
            all.addAll(sessions.values());
            sessions.clear();
        }
        final long until = System.nanoTime() + CLOSE_LIMIT.toNanos();
        try {
            for (final var session : all) {
                if (!session.join(Duration.ofNanos(until - System.nanoTime()))) {
                    LOG.warn("A session with libvirt at {} hangs in a call and is left behind", session.uri());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        driver.close();
    }
}
