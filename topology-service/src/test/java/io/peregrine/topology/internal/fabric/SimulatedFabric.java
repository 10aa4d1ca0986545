/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.Packets;
import io.peregrine.flow.Subscription;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchUnavailableException;
import io.peregrine.flow.trace.Packet;
import io.peregrine.flow.trace.TableWalk;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.LinkState;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.fabric.CountedGroupIds;
import io.peregrine.topology.hosts.ArpPacket;
import io.peregrine.topology.hosts.Segment;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Switches, wires and hosts around a controller of the fabric. A port is written {@code 2:1}, port 1 of switch 2; its
 * name is {@code p1}, its speed 10 Gbit/s. Hosts have addresses of 10.0.0.0/8; each of 10.1.0.0/24 to 10.9.0.0/24 is a
 * segment with gateway 10.N.0.1. Whatever is sent arrives after a millisecond.
 */
final class SimulatedFabric implements FlowProgrammer, Packets {
    static final MacAddress GATEWAY_MAC = FabricIntent.NONE.gatewayMac();

    private static final long DELAY_MILLIS = 1;
    private static final int ARP_OPERATION = 21;
    private static final int ARP_SENDER = 28;
    private static final int ARP_TARGET = 38;

    /** A change of what a switch has. */
    record Change(DatapathId datapath, String name, Fragment before, Fragment after) {
    }

    /** A frame that the controller sent. */
    record Sent(PortId port, byte[] frame) {
    }

    private static final class Switch {
        final Map<Long, PortView> ports = new TreeMap<>();
        final Map<String, Fragment> has = new TreeMap<>();
        Instant since;
        Program program;
        boolean mute;
    }

    private record Station(Inet4Address address, MacAddress mac, PortId port) {
    }

    /** What the controller wants a switch to have, which it takes at once if it is connected. */
    private final class Program implements SwitchProgram {
        final DatapathId datapath;
        final Listener listener;
        final Map<String, Fragment> wanted = new TreeMap<>();

        Program(final DatapathId datapath, final Listener listener) {
            this.datapath = datapath;
            this.listener = listener;
        }

        @Override
        public DatapathId datapath() {
            return datapath;
        }

        @Override
        public State state() {
            return switchOf(datapath).since == null ? State.DISCONNECTED : State.IN_SYNC;
        }

        @Override
        public CompletableFuture<Void> apply(final Map<String, Fragment> fragments) {
            if (switchOf(datapath).program != this) {
                throw new AssertionError("closed: " + datapath);
            }
            fragments.forEach((name, content) -> put(wanted, name, content));
            final var answer = new CompletableFuture<Void>();
            if (state() == State.DISCONNECTED) {
                answer.completeExceptionally(new SwitchUnavailableException(datapath, "away"));
            } else {
                fragments.forEach((name, content) -> write(datapath, name, content));
                if (!switchOf(datapath).mute) {
                    answer.complete(null);
                }
            }
            return answer;
        }

        void resync() {
            wanted.forEach((name, content) -> write(datapath, name, content));
            if (complete.contains(datapath)) {
                prune(this);
            }
        }

        @Override
        public CompletableFuture<Void> confirm(final Set<String> names) {
            return apply(Map.of());
        }

        @Override
        public CompletableFuture<Void> renew(final String fragment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setComplete(final boolean whole) {
            complete.add(datapath);
            prune(this);
        }

        @Override
        public Map<String, Fragment> fragments() {
            return Map.copyOf(wanted);
        }

        @Override
        public void close() {
            switchOf(datapath).program = null;
            free(datapath);
        }
    }

    final ManualLoop loop = new ManualLoop();
    final List<Change> changes = new ArrayList<>();
    final List<Sent> sent = new ArrayList<>();
    /** Switches that were told to delete what is not desired. */
    final Set<DatapathId> complete = new TreeSet<>();
    final Set<DatapathId> askedForExpired = new HashSet<>();
    final Map<DatapathId, Set<String>> hostsOnly = new HashMap<>();
    final Map<DatapathId, Map<String, Integer>> saidCosts = new HashMap<>();
    final Set<DatapathId> wanted = new TreeSet<>();
    /** Switches that forward nothing. */
    final Set<DatapathId> dead = new HashSet<>();
    Duration probeInterval = FabricIntent.NONE.probeInterval();
    FabricController controller;

    private final GroupIds groupIds = new CountedGroupIds();
    private final Map<DatapathId, Switch> switches = new TreeMap<>();
    private final Map<PortId, PortId> wires = new HashMap<>();
    private final Map<Inet4Address, Station> stations = new LinkedHashMap<>();
    private final Map<DatapathId, CompletableFuture<Void>> others = new HashMap<>();
    private int epoch;

