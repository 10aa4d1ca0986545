/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Group;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.trace.Packet;
import io.peregrine.topology.discovery.ProbeCodec;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packets go where they shall, also while changes are under way.
 */
class FabricForwardingTest {
    private static final int FLOWS = 8;

    /**
     * Two ways between two hosts.
     *
     * <pre>
     *   10.1.0.10 - s1 - s2 - s4 - 10.2.0.10
     *                 \ s3 /
     * </pre>
     */
    private static FabricNet diamond() {
        return new FabricNet().segment(1).segment(2)
            .cable("s1", "s2").cable("s1", "s3").cable("s2", "s4").cable("s3", "s4")
            .host("10.1.0.10", "s1").host("10.2.0.10", "s4");
    }

    @Test
    void aPacketReachesTheOtherSegmentOnceWithNewAddressesAndLessTtl() {
        final var net = diamond().settle();
        final var fate = net.send("10.1.0.10", "10.2.0.10", 1);
        assertEquals(List.of(net.portOf(FabricNet.address("10.2.0.10"))), fate.delivered());
        assertEquals(List.of(), fate.toController());
        assertEquals(61, fate.last().ttl());
        assertEquals(FieldValue.of(FabricNet.mac("10.2.0.10")), fate.last().get(OxmField.ETH_DST));
        assertEquals(FieldValue.of(FabricNet.GATEWAY), fate.last().get(OxmField.ETH_SRC));
    }

    @Test
    void hostsOfOneSwitchReachEachOther() {
        final var net = diamond().host("10.2.0.11", "s1").settle();
        final var fate = net.send("10.1.0.10", "10.2.0.11", 1);
        assertEquals(List.of(net.portOf(FabricNet.address("10.2.0.11"))), fate.delivered());
        assertEquals(63, fate.last().ttl());
    }

    @Test
    void waysOfEqualCostAreShared() {
        final var net = diamond().settle();
        final var group = wayGroup(net, "s1", "s4");
        assertEquals(Group.Type.SELECT, group.type());
        assertEquals(Set.of(net.port("s1", "s2", 0).port(), net.port("s1", "s3", 0).port()),
            new HashSet<>(group.buckets().stream().map(Group.Bucket::watchPort).toList()));
    }

    private static Group wayGroup(final FabricNet net, final String from, final String to) {
        return net.fragments(from).get("way:" + net.node(to).hex()).groups().values().iterator().next();
    }

    @Test
    void aPortThatIsDownIsLeftOutBeforeTheControllerKnows() {
        final var net = diamond().settle().pull("s1", "s2");
        for (int flow = 0; flow < FLOWS; flow++) {
            assertEquals(1, net.send("10.1.0.10", "10.2.0.10", flow).delivered().size(), "flow " + flow);
        }
    }

    /**
     * s1 reaches s2 directly; s3 is nearer to s2 than by way of s1, so s1 may send there at once.
     */
    @Test
    void aLoopFreeAlternateStandsBy() {
        final var net = new FabricNet().segment(1).segment(2).cable("s1", "s2").cable("s2", "s3").cable("s1", "s3")
            .host("10.1.0.10", "s1").host("10.2.0.10", "s2").settle();
        assertEquals(Group.Type.FAST_FAILOVER, wayGroup(net, "s1", "s2").type());
        net.pull("s1", "s2");
        assertEquals(1, net.send("10.1.0.10", "10.2.0.10", 1).delivered().size());
        net.settle();
        assertEquals(1, net.send("10.1.0.10", "10.2.0.10", 1).delivered().size());
    }

    @Test
    void theGatewayIsAnsweredWhereTheHostHangs() {
        final var net = diamond().settle();
        final var fate = net.ask("10.1.0.10", "10.1.0.1");
        assertEquals(List.of(net.portOf(FabricNet.address("10.1.0.10"))), fate.delivered());
        assertEquals(List.of(), fate.toController());
        assertEquals(FieldValue.of(2), fate.last().get(OxmField.ARP_OP));
        assertEquals(FieldValue.of(FabricNet.GATEWAY), fate.last().get(OxmField.ARP_SHA));
        assertEquals(FieldValue.of(FabricNet.address("10.1.0.1")), fate.last().get(OxmField.ARP_SPA));
        assertEquals(FieldValue.of(FabricNet.mac("10.1.0.10")), fate.last().get(OxmField.ETH_DST));
    }

