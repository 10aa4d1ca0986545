/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.trace.Packet;
import io.peregrine.flow.trace.TableWalk;
import io.peregrine.topology.PortId;
import io.peregrine.topology.graph.Graph;
import io.peregrine.topology.graph.Link;
import io.peregrine.topology.graph.NodeId;
import io.peregrine.topology.graph.RouteTable;
import io.peregrine.topology.hosts.Segment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * A fabric on paper: switches that have what was sent to them, cables, hosts. Changes reach a switch when the test
 * lets them, so that every state on the way can be looked at.
 */
final class FabricNet {
    static final MacAddress GATEWAY = MacAddress.parse("02:50:67:00:00:01");
    /** Ports of hosts begin here. */
    private static final long HOST_PORT = 100;

    /** What has become of a packet. */
    record Fate(List<PortId> delivered, List<DatapathId> toController, Packet last) {
    }

    private record Sent(DatapathId datapath, Map<String, Fragment> fragments, CompletableFuture<Void> answer) {
    }

    private final Map<String, DatapathId> names = new TreeMap<>();
    private final Map<PortId, PortId> cables = new HashMap<>();
    private final Map<PortId, Integer> costs = new HashMap<>();
    private final Set<PortId> down = new HashSet<>();
    private final Map<Inet4Address, FabricState.HostPlace> hosts = new HashMap<>();
    private final Set<Segment> segments = new HashSet<>();

    private final Map<DatapathId, Map<String, Fragment>> has = new HashMap<>();
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private final FabricProgram program = new FabricProgram(new FabricPlan(new CountedGroupIds()));
    private final Rollout rollout = new Rollout((datapath, fragments) -> {
        final var one = new Sent(datapath, fragments, new CompletableFuture<>());
        sent.add(one);
        return one.answer();
    }, Runnable::run);
    private FabricState state;
    private RouteTable routes = RouteTable.compute(Graph.empty(), List.of());