    SimulatedFabric() {
        start();
    }

    private void start() {
        controller = new FabricController(new FabricController.Surroundings(this, this, groupIds, loop, loop::now,
            Map::of, () -> { }), new ProbeCodec(new byte[ProbeCodec.KEY_LENGTH]), ++epoch);
    }

    static PortId port(final String text) {
        final int colon = text.indexOf(':');
        return new PortId(new DatapathId(Long.parseUnsignedLong(text.substring(0, colon))),
            Long.parseLong(text.substring(colon + 1)));
    }

    static Inet4Address address(final String text) {
        return (Inet4Address) InetAddresses.forString(text);
    }

    static MacAddress mac(final String address) {
        return new MacAddress(0x5254_0000_0000L | InetAddresses.coerceToInteger(address(address)) & 0xFFFF_FFFFL);
    }

    // ---- the network ----

    /** Wires such as {@code 1:1--2:1}, whose switches belong to the fabric. */
    SimulatedFabric wire(final String... drawings) {
        for (var drawing : drawings) {
            final var ends = drawing.split("--");
            wires.put(addPort(ends[0]), addPort(ends[1]));
            wires.put(port(ends[1]), port(ends[0]));
        }
        return this;
    }

    PortId addPort(final String text) {
        return addPort(text, OptionalLong.of(10_000_000));
    }

    PortId addPort(final String text, final OptionalLong speed) {
        final var port = port(text);
        wanted.add(port.datapath());
        switchOf(port.datapath()).ports.put(port.port(), new PortView(port.port(), "p" + port.port(),
            new MacAddress(0x0200_0000_0000L | port.datapath().bits() << 16 | port.port()), true, speed));
        return port;
    }

    SimulatedFabric host(final String address, final String at) {
        stations.put(address(address), new Station(address(address), mac(address), addPort(at)));
        return this;
    }

    /** A host says a word, as most do when they come up. */
    void announce(final String address) {
        final var station = stations.get(address(address));
        arp(station.port(), ArpPacket.request(station.mac(), station.address(), station.address()));
    }

    void arp(final PortId at, final ArpPacket packet) {
        receive(at, Reason.ACTION, packet.toFrame());
    }

    void receive(final PortId at, final Reason reason, final byte[] frame) {
        loop.execute(() -> controller.onPacket(at, reason, frame));
        loop.settle();
    }

    /** A wire that carries nothing any more, while its ports stay up. */
    void cut(final String drawing) {
        for (var end : drawing.split("--")) {
            wires.remove(port(end));
        }
    }

    /** The same of what a port sends only. */
    void cutOneWay(final String from) {
        wires.remove(port(from));
    }

    void unhost(final String address) {
        stations.remove(address(address));
    }

    void setUp(final String text, final boolean up) {
        final var port = port(text);
        switchOf(port.datapath()).ports.computeIfPresent(port.port(), (number, view) ->
            new PortView(number, view.name(), view.mac(), up, view.speed()));
        tellTopology();
    }

    void removePort(final String text) {
        switchOf(port(text).datapath()).ports.remove(port(text).port());
    }

    void connect(final long number) {
        final var datapath = new DatapathId(number);
        final var found = switchOf(datapath);
        found.since = Instant.EPOCH.plusNanos(loop.now());
        if (found.program != null) {
            found.program.resync();
            found.program.listener.onState(SwitchProgram.State.IN_SYNC);
        }
        tellTopology();
    }

    void connectAll() {
        switches.keySet().forEach(datapath -> connect(datapath.bits()));
    }

    void disconnect(final long number) {
        loseSession(number);
        tellTopology();
    }

    /** As {@link #disconnect}, but the inventory has not noticed. */
    void loseSession(final long number) {
        final var found = switchOf(new DatapathId(number));
        found.since = null;
        if (found.program != null) {
            found.program.listener.onState(SwitchProgram.State.DISCONNECTED);
        }
    }

    /** The inventory loses a switch, whose session goes on. */
    void unlist(final long number) {
        switchOf(new DatapathId(number)).since = null;
        tellTopology();
    }

    /** A switch that takes changes, and does not say so. */
    void setMute(final long number, final boolean mute) {
        switchOf(new DatapathId(number)).mute = mute;
    }

    private void tellTopology() {
        final var now = topology();
        loop.execute(() -> controller.onTopology(now));
        loop.settle();
    }

    Topology topology() {
        final var views = new HashMap<DatapathId, SwitchView>();
        switches.forEach((datapath, one) -> {
            if (one.since != null) {
                views.put(datapath, new SwitchView(datapath, Optional.empty(), Optional.empty(), Optional.empty(),
                    one.since, one.ports));
            }
        });
        return new Topology(views);
    }