    @Test
    void anotherSegmentsGatewayIsNotAnswered() {
        final var fate = diamond().settle().ask("10.1.0.10", "10.2.0.1");
        assertEquals(List.of(), fate.delivered());
    }

    @Test
    void arpForAHostOfTheSegmentElsewhereIsBroughtToIt() {
        final var net = diamond().host("10.1.0.11", "s4").settle();
        final var fate = net.ask("10.1.0.10", "10.1.0.11");
        assertEquals(List.of(net.portOf(FabricNet.address("10.1.0.11"))), fate.delivered());
        assertEquals(FieldValue.of(FabricNet.mac("10.1.0.11")), fate.last().get(OxmField.ETH_DST));
    }

    @Test
    void arpDoesNotCrossSegments() {
        final var net = diamond().host("10.2.0.11", "s1").settle();
        for (var other : List.of("10.2.0.10", "10.2.0.11")) {
            final var fate = net.ask("10.1.0.10", other);
            assertEquals(List.of(), fate.delivered());
            assertEquals(List.of(net.node("s1")), fate.toController());
        }
    }

    @Test
    void taggedFramesGoNowhere() {
        final var net = diamond().settle();
        final var packet = Packet.ethernet(FabricNet.mac("10.1.0.10"), FabricNet.GATEWAY, 0x0800)
            .with(OxmField.IPV4_DST, FieldValue.of(FabricNet.address("10.2.0.10")));
        final var at = net.portOf(FabricNet.address("10.1.0.10"));
        assertEquals(1, net.walk(at, packet).delivered().size());
        final var fate = net.walk(at, packet.with(OxmField.VLAN_VID, 0x1000 | 100));
        assertEquals(List.of(), fate.delivered());
        assertEquals(List.of(), fate.toController());
    }

    @Test
    void echoesAreSentBackToNeighboursOnly() {
        final var net = diamond().settle();
        final var echo = Packet.ethernet(FabricNet.mac("10.1.0.10"), ProbeCodec.TO_NEIGHBOUR, ProbeCodec.ECHO_TYPE);
        final var host = net.walk(net.portOf(FabricNet.address("10.1.0.10")), echo);
        assertEquals(List.of(), host.delivered());
        assertEquals(List.of(), host.toController());
        // s2 sends it back to s1, which brings it to the controller
        final var neighbour = net.walk(net.port("s2", "s1", 0), echo);
        assertEquals(List.of(), neighbour.delivered());
        assertEquals(List.of(net.node("s1")), neighbour.toController());
        assertEquals(FieldValue.of(ProbeCodec.ECHOED), neighbour.last().get(OxmField.ETH_DST));
    }

    @Test
    void whatIsUnknownGoesToTheController() {
        final var net = diamond().settle();
        assertEquals(List.of(net.node("s1")), net.send("10.1.0.10", "10.2.0.99", 1).toController());
        assertEquals(List.of(net.node("s1")), net.ask("10.1.0.10", "10.1.0.99").toController());
        assertEquals(List.of(), net.send("10.1.0.10", "172.16.0.1", 1).toController());
    }

    @Test
    void anUnknownSendersArpGoesToTheController() {
        final var net = diamond().settle();
        final var at = net.portOf(FabricNet.address("10.1.0.10"));
        net.noHost("10.1.0.10").settle();
        net.host("10.1.0.10", "s1");
        assertEquals(List.of(at.datapath()), net.ask("10.1.0.10", "10.1.0.1").toController());
    }

    @Test
    void aHostThatIsGoneLeavesNothing() {
        final var net = diamond().settle();
        net.noHost("10.2.0.10").settle();
        assertTrue(net.asDesired());
        assertTrue(net.fragments("s1").keySet().stream().noneMatch(name -> name.contains("10.2.0.10")
            || name.equals("way:" + net.node("s4").hex())), net.fragments("s1").keySet()::toString);
    }

