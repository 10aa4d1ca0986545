/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.Group.Bucket;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.hosts.Segment;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Compiles a fabric switch's tables, piece by piece. The only place that knows them. Stateless but for group numbers;
 * thread-safe if those are.
 *
 * <pre>
 *   0 ingress   tagged frames dropped; probes to the controller, echoes back to where they came from; a host's ARP for
 *               its gateway answered here; known senders' ARP to 1, that of unknown ones to the controller; IP
 *               unicast to 2
 *   1 neighbours   ARP for a known host on its way to it, whatever switch that hangs on
 *   2 route     known destination: TTL - 1, then group TO(switch of the host), or at that switch to its port with
 *               new MAC addresses; other addresses of a segment to the controller, which looks for them
 * </pre>
 */
public final class FabricPlan {
    /** Where packets come in. */
    public static final int INGRESS = 0;
    /** ARP on its way. */
    public static final int NEIGHBOUR = 1;
    /** IP on its way. */
    public static final int ROUTE = 2;

    private static final int PRIORITY_TAGGED = 1100;
    private static final int PRIORITY_PROBE = 1000;
    private static final int PRIORITY_FABRIC_PORT = 900;
    private static final int PRIORITY_GATEWAY_ANSWER = 800;
    private static final int PRIORITY_KNOWN_SENDER = 700;
    private static final int PRIORITY_ARP = 500;
    private static final int PRIORITY_NO_ROUTE = 410;
    private static final int PRIORITY_IP = 400;
    /** Above any prefix. */
    private static final int PRIORITY_HOST = 100;
    /** Of a prefix: this and its length. */
    private static final int PRIORITY_PREFIX = 10;
    private static final int PRIORITY_MISS = 0;

    private static final int ETHERTYPE_LLDP = 0x88CC;
    private static final int ETHERTYPE_ARP = 0x0806;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;

    private final GroupIds groupIds;

    public FabricPlan(final GroupIds groupIds) {
        this.groupIds = requireNonNull(groupIds);
    }

    /**
     * What every fabric switch has.
     *
     * @return the fragment
     */
    public Fragment base() {
        final var toController = Instructions.apply(new Action.Output(Action.CONTROLLER));
        return Fragment.of(List.of(), List.of(
            // Nobody is to send into a VLAN behind another's port
            new Flow(INGRESS, PRIORITY_TAGGED, Match.builder().vlanTagged().build(), Instructions.DROP),
            new Flow(INGRESS, PRIORITY_PROBE, Match.builder().ethType(ETHERTYPE_LLDP).build(), toController),
            new Flow(INGRESS, PRIORITY_ARP, Match.builder().ethType(ETHERTYPE_ARP).build(), toController),
            new Flow(INGRESS, PRIORITY_NO_ROUTE, Match.builder().ethType(ETHERTYPE_IPV4).ethDstGroup().build(),
                Instructions.DROP),
            new Flow(INGRESS, PRIORITY_IP, Match.builder().ethType(ETHERTYPE_IPV4).build(),
                Instructions.toTable(ROUTE)),
            new Flow(NEIGHBOUR, PRIORITY_MISS, Match.ANY, toController)));
    }

    /**
     * What leads to other switches: what comes from there has been looked at where it came in. Echoes from there go
     * back without the controller, so that a neighbour can tell whether a switch that has lost it still forwards; those
     * that have come back go to the controller.
     *
     * @param ports the ports' numbers
     * @return the fragment
     */
    public Fragment fabricPorts(final Collection<Long> ports) {
        return Fragment.of(List.of(), ports.stream().flatMap(port -> Stream.of(
            new Flow(INGRESS, PRIORITY_FABRIC_PORT, Match.builder().inPort(port).ethType(ETHERTYPE_ARP).build(),
                Instructions.toTable(NEIGHBOUR)),
            new Flow(INGRESS, PRIORITY_PROBE, echo(port, ProbeCodec.TO_NEIGHBOUR), Instructions.apply(
                new Action.SetField(OxmField.ETH_DST, FieldValue.of(ProbeCodec.ECHOED)),
                new Action.Output(Action.IN_PORT))),
            new Flow(INGRESS, PRIORITY_PROBE, echo(port, ProbeCodec.ECHOED),
                Instructions.apply(new Action.Output(Action.CONTROLLER))))).toList());
    }

    private static Match echo(final long port, final MacAddress destination) {
        return Match.builder().inPort(port).ethType(ProbeCodec.ECHO_TYPE).ethDst(destination).build();
    }

    /**
     * What catches packets for addresses of the segments of which no host is known, so that it can be looked for.
     *
     * @param segments the segments
     * @return the fragment
     */
    public Fragment segments(final Collection<Segment> segments) {
        return Fragment.of(List.of(), segments.stream().map(segment -> new Flow(ROUTE,
            PRIORITY_PREFIX + segment.length(), Match.builder().ethType(ETHERTYPE_IPV4)
                .prefix(OxmField.IPV4_DST, segment.base(), segment.length()).build(),
            Instructions.apply(new Action.Output(Action.CONTROLLER)))).toList());
    }

