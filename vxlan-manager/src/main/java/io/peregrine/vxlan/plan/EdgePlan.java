/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.Group.Bucket;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import io.peregrine.vxlan.GuestProbes;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compiles an edge's tables, piece by piece. The only place that knows them. Stateless but for group numbers;
 * thread-safe if those are.
 */
public final class EdgePlan {
    /**
     * The highest VXLAN network identifier that a network may have. With the bit above it set an identifier marks
     * frames of the same network that an edge has sent on.
     */
    public static final int MAX_VNI = 0x7F_FFFF;
    /** Seconds until a closed gate opens by itself unless its lease is renewed. */
    public static final int GATE_LEASE_SECONDS = 45;

    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;
    private static final Instructions TO_CONTROLLER = Instructions.apply(new Action.Output(Action.CONTROLLER));

    private final GroupIds groupIds;

    public EdgePlan(final GroupIds groupIds) {
        this.groupIds = requireNonNull(groupIds);
    }

    /**
     * What every edge has, whatever its networks. LLDP is for the controller if it comes out of a tunnel, where no
     * guest's can be, and for nobody otherwise. Answers to probes are for who waits for them.
     *
     * @param tunnels OpenFlow port numbers of the edge's tunnels
     * @return the fragment
     */
    public Fragment base(final Collection<Long> tunnels) {
        final var flows = new ArrayList<Flow>();
        flows.add(new Flow(Tables.INGRESS, Tables.PRIORITY_RESERVED,
            Match.builder().ethType(Tables.ETHERTYPE_LLDP).build(), Instructions.DROP));
        tunnels.forEach(port -> flows.add(new Flow(Tables.INGRESS, Tables.PRIORITY_PROBE,
            Match.builder().inPort(port).ethType(Tables.ETHERTYPE_LLDP).build(), TO_CONTROLLER)));
        for (int table : new int[] {Tables.REMOTE, Tables.LOCAL}) {
            // Nobody is there: no border is to get what comes late
            flows.add(new Flow(table, Tables.PRIORITY_STRAY,
                ProbeAddress.any(Match.builder(), OxmField.ETH_DST).build(), Instructions.DROP));
        }
        for (int table = Tables.NEIGHBOUR; table < Tables.REMOTE; table++) {
            flows.add(new Flow(table, Tables.PRIORITY_MISS, Match.ANY, Instructions.toTable(table + 1)));
        }
        return Fragment.of(List.of(), flows);
    }

    /**
     * What a network needs at an edge that has members of it, whoever they are.
     *
     * @param network the network
     * @return the fragment
     */
    public Fragment network(final NetworkAtEdge network) {
        final int vni = network.vni();
        final long floodRemote = groupIds.idOf("flood-remote/" + network.name());
        final long floodLocal = groupIds.idOf("flood-local/" + network.name());
        final long unknownRemote = groupIds.idOf("unknown-remote/" + network.name());
        final long unknownLocal = groupIds.idOf("unknown-local/" + network.name());
        final var flooded = inNetwork(vni).ethDstGroup().build();
        final var unknown = inNetwork(vni).build();
        return Fragment.of(
            List.of(copies(floodRemote, tunnelBuckets(vni, network.floodTunnels())),
                copies(floodLocal, portBuckets(network.floodPorts())),
                copies(unknownRemote, tunnelBuckets(vni, network.unknownTunnels())),
                copies(unknownLocal, portBuckets(network.unknownPorts()))),
            List.of(
                new Flow(Tables.INGRESS, Tables.PRIORITY_EXACT, Match.builder().tunnelId(vni).build(),
                    enterNetwork(vni, Tables.LOCAL)),
                new Flow(Tables.INGRESS, Tables.PRIORITY_EXACT, Match.builder().tunnelId(redirected(vni)).build(),
                    Instructions.toTable(Tables.LOCAL).withMetadata(vni | Tables.REDIRECTED,
                        Tables.NETWORK_MASK | Tables.REDIRECTED)),
                new Flow(Tables.LOCAL, Tables.PRIORITY_STRAY, Match.builder().metadata(vni | Tables.REDIRECTED,
                    Tables.NETWORK_MASK | Tables.REDIRECTED).build(), Instructions.DROP),
                toGroup(Tables.REMOTE, Tables.PRIORITY_FLOOD, flooded, floodRemote).thenLocal(),
                toGroup(Tables.REMOTE, Tables.PRIORITY_UNKNOWN, unknown, unknownRemote).thenLocal(),
                toGroup(Tables.LOCAL, Tables.PRIORITY_FLOOD, flooded, floodLocal).flow(),
                toGroup(Tables.LOCAL, Tables.PRIORITY_UNKNOWN, unknown, unknownLocal).flow()));
    }

