/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import static java.util.Objects.requireNonNull;

import io.peregrine.metrics.internal.core.Observed.Edge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Judges how Peregrine's services are, and says what a person can do about it. What is wrong for a moment only is not
 * told; what is wrong before a service was well for the first time is part of its start for a minute. Not thread-safe.
 */
public final class Health {
    /** A service as an operator sees it. */
    public enum Service {
        /** Sessions with the edges' databases. */
        OVSDB,
        /** Sessions with switches, and what is programmed there. */
        FLOWS,
        /** Links, hosts and ways of the fabric. */
        FABRIC,
        /** Edges and tunnels. */
        OVERLAY,
        /** libvirt and the moves of guests. */
        MIGRATION;

        /**
         * A short name.
         *
         * @return that
         */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a service is. */
    public enum State {
        /** It has not been well yet, which is usual for a while. */
        STARTING,
        /** It is well. */
        OPERATIONAL,
        /** It is not. */
        ERROR
    }

    /**
     * How a service is.
     *
     * @param state that
     * @param text what is there if it is well, else what is wrong and what to do
     */
    public record Status(State state, String text) {
        public Status {
            requireNonNull(state);
            requireNonNull(text);
        }
    }

    private record Subject(Service service, String name) {
    }

    /** How long something has to be wrong. */
    static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How long a start may take. */
    static final Duration START = Duration.ofSeconds(60);
    /** A thread that lets work wait for so long is stuck. */
    static final Duration STUCK = Duration.ofSeconds(10);
    /** Troubles that are told; of more the number is. */
    static final int MOST_TOLD = 5;

    private static final String OVSDB_PROBLEM = "OVSDB: ";
    private static final String OPENFLOW_PROBLEM = "OpenFlow: ";
    private static final Map<String, Service> THREADS = Map.of(
        "ovsdb", Service.OVSDB,
        "flow-timer", Service.FLOWS,
        "packets", Service.FLOWS,
        "topology", Service.FABRIC,
        "fabric", Service.FABRIC,
        "fabric-state", Service.FABRIC,
        "overlay", Service.OVERLAY,
        "edge-state", Service.OVERLAY);

    private final long started;
    private final Map<Subject, Long> since = new HashMap<>();
    private final Map<Service, Boolean> wellOnce = new EnumMap<>(Service.class);

    /**
     * Nothing judged yet.
     *
     * @param started the time of the start, nanoseconds of the monotonic clock
     */
    public Health(final long started) {
        this.started = started;
    }

    /**
     * Judges anew.
     *
     * @param observed what the services have published; empty if the data store does not tell
     * @param late how long work has waited for each thread, nanoseconds
     * @param now the present time, nanoseconds of the same clock
     * @return the status of each service
     */
    public Map<Service, Status> judge(final Optional<Observed> observed, final Map<String, Long> late,
            final long now) {
        final var troubles = new LinkedHashMap<Subject, String>();
        observed.ifPresentOrElse(state -> {
            edges(state, troubles);
            fabric(state, troubles);
            libvirt(state, troubles);
        }, () -> {
            for (var service : Service.values()) {
                troubles.put(new Subject(service, "data store"), "the operational data store does not answer: see the"
                    + " log; if it stays so, restart the controller");
            }
        });
        late.forEach((thread, nanos) -> {
            if (nanos >= STUCK.toNanos()) {
                troubles.put(new Subject(THREADS.getOrDefault(thread, Service.MIGRATION), "thread " + thread),
                    "the thread peregrine-" + thread + " has let work wait for "
                        + Duration.ofNanos(nanos).toSeconds() + " s: if it stays so, keep a thread dump and restart the"
                        + " controller");
            }
        });
        since.keySet().retainAll(troubles.keySet());
        troubles.keySet().forEach(subject -> since.putIfAbsent(subject, now));

        final var result = new EnumMap<Service, Status>(Service.class);
        for (var service : Service.values()) {
            result.put(service, status(service, observed, troubles, now));
        }
        return result;
    }

    private Status status(final Service service, final Optional<Observed> observed,
            final Map<Subject, String> troubles, final long now) {
        final var told = new ArrayList<String>();
        boolean any = false;
        for (var entry : troubles.entrySet()) {
            final var subject = entry.getKey();
            if (subject.service() == service) {
                any = true;
                if (!wellOnce.containsKey(service) || now - since.get(subject) >= PATIENCE.toNanos()) {
                    told.add(entry.getValue());
                }
            }
        }
        if (!any) {
            wellOnce.put(service, true);
        }
        if (told.isEmpty()) {
            return new Status(State.OPERATIONAL, observed.map(state -> summary(service, state)).orElse(""));
        }
        final boolean starting = !wellOnce.containsKey(service) && now - started < START.toNanos();
        return new Status(starting ? State.STARTING : State.ERROR, text(told));
    }

    private static String text(final List<String> told) {
        final var text = String.join("; ", told.subList(0, Math.min(told.size(), MOST_TOLD)));
        return told.size() <= MOST_TOLD ? text : text + "; and " + (told.size() - MOST_TOLD) + " more";
    }

