/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.Match;
import io.peregrine.flow.Packets.Reason;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.topology.discovery.LinkState;
import io.peregrine.topology.hosts.ArpPacket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the fabric's controller promises, on a network on paper.
 */
class FabricControllerTest {
    private static final String A = "10.1.0.10";
    private static final String B = "10.2.0.10";
    private static final DatapathId ONE = new DatapathId(1);
    private static final Set<LinkState> UP = Set.of(LinkState.UP);
    private static final Set<LinkState> UNCONFIRMED = Set.of(LinkState.UNCONFIRMED);

    /** Three switches in a ring, port 1 to the next and port 2 to the one before; hosts at switches 1 and 2. */
    private static SimulatedFabric ring() {
        return new SimulatedFabric().wire("1:1--2:2", "2:1--3:2", "3:1--1:2").host(A, "1:9").host(B, "2:9");
    }

    /** What every switch of the ring has. */
    private static Map<Long, Map<String, Fragment>> has(final SimulatedFabric net) {
        final var result = new HashMap<Long, Map<String, Fragment>>();
        net.wanted.forEach(datapath -> result.put(datapath.bits(), net.has(datapath.bits())));
        return result;
    }

    @Test
    void linksAndHostsAreFoundAndFlowsFollow() {
        final var net = ring();
        net.tellIntent();
        net.connectAll();
        net.pass(100);
        assertEquals(Set.of("1:1->2:2", "2:2->1:1", "2:1->3:2", "3:2->2:1", "3:1->1:2", "1:2->3:1"), net.links(UP));
        assertEquals(Set.of(new DatapathId(1), new DatapathId(2), new DatapathId(3)), net.askedForExpired);
        assertEquals("controller", net.walk(A, B));

        net.announce(A);
        net.announce(B);
        net.pass(100);
        assertEquals(Set.of(A + " 1:9", B + " 2:9"), net.hosts());
        assertEquals("2:9", net.walk(A, B));
        assertEquals("1:9", net.walk(B, A));
        assertEquals(List.of(1L, 2L), net.way(1, 2));
    }

    @Test
    void nothingIsDoneBeforeIntentIsKnown() {
        final var net = ring();
        net.connectAll();
        net.pass(10_000);
        assertEquals(List.of(), net.changes);
        assertEquals(List.of(), net.sent);
    }

    @Test
    void aPortThatIsDownIsRoutedAroundAtOnce() {
        final var net = ring().up();
        net.setUp("1:1", false);
        assertEquals(List.of(2L), net.way(1, 2));
        assertEquals(List.of(1L), net.way(2, 1));
        assertEquals("2:9", net.walk(A, B));
        assertEquals("1:9", net.walk(B, A));

        net.setUp("1:1", true);
        net.pass(500);
        assertEquals(List.of(1L, 2L), net.way(1, 2));
    }

    @Test
    void aLinkThatFlapsIsUsedOnlyWhereNoOtherLeads() {
        final var net = ring().up();
        for (int i = 0; i < 6; i++) {
            net.setUp("1:1", false);
            net.pass(400);
            net.setUp("1:1", true);
            net.pass(400);
        }
        assertEquals(Set.of("1:1->2:2", "2:2->1:1"), net.links(Set.of(LinkState.DAMPED)));
        assertEquals(2, net.way(1, 2).get(0));
        net.setUp("1:2", false);
        net.pass(100);
        assertEquals("2:9", net.walk(A, B));
        assertEquals("1:9", net.walk(B, A));
        net.setUp("1:2", true);
        net.pass(60_000);
        assertEquals(1, net.way(1, 2).get(0));
        assertEquals(6, net.links(UP).size());
    }

    @Test
    void aSilentLinkIsRoutedAroundWithinASecond() {
        final var net = ring().up();
        net.cut("1:1--2:2");
        net.pass(1000);
        assertEquals(Set.of("2:1->3:2", "3:2->2:1", "3:1->1:2", "1:2->3:1"), net.links());
        assertEquals(List.of(2L), net.way(1, 2));
        assertEquals("2:9", net.walk(A, B));
    }

    @Test
    void aSwitchThatIsAwayKeepsItsLinksAndHosts() {
        final var net = ring().up();
        net.pass(5000);
        final var before = has(net);
        net.changes.clear();
        net.disconnect(2);
        net.pass(60_000);
        assertEquals(Set.of("1:1->2:2", "2:2->1:1", "2:1->3:2", "3:2->2:1"), net.links(UNCONFIRMED));
        assertEquals(Set.of("3:1->1:2", "1:2->3:1"), net.links(UP));
        assertEquals(Set.of(A + " 1:9", B + " 2:9"), net.hosts());

        net.connect(2);
        net.pass(60_000);
        assertEquals(6, net.links(UP).size());
        assertEquals(Set.of(A + " 1:9", B + " 2:9"), net.hosts());
        assertEquals(before, has(net));
        assertEquals(List.of(), net.changes);
    }

