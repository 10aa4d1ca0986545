/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.hosts.HostCounter.Tally;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A simulated network around a tracker: stations behind ports that answer at once, and a clock.
 */
final class Net {
    static final MacAddress GATEWAY_MAC = MacAddress.parse("02:00:5e:00:00:01");
    static final Segment RED = new Segment(ip("10.1.0.0"), 16, ip("10.1.0.1"));
    static final Segment BLUE = new Segment(ip("10.2.0.0"), 24, ip("10.2.0.1"));
    static final long MILLI = 1_000_000L;

    /**
     * A station: a MAC address, an address, a place; and whether it answers.
     */
    static final class Station {
        final MacAddress mac;
        final Inet4Address address;
        PortId port;
        boolean mute;

        Station(final MacAddress mac, final Inet4Address address, final PortId port) {
            this.mac = mac;
            this.address = address;
            this.port = port;
        }
    }

    final HostTracker tracker;
    final Set<Station> stations = new LinkedHashSet<>();
    final Set<PortId> cut = new HashSet<>();
    final List<Transmission> sent = new ArrayList<>();
    final List<HostChange> changes = new ArrayList<>();
    final Map<Inet4Address, Host> followed = new HashMap<>();
    /** Near the end of the range: it wraps within two seconds. */
    long now = Long.MAX_VALUE - 2_000 * MILLI;

    Net(final HostTrackerSettings settings) {
        tracker = new HostTracker(settings, GATEWAY_MAC);
    }

    /** A network of two segments and two switches, each with ports 1 to 4 for hosts and port 9 to the other. */
    static Net standard() {
        return standard(HostTrackerSettings.DEFAULT);
    }

    static Net standard(final HostTrackerSettings settings) {
        final var net = new Net(settings);
        net.react(net.tracker.setSegments(List.of(RED, BLUE), net.now));
        net.react(net.tracker.setFabricPorts(Set.of(port(1, 9), port(2, 9)), net.now));
        net.react(net.tracker.setHostPorts(Set.of(port(1, 1), port(1, 2), port(1, 3), port(1, 4), port(1, 9),
            port(2, 1), port(2, 2), port(2, 3), port(2, 4), port(2, 9)), net.now));
        net.react(net.tracker.switchConnected(new DatapathId(1), net.now));
        net.react(net.tracker.switchConnected(new DatapathId(2), net.now));
        net.clear();
        return net;
    }

    static Inet4Address ip(final String text) {
        return (Inet4Address) InetAddresses.forString(text);
    }

    static MacAddress mac(final long number) {
        return new MacAddress(0x5254_0000_0000L + number);
    }

    static PortId port(final long datapath, final long number) {
        return new PortId(new DatapathId(datapath), number);
    }

    /** A station that has said nothing yet. */
    Station station(final long number, final String address, final PortId at) {
        final var station = new Station(mac(number), ip(address), at);
        stations.add(station);
        return station;
    }

    /** A station that has announced itself. */
    Station known(final long number, final String address, final PortId at) {
        final var station = station(number, address, at);
        announce(station);
        return station;
    }

    void announce(final Station station) {
        arp(station.port, ArpPacket.request(station.mac, station.address, station.address));
    }

    void ask(final Station station, final String target) {
        arp(station.port, ArpPacket.request(station.mac, station.address, ip(target)));
    }

    void arp(final PortId at, final ArpPacket packet) {
        react(tracker.arp(at, packet.toFrame(), now));
    }

    void wanted(final PortId at, final String target) {
        react(tracker.wanted(at, ip(target), now));
    }

    void portDown(final PortId port) {
        cut.add(port);
        react(tracker.portDown(port, now));
    }

    void portUp(final PortId port) {
        cut.remove(port);
        react(tracker.portUp(port, now));
    }

    /** Lets time go by. */
    void pass(final Duration time) {
        final long end = now + time.toNanos();
        for (var next = tracker.nextTick(); next.isPresent() && next.getAsLong() - end <= 0;
                next = tracker.nextTick()) {
            now = next.getAsLong() - now > 0 ? next.getAsLong() : now;
            react(tracker.tick(now));
        }
        now = end;
        react(tracker.tick(now));
    }

    void pass(final long millis) {
        pass(Duration.ofMillis(millis));
    }

    /** Takes a reaction in: stations answer what they get, and what they answer is reacted to. */
    void react(final Reaction reaction) {
        changes.addAll(reaction.changes());
        reaction.changes().forEach(this::follow);
        sent.addAll(reaction.transmissions());
        for (final var transmission : reaction.transmissions()) {
            for (final var port : transmission.ports()) {
                deliver(port, transmission.packet());
            }
        }
    }

    void clear() {
        sent.clear();
        changes.clear();
    }

    /** The packets sent out of a port. */
    List<ArpPacket> sentTo(final PortId port) {
        return sent.stream().filter(it -> it.ports().contains(port)).map(Transmission::packet).toList();
    }

    Host host(final String address) {
        return tracker.hosts().get(ip(address));
    }

    long count(final HostCounter counter) {
        return tracker.counters().getOrDefault(counter, Tally.NONE).count();
    }

    /** What is known of who is where. */
    Set<String> lines() {
        return tracker.hosts().values().stream().map(Host::toString).collect(Collectors.toSet());
    }

    private void deliver(final PortId port, final ArpPacket packet) {
        if (cut.contains(port)) {
            return;
        }
        for (final var station : List.copyOf(stations)) {
            if (!station.mute && station.port.equals(port) && packet.operation() == ArpPacket.Operation.REQUEST
                && packet.target().equals(station.address)
                && (packet.destination().isGroup() || packet.destination().equals(station.mac))) {
                arp(port, ArpPacket.reply(station.mac, station.address, packet.senderMac(), packet.sender()));
            }
        }
    }

    private void follow(final HostChange change) {
        if (change instanceof HostChange.Added added) {
            check(null, followed.put(added.host().address(), added.host()));
        } else if (change instanceof HostChange.Moved moved) {
            check(moved.from(), followed.put(moved.to().address(), moved.to()));
        } else if (change instanceof HostChange.MacChanged other) {
            check(other.from(), followed.put(other.to().address(), other.to()));
        } else if (change instanceof HostChange.StatusChanged other) {
            check(other.from(), followed.put(other.to().address(), other.to()));
        } else if (change instanceof HostChange.Removed removed) {
            check(removed.host(), followed.remove(removed.host().address()));
        }
    }

    private static void check(final Host expected, final Host actual) {
        if (expected == null ? actual != null : !expected.equals(actual)) {
            throw new AssertionError("a change starts from " + expected + " where there was " + actual);
        }
    }
}