    /**
     * What a border port needs at its edge: whoever is behind it may speak.
     *
     * @param vni its network's VXLAN network identifier
     * @param port its OpenFlow port number
     * @return the fragment
     */
    public Fragment borderPort(final int vni, final long port) {
        return Fragment.of(List.of(), List.of(
            new Flow(Tables.INGRESS, Tables.PRIORITY_EXACT, Match.builder().inPort(port).build(),
                enterNetwork(vni, Tables.GUARD)),
            new Flow(Tables.GUARD, Tables.PRIORITY_EXACT, Match.builder().inPort(port).build(),
                Instructions.toTable(Tables.NEIGHBOUR))));
    }

    /**
     * What a station needs at an edge that has members of its network, the station among them or not.
     *
     * @param station the station
     * @return the fragment
     */
    public Fragment station(final StationAtEdge station) {
        final int vni = station.vni();
        final long remote = groupIds.idOf("remote/" + station.id());
        final var toStation = inNetwork(vni).ethDst(station.mac()).build();
        final var flows = new ArrayList<Flow>();
        station.addresses().stream().filter(Inet4Address.class::isInstance)
            .forEach(address -> flows.addAll(arpToOwner(vni, address, station.mac())));
        final var sendOn = toGroup(Tables.REMOTE, Tables.PRIORITY_EXACT, toStation, remote);
        boolean copies = true;
        if (station.local().isPresent()) {
            final var local = station.local().orElseThrow();
            if (local.guarded()) {
                flows.addAll(guard(vni, local.port(), station.mac()));
            }
            if (local.awaited()) {
                flows.addAll(firstFrames(local.port(), station.mac()));
            }
            // Where senders here are turned from one place to another, one change of this entry does it: the group
            // that it then names is there before, and the one that it named goes after.
            copies = !local.targeted() || !station.remoteTunnels().isEmpty();
            flows.add(!local.targeted() ? sendOn.flow() : copies ? sendOn.thenLocal()
                : new Flow(sendOn.key(), Instructions.toTable(Tables.LOCAL), 0));
            flows.add(new Flow(Tables.LOCAL, Tables.PRIORITY_EXACT, toStation,
                Instructions.apply(new Action.Output(local.port()))));
            if (!local.gateOpen()) {
                flows.add(new Flow(new FlowKey(Tables.LOCAL, Tables.PRIORITY_GATE, toStation), Instructions.DROP,
                    GATE_LEASE_SECONDS));
            }
        } else {
            flows.add(sendOn.flow());
        }
        station.redirects().forEach(redirect -> flows.add(sentOn(station, redirect)));
        return Fragment.of(copies ? List.of(copies(remote, tunnelBuckets(vni, station.remoteTunnels()))) : List.of(),
            flows);
    }

