/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import io.peregrine.flow.SwitchProgram;
import io.peregrine.topology.Fabric;
import io.peregrine.topology.PortId;
import io.peregrine.topology.StatePublisher;
import io.peregrine.vxlan.internal.edge.EdgeAgent.Session;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import io.peregrine.vxlan.plan.EdgeSnapshot.Liveness;
import io.peregrine.vxlan.plan.EdgeSnapshot.TunnelPort;
import java.net.InetAddress;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelBuilder;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * What is known of the edges, for those who look. Thread-safe.
 */
final class EdgeStates {
    private record TunnelKey(String source, String destination) {
    }

    private record Since(Liveness liveness, Instant time) {
    }

    /** What is known of one edge. */
    private static final class State {
        private EdgeIntent intent;
        private Session ovsdb = Session.DISCONNECTED;
        private SwitchProgram.State openflow = SwitchProgram.State.DISCONNECTED;
        private EdgeSnapshot snapshot = EdgeSnapshot.NONE;
        private Optional<String> sessionProblem = Optional.empty();
        private List<SwitchProgram.Problem> switchProblems = List.of();
        private Optional<String> fault = Optional.empty();
        private Set<String> unheard = Set.of();
    }

    private final Map<String, State> edges = new TreeMap<>();
    private final Map<TunnelKey, Since> tunnels = new HashMap<>();

    /** Begins to show the edges. */
    StatePublisher<?, ?, ?> publishEdges(final DataBroker dataBroker, final ScheduledExecutorService executor) {
        final var edgesPath = InstanceIdentifier.create(Edges.class);
        return new StatePublisher<>(dataBroker, edgesPath, new EdgesBuilder().build(),
            key -> edgesPath.child(Edge.class, key), Function.<Edge>identity(),
            () -> toEdges().nonnullEdge(), executor);
    }

    /** Begins to show the tunnels. */
    StatePublisher<?, ?, ?> publishTunnels(final DataBroker dataBroker, final ScheduledExecutorService executor) {
        final var tunnelsPath = InstanceIdentifier.create(Tunnels.class);
        return new StatePublisher<>(dataBroker, tunnelsPath, new TunnelsBuilder().build(),
            key -> tunnelsPath.child(Tunnel.class, key), Function.<Tunnel>identity(),
            () -> toTunnels().nonnullTunnel(), executor);
    }

    synchronized void setEdges(final Collection<EdgeIntent> intents) {
        final var names = new HashSet<String>();
        for (var intent : intents) {
            names.add(intent.name());
            edges.computeIfAbsent(intent.name(), name -> new State()).intent = intent;
        }
        edges.keySet().retainAll(names);
        tunnels.keySet().removeIf(key -> !names.contains(key.source) || !names.contains(key.destination));
    }

    void setSession(final String edge, final Session session, final Optional<String> problem) {
        update(edge, state -> {
            state.ovsdb = session;
            state.sessionProblem = problem;
        });
    }

    void setSnapshot(final String edge, final EdgeSnapshot snapshot) {
        update(edge, state -> state.snapshot = snapshot);
    }

    void setOpenflow(final String edge, final SwitchProgram.State openflow) {
        update(edge, state -> state.openflow = openflow);
    }

    void setSwitchProblems(final String edge, final List<SwitchProgram.Problem> problems) {
        update(edge, state -> state.switchProblems = problems);
    }

    void setFault(final String edge, final Optional<String> fault) {
        update(edge, state -> state.fault = fault);
    }

    void setUnheard(final String edge, final Set<String> unheard) {
        update(edge, state -> state.unheard = unheard);
    }

    private synchronized void update(final String edge, final Consumer<State> change) {
        final var state = edges.get(edge);
        if (state != null) {
            change.accept(state);
        }
    }

    synchronized Edges toEdges() {
        return new EdgesBuilder().setEdge(BindingMap.ordered(edges.values().stream().map(this::toEdge)
            .toArray(Edge[]::new))).build();
    }

