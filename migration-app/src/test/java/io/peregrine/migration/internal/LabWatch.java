/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.libvirt.DomainReport;
import io.peregrine.migration.internal.libvirt.HostListener;
import io.peregrine.migration.internal.libvirt.HostSessions;
import io.peregrine.migration.internal.libvirt.NativeDriver;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.migration.internal.records.Records;
import io.peregrine.migration.internal.records.SessionView;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * Watches real hypervisors without an overlay and prints what the application would do. To be run where they can be
 * reached, with arguments like {@code hv1=qemu+tcp://10.255.0.1/system}; ends when its input does.
 */
public final class LabWatch {
    private LabWatch() {
        // Not to be made
    }

    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    public static void main(final String[] args) throws Exception {
        final var out = System.out;
        final var wanted = new HashMap<String, LibvirtUri>();
        for (final var arg : args) {
            final var parts = arg.split("=", 2);
            wanted.put(parts[0], LibvirtUri.parse(parts[1]));
        }
        final var ports = new FakePorts();
        final var executor = Executors.newSingleThreadScheduledExecutor();
        final var registry = new GuestRegistry(ports, new PrintedRecords(out), new FakeProber(), executor);
        try (var sessions = new HostSessions(new NativeDriver(), new PrintedNews(registry, out), () -> 0)) {
            registry.sessions(sessions::follow, sessions::ask, sessions::watch, sessions::stopBy);
            registry.onIntent(wanted, Map.of());
            while (System.in.read() >= 0) {
                // Until the end of the input
            }
        } finally {
            executor.shutdownNow();
        }
        final var calls = ports.calls();
        for (int i = 0; i < calls.size(); i++) {
            out.printf("%14.3f %s%n", ports.times.get(i) / 1e6, calls.get(i));
        }
    }

    private record PrintedNews(HostListener next, PrintStream out) implements HostListener {
        private void print(final String host, final UUID uuid, final Object what) {
            out.printf("%14.3f %s %s %s%n", System.nanoTime() / 1e6, host,
                uuid == null ? "" : uuid.toString().substring(0, 8), what);
        }

        @Override
        public void onEvent(final String host, final UUID uuid, final LifecycleEvent event, final long at) {
            next.onEvent(host, uuid, event, at);
            print(host, uuid, event);
        }

        @Override
        public void onDevices(final String host, final UUID uuid) {
            next.onDevices(host, uuid);
            print(host, uuid, "devices");
        }

        @Override
        public void onDowntime(final String host, final UUID uuid, final long downtime) {
            next.onDowntime(host, uuid, downtime);
            print(host, uuid, "downtime " + downtime);
        }

        @Override
        public void onForecast(final String host, final UUID uuid, final Forecast forecast) {
            next.onForecast(host, uuid, forecast);
            print(host, uuid, forecast);
        }

        @Override
        public void onConnected(final String host) {
            next.onConnected(host);
            print(host, null, "connected");
        }

        @Override
        public void onDisconnected(final String host, final String problem) {
            next.onDisconnected(host, problem);
            print(host, null, "disconnected: " + problem);
        }

        @Override
        public void onInventory(final String host, final List<DomainReport> domains, final long askedAt) {
            next.onInventory(host, domains, askedAt);
            print(host, null, "inventory " + domains.stream().map(DomainReport::level).toList());
        }

        @Override
        public void onAnswer(final String host, final UUID uuid, final Optional<DomainReport> report,
                final long askedAt) {
            next.onAnswer(host, uuid, report, askedAt);
            print(host, uuid, "answer " + report.map(DomainReport::level));
        }
    }

    private record PrintedRecords(PrintStream out) implements Records {
        @Override
        public void guest(final GuestView view) {
            out.println("    guest " + view.name() + " " + view.state() + " " + view.host()
                + view.problem().map(" "::concat).orElse(""));
        }

        @Override
        public void noGuest(final UUID uuid) {
            out.println("    guest " + uuid + " gone");
        }

        @Override
        public void session(final SessionView view) {
            out.println("    session " + view);
        }

        @Override
        public void noSession(final String host) {
            out.println("    session " + host + " gone");
        }

        @Override
        public void migration(final Migration.Snapshot migration) {
            if (migration.phase().over()) {
                out.println("    migration " + migration.phase() + " pause " + migration.pause() + " "
                    + migration.reason() + " " + migration.problems());
                migration.steps().forEach(step -> out.printf("    %10.3f %s%n", step.offset() / 1e6, step.name()));
            }
        }

        @Override
        public void refresh(final UUID uuid) {
            // Nothing to be read again
        }
    }
}