    /**
     * Sends frames on with a mark, so that the edge they are sent to does not send them on again; where the station is
     * still attached it gets them too.
     */
    private static Flow sentOn(final StationAtEdge station, final StationAtEdge.Redirect redirect) {
        final var actions = new ArrayList<Action>();
        station.local().filter(local -> local.gateOpen() && local.targeted())
            .ifPresent(local -> actions.add(new Action.Output(local.port())));
        actions.add(new Action.SetField(OxmField.TUNNEL_ID, FieldValue.of(redirected(station.vni()))));
        redirect.toTunnels().forEach(port -> actions.add(
            new Action.Output(port == redirect.fromTunnel() ? Action.IN_PORT : port)));
        return new Flow(Tables.LOCAL, Tables.PRIORITY_REDIRECT, Match.builder().inPort(redirect.fromTunnel())
            .metadata(station.vni(), Tables.NETWORK_MASK | Tables.REDIRECTED).ethDst(station.mac()).build(),
            Instructions.apply(actions));
    }

    private static int redirected(final int vni) {
        return vni | MAX_VNI + 1;
    }

    /**
     * What probing a guest's port needs at an edge where probes begin or the port is served: a probe enters the network
     * as another station's frame would, and the answer, which only this port can give, goes to the controller. All of
     * it is a lease.
     *
     * @param probed the port
     * @return the fragment
     */
    public Fragment probed(final ProbedAtEdge probed) {
        final int vni = probed.vni();
        final int session = probed.session();
        final var flows = new ArrayList<Flow>();
        if (probed.probing()) {
            flows.add(lease(Tables.INGRESS, ProbeAddress.ofSession(Match.builder().inPort(Action.CONTROLLER),
                OxmField.ETH_SRC, session), enterNetwork(vni, Tables.REMOTE)));
            probed.answerTunnels().forEach(tunnel -> flows.add(lease(Tables.LOCAL, answer(probed).inPort(tunnel),
                TO_CONTROLLER)));
        }
        probed.tap().ifPresent(tap -> {
            final var answer = answer(probed).inPort(tap);
            if (probed.probing()) {
                flows.add(lease(Tables.REMOTE, answer, TO_CONTROLLER));
            } else {
                probed.probingTunnel().ifPresent(tunnel -> flows.add(lease(Tables.REMOTE, answer, Instructions.apply(
                    new Action.SetField(OxmField.TUNNEL_ID, FieldValue.of(vni)), new Action.Output(tunnel)))));
            }
        });
        return Fragment.of(List.of(), flows);
    }

    private static Match.Builder answer(final ProbedAtEdge probed) {
        final var match = ProbeAddress.ofSession(inNetwork(probed.vni()).ethSrc(probed.mac()), OxmField.ETH_DST,
            probed.session());
        return probed.ipv6() ? neighbourAdvertisement(match)
            : match.ethType(Tables.ETHERTYPE_ARP).exact(OxmField.ARP_OP, ARP_REPLY);
    }

    private static Flow lease(final int table, final Match.Builder match, final Instructions instructions) {
        return new Flow(new FlowKey(table, Tables.PRIORITY_PROBE, match.build()), instructions,
            GuestProbes.LEASE_SECONDS);
    }

    /**
     * Gives back the numbers of a station's groups.
     *
     * @param id the station's id
     */
    public void releaseStation(final String id) {
        groupIds.release("remote/" + id);
    }

    /**
     * Gives back the numbers of a network's groups.
     *
     * @param name the network's name
     */
    public void releaseNetwork(final String name) {
        for (var use : List.of("flood-remote/", "flood-local/", "unknown-remote/", "unknown-local/")) {
            groupIds.release(use + name);
        }
    }

    private static List<Flow> guard(final int vni, final long port, final MacAddress mac) {
        return List.of(
            new Flow(Tables.INGRESS, Tables.PRIORITY_EXACT, Match.builder().inPort(port).build(),
                enterNetwork(vni, Tables.GUARD)),
            new Flow(Tables.GUARD, Tables.PRIORITY_EXACT, from(port, mac).build(),
                Instructions.toTable(Tables.NEIGHBOUR)));
    }

