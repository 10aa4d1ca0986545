/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Switches with wires, and the controller's discovery above them. Drawings: {@code "1:2--3:4"} is a wire between port 2
 * of switch 1 and port 4 of switch 3, {@code "1:2->3:4"} one direction of it, {@code "[1:1 2:1 3:1]"} a hub. Several
 * are separated by two blanks.
 */
final class SimulatedNetwork {
    private record Arrival(long time, long order, Link wire, byte[] frame) {
    }

    /** A clock that overflows after a second. */
    private static final long START = Long.MAX_VALUE - 1_000_000_000L;

    final ProbeCodec codec = new ProbeCodec(new byte[ProbeCodec.KEY_LENGTH]);
    final Set<Link> wires = new TreeSet<>();
    final Set<PortId> up = new TreeSet<>();
    final Set<DatapathId> sessions = new TreeSet<>();
    /** Switches that forward nothing. */
    final Set<DatapathId> dead = new TreeSet<>();
    /** Who has sent an echo, in order. */
    final List<PortId> echoes = new ArrayList<>();
    byte[] lastEcho;
    /** Who has sent a probe, in order. */
    final List<PortId> probed = new ArrayList<>();
    final TreeMap<PortId, byte[]> lastProbes = new TreeMap<>();

    LinkDiscovery discovery;
    LinkDiscovery.Settings settings;
    Duration delay = Duration.ofMillis(2);
    long now = START;
    int changes;
    private long epoch = 1000;
    private long order;
    private final Set<DatapathId> switches = new HashSet<>();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>(
        Comparator.<Arrival>comparingLong(arrival -> arrival.time() - START).thenComparingLong(Arrival::order));

    SimulatedNetwork(final LinkDiscovery.Settings settings) {
        this.settings = settings;
        start();
    }

    SimulatedNetwork(final String drawing) {
        this(LinkDiscovery.Settings.DEFAULT);
        build(drawing);
    }

    private void start() {
        discovery = new LinkDiscovery(codec, epoch++, settings, this::send, now);
    }

    static PortId port(final String text) {
        final var parts = text.split(":");
        return new PortId(new DatapathId(Long.parseLong(parts[0])), Long.parseLong(parts[1]));
    }

    static Link link(final String text) {
        final var ends = text.split("->");
        return new Link(port(ends[0]), port(ends[1]));
    }

    static Set<Link> parse(final String drawing) {
        final var result = new TreeSet<Link>();
        if (drawing.isBlank()) {
            return result;
        }
        for (var item : drawing.trim().split("  +")) {
            if (item.startsWith("[")) {
                final var members = item.substring(1, item.length() - 1).split(" ");
                for (var from : members) {
                    for (var to : members) {
                        if (!from.equals(to)) {
                            result.add(new Link(port(from), port(to)));
                        }
                    }
                }
            } else if (item.contains("--")) {
                final var link = link(item.replace("--", "->"));
                result.add(link);
                result.add(link.reverse());
            } else {
                result.add(link(item));
            }
        }
        return result;
    }

    /** Adds wires, and brings up their ports and switches. */
    void build(final String drawing) {
        final var added = parse(drawing);
        wires.addAll(added);
        final var ends = new TreeSet<PortId>();
        added.forEach(wire -> {
            ends.add(wire.from());
            ends.add(wire.to());
        });
        ends.forEach(end -> {
            if (switches.add(end.datapath())) {
                connect(end.datapath());
            }
            up(end);
        });
    }

    /** Adds wires to ports that are up. */
    void wire(final String drawing) {
        wires.addAll(parse(drawing));
    }

    /** Cuts wires so that no port goes down. */
    void cut(final String drawing) {
        wires.removeAll(parse(drawing));
    }

    void up(final String port) {
        up(port(port));
    }

    void up(final PortId port) {
        switches.add(port.datapath());
        if (up.add(port) && sessions.contains(port.datapath())) {
            told(discovery.portUp(port, macOf(port), now));
        }
    }

    void down(final String port) {
        down(port(port));
    }

    void down(final PortId port) {
        if (up.remove(port) && sessions.contains(port.datapath())) {
            told(discovery.portDown(port, now));
        }
    }

    void connect(final long number) {
        connect(new DatapathId(number));
    }

    void connect(final DatapathId datapath) {
        if (sessions.add(datapath)) {
            told(discovery.switchConnected(datapath, now));
            up.stream().filter(port -> port.datapath().equals(datapath))
                .forEach(port -> told(discovery.portUp(port, macOf(port), now)));
        }
    }

