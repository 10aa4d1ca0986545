/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.Action;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.trace.Packet;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestProbes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where probes of guest {@code vm} and its answers end up, walked through the tables of every edge while it moves.
 */
class ProbesTest {
    private static final String ID = FakeSites.port("vm");
    private static final List<String> VM = List.of(ID);
    private static final int SESSION = 77;

    private FakeSites sites;

    @BeforeEach
    void before() {
        sites = new FakeSites(4);
        sites.guest("vm", "hv1");
        sites.guest("atSource", "hv1");
        sites.guest("atDestination", "hv2");
        sites.guest("third", "hv3");
        sites.addresses("vm", "2001:db8::5", "192.0.2.5");
        sites.tap("vm", "hv2");
    }

    private String begin() {
        final var point = sites.overlay.probe(ID, SESSION);
        assertTrue(point.confirmed().isDone());
        return point.edge();
    }

    private static MacAddress probe(final int session) {
        return new ProbeAddress(session, 9).mac();
    }

    private List<String> ask(final String edge) {
        return sites.send(edge, Action.CONTROLLER,
            Packet.ethernet(probe(SESSION), sites.mac("vm"), 0x0806).with(OxmField.ARP_OP, 1));
    }

    private Packet answer(final int session) {
        return Packet.ethernet(sites.mac("vm"), probe(session), 0x0806).with(OxmField.ARP_OP, 2);
    }

    private List<String> answer(final String place) {
        return sites.send(place, sites.tapPort("vm", place), answer(SESSION));
    }

    /** The controller hears the guest's first frames at a new place, answers among them. */
    private static List<String> heard(final String... edges) {
        return Stream.of(edges).map(edge -> edge + "/controller").sorted().toList();
    }

    @Test
    void aReactiveMoveIsProbedLikeAnyStationSendsAndAnswersComeBackOnce() {
        sites.overlay.prepare(VM, "hv2");
        final var edge = begin();
        assertEquals(FakeSites.BORDER, edge);
        assertEquals(List.of("hv1/tap-vm"), ask(edge), "the gate is closed");
        assertEquals(heard(edge), answer("hv1"));
        sites.overlay.open(VM, "hv2");
        assertEquals(List.of("hv1/tap-vm", "hv2/tap-vm"), ask(edge), "of which the guest runs at one");
        assertEquals(heard(edge), answer("hv1"));
        assertEquals(heard(edge, "hv2"), answer("hv2"));
        sites.overlay.commit(VM, "hv2");
        assertEquals(List.of("hv2/tap-vm"), ask(edge));
        assertEquals(heard(edge), answer("hv2"));
        sites.overlay.detach(VM, "hv1");
        sites.untap("vm", "hv1");
        assertEquals(List.of("hv2/tap-vm"), ask(edge));
        assertEquals(heard(edge), answer("hv2"));
    }

    @Test
    void aPredictiveMoveIsProbedToTheOnePlaceThatFramesGoTo() {
        sites.overlay.makeReady(VM, "hv2");
        final var edge = begin();
        assertEquals(List.of("hv1/tap-vm"), ask(edge));
        sites.overlay.turnTo(VM, "hv2");
        assertEquals(List.of("hv2/tap-vm"), ask(edge));
        assertEquals(heard(edge), answer("hv1"), "what it was asked before, or is asked behind that");
        sites.overlay.turnTo(VM, "hv1");
        assertEquals(List.of("hv1/tap-vm"), ask(edge));
        assertEquals(heard(edge, "hv2"), answer("hv2"));
        // given up, and begun anew
        sites.overlay.detach(VM, "hv2");
        assertEquals(List.of(), answer("hv2"));
        sites.overlay.makeReady(VM, "hv2");
        assertEquals(heard(edge, "hv2"), answer("hv2"));
    }

