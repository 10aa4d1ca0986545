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
import io.peregrine.topology.hosts.HostChange;
import io.peregrine.topology.hosts.HostTracker;
import io.peregrine.topology.hosts.HostTrackerSettings;
import io.peregrine.topology.hosts.Reaction;
import io.peregrine.topology.hosts.Transmission;
import java.net.Inet4Address;
import java.time.Duration;
import java.time.Instant;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the fabric: joins intent, ports, probes and ARP to links, hosts, ways and the switches' flows. Every method is
 * called on one thread, that of {@code loop}, and none blocks; {@link #view()} may be called on any.
 *
 * <pre>
 *   intent, switches, ports --- LinkDiscovery --- graph --- RouteTable --+
 *   packets -----------------+                                           +-- FabricProgram --- Rollout --- switches
 *                            +- HostTracker -----------------------------+
 * </pre>
 */
final class FabricController {
    /** What the controller needs from around it. */
    record Surroundings(FlowProgrammer programmer, Packets packets, GroupIds groupIds, ScheduledExecutorService loop,
            LongSupplier clock, Supplier<Map<String, Long>> counted, Runnable changed) {
        Surroundings {
            requireNonNull(programmer);
            requireNonNull(packets);
            requireNonNull(groupIds);
            requireNonNull(loop);
            requireNonNull(clock);
            requireNonNull(counted);
            requireNonNull(changed);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FabricController.class);

    /** 100 Gbit/s, in the unit of OpenFlow's port speeds. */
    private static final long REFERENCE_SPEED = 100_000_000L;
    private static final int COST_OF_UNKNOWN_SPEED = 10;
    /** A link that may go again in a moment is better than none. */
    private static final int COST_OF_DAMPED = io.peregrine.topology.graph.Link.MAX_COST;
    /** A switch that does not confirm in time does not hold up the others. */
    private static final long CONFIRM_MILLIS = 1000;
    /** How long after its connection a switch may be told what to delete: by then every link has been probed. */
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final long COUNTERS_MILLIS = 5000;
    /** How often in a row, each time counters are looked at, a switch may be missing in the inventory. */
    private static final int MISSED = 2;
    private static final String UNLISTED = "has a session, but OpenDaylight's inventory lacks it or its ports: let it"
        + " connect anew, with ovs-vsctl del-controller and set-controller";
    /** How long a port with a host must have been without a link to count as a host's. */
    private static final Duration HOST_PORT = Duration.ofSeconds(5);
    /** How long to wait for more of what comes in crowds: links and switches at a start. */
    private static final long CROWD_MILLIS = 20;
    /** After a change of links, when to look at all alternates again. */
    private static final long ALTERNATES_MILLIS = 100;

    private final Surroundings around;
    private final ProbeCodec codec;
    private long epoch;
    private final Map<DatapathId, Member> members = new TreeMap<>();
    private final FabricProgram program;
    private final Rollout rollout;
    private final HostTracker tracker;
    private final IcmpResponder responder = new IcmpResponder();
    private final WakeUp wakeUp;

    private FabricIntent intent = FabricIntent.NONE;
    private boolean intentKnown;
    private Topology topology = Topology.EMPTY;
    private LinkDiscovery discovery;
    private Links links = Links.NONE;
    private Set<PortId> fabricPorts = Set.of();
    private final Set<PortId> learnedHostPorts = new HashSet<>();
    /** Since when ports that are not known to be hosts' have had a host. */
    private final Map<PortId, Long> hostSince = new HashMap<>();
    private boolean learningPending;
    /** What the link that leaves by a port costs, as it was last known: nobody tells it while the switch is away. */
    private final Map<PortId, Integer> lastCosts = new HashMap<>();
    private Map<Link, Integer> costs = Map.of();
    private Graph graph = Graph.empty();
    private RouteTable routes = RouteTable.compute(Graph.empty(), List.of());
    /** The hosts of which {@link #places} was made. */
    private Map<Inet4Address, Host> placed = Map.of();
    private Map<Inet4Address, FabricState.HostPlace> places = Map.of();
    private boolean relinkPending;
    private boolean alternatesPending;

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
        /** Whether it has a session and, since that began, has had the entry that brings probes here. */
        private boolean ready;
        /** How often in a row it was ready, and not in the inventory or without a port there. */
        private int missed;

        Member(final DatapathId datapath) {
            this.datapath = datapath;
        }

        /** Without its ports it carries nothing, and nobody tells them again while its session lasts. */
        boolean unlisted() {
            return missed >= MISSED;
        }

        /** Looks whether the inventory has it. Returns true if that is news. */
        boolean lookUp() {
            final boolean before = unlisted();
            missed = ready && topology.find(datapath).map(found -> found.ports().isEmpty()).orElse(true)
                ? Math.min(missed + 1, MISSED) : 0;
            if (unlisted() && !before) {
                LOG.warn("Switch {} {}", datapath, UNLISTED);
            }
            return unlisted() != before;
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
                around.programmer().whenFree(datapath).thenRunAsync(this::ownAtLast, around.loop());
            }
        }

        private void ownAtLast() {
            own();
            warmUp(this);
            publish();
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

        void letGo() {
            if (program != null) {
                program.close();
            }
        }

        @Override
        public void onState(final SwitchProgram.State newState) {
            around.loop().execute(() -> {
                if (members.get(datapath) != this) {
                    return;
                }
                if (state == SwitchProgram.State.DISCONNECTED && newState != SwitchProgram.State.DISCONNECTED) {
                    around.packets().askForExpired(datapath).exceptionally(failure -> {
                        LOG.info("Switch {} will not tell of packets whose TTL has run out: {}", datapath,
                            failure.getMessage());
                        return null;
                    });
                }
                state = newState;
                if (newState == SwitchProgram.State.DISCONNECTED && ready) {
                    ready = false;
                    // The inventory tells it later, and until then every probe would count as lost
                    disconnect(datapath);
                    sessionChanged();
                } else if (newState == SwitchProgram.State.IN_SYNC && !ready) {
                    ready = true;
                    topology.find(datapath).ifPresent(FabricController.this::connect);
                    sessionChanged();
                }
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
        wakeUp = new WakeUp(around.loop(), around.clock(), this::tick);
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
        if (member == null || member.program == null) {
            return CompletableFuture.completedFuture(null);
        }
        final var answer = member.program.apply(fragments);
        final var deadline = around.loop().schedule(() -> answer.completeExceptionally(
            new TimeoutException(datapath + " has not confirmed in time")), CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
        answer.whenComplete((ok, failure) -> deadline.cancel(false));
        return answer;
    }

    /** Lets go of the switches, which go on as they are. The last call. */
    void close() {
        members.values().forEach(Member::letGo);
    }

    // ---- what comes in ----

    /**
     * Takes over what an earlier run knew.
     *
     * @param remembered links, and what each costs
     * @param hosts hosts
     */
    void restore(final Map<Link, Integer> remembered, final Collection<Host> hosts) {
        remembered.forEach((link, cost) -> lastCosts.put(link.from(), cost));
        discovery.restore(remembered.keySet(), now());
        take(tracker.restore(hosts, now()));
        relink();
    }

    void onIntent(final FabricIntent wanted) {
        final var before = intent;
        intent = wanted;
        intentKnown = true;
        final var leaving = members.keySet().stream().filter(one -> !wanted.switches().containsKey(one)).toList();
        leaving.forEach(datapath -> members.remove(datapath).release());
        leaving.forEach(this::forget);
        if (!wanted.probeInterval().equals(before.probeInterval())) {
            final var known = discovery.links().all().keySet();
            // Its counters begin anew: no probe of before may count as one of these
            epoch++;
            discovery = discovery(wanted.probeInterval());
            discovery.restore(known, now());
            members.values().stream().filter(member -> member.ready)
                .forEach(member -> connectLinks(member.datapath));
        }
        if (!wanted.gatewayMac().equals(before.gatewayMac())) {
            tracker.setGatewayMac(wanted.gatewayMac());
        }
        take(tracker.setSegments(wanted.segments(), now()));
        final var joining = wanted.switches().keySet().stream().filter(one -> !members.containsKey(one)).toList();
        for (var datapath : joining) {
            LOG.info("Switch {} ({}) joins the fabric", datapath, wanted.switches().get(datapath).name());
            final var member = new Member(datapath);
            members.put(datapath, member);
            member.own();
        }
        members.keySet().forEach(this::setRoles);
        relink();
    }

    private void forget(final DatapathId datapath) {
        LOG.info("Switch {} leaves the fabric", datapath);
        rollout.forget(datapath);
        discovery.switchRemoved(datapath, now());
        lastCosts.keySet().removeIf(port -> port.datapath().equals(datapath));
        take(tracker.switchRemoved(datapath, now()));
    }

    void onTopology(final Topology now) {
        final var before = topology;
        topology = now;
        for (var member : members.values()) {
            if (!member.ready) {
                continue;
            }
            final var datapath = member.datapath;
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

    private void sessionChanged() {
        linksChanged();
        reschedule();
    }

    private void connect(final SwitchView found) {
        final var datapath = found.datapath();
        connectLinks(datapath);
        take(tracker.switchConnected(datapath, now()));
        found.ports().values().stream().filter(port -> !port.up()).map(port -> new PortId(datapath, port.number()))
            .forEach(port -> take(tracker.portDown(port, now())));
        warmUp(members.get(datapath));
    }

    private void connectLinks(final DatapathId datapath) {
        topology.find(datapath).ifPresent(found -> {
            // Before the first probe, which a port that is declared a host's is not to send
            setRoles(datapath);
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

    /** Some time after a session's begin, if it lasts so long, lets the switch delete what is not desired. */
    private void warmUp(final Member member) {
        final var session = session(member);
        if (session.isPresent() && !member.complete) {
            around.loop().schedule(() -> {
                if (session.equals(session(member))) {
                    completeIfReady(member);
                }
            }, WARM_UP.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Optional<Instant> session(final Member member) {
        return topology.find(member.datapath).map(SwitchView::connectedSince);
    }

    private void completeIfReady(final Member member) {
        if (!member.complete && members.get(member.datapath) == member && member.program != null) {
            member.complete = true;
            member.program.setComplete(true);
        }
    }

    private void disconnect(final DatapathId datapath) {
        discovery.switchDisconnected(datapath, now());
        take(tracker.switchDisconnected(datapath, now()));
    }

    private void portsChanged(final SwitchView was, final SwitchView is) {
        final var datapath = is.datapath();
        setRoles(datapath);
        for (var port : is.ports().values()) {
            final var before = was.port(port.number());
            if (before.isEmpty() || !before.orElseThrow().equals(port)) {
                tellDiscovery(datapath, port);
                final var id = new PortId(datapath, port.number());
                take(port.up() ? tracker.portUp(id, now()) : tracker.portDown(id, now()));
            }
        }
        for (var port : was.ports().values()) {
            if (is.port(port.number()).isEmpty()) {
                final var id = new PortId(datapath, port.number());
                discovery.portDown(id, now());
                take(tracker.portGone(id, now()));
            }
        }
    }

    /**
     * Tells which ports may have links. One where a host has been found is a host's, but only once probes have had
     * the time to say otherwise: what a port between switches carries may look like a host at first.
     *
     * @return true if the links have changed
     */
    private boolean setRoles(final DatapathId datapath) {
        final var said = intent.switches().get(datapath).ports();
        boolean changed = false;
        for (var port : topology.find(datapath).map(SwitchView::ports).orElse(Map.of()).values()) {
            if (port.number() != PortView.LOCAL) {
                final var id = new PortId(datapath, port.number());
                final boolean declared = said.containsKey(port.name()) && said.get(port.name()).hostsOnly();
                changed |= discovery.setRole(id, declared ? PortRole.HOST_DECLARED
                    : learnedHostPorts.contains(id) ? PortRole.HOST_LEARNED : PortRole.FABRIC, now());
            }
        }
        return changed;
    }

    private void hostsChanged() {
        final var here = tracker.hosts().values().stream().filter(host -> host.status() != Host.Status.UNREACHABLE)
            .map(Host::port).collect(Collectors.toSet());
        hostSince.keySet().retainAll(here);
        if (learnedHostPorts.retainAll(here)) {
            // These may have links again, which changes none
            members.keySet().forEach(this::setRoles);
        }
        tracker.hosts().values().stream().filter(host -> host.status() == Host.Status.CONFIRMED).map(Host::port)
            .filter(port -> !learnedHostPorts.contains(port)).forEach(port -> hostSince.putIfAbsent(port, now()));
        learnLater();
    }

    private void learnLater() {
        final var first = hostSince.values().stream().mapToLong(Long::longValue).min();
        if (!learningPending && first.isPresent()) {
            learningPending = true;
            around.loop().schedule(this::learnHostPorts,
                Math.max(0, first.orElseThrow() + HOST_PORT.toNanos() - now()), TimeUnit.NANOSECONDS);
        }
    }

    private void learnHostPorts() {
        learningPending = false;
        final long due = now() - HOST_PORT.toNanos();
        for (var port : List.copyOf(hostSince.keySet())) {
            if (hostSince.get(port) <= due) {
                hostSince.remove(port);
                learnedHostPorts.add(port);
            }
        }
        boolean changed = false;
        for (var datapath : members.keySet()) {
            changed |= setRoles(datapath);
        }
        if (changed) {
            linksChanged();
        }
        learnLater();
        reschedule();
    }

    /**
     * Takes in a frame that a switch has sent here.
     *
     * @param at the port that received it
     * @param reason why it was sent
     * @param frame the frame
     * @return false if the switch is none of the fabric's
     */
    boolean onPacket(final PortId at, final Packets.Reason reason, final byte[] frame) {
        if (!members.containsKey(at.datapath())) {
            return false;
        }
        switch (Frames.etherType(frame)) {
            case Frames.LLDP, ProbeCodec.ECHO_TYPE -> {
                if (discovery.received(at, frame, now())) {
                    linksChanged();
                }
                reschedule();
            }
            case Frames.ARP -> react(tracker.arp(at, frame, now()));
            case Frames.IPV4 -> onIpPacket(at, reason, frame);
            default -> LOG.debug("A frame of no use from {}", at);
        }
        return true;
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
        if (discovery.tick(now())) {
            linksChanged();
        }
        react(tracker.tick(now()));
    }

    // ---- what follows ----

    private void react(final Reaction reaction) {
        if (take(reaction)) {
            reroute();
        }
        reschedule();
    }

    /** The same without flows, for a step that ends with all that follows from it: true if hosts have changed. */
    private boolean take(final Reaction reaction) {
        reaction.transmissions().forEach(this::transmit);
        if (reaction.changes().isEmpty()) {
            return false;
        }
        reaction.changes().forEach(change -> {
            if (change instanceof HostChange.ConflictBegan) {
                LOG.warn("Host: {}", change);
            } else {
                LOG.info("Host: {}", change);
            }
        });
        hostsChanged();
        return true;
    }

    private void transmit(final Transmission transmission) {
        final byte[] frame = transmission.packet().toFrame();
        transmission.ports().forEach(port -> around.packets().send(port.datapath(), port.port(), frame));
    }

    private void reschedule() {
        wakeUp.by(earliest(discovery.nextTick(), tracker.nextTick()));
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
        take(tracker.setHostPorts(hostPorts(), now()));
        take(tracker.setFabricPorts(ends, now()));
        costs = links.all().keySet().stream().collect(Collectors.toMap(Function.identity(),
            link -> cost(link.from()), (one, other) -> one, TreeMap::new));
        final var edges = new ArrayList<io.peregrine.topology.graph.Link>();
        costs.forEach((link, cost) -> {
            if (usable(link)) {
                edges.add(new io.peregrine.topology.graph.Link(node(link.from().datapath()), link.from().port(),
                    node(link.to().datapath()), link.to().port(), damped(link) ? COST_OF_DAMPED : cost));
            }
        });
        final var now = Graph.of(members.keySet().stream().map(FabricController::node).toList(), edges);
        if (!now.equals(graph) && !alternatesPending) {
            alternatesPending = true;
            around.loop().schedule(this::refreshAlternates, ALTERNATES_MILLIS, TimeUnit.MILLISECONDS);
        }
        graph = now;
        reroute();
        reschedule();
    }

    private boolean damped(final Link link) {
        return links.damped(link) || links.damped(link.reverse());
    }

    private boolean usable(final Link link) {
        return links.bidirectional(link) && !link.withinOneSwitch()
            && members.containsKey(link.from().datapath()) && members.containsKey(link.to().datapath());
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
        if (members.containsKey(from.datapath())) {
            topology.find(from.datapath()).flatMap(found -> found.port(from.port()))
                .ifPresent(port -> lastCosts.put(from, cost(from.datapath(), port)));
        }
        return lastCosts.getOrDefault(from, COST_OF_UNKNOWN_SPEED);
    }

    private int cost(final DatapathId datapath, final PortView port) {
        final var said = intent.switches().get(datapath).ports().get(port.name());
        if (said != null && said.cost().isPresent()) {
            return said.cost().orElseThrow();
        }
        return port.speed().isEmpty() || port.speed().orElseThrow() == 0 ? COST_OF_UNKNOWN_SPEED
            : (int) Math.max(1, Math.min(io.peregrine.topology.graph.Link.MAX_COST,
                REFERENCE_SPEED / port.speed().orElseThrow()));
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
        final var state = new FabricState(members.keySet(), intent.segments(), intent.gatewayMac(), fabricPorts, routes,
            places());
        rollout.submit(program.update(state, changedRoutes), state::distance);
        rollout.whenIdle(() -> rollout.submit(program.settled(), state::distance));
        publish();
    }

    /** Where hosts are; made anew only when they have changed, since a link that fails must not wait for it. */
    private Map<Inet4Address, FabricState.HostPlace> places() {
        final var hosts = tracker.hosts();
        if (hosts != placed) {
            placed = hosts;
            places = hosts.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
                entry -> new FabricState.HostPlace(entry.getValue().mac(), entry.getValue().port())));
        }
        return places;
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
            if (member.unlisted()) {
                problems.add(UNLISTED);
            }
            health.put(datapath, new FabricView.SwitchHealth(member.state, problems));
        });
        return new FabricView(intent, topology, links, costs, routes, tracker.hosts(), tracker.conflicts(), health,
            counters);
    }

    /** Counting takes a look at every port, so it is done now and then, not with every change. */
    private void countAgain() {
        final var before = counters;
        counters = count();
        final long news = members.values().stream().filter(Member::lookUp).count();
        if (news > 0 || !counters.equals(before)) {
            publish();
        }
        around.loop().schedule(this::countAgain, COUNTERS_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Map<String, Long> count() {
        final var result = new TreeMap<String, Long>();
        result.putAll(around.counted().get());
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