    void disconnect(final long number) {
        disconnect(new DatapathId(number));
    }

    void disconnect(final DatapathId datapath) {
        if (sessions.remove(datapath)) {
            told(discovery.switchDisconnected(datapath, now));
        }
    }

    /** A switch fails; its ports, as its neighbours see them, do not. */
    void die(final long number) {
        dead.add(new DatapathId(number));
        disconnect(number);
    }

    void revive(final long number) {
        dead.remove(new DatapathId(number));
        connect(number);
    }

    void role(final String port, final PortRole role) {
        told(discovery.setRole(port(port), role, now));
    }

    void receive(final String port, final byte[] frame) {
        told(discovery.received(port(port), frame, now));
    }

    /** A new controller, with the links that the old one has remembered. No switch is connected. */
    void restart(final Collection<Link> remembered) {
        sessions.clear();
        arrivals.clear();
        lastProbes.clear();
        start();
        told(discovery.restore(remembered, now));
    }

    void run(final long millis) {
        final long end = now + Duration.ofMillis(millis).toNanos();
        while (true) {
            final var tick = discovery.nextTick();
            final boolean arrives = !arrivals.isEmpty()
                && (tick.isEmpty() || arrivals.element().time() - tick.orElseThrow() <= 0);
            final long next = arrives ? arrivals.element().time() : tick.orElse(end);
            if (next - end >= 0) {
                now = end;
                return;
            }
            now = next - now > 0 ? next : now;
            if (arrives) {
                final var arrival = arrivals.remove();
                final var to = arrival.wire().to();
                if (wires.contains(arrival.wire()) && up.contains(to) && !dead.contains(to.datapath())) {
                    arrive(to, arrival.frame());
                }
            } else {
                told(discovery.tick(now));
            }
        }
    }

    private void arrive(final PortId at, final byte[] frame) {
        final var buffer = ByteBuffer.wrap(frame);
        if (isEcho(frame) && buffer.getLong(0) >>> Short.SIZE == ProbeCodec.TO_NEIGHBOUR.bits()) {
            final byte[] back = frame.clone();
            ByteBuffer.wrap(back).putInt(0, (int) (ProbeCodec.ECHOED.bits() >> Short.SIZE))
                .putShort(Integer.BYTES, (short) ProbeCodec.ECHOED.bits());
            emit(at, back);
        } else if (sessions.contains(at.datapath())) {
            told(discovery.received(at, frame, now));
        }
    }

    private static boolean isEcho(final byte[] frame) {
        return Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(12)) == ProbeCodec.ECHO_TYPE;
    }

    /** Lets time pass in which the controller does nothing, and nothing arrives. */
    void pause(final long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    String links() {
        return discovery.links().all().keySet().stream().map(SimulatedNetwork::draw)
            .collect(Collectors.joining("  "));
    }

    LinkState state(final String link) {
        final var status = discovery.links().all().get(link(link));
        return status == null ? null : status.state();
    }

    /** How long the link has been in its state, milliseconds. */
    long age(final String link) {
        return Duration.ofNanos(now - discovery.links().all().get(link(link)).since()).toMillis();
    }

    PortCounters counters(final String port) {
        return discovery.counters(port(port));
    }

    private static String draw(final Link link) {
        return draw(link.from()) + "->" + draw(link.to());
    }

    private static String draw(final PortId port) {
        return port.datapath().bits() + ":" + port.port();
    }

    private void told(final boolean changed) {
        changes += changed ? 1 : 0;
    }

    private void send(final PortId from, final byte[] frame) {
        if (isEcho(frame)) {
            echoes.add(from);
            lastEcho = frame;
        } else {
            probed.add(from);
            lastProbes.put(from, frame);
        }
        if (!up.contains(from) || !sessions.contains(from.datapath())) {
            throw new AssertionError("a probe out of " + from + ", which cannot send it");
        }
        emit(from, frame);
    }

    private void emit(final PortId from, final byte[] frame) {
        wires.stream().filter(wire -> wire.from().equals(from))
            .forEach(wire -> arrivals.add(new Arrival(now + delay.toNanos(), order++, wire, frame)));
    }

    static MacAddress macOf(final PortId port) {
        return new MacAddress(0x0200_0000_0000L | port.datapath().bits() << 16 | port.port());
    }
}
