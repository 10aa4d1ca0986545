/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.loops.Loops;
import io.peregrine.metrics.internal.core.Health;
import io.peregrine.metrics.internal.core.MoveStatistics;
import io.peregrine.metrics.internal.core.Observed;
import io.peregrine.metrics.internal.core.Session;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes metrics of figures and states.
 */
final class Exposition {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

    private Exposition() {
        // static methods only
    }

    /**
     * What there is to tell at one moment.
     *
     * @param observed what the services have published; empty if the data store does not tell
     * @param switches the switches' loads
     * @param loops the threads' loads
     * @param moves what has been counted of moves
     * @param health how the services are
     * @param certificates when certificates end, by their files
     * @param startMillis when the process began, milliseconds since 1970
     */
    record Sources(Optional<Observed> observed, List<SwitchLoads.Load> switches, List<Loops.Load> loops,
            MoveStatistics.Figures moves, Map<Health.Service, Health.Status> health,
            Map<String, Instant> certificates, long startMillis) {
    }

    static MetricSnapshots of(final Sources sources) {
        final var scrape = new Scrape();
        sources.observed().ifPresent(state -> observed(scrape, state));
        final var names = sources.observed().map(Exposition::switchNames).orElse(Map.of());
        sources.switches().forEach(load -> {
            final var hex = load.datapath().hex();
            final var name = names.getOrDefault(hex, hex);
            scrape.gauge(Metric.SWITCH_FLOWS, load.flows(), name);
            scrape.gauge(Metric.SWITCH_GROUPS, load.groups(), name);
            scrape.gauge(Metric.SWITCH_WAITING, load.waiting(), name);
        });
        sources.loops().forEach(load -> {
            scrape.gauge(Metric.LOOP_WAITING, load.waiting(), load.name());
            load.late().ifPresent(nanos -> scrape.gauge(Metric.LOOP_LATE, nanos / NANOS, load.name()));
        });
        moves(scrape, sources.moves());
        sources.health().forEach((service, status) -> scrape.gauge(Metric.SERVICE_OPERATIONAL,
            truth(status.state() == Health.State.OPERATIONAL), service.word()));
        sources.certificates().forEach((name, end) -> scrape.gauge(Metric.CERTIFICATE_END, end.getEpochSecond(), name));
        scrape.gauge(Metric.STATE_READ, truth(sources.observed().isPresent()));
        scrape.gauge(Metric.START_TIME, sources.startMillis() / MILLIS);
        return scrape.snapshots();
    }

    private static int truth(final boolean value) {
        return value ? 1 : 0;
    }

    /** The names of the switches by datapath identifier, each name once: what two switches claim is nobody's. */
    private static Map<String, String> switchNames(final Observed state) {
        final var result = new HashMap<String, String>();
        final var taken = new HashMap<String, String>();
        Stream.concat(
            state.edges().stream().flatMap(Collection::stream)
                .flatMap(edge -> edge.datapath().stream().map(id -> Map.entry(id, edge.name()))),
            state.fabric().stream().flatMap(Collection::stream).map(one -> Map.entry(one.datapath(), one.name())))
            .forEach(entry -> {
                if (taken.putIfAbsent(entry.getValue(), entry.getKey()) == null) {
                    result.putIfAbsent(entry.getKey(), entry.getValue());
                }
            });
        return result;
    }

    private static void observed(final Scrape scrape, final Observed state) {
        final var edges = state.edges().orElse(List.of());
        final var fabric = state.fabric().orElse(List.of());
        for (var kind : List.of("hypervisor", "border")) {
            for (var ready : List.of(true, false)) {
                scrape.gauge(Metric.EDGES, edges.stream()
                    .filter(edge -> edge.kind().equals(kind) && edge.ready() == ready).count(), kind, ready.toString());
            }
        }
        switches(scrape, "edge", edges.stream().map(Observed.Edge::openflow).toList());
        switches(scrape, "fabric", fabric.stream().map(Observed.FabricSwitch::openflow).toList());
        // The models let an edge and a switch of the fabric have one name: then the worse of the two counts
        final var openflow = new LinkedHashMap<String, Session>();
        edges.forEach(edge -> {
            scrape.gauge(Metric.EDGE_PROBLEMS, edge.problems().size(), edge.name());
            scrape.gauge(Metric.SESSION_UP, truth(edge.ovsdb() == Session.IN_SYNC), "ovsdb", edge.name());
            openflow.put(edge.name(), edge.openflow());
        });
        fabric.forEach(one -> openflow.merge(one.name(), one.openflow(),
            (first, second) -> first.compareTo(second) < 0 ? first : second));
        openflow.forEach((name, session) -> scrape.gauge(Metric.SESSION_UP, truth(session == Session.IN_SYNC),
            "openflow", name));
        state.hypervisors().orElse(List.of()).forEach(one -> scrape.gauge(Metric.SESSION_UP,
            truth(one.libvirt() == Session.IN_SYNC), "libvirt", one.name()));
        scrape.gauge(Metric.RETIRED_EDGES, state.retiredEdges());
        gauges(scrape, Metric.TUNNELS, state.tunnels());
        gauges(scrape, Metric.TUNNEL_IDENTITIES, state.identities());
        state.links().forEach((layer, counts) -> counts.forEach(
            (link, count) -> scrape.gauge(Metric.LINKS, count, layer, link)));
        scrape.gauge(Metric.FABRIC_HOSTS, state.hosts());
        gauges(scrape, Metric.GUESTS, state.guests());
        gauges(scrape, Metric.JOBS, state.jobs());
    }

    private static void switches(final Scrape scrape, final String role, final List<Session> sessions) {
        for (var state : Session.values()) {
            scrape.gauge(Metric.SWITCHES, sessions.stream().filter(session -> session == state).count(), role,
                state.word());
        }
    }

    private static void gauges(final Scrape scrape, final Metric metric, final Map<String, Integer> counts) {
        counts.forEach((state, count) -> scrape.gauge(metric, count, state));
    }

    private static void moves(final Scrape scrape, final MoveStatistics.Figures moves) {
        gauges(scrape, Metric.MOVES_UNDER_WAY, moves.underWay());
        moves.ended().forEach((mode, counts) -> counts.forEach(
            (phase, count) -> scrape.counter(Metric.MOVES, count, mode, phase)));
        moves.pauses().forEach((mode, counts) -> scrape.histogram(Metric.MOVE_PAUSE, counts, mode));
        moves.gaps().forEach((mode, counts) -> scrape.histogram(Metric.MOVE_GAP, counts, mode));
        moves.lost().forEach((mode, counts) -> scrape.histogram(Metric.MOVE_LOST, counts, mode));
        moves.duplicated().forEach((mode, count) -> scrape.counter(Metric.MOVE_DUPLICATED, count, mode));
        moves.outcomes().forEach((outcome, count) -> scrape.counter(Metric.MOVES_PROBED, count, outcome));
        moves.latencies().forEach((step, counts) -> scrape.histogram(Metric.MOVE_LATENCY, counts, step));
    }
}