    static Inet4Address address(final String text) {
        try {
            return (Inet4Address) InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    DatapathId node(final String name) {
        return names.computeIfAbsent(name, none -> new DatapathId(names.size() + 1));
    }

    /** The port of a switch towards another; the n-th where there are several cables. */
    PortId port(final String from, final String to, final int nth) {
        return cables.entrySet().stream()
            .filter(cable -> cable.getKey().datapath().equals(node(from))
                && cable.getValue().datapath().equals(node(to)))
            .map(Map.Entry::getKey).sorted().skip(nth).findFirst().orElseThrow();
    }

    FabricNet cable(final String one, final String other) {
        final var here = freePort(node(one));
        cables.put(here, here);
        final var there = freePort(node(other));
        cables.put(here, there);
        cables.put(there, here);
        return this;
    }

    private PortId freePort(final DatapathId datapath) {
        long port = 1;
        while (cables.containsKey(new PortId(datapath, port))) {
            port++;
        }
        return new PortId(datapath, port);
    }

    FabricNet cost(final String from, final String to, final int cost) {
        costs.put(port(from, to, 0), cost);
        return this;
    }

    /** Segment 10.N.0.0/24 with gateway 10.N.0.1. */
    FabricNet segment(final int number) {
        segments.add(new Segment(address("10." + number + ".0.0"), 24, address("10." + number + ".0.1")));
        return this;
    }

    FabricNet host(final String address, final String at) {
        final var ip = address(address);
        final int last = ip.getAddress()[3] & 0xFF;
        final int segment = ip.getAddress()[1] & 0xFF;
        hosts.put(ip, new FabricState.HostPlace(mac(address), new PortId(node(at), HOST_PORT + 256L * segment + last)));
        return this;
    }

    FabricNet noHost(final String address) {
        hosts.remove(address(address));
        return this;
    }

    static MacAddress mac(final String address) {
        final var bytes = address(address).getAddress();
        return MacAddress.parse(String.format("52:54:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3]));
    }

    /** A cable is pulled: both ports go down. The controller notices with the next {@link #change}. */
    FabricNet pull(final String one, final String other) {
        final var here = port(one, other, 0);
        down.add(here);
        down.add(cables.get(here));
        return this;
    }

    /** The cable is back. */
    FabricNet plug(final String one, final String other) {
        final var here = port(one, other, 0);
        down.remove(here);
        down.remove(cables.get(here));
        return this;
    }

    /** The controller learns what is, and sends what it now may. */
    FabricNet change() {
        final var links = new ArrayList<Link>();
        final var fabricPorts = new HashSet<PortId>();
        cables.forEach((from, to) -> {
            if (!down.contains(from)) {
                links.add(new Link(new NodeId(from.datapath().bits()), from.port(), new NodeId(to.datapath().bits()),
                    to.port(), costs.getOrDefault(from, 10)));
            }
            fabricPorts.add(from);
        });
        final var nodes = names.values().stream().map(id -> new NodeId(id.bits())).collect(Collectors.toSet());
        final var targets = hosts.values().stream().map(place -> new NodeId(place.port().datapath().bits()))
            .collect(Collectors.toSet());
        final var update = routes.update(Graph.of(nodes, links), targets);
        routes = update.table();
        state = new FabricState(Set.copyOf(names.values()), segments, GATEWAY, fabricPorts, routes, hosts);
        rollout.submit(program.update(state, Optional.of(update.changed())), state::distance);
        return this;
    }

    /** One switch takes what was sent to it, and confirms. False if nothing is under way. */
    boolean step() {
        return step(0);
    }

    /** The same, the n-th of those under way. */
    boolean step(final int choice) {
        if (sent.isEmpty()) {
            return false;
        }
        final var list = new ArrayList<>(sent);
        final var one = list.get(Math.floorMod(choice, list.size()));
        sent.remove(one);
        final var fragments = has.computeIfAbsent(one.datapath(), none -> new HashMap<>());
        one.fragments().forEach((name, content) -> {
            if (content.isEmpty()) {
                fragments.remove(name);
            } else {
                fragments.put(name, content);
            }
        });
        one.answer().complete(null);
        return true;
    }

    FabricNet settle() {
        change();
        while (step()) {
            // until nothing is left
        }
        if (!rollout.idle()) {
            throw new AssertionError("steps are left");
        }
        rollout.submit(program.settled(), state::distance);
        while (step()) {
            // until nothing is left
        }
        return this;
    }

    /** Compares what switches have with what they shall have. */
    boolean asDesired() {
        return names.values().stream()
            .allMatch(datapath -> has.getOrDefault(datapath, Map.of()).equals(program.desired(datapath)));
    }

    Map<String, Fragment> fragments(final String name) {
        return has.get(node(name));
    }

    Set<Inet4Address> hosts() {
        return hosts.keySet();
    }

    PortId portOf(final Inet4Address host) {
        return hosts.get(host).port();
    }

    boolean connected(final Inet4Address from, final Inet4Address to) {
        return routes.distance(new NodeId(portOf(from).datapath().bits()), new NodeId(portOf(to).datapath().bits()))
            .isPresent();
    }

    /** An IP packet from a host to an address, by way of its gateway. */
    Fate send(final String from, final String to, final int flow) {
        return send(address(from), address(to), flow);
    }

    Fate send(final Inet4Address from, final Inet4Address to, final int flow) {
        return walk(portOf(from), Packet.ethernet(hosts.get(from).mac(), GATEWAY, 0x0800)
            .with(OxmField.IPV4_SRC, FieldValue.of(from)).with(OxmField.IPV4_DST, FieldValue.of(to))
            .with(OxmField.IP_PROTO, 17).with(OxmField.UDP_SRC, flow).with(OxmField.UDP_DST, 4789));
    }

    /** An ARP request of a host. */
    Fate ask(final String from, final String to) {
        final var ip = address(from);
        return walk(portOf(ip), Packet.ethernet(hosts.get(ip).mac(), MacAddress.BROADCAST, 0x0806)
            .with(OxmField.ARP_OP, 1).with(OxmField.ARP_SPA, FieldValue.of(ip))
            .with(OxmField.ARP_SHA, FieldValue.of(hosts.get(ip).mac())).with(OxmField.ARP_THA, 0)
            .with(OxmField.ARP_TPA, FieldValue.of(address(to))));
    }

    /** Follows a packet through the fabric until all its copies have ended. */
    Fate walk(final PortId at, final Packet packet) {
        final var delivered = new ArrayList<PortId>();
        final var punted = new ArrayList<DatapathId>();
        final var queue = new ArrayDeque<Map.Entry<PortId, Packet>>();
        queue.add(Map.entry(at, packet));
        Packet last = packet;
        for (int hops = 0; !queue.isEmpty(); hops++) {
            if (hops > 1000) {
                throw new AssertionError("loops: " + packet);
            }
            final var next = queue.remove();
            final var here = next.getKey().datapath();
            final var tables = new TableWalk(has.getOrDefault(here, Map.of()).values(),
                port -> !down.contains(new PortId(here, port)));
            for (var out : tables.receive(next.getKey().port(), next.getValue())) {
                final var port = new PortId(here, out.port());
                last = out.packet();
                if (out.port() == Action.CONTROLLER) {
                    punted.add(here);
                } else if (down.contains(port)) {
                    continue;
                } else if (cables.containsKey(port)) {
                    queue.add(Map.entry(cables.get(port), out.packet()));
                } else {
                    delivered.add(port);
                }
            }
        }
        return new Fate(delivered, punted, last);
    }
}
