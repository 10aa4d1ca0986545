/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.Packets;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.LinkDiscovery;
import io.peregrine.topology.discovery.Links;
import io.peregrine.topology.discovery.PortRole;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.fabric.FabricPlan;
import io.peregrine.topology.fabric.FabricProgram;
import io.peregrine.topology.fabric.FabricState;
import io.peregrine.topology.fabric.Rollout;
import io.peregrine.topology.graph.Graph;
import io.peregrine.topology.graph.NodeId;
import io.peregrine.topology.graph.RouteTable;
import io.peregrine.topology.hosts.Host;
import io.peregrine.topology.hosts.HostTracker;
import io.peregrine.topology.hosts.HostTrackerSettings;
import io.peregrine.topology.hosts.Reaction;
import io.peregrine.topology.hosts.Transmission;
import java.net.Inet4Address;
import java.time.Duration;
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
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the fabric: joins intent, ports, probes and ARP to links, hosts, ways and the switches' flows. Every method is
 * called on one thread, that of {@code loop}, and none blocks; {@link #view()} may be called on any.
 *
 * <pre>
 *   intent, switches, ports --&gt; LinkDiscovery --&gt; graph --&gt; RouteTable --+
 *   packets --------------------&gt;      |                                +--&gt; FabricProgram --&gt; Rollout --&gt; switches
 *                            \-&gt; HostTracker ------------------------------+
 * </pre>
 */
final class FabricController {
    /** What the controller needs from around it. */
    record Surroundings(FlowProgrammer programmer, Packets packets, GroupIds groupIds, ScheduledExecutorService loop,
            LongSupplier clock, Runnable changed) {
        Surroundings {
            requireNonNull(programmer);
            requireNonNull(packets);
            requireNonNull(groupIds);
            requireNonNull(loop);
            requireNonNull(clock);
            requireNonNull(changed);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FabricController.class);

    /** 100 Gbit/s, in the unit of OpenFlow's port speeds. */
    private static final long REFERENCE_SPEED = 100_000_000L;
    private static final int COST_OF_UNKNOWN_SPEED = 10;
    /** A switch that does not confirm in time does not hold up the others. */
    private static final long CONFIRM_MILLIS = 1000;
    /** How long after its connection a switch may be told what to delete: by then every link has been probed. */
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final long COUNTERS_MILLIS = 5000;
    /** How long a port with a host must have been without a link to count as a host's. */
    private static final long HOST_PORT_MILLIS = 5000;
    /** How long to wait for more of what comes in crowds: links and switches at a start. */
    private static final long CROWD_MILLIS = 20;
    /** After a change of links, when to look at all alternates again. */
    private static final long ALTERNATES_MILLIS = 100;

    private final Surroundings around;
    private final ProbeCodec codec;
    private final long epoch;
    private final Map<DatapathId, Member> members = new TreeMap<>();
    private final FabricProgram program;
    private final Rollout rollout;
    private final HostTracker tracker;
    private final IcmpResponder responder = new IcmpResponder();

    private FabricIntent intent = FabricIntent.NONE;
    private boolean intentKnown;
    private Topology topology = Topology.EMPTY;
    private LinkDiscovery discovery;
    private Links links = Links.NONE;
    private Set<PortId> fabricPorts = Set.of();
    private final Set<PortId> learnedHostPorts = new HashSet<>();
    private boolean rolesPending;
    private Map<Link, Integer> costs = Map.of();
    private Graph graph = Graph.empty();
    private RouteTable routes = RouteTable.compute(Graph.empty(), List.of());
    private boolean relinkPending;
    private boolean alternatesPending;
    private ScheduledFuture<?> alarm;
    private long alarmAt;

    private Map<String, Long> counters = Map.of();

    private volatile FabricView view;

    /** A switch of intent. */
    private final class Member implements SwitchProgram.Listener {
        private final DatapathId datapath;
        private SwitchProgram program;
        private SwitchProgram.State state = SwitchProgram.State.DISCONNECTED;
        private List<String> problems = List.of();
        private Optional<String> clash = Optional.empty();
        private boolean complete;

        Member(final DatapathId datapath) {
            this.datapath = datapath;
        }

        /** Takes charge, unless somebody else has it. */
        void own() {
            if (program != null || members.get(datapath) != this) {
                return;
            }
            try {
                program = around.programmer().own(datapath, this);
                clash = Optional.empty();
                final var wanted = FabricController.this.program.desired(datapath);
                if (!wanted.isEmpty()) {
                    program.apply(wanted);
                }
            } catch (IllegalStateException e) {
                LOG.warn("Switch {} is not run as part of the fabric: {}", datapath, e.getMessage());
                clash = Optional.of(e.getMessage() + ": take it out of the fabric, or the edge out of intent");
                around.programmer().whenFree(datapath).thenRunAsync(this::own, around.loop());
            }
        }

        void release() {
            if (program != null) {
                final var nothing = new HashMap<String, Fragment>();
                program.fragments().keySet().forEach(name -> nothing.put(name, Fragment.EMPTY));
                final var leaving = program;
                program = null;
                // Only what has been taken away before the program is closed goes away
                leaving.apply(nothing).whenCompleteAsync((ok, failure) -> leaving.close(), around.loop());
            }
        }

        @Override
        public void onState(final SwitchProgram.State newState) {
            around.loop().execute(() -> {
                state = newState;
                publish();
            });
        }

        @Override
        public void onProblems(final List<SwitchProgram.Problem> now) {
            around.loop().execute(() -> {
                problems = now.stream().map(SwitchProgram.Problem::text).toList();
                publish();
            });
        }
    }

    FabricController(final Surroundings around, final ProbeCodec codec, final long epoch) {
        this.around = requireNonNull(around);
        this.codec = requireNonNull(codec);
        this.epoch = epoch;
        program = new FabricProgram(new FabricPlan(around.groupIds()));
        rollout = new Rollout(this::apply, around.loop());
        tracker = new HostTracker(HostTrackerSettings.DEFAULT, intent.gatewayMac());
        discovery = discovery(intent.probeInterval());
        view = snapshot();
        around.loop().schedule(this::countAgain, COUNTERS_MILLIS, TimeUnit.MILLISECONDS);
    }

    private LinkDiscovery discovery(final Duration interval) {
        final var standard = LinkDiscovery.Settings.DEFAULT;
        return new LinkDiscovery(codec, epoch, new LinkDiscovery.Settings(interval, standard.missedProbes(),
            standard.flaps(), standard.flapWindow(), standard.hold(), standard.longestHold()),
            (port, frame) -> around.packets().send(port.datapath(), port.port(), frame), now());
    }

    private long now() {
        return around.clock().getAsLong();
    }

    private CompletableFuture<Void> apply(final DatapathId datapath, final Map<String, Fragment> fragments) {
        final var member = members.get(datapath);
        return member == null || member.program == null ? CompletableFuture.completedFuture(null)
            : member.program.apply(fragments).orTimeout(CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
    }

    // ---- what comes in ----

    /**
     * Takes over what an earlier run knew.
     *
     * @param remembered links
     * @param hosts hosts
     */
    void restore(final Collection<Link> remembered, final Collection<Host> hosts) {
        discovery.restore(remembered, now());
        react(tracker.restore(hosts, now()));
        relink();
    }

    void onIntent(final FabricIntent wanted) {
        final var before = intent;
        intent = wanted;
        intentKnown = true;
        if (!wanted.probeInterval().equals(before.probeInterval())) {
            final var known = discovery.links().all().keySet();
            discovery = discovery(wanted.probeInterval());
            discovery.restore(known, now());
            members.keySet().forEach(this::connectLinks);
        }
        if (!wanted.gatewayMac().equals(before.gatewayMac())) {
            tracker.setGatewayMac(wanted.gatewayMac());
        }
        react(tracker.setSegments(wanted.segments(), now()));
        for (var datapath : new TreeSet<>(members.keySet())) {
            if (!wanted.switches().containsKey(datapath)) {
                LOG.info("Switch {} leaves the fabric", datapath);
                members.remove(datapath).release();
                rollout.forget(datapath);
                discovery.switchRemoved(datapath, now());
                react(tracker.switchRemoved(datapath, now()));
            }
        }
        for (var datapath : wanted.switches().keySet()) {
            if (!members.containsKey(datapath)) {
                LOG.info("Switch {} ({}) joins the fabric", datapath, wanted.switches().get(datapath).name());
                final var member = new Member(datapath);
                members.put(datapath, member);
                member.own();
                topology.find(datapath).ifPresent(found -> connect(found));
            }
        }
        members.keySet().forEach(this::setRoles);
        relink();
    }

    void onTopology(final Topology now) {
        final var before = topology;
        topology = now;
        for (var datapath : members.keySet()) {
            final var was = before.find(datapath);
            final var is = now.find(datapath);
            if (is.isEmpty()) {
                was.ifPresent(gone -> disconnect(datapath));
            } else if (was.isEmpty()) {
                connect(is.orElseThrow());
            } else if (!was.equals(is)) {
                if (!was.orElseThrow().connectedSince().equals(is.orElseThrow().connectedSince())) {
                    disconnect(datapath);
                    connect(is.orElseThrow());
                } else {
                    portsChanged(was.orElseThrow(), is.orElseThrow());
                }
            }
        }
        // At once: the first that a port brings may be its host's ARP
        react(tracker.setHostPorts(hostPorts(), now()));
        linksChanged();
    }

    private void connect(final SwitchView found) {
        final var datapath = found.datapath();
        connectLinks(datapath);
        react(tracker.switchConnected(datapath, now()));
        found.ports().values().stream().filter(port -> !port.up()).map(port -> new PortId(datapath, port.number()))
            .forEach(port -> react(tracker.portDown(port, now())));
        setRoles(datapath);
        final var member = members.get(datapath);
        around.loop().schedule(() -> completeIfReady(member), WARM_UP.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connectLinks(final DatapathId datapath) {
        topology.find(datapath).ifPresent(found -> {
            discovery.switchConnected(datapath, now());
            found.ports().values().forEach(port -> tellDiscovery(datapath, port));
            // Ports that went while the switch was away
            for (var link : discovery.links().all().keySet()) {
                for (var end : List.of(link.from(), link.to())) {
                    if (end.datapath().equals(datapath) && found.port(end.port()).isEmpty()) {
                        discovery.portDown(end, now());
                    }
                }
            }
        });
    }

    private void tellDiscovery(final DatapathId datapath, final PortView port) {
        if (port.number() != PortView.LOCAL) {
            final var id = new PortId(datapath, port.number());
            if (port.up()) {
                discovery.portUp(id, port.mac(), now());
            } else {
                discovery.portDown(id, now());
            }
        }
    }

    private void completeIfReady(final Member member) {
        if (!member.complete && members.get(member.datapath) == member && member.program != null) {
            member.complete = true;
            member.program.setComplete(true);
        }
    }

    private void disconnect(final DatapathId datapath) {
        discovery.switchDisconnected(datapath, now());
        react(tracker.switchDisconnected(datapath, now()));
    }

    private void portsChanged(final SwitchView was, final SwitchView is) {
        final var datapath = is.datapath();
        for (var port : is.ports().values()) {
            final var before = was.port(port.number());
            if (before.isEmpty() || !before.orElseThrow().equals(port)) {
                tellDiscovery(datapath, port);
                final var id = new PortId(datapath, port.number());
                if (port.up()) {
                    react(tracker.portUp(id, now()));
                } else {
                    react(tracker.portDown(id, now()));
                }
            }
        }
        for (var port : was.ports().values()) {
            if (is.port(port.number()).isEmpty()) {
                final var id = new PortId(datapath, port.number());
                discovery.portDown(id, now());
                react(tracker.portGone(id, now()));
            }
        }
        setRoles(datapath);
    }

    /**
     * Tells which ports may have links. One where a host has been found is a host's, but only once probes have had
     * the time to say otherwise: what a port between switches carries may look like a host at first.
     */
    private void setRoles(final DatapathId datapath) {
        final var said = intent.switches().get(datapath).ports();
        topology.find(datapath).ifPresent(found -> found.ports().values().forEach(port -> {
            if (port.number() == PortView.LOCAL) {
                return;
            }
            final var id = new PortId(datapath, port.number());
            final boolean declared = said.containsKey(port.name()) && said.get(port.name()).hostsOnly();
            if (discovery.setRole(id, declared ? PortRole.HOST_DECLARED
                    : learnedHostPorts.contains(id) ? PortRole.HOST_LEARNED : PortRole.FABRIC, now())) {
                linksChanged();
            }
        }));
    }

    private void hostsChanged() {
        final var here = tracker.hosts().values().stream().filter(host -> host.status() != Host.Status.UNREACHABLE)
            .map(Host::port).collect(Collectors.toSet());
        if (learnedHostPorts.retainAll(here)) {
            members.keySet().forEach(this::setRoles);
        }
        if (!rolesPending) {
            rolesPending = true;
            around.loop().schedule(this::learnHostPorts, HOST_PORT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void learnHostPorts() {
        rolesPending = false;
        tracker.hosts().values().stream().filter(host -> host.status() == Host.Status.CONFIRMED).map(Host::port)
            .filter(port -> !fabricPorts.contains(port)).forEach(learnedHostPorts::add);
        members.keySet().forEach(this::setRoles);
        reschedule();
    }

    void onPacket(final PortId at, final Packets.Reason reason, final byte[] frame) {
        if (!members.containsKey(at.datapath())) {
            return;
        }
        switch (Frames.etherType(frame)) {
            case Frames.LLDP -> {
                if (discovery.received(at, frame, now())) {
                    linksChanged();
                }
                reschedule();
            }
            case Frames.ARP -> react(tracker.arp(at, frame, now()));
            case Frames.IPV4 -> onIpPacket(at, reason, frame);
            default -> LOG.debug("A frame of no use from {}", at);
        }
    }

    private void onIpPacket(final PortId at, final Packets.Reason reason, final byte[] frame) {
        final var answer = responder.answer(frame, reason, intent.segments(), intent.gatewayMac(), now());
        if (answer.isPresent()) {
            around.packets().send(at.datapath(), at.port(), answer.orElseThrow());
        } else if (reason != Packets.Reason.INVALID_TTL) {
            Frames.ipv4Destination(frame).ifPresent(address -> react(tracker.wanted(at, address, now())));
        }
    }

    /**
     * Replaces the addresses that are known to exist.
     *
     * @param addresses the addresses
     */
    void expect(final Set<Inet4Address> addresses) {
        react(tracker.expect(addresses, now()));
    }

    private void tick() {
        alarm = null;
        if (discovery.tick(now())) {
            linksChanged();
        }
        react(tracker.tick(now()));
    }

    // ---- what follows ----

    private void react(final Reaction reaction) {
        reaction.transmissions().forEach(this::transmit);
        if (!reaction.changes().isEmpty()) {
            reaction.changes().forEach(change -> LOG.info("Host: {}", change));
            hostsChanged();
            reroute();
        }
        reschedule();
    }

    private void transmit(final Transmission transmission) {
        final byte[] frame = transmission.packet().toFrame();
        transmission.ports().forEach(port -> around.packets().send(port.datapath(), port.port(), frame));
    }

    private void reschedule() {
        final var next = earliest(discovery.nextTick(), tracker.nextTick());
        if (next.isEmpty() || alarm != null && alarmAt <= next.orElseThrow()) {
            return;
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarmAt = next.orElseThrow();
        alarm = around.loop().schedule(this::tick, Math.max(0, alarmAt - now()), TimeUnit.NANOSECONDS);
    }

    private static OptionalLong earliest(final OptionalLong one, final OptionalLong other) {
        return one.isEmpty() ? other : other.isEmpty() ? one
            : OptionalLong.of(Math.min(one.orElseThrow(), other.orElseThrow()));
    }

    /** A link less is dealt with at once; links more come in crowds, and are dealt with together. */
    private void linksChanged() {
        if (!discovery.links().all().keySet().containsAll(links.all().keySet())) {
            relink();
        } else if (!relinkPending) {
            relinkPending = true;
            around.loop().schedule(this::relinkIfPending, CROWD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void relinkIfPending() {
        if (relinkPending) {
            relink();
        }
    }

    /** Makes graph, routes and flows follow links, ports and intent. */
    private void relink() {
        relinkPending = false;
        logLinks(links, discovery.links());
        links = discovery.links();
        final var ends = new HashSet<PortId>();
        links.all().keySet().forEach(link -> {
            ends.add(link.from());
            ends.add(link.to());
        });
        fabricPorts = ends;
        react(tracker.setHostPorts(hostPorts(), now()));
        react(tracker.setFabricPorts(ends, now()));
        final var usable = new TreeMap<Link, Integer>();
        links.all().keySet().stream()
            .filter(link -> links.usable(link) && links.usable(link.reverse()))
            .filter(link -> members.containsKey(link.from().datapath()) && members.containsKey(link.to().datapath()))
            .forEach(link -> usable.put(link, cost(link.from())));
        costs = usable;
        final var edges = new ArrayList<io.peregrine.topology.graph.Link>();
        usable.forEach((link, cost) -> edges.add(new io.peregrine.topology.graph.Link(node(link.from().datapath()),
            link.from().port(), node(link.to().datapath()), link.to().port(), cost)));
        final var now = Graph.of(members.keySet().stream().map(FabricController::node).toList(), edges);
        if (!now.equals(graph) && !alternatesPending) {
            alternatesPending = true;
            around.loop().schedule(this::refreshAlternates, ALTERNATES_MILLIS, TimeUnit.MILLISECONDS);
        }
        graph = now;
        reroute();
        reschedule();
    }

    private static void logLinks(final Links before, final Links now) {
        if (LOG.isInfoEnabled()) {
            now.all().keySet().stream().filter(link -> !before.all().containsKey(link))
                .forEach(link -> LOG.info("Link found: {}", link));
            before.all().keySet().stream().filter(link -> !now.all().containsKey(link))
                .forEach(link -> LOG.info("Link lost: {}", link));
        }
    }

    /** Every port of a fabric switch may have hosts, until it is found to lead to another switch. */
    private Set<PortId> hostPorts() {
        final var ports = new HashSet<PortId>();
        for (var datapath : members.keySet()) {
            topology.find(datapath).ifPresent(found -> found.ports().keySet().stream()
                .filter(port -> port != PortView.LOCAL).map(port -> new PortId(datapath, port))
                .filter(port -> !fabricPorts.contains(port)).forEach(ports::add));
        }
        return ports;
    }

    private int cost(final PortId from) {
        final var port = topology.find(from.datapath()).flatMap(found -> found.port(from.port()));
        final var said = port.map(view -> intent.switches().get(from.datapath()).ports().get(view.name()));
        if (said.isPresent() && said.orElseThrow().cost().isPresent()) {
            return said.orElseThrow().cost().orElseThrow();
        }
        final var speed = port.map(PortView::speed).orElse(OptionalLong.empty());
        return speed.isEmpty() ? COST_OF_UNKNOWN_SPEED
            : (int) Math.max(1, Math.min(io.peregrine.topology.graph.Link.MAX_COST,
                REFERENCE_SPEED / speed.orElseThrow()));
    }

    private void reroute() {
        final var targets = tracker.hosts().values().stream().map(host -> node(host.port().datapath()))
            .collect(Collectors.toSet());
        final var update = routes.update(graph, targets);
        routes = update.table();
        submit(Optional.of(update.changed()));
    }

    private void refreshAlternates() {
        alternatesPending = false;
        submit(Optional.empty());
    }

    private void submit(final Optional<Set<io.peregrine.topology.graph.RouteKey>> changedRoutes) {
        if (!intentKnown) {
            return;
        }
        final var hosts = new HashMap<Inet4Address, FabricState.HostPlace>();
        tracker.hosts().forEach((address, host) ->
            hosts.put(address, new FabricState.HostPlace(host.mac(), host.port())));
        final var state = new FabricState(members.keySet(), intent.segments(), intent.gatewayMac(), fabricPorts, routes,
            hosts);
        rollout.submit(program.update(state, changedRoutes), state::distance);
        rollout.whenIdle(() -> rollout.submit(program.settled(), state::distance));
        publish();
    }

    private static NodeId node(final DatapathId datapath) {
        return new NodeId(datapath.bits());
    }

    // ---- what is shown ----

    /**
     * The fabric now.
     *
     * @return a snapshot
     */
    FabricView view() {
        return view;
    }

    private void publish() {
        view = snapshot();
        around.changed().run();
    }

    private FabricView snapshot() {
        final var health = new TreeMap<DatapathId, FabricView.SwitchHealth>();
        members.forEach((datapath, member) -> {
            final var problems = new ArrayList<>(member.problems);
            member.clash.ifPresent(problems::add);
            health.put(datapath, new FabricView.SwitchHealth(member.state, problems));
        });
        return new FabricView(intent, topology, links, costs, routes, tracker.hosts(), tracker.conflicts(), health,
            counters);
    }

    /** Counting takes a look at every port, so it is done now and then, not with every change. */
    private void countAgain() {
        final var before = counters;
        counters = count();
        if (!counters.equals(before)) {
            publish();
        }
        around.loop().schedule(this::countAgain, COUNTERS_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Map<String, Long> count() {
        final var result = new TreeMap<String, Long>();
        tracker.counters().forEach((counter, tally) -> result.put("host-" + counter, tally.count()));
        for (var datapath : members.keySet()) {
            topology.find(datapath).ifPresent(found -> found.ports().keySet().forEach(port -> {
                final var count = discovery.counters(new PortId(datapath, port));
                result.merge("probe-foreign", count.foreign(), Long::sum);
                result.merge("probe-forged", count.forged(), Long::sum);
                result.merge("probe-replayed", count.replayed(), Long::sum);
                result.merge("probe-malformed", count.malformed(), Long::sum);
                result.merge("probe-unexpected-port", count.unexpectedPort(), Long::sum);
                result.merge("probe-looped", count.looped(), Long::sum);
            }));
        }
        return result;
    }
}
