/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.peregrine.migration.internal.core.CopyProgress;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.core.jobs.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * libvirt daemons that a test commands, one for each host of a URI.
 */
public final class FakeDriver implements LibvirtDriver {
    /** One daemon. */
    public static final class Daemon {
        private final Map<UUID, DomainText> domains = new HashMap<>();
        /** The limits for a pause that were set. */
        final List<Long> limits = new CopyOnWriteArrayList<>();
        volatile boolean changeable;
        /** The limit that there is. */
        volatile long limit = CopyWatch.USUAL;
        /** How often a limit was refused. */
        volatile int refused;
        /** Done whenever a domain is stopped for its move, before it is. */
        volatile Runnable atStop = () -> { };
        /** How often a domain was stopped for its move. */
        volatile int stops;
        /** How often the progress of a copy was asked for. */
        volatile int asked;
        /** How often a domain was let go on. */
        volatile int resumes;
        /** How often a job was aborted. */
        volatile int aborts;
        /** Whether jobs' statistics cannot be had, as where a job has just ended. */
        volatile boolean withoutStatistics;
        /** Domains whose QEMU answers when the latch is released. */
        final Map<UUID, CountDownLatch> stuck = new ConcurrentHashMap<>();
        /** Domains of which is not known whether they have a job. */
        final Set<UUID> silent = ConcurrentHashMap.newKeySet();
        private final Map<UUID, CopyProgress> copies = new HashMap<>();
        private final List<EventListener> listeners = new ArrayList<>();
        private boolean down;
        private CountDownLatch hang = new CountDownLatch(0);

        /** Changes a domain, and tells it if there is an event. */
        public synchronized void happen(final UUID uuid, final LifecycleEvent event, final LevelState level,
                final String xml) {
            if (level == null) {
                domains.remove(uuid);
            } else {
                domains.put(uuid, new DomainText(level, xml));
            }
            if (event != null) {
                List.copyOf(listeners).forEach(listener -> listener.onLifecycle(uuid, event, System.nanoTime()));
            }
        }

        /** Tells QEMU's measurement. */
        public synchronized void downtime(final UUID uuid, final long milliseconds) {
            List.copyOf(listeners).forEach(listener -> listener.onDowntime(uuid, milliseconds));
        }

        /** A copy of a domain's memory comes so far, without anything being left to wait for. */
        public synchronized void copies(final UUID uuid, final CopyProgress progress) {
            if (progress == null) {
                copies.remove(uuid);
            } else {
                copies.put(uuid, progress);
            }
            List.copyOf(listeners).forEach(listener -> listener.onIteration(uuid));
        }

        /** Ends all connections, and takes no new ones until {@link #up()}. */
        public synchronized void down() {
            down = true;
            final var all = List.copyOf(listeners);
            listeners.clear();
            all.forEach(listener -> listener.onLost("the daemon has gone"));
        }

        public synchronized void up() {
            down = false;
        }

        /** Makes calls hang until the latch is released. */
        public synchronized CountDownLatch hang() {
            hang = new CountDownLatch(1);
            return hang;
        }

        private synchronized CountDownLatch hanging() {
            return hang;
        }

        public synchronized int connections() {
            return listeners.size();
        }
    }

    private final Map<String, Daemon> daemons = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * The daemon at a host.
     *
     * @param host the host, as in {@code test://host/default}
     * @return the daemon
     */
    public Daemon daemon(final String host) {
        return daemons.computeIfAbsent(host, key -> new Daemon());
    }

    public static LibvirtUri uri(final String host) {
        return LibvirtUri.parse("qemu+unix://" + host + "/system");
    }

    public boolean closed() {
        return closed;
    }

    private static void pass(final Daemon daemon) throws IOException {
        await(daemon.hanging());
    }

    private static void await(final CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Link open(final LibvirtUri uri, final EventListener listener) throws IOException {
        final var daemon = daemon(uri.toString().replaceAll(".*://([^/]*)/.*", "$1"));
        pass(daemon);
        synchronized (daemon) {
            if (daemon.down) {
                throw new IOException("connection refused");
            }
            daemon.listeners.add(listener);
        }
        return new Link() {
            @Override
            public List<UUID> domains() throws IOException {
                pass(daemon);
                synchronized (daemon) {
                    return List.copyOf(daemon.domains.keySet());
                }
            }

            @Override
            public Optional<Boolean> busy(final UUID uuid) throws IOException {
                pass(daemon);
                await(daemon.stuck.getOrDefault(uuid, new CountDownLatch(0)));
                return daemon.silent.contains(uuid) ? Optional.empty()
                    : Optional.of(known(uuid).map(text -> text.level().outgoing()).orElse(false));
            }

            @Override
            public Optional<DomainText> domain(final UUID uuid, final boolean busy) throws IOException {
                pass(daemon);
                return known(uuid).map(text -> new DomainText(
                    new LevelState(text.level().state(), text.level().reason(), busy), text.xml()));
            }

            private Optional<DomainText> known(final UUID uuid) throws IOException {
                synchronized (daemon) {
                    if (!daemon.listeners.contains(listener)) {
                        throw new IOException("connection reset");
                    }
                    return Optional.ofNullable(daemon.domains.get(uuid));
                }
            }

            @Override
            public Optional<CopyProgress> copyProgress(final UUID uuid) throws IOException {
                pass(daemon);
                synchronized (daemon) {
                    if (!daemon.listeners.contains(listener)) {
                        throw new IOException("connection reset");
                    }
                    daemon.asked++;
                    if (daemon.withoutStatistics) {
                        throw new IOException("no statistics");
                    }
                    return Optional.ofNullable(daemon.copies.get(uuid))
                        .map(copy -> daemon.limits.isEmpty() ? copy : limited(copy, daemon.limit));
                }
            }

            @Override
            public Optional<Long> maxDowntime(final UUID uuid) throws IOException {
                pass(daemon);
                return Optional.of(daemon.limit);
            }

            @Override
            public boolean alive() {
                synchronized (daemon) {
                    return daemon.listeners.contains(listener);
                }
            }

            @Override
            public void close() {
                synchronized (daemon) {
                    daemon.listeners.remove(listener);
                }
            }
        };
    }

    /** QEMU has the limit that was set last. */
    private static CopyProgress limited(final CopyProgress copy, final long limit) {
        return new CopyProgress(copy.at(), copy.iteration(), copy.remaining(), copy.processed(), copy.bandwidth(),
            copy.dirtyRate(), limit, limit);
    }

    @Override
    public Control control(final LibvirtUri uri) throws IOException {
        final var daemon = daemon(uri.toString().replaceAll(".*://([^/]*)/.*", "$1"));
        if (!daemon.changeable) {
            throw new IOException("no changes here");
        }
        final var control = mock(Control.class);
        doAnswer(call -> {
            if (!daemon.changeable) {
                daemon.refused++;
                throw new IOException("connection reset");
            }
            daemon.limit = call.getArgument(1);
            daemon.limits.add(call.getArgument(1));
            return null;
        }).when(control).setMaxDowntime(any(), anyLong());
        when(control.stop(any())).then(call -> {
            daemon.atStop.run();
            daemon.stops++;
            return true;
        });
        when(control.resumeAfterFailure(any())).then(call -> {
            daemon.resumes++;
            return true;
        });
        when(control.progress(any())).thenReturn(Optional.of(Progress.NONE));
        doAnswer(call -> {
            daemon.aborts++;
            return null;
        }).when(control).abort(any());
        return control;
    }

    @Override
    public void close() {
        closed = true;
    }
}