    @Test
    void aSwitchThatFailsIsGoneRoundAtOnce() {
        final var net = ring().host("10.3.0.10", "3:9").up();
        net.announce("10.3.0.10");
        net.pass(5000);
        assertEquals(List.of(1L, 2L), net.way(1, 2));
        net.dead.add(new DatapathId(2));
        net.disconnect(2);
        net.pass(600);
        assertEquals(Set.of("3:1->1:2", "1:2->3:1"), net.links());
        assertEquals("3:9", net.walk(A, "10.3.0.10"));
        assertEquals(List.of(), net.way(1, 2));
        net.dead.clear();
        net.connect(2);
        net.pass(1000);
        assertEquals(6, net.links(UP).size());
        assertEquals("2:9", net.walk(A, B));
    }

    @Test
    void whatWentWhileASwitchWasAwayGoesWhenItIsBack() {
        final var net = ring().up();
        net.disconnect(2);
        net.removePort("2:2");
        net.unhost(B);
        net.pass(100);
        assertEquals(6, net.links().size());
        net.connect(2);
        assertEquals(Set.of("2:1->3:2", "3:2->2:1", "3:1->1:2", "1:2->3:1"), net.links());
        assertEquals(List.of(2L), net.way(1, 2));
        net.pass(15_000);
        assertEquals(Set.of(A + " 1:9"), net.hosts());
        assertFalse(net.has(1).containsKey("host:" + B));
    }

    @Test
    void aRestartChangesNothing() {
        final var net = ring();
        // Neither what intent says of a cost nor a speed is known while the switch is away
        net.saidCosts.put(ONE, Map.of("p1", 50));
        net.saidCosts.put(new DatapathId(2), Map.of("p2", 50));
        net.up();
        net.pass(10_000);
        final var before = has(net);
        assertEquals(List.of(2L, 1L), net.way(1, 2));

        net.restart();
        net.tellIntent();
        for (var datapath : net.wanted) {
            net.connect(datapath.bits());
            net.pass(7000);
        }
        net.pass(60_000);
        assertEquals(List.of(), net.changes);
        assertEquals(before, has(net));
        assertEquals(6, net.links(UP).size());
        assertEquals(net.wanted, net.complete);
    }

    @Test
    void aRestartChangesNothingIfIntentComesLast() {
        final var net = ring().host("10.3.0.10", "3:9").up();
        net.setUp("3:9", false);
        net.pass(1000);
        final var before = has(net);
        net.restart();
        net.connectAll();
        net.pass(1000);
        net.tellIntent();
        net.pass(1000);
        assertEquals(List.of(), net.changes);
        assertEquals(before, has(net));
    }

    @Test
    void nothingIsDeletedBeforeTheWarmUp() {
        final var net = ring();
        final var left = Fragment.of(List.of(), List.of(new Flow(0, 1, Match.ANY, Instructions.DROP)));
        net.has(1, "left", left);
        net.tellIntent();
        net.connectAll();
        net.pass(2000);
        // A session that ended in between counts for nothing
        net.disconnect(1);
        net.connect(1);
        net.pass(2900);
        assertEquals(left, net.has(1).get("left"));
        assertFalse(net.complete.contains(ONE));
        net.pass(200);
        assertTrue(net.complete.contains(ONE));
        assertFalse(net.has(1).containsKey("left"));
    }

    @Test
    void aSwitchThatIsNotWantedAnyMoreIsLeftEmptyAndFree() {
        final var net = ring().up();
        net.wanted.remove(new DatapathId(3));
        net.tellIntent();
        assertEquals(Map.of(), net.has(3));
        assertFalse(net.isOwned(3));
        assertEquals(Set.of("1:1->2:2", "2:2->1:1"), net.links());
        net.pass(100);
        assertEquals(List.of(1L), net.way(1, 2));

        net.wanted.add(new DatapathId(3));
        net.tellIntent();
        net.pass(1000);
        assertEquals(6, net.links(UP).size());
        assertEquals(List.of(1L, 2L), net.way(1, 2));
    }