    /**
     * The way to another switch: a group of its own, so that a change of the way changes nothing else. With several
     * ways of equal cost each is taken by a share of the traffic, and a port that is down is left out in the switch
     * itself; with one, a loop-free alternate stands by where there is one. Without any, packets end here.
     *
     * @param target the switch that hosts hang on
     * @param ports the ports of the shortest ways
     * @param alternate the port of a loop-free alternate; counts where there is but one way
     * @return the fragment
     */
    public Fragment way(final DatapathId target, final List<Long> ports, final OptionalLong alternate) {
        final long id = wayTo(target);
        if (ports.size() == 1 && alternate.isPresent()) {
            return Fragment.of(List.of(new Group(id, Group.Type.FAST_FAILOVER,
                List.of(bucket(ports.get(0), 0), bucket(alternate.orElseThrow(), 0)))), List.of());
        }
        return Fragment.of(List.of(new Group(id, Group.Type.SELECT,
            ports.stream().map(port -> bucket(port, 1)).toList())), List.of());
    }

    private static Bucket bucket(final long port, final int weight) {
        return new Bucket(List.of(new Action.Output(port)), weight, port);
    }

    private long wayTo(final DatapathId target) {
        return groupIds.idOf("fabric/" + target.hex());
    }

    /**
     * Gives back the number of the groups that lead to a switch.
     *
     * @param target the switch
     */
    public void release(final DatapathId target) {
        groupIds.release("fabric/" + target.hex());
    }

    /**
     * What a host needs at a switch that it does not hang on.
     *
     * @param address its address
     * @param segment the segment it is in
     * @param home the switch it hangs on
     * @return the fragment
     */
    public Fragment distantHost(final Inet4Address address, final Segment segment, final DatapathId home) {
        final var way = new Action.ToGroup(wayTo(home));
        return Fragment.of(List.of(), List.of(
            new Flow(NEIGHBOUR, PRIORITY_HOST, arpFor(address, segment), Instructions.apply(way)),
            new Flow(ROUTE, PRIORITY_HOST, ipTo(address), Instructions.apply(new Action.DecTtl(), way))));
    }

    /**
     * What a host needs at the switch that it hangs on.
     *
     * @param address its address
     * @param mac its hardware address
     * @param port the port's number
     * @param segment the segment it is in
     * @param gatewayMac the gateways' hardware address
     * @return the fragment
     */
    public Fragment localHost(final Inet4Address address, final MacAddress mac, final long port,
            final Segment segment, final MacAddress gatewayMac) {
        final var flows = new ArrayList<Flow>();
        final var host = FieldValue.of(mac);
        final var router = FieldValue.of(gatewayMac);
        final var gateway = FieldValue.of(segment.gateway());
        flows.add(new Flow(INGRESS, PRIORITY_KNOWN_SENDER, sentBy(address, mac, port).build(),
            Instructions.toTable(NEIGHBOUR)));
        flows.add(new Flow(INGRESS, PRIORITY_GATEWAY_ANSWER, sentBy(address, mac, port)
            .exact(OxmField.ARP_OP, ARP_REQUEST).exact(OxmField.ARP_TPA, gateway).build(),
            Instructions.apply(
                new Action.SetField(OxmField.ARP_OP, FieldValue.of(ARP_REPLY)),
                new Action.SetField(OxmField.ARP_SHA, router),
                new Action.SetField(OxmField.ARP_SPA, gateway),
                new Action.SetField(OxmField.ARP_THA, host),
                new Action.SetField(OxmField.ARP_TPA, FieldValue.of(address)),
                new Action.SetField(OxmField.ETH_SRC, router),
                new Action.SetField(OxmField.ETH_DST, host),
                new Action.Output(Action.IN_PORT))));
        flows.add(new Flow(NEIGHBOUR, PRIORITY_HOST, arpFor(address, segment), Instructions.apply(
            new Action.SetField(OxmField.ETH_DST, host), new Action.Output(port))));
        flows.add(new Flow(ROUTE, PRIORITY_HOST, ipTo(address), Instructions.apply(new Action.DecTtl(),
            new Action.SetField(OxmField.ETH_SRC, router), new Action.SetField(OxmField.ETH_DST, host),
            new Action.Output(port))));
        return Fragment.of(List.of(), flows);
    }

    private static Match.Builder sentBy(final Inet4Address address, final MacAddress mac, final long port) {
        return Match.builder().inPort(port).ethType(ETHERTYPE_ARP).exact(OxmField.ARP_SPA, FieldValue.of(address))
            .exact(OxmField.ARP_SHA, FieldValue.of(mac));
    }

    /** From its own segment only: whoever is elsewhere has no business with its hardware address. */
    private static Match arpFor(final Inet4Address address, final Segment segment) {
        return Match.builder().ethType(ETHERTYPE_ARP).exact(OxmField.ARP_TPA, FieldValue.of(address))
            .prefix(OxmField.ARP_SPA, segment.base(), segment.length()).build();
    }

    private static Match ipTo(final Inet4Address address) {
        return Match.builder().ethType(ETHERTYPE_IPV4).exact(OxmField.IPV4_DST, FieldValue.of(address)).build();
    }
}
