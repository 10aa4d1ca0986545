/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.Event;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.GuestChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.JobChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChanged;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.Notification;

/**
 * Prints events as they come. Those for which the terminal is too slow are left out, and it is told how many.
 */
final class Watching implements AutoCloseable {
    static final int MOST_WAITING = 10_000;
    /** How often it is looked whether anybody is there still. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Map<String, Class<? extends Notification<?>>> KINDS = kinds();

    private final Screen screen;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicLong leftOut = new AtomicLong();
    private final List<Registration> registrations = new ArrayList<>();

    /**
     * Begins to listen.
     *
     * @param notifications where events come from
     * @param only the kinds to print; all if empty
     * @param screen where to print
     * @throws IllegalArgumentException if there is no such kind
     */
    Watching(final NotificationService notifications, final Collection<String> only, final Screen screen) {
        this.screen = requireNonNull(screen);
        for (final var kind : only) {
            if (!KINDS.containsKey(kind)) {
                throw new IllegalArgumentException("--only: there is no kind '" + kind + "'; there are "
                    + String.join(", ", KINDS.keySet()));
            }
        }
        KINDS.forEach((kind, type) -> {
            if (only.isEmpty() || only.contains(kind)) {
                listen(notifications, type);
            }
        });
    }

    private static Map<String, Class<? extends Notification<?>>> kinds() {
        final var kinds = new LinkedHashMap<String, Class<? extends Notification<?>>>();
        kinds.put("link", LinkChanged.class);
        kinds.put("tunnel", TunnelChanged.class);
        kinds.put("edge", EdgeChanged.class);
        kinds.put("guest", GuestChanged.class);
        kinds.put("migration", MigrationChanged.class);
        kinds.put("job", JobChanged.class);
        return kinds;
    }

    @SuppressWarnings("unchecked")
    private <N extends Notification<N> & Event> void listen(final NotificationService notifications,
            final Class<?> type) {
        registrations.add(notifications.registerListener((Class<N>) type, event -> {
            if (!events.offer(event)) {
                leftOut.incrementAndGet();
            }
        }));
    }

    /**
     * Prints until it is enough, or nobody is there to read it.
     *
     * @param seconds after how long it is; 0 for never
     * @param count after how many events it is; 0 for never
     * @throws IllegalArgumentException if one of them is negative
     * @throws InterruptedException if the user does not want to watch any more
     */
    void watch(final int seconds, final int count) throws InterruptedException {
        if (seconds < 0 || count < 0) {
            throw new IllegalArgumentException("--for and --count: give a number from 1 on");
        }
        final long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        int printed = 0;
        // A session that is closed interrupts nobody, but nothing can be flushed to it any more
        while ((count == 0 || printed < count) && !screen.out().checkError()) {
            final long left = seconds == 0 ? LOOK_NANOS : Math.min(LOOK_NANOS, end - System.nanoTime());
            if (left <= 0) {
                return;
            }
            final var event = events.poll(left, TimeUnit.NANOSECONDS);
            if (event != null) {
                print(event);
                printed++;
            }
        }
    }

    private void print(final Event event) {
        final long missing = leftOut.getAndSet(0);
        final var time = event.getTime().getValue();
        if (!screen.isJson()) {
            if (missing > 0) {
                screen.line(missing + " events are left out: they came too fast");
            }
            screen.line(time + " " + event.getText());
            return;
        }
        if (missing > 0) {
            screen.line(Json.line(Shown.object("left-out", missing)));
        }
        final var content = Shown.object("event-time", time);
        screen.json().notification((Notification<?>) event).entrySet()
            .forEach(entry -> content.add(entry.getKey(), entry.getValue()));
        screen.line(Json.line(Shown.object("ietf-restconf:notification", content)));
    }

    @Override
    public void close() {
        registrations.forEach(Registration::close);
    }
}