    /** Whatever changes, and in whatever order switches confirm: what is connected before and after is so all along. */
    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
    void nothingLoopsDoublesOrEndsWhileChangesAreUnderWay(final long seed) {
        final var random = new Random(seed);
        final var net = new FabricNet();
        final int size = 5 + random.nextInt(4);
        final var cables = new ArrayList<String[]>();
        for (int i = 1; i < size; i++) {
            cables.add(new String[] { "s" + random.nextInt(i), "s" + i });
        }
        for (int i = 0; i < size; i++) {
            final int one = random.nextInt(size);
            final int other = random.nextInt(size);
            if (one != other) {
                cables.add(new String[] { "s" + one, "s" + other });
            }
        }
        cables.forEach(cable -> net.cable(cable[0], cable[1]));
        for (int i = 1; i <= 4; i++) {
            net.segment(i).host("10." + i + ".0.10", "s" + random.nextInt(size));
        }
        net.settle();
        for (int change = 0; change < 30; change++) {
            final var before = connections(net);
            final var moved = new HashSet<Inet4Address>();
            switch (random.nextInt(3)) {
                case 0 -> cables.forEach(cable -> {
                    if (random.nextInt(4) == 0) {
                        net.cost(cable[0], cable[1], 1 + random.nextInt(30))
                            .cost(cable[1], cable[0], 1 + random.nextInt(30));
                    }
                });
                case 1 -> {
                    final var address = "10." + (1 + random.nextInt(4)) + ".0.10";
                    moved.add(FabricNet.address(address));
                    net.host(address, "s" + random.nextInt(size));
                }
                default -> {
                    final var cable = cables.get(random.nextInt(cables.size()));
                    net.cost(cable[0], cable[1], 1000).cost(cable[1], cable[0], 1000);
                }
            }
            net.change();
            do {
                checkAll(net, before, moved);
                if (random.nextInt(6) == 0) {
                    final var cable = cables.get(random.nextInt(cables.size()));
                    net.cost(cable[0], cable[1], 1 + random.nextInt(30)).change();
                }
            } while (net.step(random.nextInt(100)));
            assertTrue(net.asDesired());
            moved.clear();
            checkAll(net, connections(net), moved);
        }
    }

    /** The same with cables that break: packets may end at the break, but nothing loops or doubles. */
    @ParameterizedTest
    @ValueSource(longs = { 21, 22, 23, 24, 25, 26 })
    void nothingLoopsWhileAFailureIsRepaired(final long seed) {
        final var random = new Random(seed);
        final var net = new FabricNet();
        final int size = 6;
        for (int i = 0; i < size; i++) {
            net.cable("s" + i, "s" + (i + 1) % size).cable("s" + i, "s" + (i + 2) % size);
        }
        for (int i = 1; i <= 4; i++) {
            net.segment(i).host("10." + i + ".0.10", "s" + random.nextInt(size));
        }
        net.settle();
        for (int change = 0; change < 20; change++) {
            final int one = random.nextInt(size);
            final var other = "s" + (one + 1 + random.nextInt(2)) % size;
            if (random.nextBoolean()) {
                net.pull("s" + one, other);
            } else {
                net.plug("s" + one, other);
            }
            net.change();
            do {
                for (var from : net.hosts()) {
                    for (var to : net.hosts()) {
                        assertTrue(net.send(from, to, random.nextInt(100)).delivered().size() <= 1);
                    }
                }
            } while (net.step(random.nextInt(100)));
            checkAll(net, connections(net), Set.of());
        }
    }

    private static Set<List<Inet4Address>> connections(final FabricNet net) {
        final var result = new HashSet<List<Inet4Address>>();
        for (var from : net.hosts()) {
            for (var to : net.hosts()) {
                if (!from.equals(to) && net.connected(from, to)) {
                    result.add(List.of(from, to));
                }
            }
        }
        return result;
    }

    private static void checkAll(final FabricNet net, final Set<List<Inet4Address>> before,
            final Set<Inet4Address> moved) {
        for (var pair : before) {
            final var from = pair.get(0);
            final var to = pair.get(1);
            if (net.connected(from, to)) {
                for (int flow = 0; flow < FLOWS; flow++) {
                    final var fate = net.send(from, to, flow);
                    assertEquals(List.of(), fate.toController(), () -> from + " to " + to);
                    assertEquals(1, fate.delivered().size(), () -> from + " to " + to);
                    if (!moved.contains(to)) {
                        assertEquals(net.portOf(to), fate.delivered().get(0));
                    }
                }
            }
        }
    }
}