    private static String summary(final Service service, final Observed state) {
        final var edges = state.edges().orElse(List.of());
        return switch (service) {
            case OVSDB -> "OVSDB sessions: " + edges.size();
            case FLOWS -> "switches: " + (edges.size() + state.fabric().map(List::size).orElse(0));
            case FABRIC -> "switches of the fabric: " + state.fabric().map(List::size).orElse(0);
            case OVERLAY -> "edges: " + edges.size() + ", tunnels: "
                + state.tunnels().values().stream().mapToInt(Integer::intValue).sum();
            case MIGRATION -> "hypervisors: " + state.hypervisors().map(List::size).orElse(0) + ", guests: "
                + state.guests().values().stream().mapToInt(Integer::intValue).sum();
        };
    }

    private static String silent(final String part) {
        return part + " has published no state: it has not started or has ended, the log says why";
    }

    private static void edges(final Observed state, final Map<Subject, String> troubles) {
        if (state.edges().isEmpty()) {
            for (var service : List.of(Service.OVSDB, Service.FLOWS, Service.OVERLAY)) {
                troubles.put(new Subject(service, "state"), silent("the overlay"));
            }
            return;
        }
        for (var edge : state.edges().orElseThrow()) {
            final var name = "edge " + edge.name();
            if (edge.ovsdb() == Session.DISCONNECTED) {
                troubles.put(new Subject(Service.OVSDB, name), name + ": no OVSDB session"
                    + reason(edge, problem -> problem.startsWith(OVSDB_PROBLEM))
                    + ": does ovsdb-server run there, and listen where intent says?");
            } else if (edge.ovsdb() == Session.SYNCING) {
                troubles.put(new Subject(Service.OVSDB, name), name + ": its database is being read");
            }
            final boolean lacks = !edge.ready()
                && edge.problems().stream().anyMatch(problem -> problem.startsWith(OPENFLOW_PROBLEM));
            openflow(name, edge.openflow(), troubles);
            if (edge.openflow() == Session.IN_SYNC && lacks) {
                troubles.put(new Subject(Service.FLOWS, name), name + ": its switch lacks entries"
                    + reason(edge, problem -> problem.startsWith(OPENFLOW_PROBLEM)));
            }
            if (!edge.ready() && edge.ovsdb() == Session.IN_SYNC && edge.openflow() == Session.IN_SYNC && !lacks) {
                final var reason = reason(edge, problem -> true);
                troubles.put(new Subject(Service.OVERLAY, name), name + " is not ready"
                    + (reason.isEmpty() ? ": its tunnels are being made" : reason));
            }
        }
        state.deadTunnels().forEach(tunnel -> troubles.put(new Subject(Service.OVERLAY, "tunnel " + tunnel),
            "the tunnel " + tunnel + " is down: does Open vSwitch run at both ends, and does UDP port 4789 pass between"
                + " them?"));
    }

    private static void openflow(final String name, final Session session, final Map<Subject, String> troubles) {
        if (session == Session.DISCONNECTED) {
            troubles.put(new Subject(Service.FLOWS, name), name + ": no OpenFlow session: does its switch run, and"
                + " reach the controller's OpenFlow port?");
        } else if (session == Session.SYNCING) {
            troubles.put(new Subject(Service.FLOWS, name), name + ": its switch is being brought into line");
        }
    }

    private static String reason(final Edge edge, final Predicate<String> which) {
        final var reasons = edge.problems().stream().filter(which).toList();
        return reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")";
    }

    private static void fabric(final Observed state, final Map<Subject, String> troubles) {
        if (state.fabric().isEmpty()) {
            troubles.put(new Subject(Service.FABRIC, "state"), silent("the fabric"));
            return;
        }
        for (var one : state.fabric().orElseThrow()) {
            final var name = "fabric switch " + one.name();
            openflow(name, one.openflow(), troubles);
            if (!one.problems().isEmpty()) {
                troubles.put(new Subject(Service.FABRIC, name), name + ": " + String.join("; ", one.problems()));
            }
        }
    }

    private static void libvirt(final Observed state, final Map<Subject, String> troubles) {
        if (state.hypervisors().isEmpty()) {
            troubles.put(new Subject(Service.MIGRATION, "state"), silent("the migration application"));
            return;
        }
        for (var one : state.hypervisors().orElseThrow()) {
            final var name = "hypervisor " + one.name();
            final var reason = one.problem().map(problem -> " (" + problem + ")").orElse("");
            if (one.libvirt() == Session.DISCONNECTED) {
                troubles.put(new Subject(Service.MIGRATION, name), name + ": libvirt is not heard" + reason
                    + ": does libvirtd run there, and listen where intent says?");
            } else if (one.libvirt() == Session.SYNCING) {
                troubles.put(new Subject(Service.MIGRATION, name), name + ": libvirt's guests are being read");
            }
        }
    }
}