    /**
     * What a guest says first at a new place, for the controller too: the announcement that QEMU makes for it (RARP),
     * and its own of its addresses (ARP, or neighbour advertisement, RFC 4861, 4.4). The entries last until the guest
     * is known to run there.
     */
    private static List<Flow> firstFrames(final long port, final MacAddress mac) {
        return Stream.of(from(port, mac).ethType(Tables.ETHERTYPE_RARP), from(port, mac).ethType(Tables.ETHERTYPE_ARP),
                neighbourAdvertisement(from(port, mac)))
            .map(match -> new Flow(Tables.GUARD, Tables.PRIORITY_FIRST_FRAMES, match.build(),
                TO_CONTROLLER.thenTable(Tables.NEIGHBOUR)))
            .toList();
    }

    private static Match.Builder neighbourAdvertisement(final Match.Builder match) {
        return match.ethType(Tables.ETHERTYPE_IPV6).exact(OxmField.IP_PROTO, Tables.PROTOCOL_ICMPV6)
            .exact(OxmField.ICMPV6_TYPE, Tables.NEIGHBOUR_ADVERTISEMENT);
    }

    private static Match.Builder from(final long port, final MacAddress mac) {
        return Match.builder().inPort(port).ethSrc(mac);
    }

    /**
     * A broadcast ARP request for a known address goes to its owner only, who answers for itself. The owner's own
     * announcement (RFC 5227, 2.3: sender and target address are the same) is flooded, for the caches of all others.
     */
    private static List<Flow> arpToOwner(final int vni, final InetAddress address, final MacAddress owner) {
        final var target = FieldValue.of(address);
        return List.of(
            new Flow(Tables.NEIGHBOUR, Tables.PRIORITY_EXACT,
                arpRequest(vni).exact(OxmField.ARP_TPA, target).build(),
                Instructions.apply(new Action.SetField(OxmField.ETH_DST, FieldValue.of(owner)))
                    .thenTable(Tables.ROUTE)),
            new Flow(Tables.NEIGHBOUR, Tables.PRIORITY_ANNOUNCEMENT,
                arpRequest(vni).exact(OxmField.ARP_TPA, target).exact(OxmField.ARP_SPA, target).build(),
                Instructions.toTable(Tables.ROUTE)));
    }

    private static Match.Builder arpRequest(final int vni) {
        return inNetwork(vni).ethDst(MacAddress.BROADCAST).ethType(Tables.ETHERTYPE_ARP)
            .exact(OxmField.ARP_OP, ARP_REQUEST);
    }

    private static Match.Builder inNetwork(final int vni) {
        return Match.builder().metadata(vni, Tables.NETWORK_MASK);
    }

    private static Instructions enterNetwork(final int vni, final int table) {
        return Instructions.toTable(table).withMetadata(vni, Tables.NETWORK_MASK);
    }

    private static Group copies(final long id, final List<Bucket> buckets) {
        return new Group(id, Group.Type.ALL, buckets);
    }

    private static List<Bucket> tunnelBuckets(final int vni, final Collection<Long> ports) {
        return ports.stream().map(port -> new Bucket(
            new Action.SetField(OxmField.TUNNEL_ID, FieldValue.of(vni)), new Action.Output(port))).toList();
    }

    private static List<Bucket> portBuckets(final Collection<Long> ports) {
        return ports.stream().map(port -> new Bucket(new Action.Output(port))).toList();
    }

    private static GroupFlow toGroup(final int table, final int priority, final Match match, final long group) {
        return new GroupFlow(new FlowKey(table, priority, match), group);
    }

    private record GroupFlow(FlowKey key, long group) {
        Flow flow() {
            return new Flow(key, Instructions.apply(new Action.ToGroup(group)), 0);
        }

        Flow thenLocal() {
            return new Flow(key, Instructions.apply(new Action.ToGroup(group)).thenTable(Tables.LOCAL), 0);
        }
    }
}