    @Test
    void allSwitchesMayLeaveAtOnce() {
        final var net = ring().up();
        net.pass(10_000);
        net.wanted.clear();
        net.tellIntent();
        assertEquals(Map.of(), net.has(1));
        assertEquals(Map.of(), net.has(2));
        assertEquals(Set.of(), net.hosts());
        assertEquals(Map.of(), net.controller.view().switches());
    }

    @Test
    void aSwitchOfSomebodyElseIsReportedAndTakenWhenItIsFree() {
        final var net = ring();
        net.occupy(2);
        net.up();
        net.pass(10_000);
        assertEquals(List.of("switch 0000000000000002 is run by somebody else: take it out of the fabric, or the edge "
            + "out of intent"), net.controller.view().switches().get(new DatapathId(2)).problems());
        assertEquals(Map.of(), net.has(2));
        assertEquals(Set.of("3:1->1:2", "1:2->3:1"), net.links());

        net.free(2);
        assertEquals(List.of(), net.controller.view().switches().get(new DatapathId(2)).problems());
        assertEquals(SwitchProgram.State.IN_SYNC, net.controller.view().switches().get(new DatapathId(2)).state());
        net.announce(B);
        net.pass(500);
        assertEquals("2:9", net.walk(A, B));
        assertFalse(net.complete.contains(new DatapathId(2)));
        net.pass(3000);
        assertTrue(net.complete.contains(new DatapathId(2)));
    }

