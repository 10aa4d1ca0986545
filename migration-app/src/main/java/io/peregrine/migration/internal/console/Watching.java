/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
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
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    /** What is printed of an event; the text is for people, the object for programs. */
    private record Line(String time, String text, JsonObject object) {
    }

    private final PrintStream out;
    private final PrintStream console;
    private final boolean json;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicLong leftOut = new AtomicLong();
    private final List<Registration> registrations = new ArrayList<>();

    /**
     * Begins to listen.
     *
     * @param notifications where events come from
     * @param only the kinds to print; all if empty
     * @param out where to print
     * @param console where that comes to in the end, which the shell does not flush before a command has ended
     * @param json whether as JSON
     * @throws IllegalArgumentException if there is no such kind
     */
    Watching(final NotificationService notifications, final Collection<String> only, final PrintStream out,
            final PrintStream console, final boolean json) {
        this.out = requireNonNull(out);
        this.console = requireNonNull(console);
        this.json = json;
        final var kinds = new LinkedHashMap<String, Runnable>();
        kinds.put("link", () -> listen(notifications, LinkChanged.class, event -> Shown.object("event", "link-changed",
            "source", event.getSource(), "target", event.getTarget(), "state", event.getState(), "was",
            event.getWas())));
        kinds.put("tunnel", () -> listen(notifications, TunnelChanged.class, event -> Shown.object("event",
            "tunnel-changed", "source", Shown.text(event.getSource()), "destination",
            Shown.text(event.getDestination()), "state", event.getState(), "was", event.getWas(), "problem",
            event.getProblem())));
        kinds.put("edge", () -> listen(notifications, EdgeChanged.class, event -> Shown.object("event", "edge-changed",
            "name", Shown.text(event.getName()), "state", event.getState().getName(), "problem", event.getProblem())));
        kinds.put("guest", () -> listen(notifications, GuestChanged.class, event -> Shown.object("event",
            "guest-changed", "uuid", Shown.text(event.getUuid()), "name", event.getName(), "hypervisor",
            Shown.text(event.getHypervisor()), "state", event.getState(), "served", event.getServed(), "problem",
            event.getProblem())));
        kinds.put("migration", () -> listen(notifications, MigrationChanged.class, event -> Shown.object("event",
            "migration-changed", "id", event.getId(), "guest", Shown.text(event.getGuest()), "guest-name",
            event.getGuestName(), "source", Shown.text(event.getSource()), "destination",
            Shown.text(event.getDestination()), "phase", event.getPhase().getName(), "pause", event.getPause(),
            "reason", event.getReason(), "problem", event.getProblem())));
        kinds.put("job", () -> listen(notifications, JobChanged.class, event -> Shown.object("event", "job-changed",
            "id", Shown.text(event.getId()), "state", event.getState().getName(), "guest-name", event.getGuestName(),
            "source", Shown.text(event.getSource()), "destination", Shown.text(event.getDestination()), "error",
            event.getError())));
        for (final var kind : only) {
            if (!kinds.containsKey(kind)) {
                throw new IllegalArgumentException("--only: there is no kind '" + kind + "'; there are "
                    + String.join(", ", kinds.keySet()));
            }
        }
        kinds.forEach((kind, begin) -> {
            if (only.isEmpty() || only.contains(kind)) {
                begin.run();
            }
        });
    }

    private <N extends Notification<N> & Event> void listen(final NotificationService notifications,
            final Class<N> type, final Function<N, JsonObject> object) {
        registrations.add(notifications.registerListener(type, event -> {
            final var time = event.getTime().getValue();
            final var made = Shown.object("time", time);
            object.apply(event).entrySet().forEach(entry -> made.add(entry.getKey(), entry.getValue()));
            if (!lines.offer(new Line(time, event.getText(), made))) {
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
        while ((count == 0 || printed < count) && !out.checkError() && !console.checkError()) {
            final long left = seconds == 0 ? LOOK_NANOS : Math.min(LOOK_NANOS, end - System.nanoTime());
            final var line = lines.poll(left, TimeUnit.NANOSECONDS);
            if (line != null) {
                print(line);
                printed++;
            } else if (left < LOOK_NANOS) {
                return;
            }
        }
    }

    private void print(final Line line) {
        final long missing = leftOut.getAndSet(0);
        if (missing > 0) {
            out.println(json ? GSON.toJson(Shown.object("event", "left-out", "count", missing))
                : missing + " events are left out: they came too fast");
        }
        out.println(json ? GSON.toJson(line.object()) : line.time() + " " + line.text());
    }

    @Override
    public void close() {
        registrations.forEach(Registration::close);
    }
}