    @Test
    void aPortIsAttachedWhereItHasATap() {
        sites.overlay.makeReady(VM, "hv2");
        sites.overlay.turnTo(VM, "hv2");
        for (final var place : List.of("hv1", "hv2")) {
            final var port = sites.overlay.switchPort(ID, place).orElseThrow();
            assertEquals(sites.datapath(place), port.datapath());
            assertEquals(sites.tapPort("vm", place), port.number());
        }
        sites.untap("vm", "hv1");
        for (final var place : List.of("hv1", "hv3", "nowhere")) {
            assertEquals(Optional.empty(), sites.overlay.switchPort(ID, place));
        }
        assertEquals(Optional.empty(), sites.overlay.switchPort("nobody", "hv2"));
    }

    @Test
    void withoutAThirdEdgeTheSourceProbesAndStaysAMemberUntilTheEnd() {
        sites.overlay.withdraw(List.of(FakeSites.port("atSource")));
        sites.overlay.prepare(VM, "hv2");
        List.of(FakeSites.BORDER, "hv3", "hv4").forEach(sites::beginSession);
        assertEquals("hv1", begin());
        assertEquals(List.of("hv1/tap-vm"), ask("hv1"));
        assertEquals(heard("hv1"), answer("hv1"));
        sites.overlay.open(VM, "hv2");
        assertEquals(List.of("hv1/tap-vm", "hv2/tap-vm"), ask("hv1"));
        assertEquals(heard("hv1", "hv2"), answer("hv2"));
        sites.overlay.commit(VM, "hv2");
        sites.overlay.detach(VM, "hv1");
        sites.untap("vm", "hv1");
        assertEquals(List.of("hv2/tap-vm"), ask("hv1"));
        assertEquals(heard("hv1"), answer("hv2"));
        sites.overlay.endProbes(ID, SESSION);
        assertEquals(Set.of("base"), sites.programs.get("hv1").keySet());
    }

    @Test
    void anEdgeThatMissesTheMoveProbesTheWayItsFramesGo() {
        sites.overlay.makeReady(VM, "hv2");
        sites.beginSession(FakeSites.BORDER);
        final var edge = begin();
        assertEquals("hv3", edge);
        sites.disconnect(edge);
        sites.overlay.turnTo(VM, "hv2");
        sites.overlay.commit(VM, "hv2");
        assertEquals(List.of("hv2/tap-vm"), ask(edge), "sent on");
        assertEquals(heard(edge), answer("hv2"));
        sites.reconnect(edge);
        assertEquals(List.of("hv2/tap-vm"), ask(edge));
    }

    @Test
    void nobodyElseReachesTheControllerByAProbesAddress() {
        sites.overlay.prepare(VM, "hv2");
        final var edge = begin();
        final long tap = sites.tapPort("vm", "hv1");
        final var ofVm = answer(SESSION);
        assertEquals(List.of(), sites.send("hv1", tap, ofVm.with(OxmField.ARP_OP, 1)), "a request");
        assertEquals(List.of(), sites.send("hv1", tap, FakeSites.frame(sites.mac("vm"), probe(SESSION))));
        assertEquals(List.of(), sites.send("hv1", tap, answer(SESSION + 1)), "of a session that is not");
        assertEquals(List.of(), sites.send("hv1", sites.tapPort("atSource", "hv1"), ofVm), "a forged source");
        final var ofOther = Packet.ethernet(sites.mac("atSource"), probe(SESSION), 0x0806).with(OxmField.ARP_OP, 2);
        assertEquals(List.of(), sites.send("hv1", sites.tapPort("atSource", "hv1"), ofOther));
        assertEquals(List.of(), sites.send(edge, FakeSites.BORDER_PORT, ofVm), "from outside");
        assertEquals(List.of(), sites.send(edge, FakeSites.BORDER_PORT, ofOther), "from outside");
        final var asked = Packet.ethernet(probe(SESSION), sites.mac("vm"), 0x0806).with(OxmField.ARP_OP, 1);
        assertEquals(List.of(), sites.send("hv1", tap, asked), "a guest with a probe's address");
        assertEquals(List.of(), sites.send("hv1", Action.CONTROLLER, asked), "where probes do not begin");
    }