    void tellIntent() {
        final var all = new HashMap<DatapathId, FabricIntent.Switch>();
        wanted.forEach(datapath -> {
            final var ports = new HashMap<String, FabricIntent.Port>();
            hostsOnly.getOrDefault(datapath, Set.of()).forEach(name ->
                ports.put(name, new FabricIntent.Port(OptionalInt.empty(), true)));
            saidCosts.getOrDefault(datapath, Map.of()).forEach((name, cost) ->
                ports.put(name, new FabricIntent.Port(OptionalInt.of(cost), false)));
            all.put(datapath, new FabricIntent.Switch("s" + datapath.bits(), ports));
        });
        final var segments = new HashSet<Segment>();
        for (int number = 1; number < 10; number++) {
            segments.add(new Segment(address("10." + number + ".0.0"), 24, address("10." + number + ".0.1")));
        }
        final var intent = new FabricIntent(GATEWAY_MAC, probeInterval, all, segments);
        loop.execute(() -> controller.onIntent(intent));
        loop.settle();
    }

    /** Intent, switches and words of all hosts; then a second. */
    SimulatedFabric up() {
        tellIntent();
        connectAll();
        pass(1000);
        stations.keySet().forEach(address -> announce(InetAddresses.toAddrString(address)));
        pass(1000);
        return this;
    }

    void pass(final long millis) {
        loop.pass(Duration.ofMillis(millis));
    }

    /** The controller starts anew with what it remembers; switches stay as they are, and are not connected. */
    void restart() {
        final var before = controller.view();
        loop.clear();
        complete.clear();
        switches.values().forEach(one -> {
            one.program = null;
            one.since = null;
        });
        start();
        loop.execute(() -> controller.restore(before.costs(),
            before.hosts().values().stream().map(FabricJournal::asRemembered).toList()));
        loop.settle();
        changes.clear();
    }

    // ---- what is seen ----

    Set<String> links() {
        return links(Set.of(LinkState.values()));
    }