    @Test
    void aSwitchThatTheInventoryLacksIsReported() {
        final var net = ring().up();
        net.unlist(2);
        net.pass(4_000);
        assertEquals(List.of(), net.controller.view().switches().get(new DatapathId(2)).problems());
        net.pass(10_000);
        final var problems = net.controller.view().switches().get(new DatapathId(2)).problems();
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).contains("inventory lacks it"), problems.get(0));
        net.connect(2);
        net.pass(6_000);
        assertEquals(List.of(), net.controller.view().switches().get(new DatapathId(2)).problems());
    }

    @Test
    void aSessionThatTheInventoryStillHasCostsNoLink() {
        final var net = ring().up();
        net.pass(10_000);
        final var links = net.links();
        assertEquals(6, links.size());
        net.loseSession(2);
        net.pass(5000);
        assertEquals(links, net.links());
        net.connect(2);
        net.pass(5000);
        assertEquals(links, net.links(UP));
    }

    @Test
    void aPortForHostsOnlyHasNoLinkAndSendsNoProbe() {
        final var net = ring();
        net.hostsOnly.put(ONE, Set.of("p1"));
        net.up();
        net.pass(10_000);
        assertEquals(Set.of("2:1->3:2", "3:2->2:1", "3:1->1:2", "1:2->3:1"), net.links());
        assertEquals(0, net.probes("1:1"));
        net.probeInterval = Duration.ofMillis(200);
        net.tellIntent();
        net.disconnect(1);
        net.connect(1);
        net.setUp("1:1", false);
        net.setUp("1:1", true);
        assertEquals(0, net.probes("1:1"));

        net.hostsOnly.clear();
        net.tellIntent();
        net.pass(1000);
        assertEquals(6, net.links(UP).size());
        net.hostsOnly.put(ONE, Set.of("p1"));
        net.tellIntent();
        assertEquals(4, net.links().size());
        assertEquals("2:9", net.walk(A, B));
    }

    @Test
    void aPortThatHasHadAHostForAWhileHasNoLink() {
        final var net = ring().up();
        net.pass(3500);
        net.sent.clear();
        net.pass(3000);
        // One in ten
        assertEquals(10, net.probes("1:1"));
        assertTrue(net.probes("1:9") <= 1 + 5);
        net.sent.clear();
        net.pass(3000);
        assertEquals(1, net.probes("1:9"));

        net.wire("1:9--3:9");
        net.connect(3);
        net.pass(2000);
        assertEquals(6, net.links().size());
    }

    @Test
    void aHostThatIsSeenOnALinkDoesNotPreventIt() {
        final var net = new SimulatedFabric().wire("1:1--2:2").host(A, "1:9").host(B, "2:9");
        net.tellIntent();
        net.connect(1);
        net.announce(A);
        net.pass(4500);
        // Passed on by a switch that is not connected yet
        net.arp(SimulatedFabric.port("1:1"), ArpPacket.request(SimulatedFabric.mac(B), SimulatedFabric.address(B),
            SimulatedFabric.address(B)));
        assertEquals(Set.of(A + " 1:9", B + " 1:1"), net.hosts());
        net.pass(1000);
        net.connect(2);
        net.pass(1000);
        assertEquals(Set.of("1:1->2:2", "2:2->1:1"), net.links(UP));
        net.announce(B);
        net.pass(100);
        assertEquals(Set.of(A + " 1:9", B + " 2:9"), net.hosts());
        assertEquals("2:9", net.walk(A, B));
    }

    @Test
    void anotherProbeIntervalChangesNoLink() {
        final var net = ring().up();
        net.pass(5000);
        net.changes.clear();
        net.probeInterval = Duration.ofMillis(1000);
        net.tellIntent();
        assertEquals(6, net.links().size());
        net.pass(10_000);
        assertEquals(6, net.links(UP).size());
        assertEquals(List.of(), net.changes);
        net.sent.clear();
        net.pass(10_000);
        assertEquals(10, net.probes("1:1"));
    }

    @ParameterizedTest
    @CsvSource({", 10", "0, 10", "10000000, 10", "100000000, 1", "400000000, 1", "1000000, 100", "1, 65535"})
    void costFollowsFromSpeed(final Long speed, final int cost) {
        final var net = new SimulatedFabric().wire("1:1--2:2");
        net.addPort("1:1", speed == null ? OptionalLong.empty() : OptionalLong.of(speed));
        net.up();
        assertEquals(Map.of("0000000000000001:1", cost, "0000000000000002:2", 10), costs(net));
    }

    private static Map<String, Integer> costs(final SimulatedFabric net) {
        final var result = new HashMap<String, Integer>();
        net.controller.view().costs().forEach((link, cost) -> result.put(link.from().toString(), cost));
        return result;
    }

    @Test
    void costThatIsSaidCounts() {
        final var net = ring().up();
        net.saidCosts.put(ONE, Map.of("p1", 30));
        net.tellIntent();
        assertEquals(30, costs(net).get("0000000000000001:1"));
        assertEquals(List.of(2L), net.way(1, 2).subList(0, 1));
        assertEquals(List.of(2L), net.way(2, 1).subList(0, 1));
    }

    @Test
    void aSwitchThatDoesNotConfirmDoesNotHoldUpOthersForLong() {
        final var net = ring();
        net.setMute(2, true);
        net.up();
        net.pass(3000);
        assertEquals("2:9", net.walk(A, B));
        assertEquals("1:9", net.walk(B, A));
    }

    @Test
    void aHostThatHasSaidNothingIsFoundWhenItIsWanted() {
        final var net = ring();
        net.tellIntent();
        net.connectAll();
        net.announce(A);
        net.pass(1000);
        assertEquals("controller", net.walk(A, B));
        net.receive(SimulatedFabric.port("1:9"), Reason.ACTION,
            IcmpPackets.echo(SimulatedFabric.mac(A), SimulatedFabric.GATEWAY_MAC, A, B, 64));
        net.pass(100);
        assertEquals("2:9", net.walk(A, B));
    }

    @Test
    void aHostThatIsExpectedIsFound() {
        final var net = ring();
        net.tellIntent();
        net.connectAll();
        net.pass(1000);
        net.controller.expect(Set.of(SimulatedFabric.address(B)));
        net.pass(100);
        assertEquals(Set.of(B + " 2:9"), net.hosts());
    }

    @Test
    void aGatewayAnswersAnEcho() {
        final var net = ring().up();
        net.sent.clear();
        net.receive(SimulatedFabric.port("1:9"), Reason.ACTION,
            IcmpPackets.echo(SimulatedFabric.mac(A), SimulatedFabric.GATEWAY_MAC, A, "10.2.0.1", 64));
        assertEquals(1, net.sent.size());
        assertEquals(SimulatedFabric.port("1:9"), net.sent.get(0).port());
        assertEquals(Frames.IPV4, Frames.etherType(net.sent.get(0).frame()));
    }

    @Test
    void aPacketOfASwitchThatIsNotOursIsPassedOver() {
        final var net = ring().up();
        net.sent.clear();
        net.arp(SimulatedFabric.port("7:1"), ArpPacket.request(SimulatedFabric.mac(A), SimulatedFabric.address(A),
            SimulatedFabric.address("10.1.0.1")));
        net.receive(SimulatedFabric.port("1:9"), Reason.ACTION, new byte[3]);
        assertEquals(List.of(), net.sent);
        assertEquals(Set.of(A + " 1:9", B + " 2:9"), net.hosts());
    }

    @Test
    void closingLeavesSwitchesAsTheyAre() {
        final var net = ring().up();
        final var before = has(net);
        net.controller.close();
        assertFalse(net.isOwned(1));
        assertFalse(net.isOwned(2));
        assertEquals(before, has(net));
        assertNotEquals(Map.of(), before.get(1L));
    }
}