    @Test
    void whatComesLateIsDroppedAndNothingIsLeft() {
        sites.overlay.prepare(VM, "hv2");
        sites.overlay.open(VM, "hv2");
        final var before = sites.programs();
        final var edge = begin();
        sites.overlay.endProbes(ID, SESSION);
        assertEquals(before, sites.programs());
        assertEquals(List.of(), ask(edge));
        assertEquals(List.of(), answer("hv1"));
        assertEquals(heard("hv2"), answer("hv2"), "as a first frame");
        sites.overlay.endProbes(ID, SESSION);
        assertEquals(before, sites.programs());
    }

    /** An edge that is not told of the end at the same time does not flood what comes to it. */
    @Test
    void answersThatFindNobodyAreDroppedWhereProbesBegan() {
        sites.overlay.prepare(VM, "hv2");
        final var edge = begin();
        final var probed = sites.programs();
        sites.overlay.endProbes(ID, SESSION);
        sites.programs.put("hv1", probed.get("hv1"));
        assertEquals(List.of(), answer("hv1"));
        assertTrue(sites.programs.get("hv1").keySet().stream().anyMatch(name -> name.startsWith("probes:")));
        assertEquals(FakeSites.BORDER, edge);
    }

    @Test
    void allOfItIsALease() {
        sites.overlay.prepare(VM, "hv2");
        begin();
        int count = 0;
        for (var program : sites.programs.values()) {
            for (var fragment : program.entrySet()) {
                if (fragment.getKey().startsWith("probes:")) {
                    assertTrue(fragment.getValue().groups().isEmpty());
                    fragment.getValue().flows().values().forEach(flow ->
                        assertEquals(GuestProbes.LEASE_SECONDS, flow.hardTimeout()));
                    count += fragment.getValue().flows().size();
                }
            }
        }
        assertEquals(5, count, "three where probes begin, one at each place");
        assertTrue(sites.overlay.renewProbes(ID, SESSION).isDone());
        assertEquals(Set.of("border", "hv1", "hv2"), sites.renewed);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMoveChangesWhatItChangesProbedOrNot(final boolean turning) {
        assertEquals(changes(false, turning), changes(true, turning));
    }

    private Map<String, Integer> changes(final boolean probed, final boolean turning) {
        before();
        final var total = new HashMap<String, Integer>();
        final var steps = new ArrayList<Map<String, Integer>>();
        steps.add((turning ? sites.overlay.makeReady(VM, "hv2") : sites.overlay.prepare(VM, "hv2")).join());
        if (probed) {
            begin();
        }
        steps.add((turning ? sites.overlay.turnTo(VM, "hv2") : sites.overlay.open(VM, "hv2")).join());
        steps.add(sites.overlay.commit(VM, "hv2").join());
        steps.add(sites.overlay.detach(VM, "hv1").join());
        steps.forEach(step -> step.forEach((edge, count) -> total.merge(edge, count, Integer::sum)));
        return total;
    }

    @Test
    void sessionsDoNotMeet() {
        sites.overlay.declare(new GuestPort("if-red", sites.mac("red"), Optional.of("red"), "red"));
        sites.tap("red", "hv1");
        sites.overlay.attach(List.of("if-red"), "hv1");
        sites.tap("red", "hv2");
        sites.overlay.prepare(VM, "hv2");
        begin();
        assertEquals(FakeSites.BORDER, sites.overlay.probe(ID, SESSION + 1).edge());
        assertEquals(heard("border"), sites.send("hv1", sites.tapPort("vm", "hv1"), answer(SESSION + 1)));
        assertEquals(List.of(), sites.send("hv1", sites.tapPort("red", "hv1"), Packet.ethernet(sites.mac("red"),
            probe(SESSION), 0x0806).with(OxmField.ARP_OP, 2)), "from another network");
        sites.overlay.endProbes(ID, SESSION + 1);
        assertEquals(heard("border"), answer("hv1"));
    }

    @Test
    void aGuestWithIpv6OnlyIsAskedToo() {
        sites.addresses("vm", "2001:db8::5");
        sites.overlay.prepare(VM, "hv2");
        final var edge = begin();
        final var solicitation = Packet.ethernet(probe(SESSION), sites.mac("vm"), 0x86DD)
            .with(OxmField.IP_PROTO, 58).with(OxmField.ICMPV6_TYPE, 135);
        assertEquals(List.of("hv1/tap-vm"), sites.send(edge, Action.CONTROLLER, solicitation));
        final var advertisement = Packet.ethernet(sites.mac("vm"), probe(SESSION), 0x86DD)
            .with(OxmField.IP_PROTO, 58).with(OxmField.ICMPV6_TYPE, 136);
        assertEquals(heard(edge), sites.send("hv1", sites.tapPort("vm", "hv1"), advertisement));
        assertEquals(List.of(), answer("hv1"), "ARP");
    }

    @Test
    void saysWhyAGuestCannotBeProbed() {
        assertRefused("it is not served", "nobody");
        assertRefused("no address of it is known", FakeSites.port("third"));
        List.of(FakeSites.BORDER, "hv1", "hv2", "hv3", "hv4").forEach(sites::disconnect);
        assertRefused("no edge of network 'blue' can probe it", ID);
        sites.beginSession("hv3");
        assertRefused("no edge of network 'blue' can probe it", ID);
        sites.reconnect("hv3");
        assertEquals("hv3", sites.overlay.probe(ID, SESSION).edge());
    }

    private void assertRefused(final String why, final String id) {
        final var programs = sites.programs();
        assertEquals(why, assertThrows(IllegalStateException.class,
            () -> sites.overlay.probe(id, SESSION)).getMessage());
        assertEquals(programs, sites.programs());
    }

    @Test
    void aGuestThatEndsOrLosesItsNetworkLeavesNothing() {
        List.of(FakeSites.BORDER, "hv3").forEach(sites::disconnect);
        sites.overlay.withdraw(List.of(FakeSites.port("atSource")));
        assertEquals("hv2", begin(), "which has a member of the network");
        sites.overlay.withdraw(VM);
        assertEquals(Set.of("base"), sites.programs.get("hv1").keySet());
        sites.overlay.endProbes(ID, SESSION);
    }

    /** Whatever steps a move takes, a probe goes where a frame goes, and an answer comes back once. */
    @Test
    void probesFollowFramesHoweverTheGuestMoves() {
        for (int seed = 0; seed < 200; seed++) {
            final var random = new Random(seed);
            before();
            sites.overlay.makeReady(VM, "hv2");
            final var edge = begin();
            for (int step = 0; step < 12; step++) {
                final var place = random.nextBoolean() ? "hv1" : "hv2";
                switch (random.nextInt(6)) {
                    case 0 -> sites.overlay.prepare(VM, place);
                    case 1 -> sites.overlay.makeReady(VM, place);
                    case 2 -> sites.overlay.turnTo(VM, place);
                    case 3 -> sites.overlay.open(VM, place);
                    case 4 -> sites.overlay.commit(VM, place);
                    default -> sites.overlay.attach(VM, place);
                }
                final var where = "seed " + seed + " step " + step;
                assertEquals(sites.fromOutside(sites.mac("vm")), ask(edge), where);
                for (var at : sites.overlay.placement(ID).orElseThrow().attachments().keySet()) {
                    assertEquals(1, answer(at).stream().filter(heard(edge)::contains).count(), where);
                    assertTrue(Set.of(edge + "/controller", at + "/controller").containsAll(answer(at)), where);
                }
            }
        }
    }
}