    Set<String> links(final Set<LinkState> states) {
        return controller.view().links().all().entrySet().stream()
            .filter(entry -> states.contains(entry.getValue().state()))
            .map(entry -> text(entry.getKey())).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(final Link link) {
        return text(link.from()) + "->" + text(link.to());
    }

    private static String text(final PortId port) {
        return port.datapath().bits() + ":" + port.port();
    }

    Set<String> hosts() {
        return controller.view().hosts().values().stream()
            .map(host -> InetAddresses.toAddrString(host.address()) + " " + text(host.port()))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    Map<String, Fragment> has(final long number) {
        return Map.copyOf(switchOf(new DatapathId(number)).has);
    }

    void has(final long number, final String name, final Fragment content) {
        switchOf(new DatapathId(number)).has.put(name, content);
    }

    boolean isOwned(final long number) {
        return switchOf(new DatapathId(number)).program != null;
    }

    /** The ports by which a switch sends to another, the one that is used first. */
    List<Long> way(final long from, final long to) {
        final var fragment = has(from).get("way:" + new DatapathId(to).hex());
        return fragment == null ? List.of() : fragment.groups().values().iterator().next().buckets().stream()
            .map(Group.Bucket::watchPort).toList();
    }

    /** Where a packet of one host to another arrives, or {@code lost} or {@code controller}. */
    String walk(final String from, final String to) {
        final var station = stations.get(address(from));
        var packet = Packet.ethernet(station.mac(), GATEWAY_MAC, 0x0800)
            .with(OxmField.IPV4_SRC, FieldValue.of(station.address()))
            .with(OxmField.IPV4_DST, FieldValue.of(address(to)));
        var at = station.port();
        for (int hops = 0; hops < 64; hops++) {
            final var here = at.datapath();
            final var out = new TableWalk(switchOf(here).has.values(), number -> isUp(new PortId(here, number)))
                .receive(at.port(), packet);
            if (out.size() != 1) {
                return out.isEmpty() ? "lost" : "many";
            }
            if (out.get(0).port() == Action.CONTROLLER) {
                return "controller";
            }
            final var port = new PortId(here, out.get(0).port());
            packet = out.get(0).packet();
            if (!isUp(port)) {
                return "lost";
            }
            if (!wires.containsKey(port)) {
                return text(port);
            }
            at = wires.get(port);
        }
        return "loops";
    }

    private boolean isUp(final PortId port) {
        final var view = switchOf(port.datapath()).ports.get(port.port());
        return view != null && view.up();
    }

    long probes(final String from) {
        return sent.stream().filter(one -> one.port().equals(port(from))
            && Frames.etherType(one.frame()) == Frames.LLDP).count();
    }

    Switch switchOf(final DatapathId datapath) {
        return switches.computeIfAbsent(datapath, none -> new Switch());
    }

    // ---- programming ----

    /** Somebody else has charge of a switch. */
    void occupy(final long number) {
        others.put(new DatapathId(number), new CompletableFuture<>());
    }

    void free(final long number) {
        free(new DatapathId(number));
        loop.settle();
    }

    private void free(final DatapathId datapath) {
        final var waiting = others.remove(datapath);
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    @Override
    public SwitchProgram own(final DatapathId datapath, final SwitchProgram.Listener listener) {
        final var found = switchOf(datapath);
        if (found.program != null || others.containsKey(datapath)) {
            throw new IllegalStateException("switch " + datapath + " is run by somebody else");
        }
        found.program = new Program(datapath, listener);
        listener.onState(found.program.state());
        return found.program;
    }

    @Override
    public CompletableFuture<Void> whenFree(final DatapathId datapath) {
        return switchOf(datapath).program == null && !others.containsKey(datapath)
            ? CompletableFuture.completedFuture(null)
            : others.computeIfAbsent(datapath, none -> new CompletableFuture<>());
    }

    private void write(final DatapathId datapath, final String name, final Fragment content) {
        final var before = put(switchOf(datapath).has, name, content);
        if (!before.equals(content)) {
            changes.add(new Change(datapath, name, before, content));
        }
    }

    private static Fragment put(final Map<String, Fragment> fragments, final String name, final Fragment content) {
        final var before = content.isEmpty() ? fragments.remove(name) : fragments.put(name, content);
        return before == null ? Fragment.EMPTY : before;
    }

    private void prune(final Program program) {
        if (program.state() == SwitchProgram.State.IN_SYNC) {
            List.copyOf(switchOf(program.datapath).has.keySet()).stream()
                .filter(name -> !program.wanted.containsKey(name))
                .forEach(name -> write(program.datapath, name, Fragment.EMPTY));
        }
    }

    // ---- packets ----

    @Override
    public Subscription listen(final Listener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> askForExpired(final DatapathId datapath) {
        askedForExpired.add(datapath);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> send(final DatapathId datapath, final long number, final byte[] frame) {
        final var port = new PortId(datapath, number);
        sent.add(new Sent(port, frame));
        if (switchOf(datapath).since == null || !isUp(port)) {
            return CompletableFuture.failedFuture(new SwitchUnavailableException(datapath, "away"));
        }
        if (wires.containsKey(port)) {
            later(() -> arrive(wires.get(port), frame));
        } else if (Frames.etherType(frame) == Frames.ARP && frame[ARP_OPERATION] == 1) {
            final var in = ByteBuffer.wrap(frame);
            final var station = stations.get(InetAddresses.fromInteger(in.getInt(ARP_TARGET)));
            if (station != null && station.port().equals(port)) {
                later(() -> controller.onPacket(port, Reason.ACTION, ArpPacket.reply(station.mac(), station.address(),
                    GATEWAY_MAC, InetAddresses.fromInteger(in.getInt(ARP_SENDER))).toFrame()));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private void arrive(final PortId at, final byte[] frame) {
        if (at == null || !isUp(at) || dead.contains(at.datapath())) {
            return;
        }
        final boolean session = switchOf(at.datapath()).since != null;
        if (Frames.etherType(frame) == Frames.LLDP) {
            if (session) {
                controller.onPacket(at, Reason.ACTION, frame);
            }
            return;
        }
        final var in = ByteBuffer.wrap(frame);
        final var packet = Packet.ethernet(new MacAddress(in.getLong(0) >>> Short.SIZE),
            new MacAddress(in.getLong(0) >>> Short.SIZE), Frames.etherType(frame));
        for (var out : new TableWalk(switchOf(at.datapath()).has.values()).receive(at.port(), packet)) {
            final byte[] changed = frame.clone();
            final long destination = out.packet().get(OxmField.ETH_DST).low();
            ByteBuffer.wrap(changed).putInt(0, (int) (destination >> Short.SIZE)).putShort(4, (short) destination);
            if (out.port() != Action.CONTROLLER) {
                later(() -> arrive(wires.get(new PortId(at.datapath(), out.port())), changed));
            } else if (session) {
                controller.onPacket(at, Reason.ACTION, changed);
            }
        }
    }

    private void later(final Runnable task) {
        loop.schedule(task, DELAY_MILLIS, TimeUnit.MILLISECONDS);
    }
}