    private Edge toEdge(final State state) {
        final var problems = new ArrayList<String>();
        state.sessionProblem.ifPresent(problem -> problems.add("OVSDB: " + problem));
        problems.addAll(state.snapshot.problems());
        state.fault.ifPresent(problems::add);
        state.switchProblems.forEach(problem -> problems.add("OpenFlow: " + problem.text()));
        final boolean tunnelled = edges.keySet().stream().filter(other -> !other.equals(state.intent.name()))
            .allMatch(other -> Optional.ofNullable(state.snapshot.tunnels().get(other))
                .map(TunnelPort::port).filter(OptionalLong::isPresent).isPresent());
        final var builder = new EdgeBuilder()
            .setName(new EdgeName(state.intent.name()))
            .setKind(state.intent.kind() == EdgeIntent.Kind.HYPERVISOR ? Edge.Kind.Hypervisor : Edge.Kind.Border)
            .setUnderlayAddress(address(state.intent.underlay()))
            .setOvsdb(switch (state.ovsdb) {
                case DISCONNECTED -> SessionState.Disconnected;
                case SYNCING -> SessionState.Syncing;
                case IN_SYNC -> SessionState.InSync;
            })
            .setOpenflow(switch (state.openflow) {
                case DISCONNECTED -> SessionState.Disconnected;
                case SYNCING -> SessionState.Syncing;
                case IN_SYNC -> SessionState.InSync;
            })
            .setReady(state.ovsdb == Session.IN_SYNC && state.openflow == SwitchProgram.State.IN_SYNC && tunnelled
                && state.fault.isEmpty()
                && state.switchProblems.stream().noneMatch(problem -> problem.kind().isLacking()))
            .setProblem(List.copyOf(problems))
            .setCleanUpWaitsFor(state.unheard.stream().sorted().map(EdgeName::new).toList());
        state.snapshot.datapath().ifPresent(id -> builder.setDatapathId(id.hex()));
        return builder.build();
    }

    synchronized Tunnels toTunnels() {
        final var list = new ArrayList<Tunnel>();
        for (var source : edges.values()) {
            for (var destination : edges.values()) {
                if (source != destination) {
                    list.add(toTunnel(source, destination));
                }
            }
        }
        return new TunnelsBuilder().setTunnel(BindingMap.ordered(list.toArray(Tunnel[]::new))).build();
    }

    /** The tunnels as links between switches, as far as both ends are known. */
    synchronized List<Fabric.OverlayLink> toLinks() {
        final var links = new ArrayList<Fabric.OverlayLink>();
        edges.forEach((name, source) -> source.snapshot.tunnels().forEach((peer, tunnel) -> {
            final var back = Optional.ofNullable(edges.get(peer)).map(other -> other.snapshot.tunnels().get(name));
            final var from = end(source, Optional.of(tunnel));
            final var to = Optional.ofNullable(edges.get(peer)).flatMap(other -> end(other, back));
            if (from.isPresent() && to.isPresent()) {
                links.add(new Fabric.OverlayLink(from.orElseThrow(), to.orElseThrow(), name + " " + tunnel.name(),
                    peer + " " + back.orElseThrow().name(), tunnel.liveness() == Liveness.UP));
            }
        }));
        return links;
    }

    private static Optional<PortId> end(final State edge, final Optional<TunnelPort> tunnel) {
        return edge.snapshot.datapath().flatMap(datapath -> tunnel.map(TunnelPort::port)
            .filter(OptionalLong::isPresent).map(port -> new PortId(datapath, port.orElseThrow())));
    }

    private Tunnel toTunnel(final State source, final State destination) {
        final var builder = new TunnelBuilder()
            .setSource(new EdgeName(source.intent.name()))
            .setDestination(new EdgeName(destination.intent.name()))
            .setSourceAddress(address(source.intent.underlay()))
            .setDestinationAddress(address(destination.intent.underlay()));
        final var port = source.snapshot.tunnels().get(destination.intent.name());
        var liveness = Liveness.UNKNOWN;
        if (port == null) {
            builder.setProblem(source.ovsdb == Session.IN_SYNC ? "not made yet" : "OVSDB of '" + source.intent.name()
                + "' is not connected");
        } else {
            builder.setPortName(port.name());
            port.port().ifPresent(number -> builder.setPortNumber(Uint32.valueOf(number)));
            port.problem().ifPresent(builder::setProblem);
            liveness = source.ovsdb == Session.IN_SYNC ? port.liveness() : Liveness.UNKNOWN;
        }
        final var now = liveness;
        final var since = tunnels.compute(new TunnelKey(source.intent.name(), destination.intent.name()),
            (key, old) -> old != null && old.liveness == now ? old : new Since(now, Instant.now()));
        return builder.setLiveness(switch (now) {
            case UP -> TunnelLiveness.Up;
            case DOWN -> TunnelLiveness.Down;
            case UNKNOWN -> TunnelLiveness.Unknown;
        }).setSince(new DateAndTime(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
            OffsetDateTime.ofInstant(since.time.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC)))).build();
    }

    private static IpAddressNoZone address(final InetAddress address) {
        return IetfInetUtil.ipAddressNoZoneFor(address);
    }
}
