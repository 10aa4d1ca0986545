/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Sets;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.trace.Packet;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.Placement;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where copies of a frame end up, walked through the tables of every edge: each sender's place, unicast and broadcast,
 * before, during and after a move of guest {@code vm} from hv1 to hv2.
 */
class ForwardingTest {
    private static final Packet LLDP = Packet.ethernet(MacAddress.parse("52:54:00:00:00:01"),
        MacAddress.parse("01:80:c2:00:00:0e"), 0x88CC);
    private static final List<MacAddress> GROUPS = List.of(MacAddress.BROADCAST,
        MacAddress.parse("01:00:5e:4d:4d:4d"), MacAddress.parse("33:33:00:00:00:fb"));
    /** Guests that do not move, with their place. */
    private static final Map<String, String> NEIGHBOURS = Map.of("atSource", "hv1", "atDestination", "hv2",
        "third", "hv3");
    private static final List<String> VM = List.of(FakeSites.port("vm"));

    /**
     * The moments of a move, and where frames for the guest reach its tap then; from the stop to the end it stands
     * still at hv1.
     */
    private enum Moment {
        BEFORE(List.of("hv1/tap-vm")),
        DESTINATION_CLOSED(List.of("hv1/tap-vm")),
        PREPARED(List.of("hv1/tap-vm")),
        OPEN(List.of("hv1/tap-vm", "hv2/tap-vm")),
        COMMITTED(List.of("hv2/tap-vm")),
        DONE(List.of("hv2/tap-vm")),
        ROLLED_BACK(List.of("hv1/tap-vm")),
        READY(List.of("hv1/tap-vm")),
        TURNED(List.of("hv2/tap-vm"), List.of("hv1/tap-vm")),
        TURNED_AND_STOPPED(List.of("hv2/tap-vm"), List.of("hv1/tap-vm")),
        TURNED_AND_OPEN(List.of("hv2/tap-vm"), List.of("hv1/tap-vm", "hv2/tap-vm")),
        TURNED_BACK(List.of("hv1/tap-vm")),
        TURNED_AND_COMMITTED(List.of("hv2/tap-vm")),
        TURNED_AND_ROLLED_BACK(List.of("hv1/tap-vm"));

        private final List<String> taps;
        /** Where frames for all reach it. */
        private final List<String> groupTaps;

        Moment(final List<String> taps) {
            this(taps, taps);
        }

        Moment(final List<String> taps, final List<String> groupTaps) {
            this.taps = taps;
            this.groupTaps = groupTaps;
        }
    }

    private FakeSites sites;

    @BeforeEach
    void before() {
        sites = new FakeSites(4);
        sites.guest("vm", "hv1");
        sites.guest("atSource", "hv1");
        sites.guest("atDestination", "hv2");
        sites.guest("third", "hv3");
    }

    private void reach(final Moment moment) {
        if (moment == Moment.BEFORE) {
            return;
        }
        sites.tap("vm", "hv2");
        if (moment == Moment.DESTINATION_CLOSED) {
            sites.hold("hv2");
        }
        if (moment.compareTo(Moment.READY) >= 0) {
            reachByTurning(moment);
            return;
        }
        final var prepared = sites.overlay.prepare(VM, "hv2");
        if (moment == Moment.DESTINATION_CLOSED) {
            assertFalse(prepared.isDone());
            return;
        }
        assertTrue(prepared.isDone());
        if (moment == Moment.ROLLED_BACK) {
            sites.overlay.detach(VM, "hv2");
            sites.untap("vm", "hv2");
        }
        if (moment == Moment.ROLLED_BACK || moment == Moment.PREPARED) {
            return;
        }
        sites.overlay.open(VM, "hv2");
        if (moment == Moment.OPEN) {
            return;
        }
        sites.overlay.commit(VM, "hv2");
        if (moment == Moment.COMMITTED) {
            return;
        }
        sites.overlay.detach(VM, "hv1");
        sites.untap("vm", "hv1");
    }

    private void reachByTurning(final Moment moment) {
        assertTrue(sites.overlay.makeReady(VM, "hv2").isDone());
        if (moment == Moment.READY) {
            return;
        }
        sites.overlay.turnTo(VM, "hv2");
        if (moment == Moment.TURNED_BACK) {
            sites.overlay.turnTo(VM, "hv1");
        } else if (moment == Moment.TURNED_AND_ROLLED_BACK) {
            sites.overlay.detach(VM, "hv2");
        } else if (moment == Moment.TURNED_AND_STOPPED) {
            assertFalse(sites.overlay.open(VM, "hv2").isDone(), "what is for all may be under way still");
        } else if (moment == Moment.TURNED_AND_OPEN) {
            final var opened = sites.overlay.open(VM, "hv2");
            sites.passTransit();
            assertEquals(Set.of("hv2"), opened.join().keySet());
        } else if (moment == Moment.TURNED_AND_COMMITTED) {
            sites.overlay.open(VM, "hv2");
            assertEquals(Set.of("hv1", "hv2"), sites.overlay.commit(VM, "hv2").join().keySet(),
                "senders have been turned before");
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void unicastMakesOneCopyPerOpenPlace(final Moment moment) {
        reach(moment);
        assertUnicastReaches(moment.taps);
    }

    private void assertUnicastReaches(final List<String> taps) {
        final var vm = sites.mac("vm");
        assertEquals(taps, sites.fromGuest("atSource", "hv1", vm), "from the source's host");
        assertEquals(taps, sites.fromGuest("atDestination", "hv2", vm), "from the destination's host");
        assertEquals(taps, sites.fromGuest("third", "hv3", vm), "from a third host");
        assertEquals(taps, sites.fromOutside(vm), "from behind the border");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everySenderIsTurnedByItself(final boolean forth) {
        whateverEdgesHaveTurned(forth, turned -> {
            for (var sender : Map.of("hv1", "atSource", "hv2", "atDestination", "hv3", "third").entrySet()) {
                final boolean there = turned.contains(sender.getKey()) == forth;
                assertEquals(List.of(there ? "hv2/tap-vm" : "hv1/tap-vm"),
                    sites.fromGuest(sender.getValue(), sender.getKey(), sites.mac("vm")), sender + " at " + turned);
            }
            assertEquals(1, sites.fromOutside(sites.mac("vm")).size());
        });
    }

    /** Turns senders, or turns them back, and looks while some edges have changed and the others have not yet. */
    private void whateverEdgesHaveTurned(final boolean forth, final Consumer<Set<String>> look) {
        reach(forth ? Moment.READY : Moment.TURNED);
        final var edges = Set.of("hv1", "hv2", "hv3", FakeSites.BORDER);
        final var before = sites.programs();
        sites.overlay.turnTo(VM, forth ? "hv2" : "hv1");
        final var after = sites.programs();
        for (var turned : Sets.powerSet(edges)) {
            edges.forEach(edge -> sites.programs.put(edge, (turned.contains(edge) ? after : before).get(edge)));
            look.accept(turned);
        }
    }

    /** Switches take groups that are new or changed first, then flows, then the end of groups. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSendersTurnHasNoMomentWithoutOrWithTwo(final boolean forth) {
        reach(forth ? Moment.READY : Moment.TURNED);
        final var before = sites.programs();
        sites.overlay.turnTo(VM, forth ? "hv2" : "hv1");
        final var after = sites.programs();
        for (var sender : Map.of("hv1", "atSource", "hv2", "atDestination", "hv3", "third").entrySet()) {
            final var edge = sender.getKey();
            final var name = "guest:" + VM.get(0);
            final var old = before.get(edge).get(name);
            final var latest = after.get(edge).get(name);
            final var groups = new HashMap<>(old.groups());
            groups.putAll(latest.groups());
            for (var flows : List.of(old.flows(), latest.flows())) {
                sites.programs.get(edge).put(name, Fragment.of(groups.values(), flows.values()));
                assertEquals(1, sites.fromGuest(sender.getValue(), edge, sites.mac("vm")).size(), sender::toString);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Moment.class, names = {"PREPARED", "OPEN", "READY", "TURNED"})
    void theGuestsFirstFramesAreHeardToo(final Moment moment) {
        reach(moment);
        final var announcement = Packet.ethernet(sites.mac("vm"), MacAddress.BROADCAST, 0x8035);
        final var copies = sites.send("hv2", sites.tapPort("vm", "hv2"), announcement);
        assertTrue(copies.contains("hv2/controller") && copies.contains("hv3/tap-third"), copies::toString);
        assertFalse(sites.send("hv1", sites.tapPort("vm", "hv1"), announcement).contains("hv1/controller"));
        sites.overlay.commit(VM, "hv2");
        assertFalse(sites.send("hv2", sites.tapPort("vm", "hv2"), announcement).contains("hv2/controller"));
    }

    /** Whatever became of the move meanwhile. */
    @ParameterizedTest
    @EnumSource(value = Moment.class, names = {"TURNED_BACK", "TURNED_AND_COMMITTED", "TURNED_AND_ROLLED_BACK"})
    void whatWasToBeOpenedForAllIsNotOnceItIsTooLate(final Moment moment) {
        reach(Moment.TURNED_AND_STOPPED);
        if (moment == Moment.TURNED_BACK) {
            sites.overlay.turnTo(VM, "hv1");
        } else if (moment == Moment.TURNED_AND_COMMITTED) {
            sites.overlay.commit(VM, "hv2");
        } else {
            sites.overlay.detach(VM, "hv2");
        }
        sites.passTransit();
        assertUnicastReaches(moment.taps);
        assertGroupFramesReach(moment.groupTaps);
    }

    @Test
    void aDestinationIsReadyOnceItsTapIsThere() {
        final var ready = sites.overlay.makeReady(VM, "hv2");
        assertFalse(ready.isDone());
        sites.tap("vm", "hv2");
        assertTrue(ready.isDone());
        assertUnicastReaches(List.of("hv1/tap-vm"));
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void groupFramesReachEachOnce(final Moment moment) {
        reach(moment);
        assertGroupFramesReach(moment.groupTaps);
    }

    /** Broadcast and multicast from every place reach everybody else once, and the guest's open taps. */
    private void assertGroupFramesReach(final List<String> taps) {
        for (var group : GROUPS) {
            for (var sender : NEIGHBOURS.entrySet()) {
                assertEquals(everybodyBut(sender.getValue() + "/tap-" + sender.getKey(), taps),
                    sites.fromGuest(sender.getKey(), sender.getValue(), group), () -> sender + " to " + group);
            }
            assertEquals(everybodyBut("border/out0", taps), sites.fromOutside(group), group::toString);
        }
    }

    private static List<String> everybodyBut(final String sender, final List<String> taps) {
        final var all = new ArrayList<>(taps);
        NEIGHBOURS.forEach((guest, edge) -> all.add(edge + "/tap-" + guest));
        all.add("border/out0");
        all.remove(sender);
        all.sort(null);
        return all;
    }

    /**
     * However late which edge changes while senders are turned, or turned back, what is for all reaches the guest once:
     * where it runs.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void turningDoublesNoGroupFrames(final boolean forth) {
        whateverEdgesHaveTurned(forth, turned -> assertGroupFramesReach(List.of("hv1/tap-vm")));
    }

    /** Whoever asks for the guest's address, from wherever: only the guest hears it, and answers. */
    @ParameterizedTest
    @EnumSource(Moment.class)
    void requestsForTheGuestsAddressReachTheGuestOnly(final Moment moment) throws Exception {
        final var address = InetAddress.getByName("192.0.2.7");
        knowAddress(address);
        reach(moment);
        for (var sender : NEIGHBOURS.entrySet()) {
            final var edge = sender.getValue();
            assertEquals(moment.taps, sites.send(edge, sites.tapPort(sender.getKey(), edge),
                request(sites.mac(sender.getKey()), address)), sender.getKey());
        }
        assertEquals(moment.taps, sites.send(FakeSites.BORDER, FakeSites.BORDER_PORT,
            request(FakeSites.OUTSIDE, address)));
    }

    private void knowAddress(final InetAddress address) {
        sites.overlay.setIntent(
            List.of(new Network(FakeSites.NETWORK, FakeSites.VNI, Map.of(sites.mac("vm"), List.of(address)))),
            List.of(new Edge("hv1", true, Map.of()), new Edge("hv2", true, Map.of()), new Edge("hv3", true, Map.of()),
                new Edge("hv4", true, Map.of()), new Edge(FakeSites.BORDER, false,
                    Map.of("out0", new Edge.BorderPort(FakeSites.NETWORK, Map.of())))));
    }

    private static Packet request(final MacAddress sender, final InetAddress address) {
        return Packet.ethernet(sender, MacAddress.BROADCAST, 0x0806).with(OxmField.ARP_OP, 1)
            .with(OxmField.ARP_SPA, 9).with(OxmField.ARP_TPA, FieldValue.of(address));
    }

    /** Where it runs at that moment; while its gate opens it stands still, so what it says then was said before. */
    @ParameterizedTest
    @EnumSource(Moment.class)
    void theGuestsOwnGroupFramesReachEachOnce(final Moment moment) {
        reach(moment);
        for (var place : moment.taps) {
            final var edge = place.substring(0, place.indexOf('/'));
            for (var group : GROUPS) {
                final var others = new ArrayList<>(sites.fromGuest("vm", edge, group));
                // Its own tap elsewhere, where it does not run
                others.removeIf(tap -> tap.endsWith("/tap-vm") && !tap.equals(place));
                assertEquals(everybodyBut("", List.of()), others, () -> group + " from " + place);
            }
        }
    }

    /** There, and back before anything else happens: at every moment frames arrive as on the way there. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void straightBackIsAsTheWayThere(final boolean cleanedUp) {
        reach(cleanedUp ? Moment.DONE : Moment.COMMITTED);
        if (!cleanedUp) {
            sites.untap("vm", "hv1");
        }
        sites.tap("vm", "hv1");
        assertTrue(sites.overlay.prepare(VM, "hv1").isDone());
        assertAllReach(List.of("hv2/tap-vm"));
        sites.overlay.open(VM, "hv1");
        assertAllReach(List.of("hv1/tap-vm", "hv2/tap-vm"));
        sites.overlay.commit(VM, "hv1");
        assertAllReach(List.of("hv1/tap-vm"));
        sites.overlay.detach(VM, "hv2");
        sites.untap("vm", "hv2");
        assertAllReach(List.of("hv1/tap-vm"));
    }

    private void assertAllReach(final List<String> taps) {
        assertUnicastReaches(taps);
        assertGroupFramesReach(taps);
    }

    @ParameterizedTest
    @EnumSource(value = Moment.class, names = {"PREPARED", "OPEN", "COMMITTED", "READY", "TURNED"})
    void theGuestsOwnFramesArriveOnceFromEitherPlace(final Moment moment) {
        reach(moment);
        for (var place : List.of("hv1", "hv2")) {
            assertEquals(List.of("hv3/tap-third"), sites.fromGuest("vm", place, sites.mac("third")), place);
            assertEquals(List.of("hv1/tap-atSource"), sites.fromGuest("vm", place, sites.mac("atSource")), place);
            assertEquals(List.of("border/out0"), sites.fromGuest("vm", place, FakeSites.OUTSIDE), place);
        }
    }

    @Test
    void unknownUnicastGoesToBordersOnly() {
        assertEquals(List.of("border/out0"), sites.fromGuest("third", "hv3", FakeSites.OUTSIDE));
        assertEquals(List.of(), sites.fromOutside(FakeSites.OUTSIDE));
    }

    @Test
    void aKnownHostOutsideIsReachedFromEdgesThatJoinLater() {
        final var host = MacAddress.parse("0a:00:00:00:00:07");
        final var edges = new ArrayList<Edge>();
        List.of("hv1", "hv2", "hv3", "hv4").forEach(name -> edges.add(new Edge(name, true, Map.of())));
        edges.add(new Edge(FakeSites.BORDER, false,
            Map.of("out0", new Edge.BorderPort(FakeSites.NETWORK, Map.of(host, List.of())))));
        sites.overlay.setIntent(List.of(new Network(FakeSites.NETWORK, FakeSites.VNI, Map.of())), edges);
        sites.guest("late", "hv4");
        assertTrue(sites.programs.get("hv4").containsKey("host:border/" + host));
        assertEquals(List.of("border/out0"), sites.fromGuest("late", "hv4", host));
        assertEquals(List.of("hv4/tap-late"), sites.fromOutside(sites.mac("late")));
    }

    @Test
    void knownGuestWithoutTapIsNotSentOutside() {
        sites.untap("vm", "hv1");
        assertEquals(List.of(), sites.fromOutside(sites.mac("vm")));
        assertEquals(List.of(), sites.fromGuest("third", "hv3", sites.mac("vm")));
    }

    @Test
    void aForeignSourceAddressIsDropped() {
        assertEquals(List.of(), sites.send("hv1", sites.tapPort("vm", "hv1"),
            FakeSites.frame(sites.mac("third"), sites.mac("atSource"))));
    }

    @Test
    void lldpComesOutOfTunnelsOnly() {
        final var controller = List.of("hv1/controller");
        for (var peer : List.of("hv2", "hv3", "hv4", FakeSites.BORDER)) {
            assertEquals(controller, sites.send("hv1", sites.tunnelPort(peer), LLDP), peer);
        }
        assertEquals(List.of(), sites.send("hv1", sites.tapPort("vm", "hv1"), LLDP), "a guest's");
        assertEquals(List.of(), sites.send(FakeSites.BORDER, FakeSites.BORDER_PORT, LLDP), "a host's outside");
    }

    @Test
    void aNumberThatWasATunnelsIsAGuestsLater() {
        final long old = sites.tunnelPort("hv4");
        final var known = sites.snapshot("hv1");
        final var tunnels = new HashMap<>(known.tunnels());
        tunnels.put("hv4", new EdgeSnapshot.TunnelPort("vx-hv4", OptionalLong.of(77), EdgeSnapshot.Liveness.UP,
            Optional.empty()));
        final var taps = new HashMap<>(known.taps());
        taps.put(VM.get(0), new EdgeSnapshot.Tap(UUID.randomUUID(), "tap-vm", old, true));
        sites.overlay.setSnapshot("hv1", new EdgeSnapshot(known.datapath(), tunnels, taps, known.borderPorts(),
            List.of()));
        assertEquals(List.of(), sites.send("hv1", old, LLDP));
        assertEquals(List.of("hv1/controller"), sites.send("hv1", 77, LLDP));
    }

    @Test
    void networksAreSeparate() {
        sites.overlay.declare(new GuestPort("if-red",
            MacAddress.parse("52:54:00:00:0f:01"), Optional.of("red"), "red"));
        sites.tap("red", "hv3");
        sites.overlay.attach(List.of("if-red"), "hv3");
        assertEquals(List.of(), sites.fromGuest("third", "hv3", MacAddress.parse("52:54:00:00:0f:01")).stream()
            .filter(copy -> copy.contains("red")).toList());
        assertFalse(sites.fromGuest("third", "hv3", MacAddress.BROADCAST).contains("hv3/tap-red"));
    }

    @Test
    void otherEdgesChangeTwoEntriesPerMove() {
        sites.tap("vm", "hv2");
        final var total = new HashMap<String, Integer>();
        sites.overlay.prepare(VM, "hv2").join().forEach((edge, count) -> total.merge(edge, count, Integer::sum));
        assertEquals(Map.of("hv2", sites.overlay.open(VM, "hv2").join().get("hv2")),
            Map.of("hv2", 2), "the gate, and the flooding group");
        sites.overlay.commit(VM, "hv2").join().forEach((edge, count) -> total.merge(edge, count, Integer::sum));
        sites.overlay.detach(VM, "hv1").join().forEach((edge, count) -> total.merge(edge, count, Integer::sum));
        assertEquals(2, total.get("hv3"));
        assertEquals(2, total.get("border"));
        assertFalse(total.containsKey("hv4"), "no member of the network");
    }

    @Test
    void preparingWaitsForTheTap() {
        final var prepared = sites.overlay.prepare(VM, "hv2");
        assertFalse(prepared.isDone());
        assertEquals(List.of("hv1/tap-vm"), sites.fromOutside(sites.mac("vm")));
        sites.tap("vm", "hv2");
        assertTrue(prepared.isDone());
        assertEquals(Placement.Attachment.RECEIVING,
            sites.overlay.placement(VM.get(0)).orElseThrow().attachments().get("hv2"));
    }

    @Test
    void preparingWaitsForTheDestinationsSwitch() {
        sites.tap("vm", "hv2");
        sites.disconnect("hv2");
        final var prepared = sites.overlay.prepare(VM, "hv2");
        assertFalse(prepared.isDone());
        sites.reconnect("hv2");
        assertTrue(prepared.isDone());
        assertFalse(prepared.isCompletedExceptionally());
    }

    @Test
    void aPreparationThatIsOvertakenSaysWhatItWaitedFor() {
        assertOvertaken(() -> { }, "edge 'hv2' has no port with iface-id if-vm");
        sites.tap("vm", "hv2");
        assertOvertaken(() -> sites.disconnect("hv2"), "no session");
        sites.reconnect("hv2");
        assertOvertaken(() -> sites.refused = "a foreign entry is there", "a foreign entry is there");
        sites.refused = null;
        assertOvertaken(() -> sites.hold("hv2"), "edge 'hv2' had not answered");
    }

    private void assertOvertaken(final Runnable before, final String why) {
        before.run();
        final var prepared = sites.overlay.prepare(VM, "hv2");
        sites.overlay.detach(VM, "hv2");
        final var failure = assertThrows(CancellationException.class, prepared::join);
        assertTrue(failure.getMessage().contains(why), failure.getMessage());
    }

    @Test
    void aStepThatCannotBeConfirmedNamesTheEdge() {
        sites.tap("vm", "hv2");
        sites.disconnect("hv3");
        final var failure = sites.overlay.prepare(VM, "hv2").handle((ok, ex) -> ex).join();
        assertEquals("edge hv3: " + FakeSites.NO_SESSION, failure.getCause().getMessage());
        sites.reconnect("hv3");
        sites.overlay.open(VM, "hv2");
        assertEquals(List.of("hv1/tap-vm", "hv2/tap-vm"), sites.fromGuest("third", "hv3", sites.mac("vm")));
    }

    /** Why the switches do not confirm that frames for the guest go to hv2 only; empty if they do. */
    private String whyNotCommitted() {
        return sites.overlay.commit(VM, "hv2")
            .handle((ok, failure) -> failure == null ? "" : failure.getCause().getMessage()).join();
    }

    @Test
    void aCommitIsConfirmedOnceEveryEdgeIsInLine() {
        reach(Moment.OPEN);
        sites.disconnect("hv3");
        assertEquals("edge hv3: " + FakeSites.NO_SESSION, whyNotCommitted());
        assertEquals("edge hv3: " + FakeSites.NO_SESSION, whyNotCommitted(),
            "nothing is left to change, and nothing is confirmed");
        sites.beginSession("hv3");
        assertEquals("edge hv3: " + FakeSites.BEHIND, whyNotCommitted());
        assertEquals(List.of("hv1/tap-vm", "hv2/tap-vm"), sites.fromGuest("third", "hv3", sites.mac("vm")));
        sites.reconnect("hv3");
        assertEquals("", whyNotCommitted());
        assertEquals(List.of("hv2/tap-vm"), sites.fromGuest("third", "hv3", sites.mac("vm")));
    }

    @Test
    void aCommitIsNotConfirmedByADestinationThatMissedItsOpenGate() {
        reach(Moment.PREPARED);
        sites.disconnect("hv2");
        sites.overlay.open(VM, "hv2");
        sites.beginSession("hv2");
        assertEquals("edge hv2: " + FakeSites.BEHIND, whyNotCommitted());
        sites.reconnect("hv2");
        assertEquals("", whyNotCommitted());
        assertEquals(List.of("hv2/tap-vm"), sites.fromOutside(sites.mac("vm")));
    }

    @Test
    void aCommitIsNotConfirmedWithoutTheGuestsTapOrATunnelToIt() {
        reach(Moment.OPEN);
        sites.untap("vm", "hv2");
        assertEquals("edge hv2: it has no port with iface-id if-vm", whyNotCommitted());
        sites.tap("vm", "hv2");
        final var known = sites.snapshot("hv3");
        sites.overlay.setSnapshot("hv3", new EdgeSnapshot(known.datapath(), Map.of(), known.taps(),
            known.borderPorts(), List.of()));
        assertEquals("edge hv3: it has no tunnel to edge 'hv2'", whyNotCommitted());
        sites.report("hv3");
        assertEquals("", whyNotCommitted());
    }

    @Test
    void edgesWithoutTheNetworkOrOutsideOfIntentAreNotWaitedFor() {
        reach(Moment.OPEN);
        sites.disconnect("hv4");
        sites.disconnect("hv3");
        assertEquals("edge hv3: " + FakeSites.NO_SESSION, whyNotCommitted());
        sites.overlay.setIntent(List.of(new Network(FakeSites.NETWORK, FakeSites.VNI, Map.of())),
            List.of(new Edge("hv1", true, Map.of()), new Edge("hv2", true, Map.of()), new Edge("hv4", true, Map.of()),
                new Edge(FakeSites.BORDER, false, Map.of("out0", new Edge.BorderPort(FakeSites.NETWORK, Map.of())))));
        assertEquals("", whyNotCommitted());
    }

    @Test
    void anEdgeThatHasNotBeenReadIsWaitedForUntilItsGuestsAreKnown() {
        sites.overlay.setIntent(List.of(new Network(FakeSites.NETWORK, FakeSites.VNI, Map.of())), List.of(
            new Edge("hv1", true, Map.of()), new Edge("hv2", true, Map.of()), new Edge("hv3", true, Map.of()),
            new Edge("new", true, Map.of()),
            new Edge(FakeSites.BORDER, false, Map.of("out0", new Edge.BorderPort(FakeSites.NETWORK, Map.of())))));
        reach(Moment.OPEN);
        assertEquals("edge new: its OVSDB has not been read", whyNotCommitted());
        sites.overlay.setHeard("new", true);
        assertEquals("", whyNotCommitted());
    }

    @Test
    void leavingIsConfirmedOnceTheEdgeIsInLine() {
        reach(Moment.COMMITTED);
        sites.disconnect("hv1");
        assertTrue(sites.overlay.detach(VM, "hv1").isCompletedExceptionally());
        sites.beginSession("hv1");
        assertTrue(sites.overlay.detach(VM, "hv1").isCompletedExceptionally());
        assertTrue(sites.programs.get("hv1").containsKey("guest:if-vm"));
        sites.reconnect("hv1");
        assertFalse(sites.overlay.detach(VM, "hv1").isCompletedExceptionally());
    }

    @Test
    void aMoveToAnEmptyEdgeMakesItAMember() {
        sites.tap("vm", "hv4");
        sites.overlay.prepare(VM, "hv4").join();
        assertEquals(List.of("hv1/tap-vm"), sites.fromOutside(sites.mac("vm")));
        sites.overlay.open(VM, "hv4").join();
        sites.overlay.commit(VM, "hv4").join();
        sites.overlay.detach(VM, "hv1").join();
        assertEquals(List.of("hv4/tap-vm"), sites.fromOutside(sites.mac("vm")));
        assertEquals(List.of("hv3/tap-third"), sites.fromGuest("vm", "hv4", sites.mac("third")));
        assertTrue(sites.fromOutside(MacAddress.BROADCAST).contains("hv4/tap-vm"));
    }

    @Test
    void thereAndBackLeavesTheSameEntries() {
        // entries of group numbers and ports equal those before once the guest is back
        final var before = snapshotOfPrograms();
        sites.tap("vm", "hv4");
        sites.overlay.prepare(VM, "hv4").join();
        sites.overlay.open(VM, "hv4").join();
        sites.overlay.commit(VM, "hv4").join();
        sites.overlay.detach(VM, "hv1").join();
        sites.overlay.prepare(VM, "hv1").join();
        sites.overlay.open(VM, "hv1").join();
        sites.overlay.commit(VM, "hv1").join();
        sites.overlay.detach(VM, "hv4").join();
        sites.untap("vm", "hv4");
        assertEquals(before, snapshotOfPrograms());
    }

    private Map<String, Object> snapshotOfPrograms() {
        final var copy = new HashMap<String, Object>();
        sites.programs.forEach((edge, program) -> copy.put(edge, new HashMap<>(program)));
        return copy;
    }

    /** Frames of an edge that has missed a move are sent on by the place where the guest was, once each. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAnEdgeThatIsAwaySendsIsSentOn(final boolean turning) {
        sites.tap("vm", "hv2");
        sites.disconnect("hv3");
        if (turning) {
            sites.overlay.makeReady(VM, "hv2");
            assertThirdReaches("hv1/tap-vm");
            sites.overlay.turnTo(VM, "hv2");
            assertThirdReaches("hv2/tap-vm");
            sites.overlay.turnTo(VM, "hv1");
            assertThirdReaches("hv1/tap-vm");
            sites.overlay.turnTo(VM, "hv2");
        } else {
            sites.overlay.prepare(VM, "hv2");
            assertThirdReaches("hv1/tap-vm");
            sites.overlay.open(VM, "hv2");
            assertThirdReaches("hv1/tap-vm", "hv2/tap-vm");
        }
        sites.overlay.commit(VM, "hv2");
        assertThirdReaches("hv2/tap-vm");
        sites.overlay.detach(VM, "hv1");
        sites.untap("vm", "hv1");
        assertThirdReaches("hv2/tap-vm");
        assertEquals(List.of("hv2/tap-vm"), sites.fromOutside(sites.mac("vm")));
        sites.reconnect("hv3");
        assertThirdReaches("hv2/tap-vm");
        assertEquals(0, sites.redirects(), "nobody needs them any more");
    }

    /** Nobody is told that a session is dead, but an answer is late. */
    @Test
    void whatAnEdgeThatDoesNotAnswerSendsIsSentOn() {
        sites.silence("hv3");
        moveToSecond();
        assertThirdReaches();
        sites.losePatience();
        assertThirdReaches("hv2/tap-vm");
        assertEquals(List.of("hv2/tap-vm"), sites.fromOutside(sites.mac("vm")));
        sites.disconnect("hv3");
        assertThirdReaches("hv2/tap-vm");
        sites.reconnect("hv3");
        assertThirdReaches("hv2/tap-vm");
        assertEquals(0, sites.redirects());
    }

    @Test
    void anEdgeThatAnswersLateNeedsNoRedirectAnyMore() {
        sites.hold("hv3");
        moveToSecond();
        sites.losePatience();
        assertEquals(1, sites.redirects());
        assertThirdReaches("hv2/tap-vm");
        sites.answer();
        assertEquals(0, sites.redirects());
        assertThirdReaches("hv2/tap-vm");
    }

    /** Whether or not switches have confirmed a step, libvirt goes on. */
    private void moveToSecond() {
        sites.tap("vm", "hv2");
        sites.overlay.prepare(VM, "hv2");
        sites.overlay.open(VM, "hv2");
        sites.overlay.commit(VM, "hv2");
        sites.overlay.detach(VM, "hv1");
        sites.untap("vm", "hv1");
    }

    @Test
    void anEdgeThatHasAnsweredNeedsNoRedirect() {
        reach(Moment.DONE);
        final var before = snapshotOfPrograms();
        sites.losePatience();
        assertEquals(before, snapshotOfPrograms());
    }

    /** A switch in line may still lack what somebody else's entry is in the place of. */
    @Test
    void whatAnEdgeSendsIsSentOnWhileAForeignEntryKeepsItFromKnowingBetter() {
        sites.block("hv3", "guest:if-vm");
        reach(Moment.DONE);
        assertThirdReaches("hv2/tap-vm");
        assertEquals("edge hv3: " + FakeSites.BLOCKED, whyNotCommitted());
        sites.disconnect("hv3");
        sites.reconnect("hv3");
        assertThirdReaches("hv2/tap-vm");
        assertEquals("edge hv3: " + FakeSites.BLOCKED, whyNotCommitted());
        sites.unblock("hv3");
        assertThirdReaches("hv2/tap-vm");
        assertEquals("", whyNotCommitted());
        assertEquals(0, sites.redirects());
    }

    private void assertThirdReaches(final String... taps) {
        assertEquals(List.of(taps), sites.fromGuest("third", "hv3", sites.mac("vm")));
    }

    @Test
    void anEmptyPlaceSendsOnToo() {
        sites.overlay.withdraw(List.of(FakeSites.port("atSource")));
        sites.untap("atSource", "hv1");
        sites.disconnect("hv3");
        reach(Moment.DONE);
        assertThirdReaches("hv2/tap-vm");
        sites.reconnect("hv3");
        assertEquals(Set.of("base"), sites.programs.get("hv1").keySet());
    }

    @Test
    void aGuestThatEndsLeavesNothingToSendOn() {
        sites.disconnect("hv3");
        reach(Moment.DONE);
        sites.overlay.withdraw(VM);
        assertEquals(0, sites.redirects());
    }

    @Test
    void framesSentOnAreNotSentOnAgain() {
        // An edge that missed the move to hv2, and another that missed the move back
        sites.disconnect("hv3");
        reach(Moment.DONE);
        sites.disconnect(FakeSites.BORDER);
        sites.tap("vm", "hv1");
        sites.overlay.prepare(VM, "hv1");
        sites.overlay.open(VM, "hv1");
        sites.overlay.commit(VM, "hv1");
        sites.overlay.detach(VM, "hv2");
        assertThirdReaches("hv1/tap-vm");
        assertEquals(List.of("hv1/tap-vm"), sites.fromOutside(sites.mac("vm")));
        assertEquals(List.of("hv1/tap-vm"), sites.fromGuest("atDestination", "hv2", sites.mac("vm")));
    }

    @Test
    void howeverTheGuestMovesWhatAnEdgeThatIsAwaySendsArrivesOnce() {
        final var random = new Random(5);
        String here = "hv1";
        for (int round = 0; round < 300; round++) {
            if (random.nextInt(3) == 0) {
                sites.reconnect("hv3");
                assertEquals(0, sites.redirects());
            }
            switch (random.nextInt(4)) {
                case 0 -> sites.silence("hv3");
                case 1, 2 -> sites.disconnect("hv3");
                default -> { }
            }
            final var there = List.of("hv1", "hv2", "hv4").get(random.nextInt(3));
            if (there.equals(here)) {
                continue;
            }
            sites.tap("vm", there);
            if (random.nextBoolean()) {
                sites.overlay.makeReady(VM, there);
                sites.overlay.turnTo(VM, there);
            } else {
                sites.overlay.prepare(VM, there);
                sites.overlay.open(VM, there);
            }
            if (random.nextInt(4) == 0) {
                sites.overlay.detach(VM, there);
                sites.untap("vm", there);
            } else {
                sites.overlay.commit(VM, there);
                sites.overlay.detach(VM, here);
                sites.untap("vm", here);
                here = there;
            }
            sites.losePatience();
            assertThirdReaches(here + "/tap-vm");
            assertEquals(List.of(here + "/tap-vm"), sites.fromOutside(sites.mac("vm")));
        }
    }

    @Test
    void withdrawnGuestLeavesNothing() {
        final var before = new FakeSites(4);
        sites.overlay.withdraw(List.of("if-vm", "if-atSource", "if-atDestination", "if-third"));
        for (var edge : sites.programs.keySet()) {
            assertEquals(before.programs.get(edge).keySet(), sites.programs.get(edge).keySet(), edge);
        }
    }

    @Test
    void secondGuestWithTheSameAddressIsRefusedUntilTheFirstIsGone() {
        sites.overlay.declare(new GuestPort("if-clone", sites.mac("vm"), Optional.of(FakeSites.NETWORK), "clone"));
        sites.tap("clone", "hv3");
        sites.overlay.attach(List.of("if-clone"), "hv3");
        assertEquals(List.of("hv1/tap-vm"), sites.fromOutside(sites.mac("vm")));
        assertEquals("MAC address " + sites.mac("vm") + " is in use by guest vm",
            sites.overlay.status("if-clone").orElseThrow().problem().orElseThrow());
        sites.overlay.withdraw(VM);
        assertEquals(List.of("hv3/tap-clone"), sites.fromOutside(sites.mac("vm")));
        assertTrue(sites.overlay.status("if-clone").orElseThrow().attached());
    }

    @Test
    void arpForAKnownAddressIsSentToItsOwnerOnly() throws Exception {
        final var address = InetAddress.getByName("192.0.2.7");
        knowAddress(address);
        assertEquals(List.of("hv1/tap-vm"), sites.send("hv3", sites.tapPort("third", "hv3"),
            request(sites.mac("third"), address)));
        final var announcement = Packet.ethernet(sites.mac("vm"), MacAddress.BROADCAST, 0x0806)
            .with(OxmField.ARP_OP, 1).with(OxmField.ARP_SPA, FieldValue.of(address))
            .with(OxmField.ARP_TPA, FieldValue.of(address));
        assertTrue(sites.send("hv1", sites.tapPort("vm", "hv1"), announcement).contains("border/out0"));
    }

    @Test
    void unheardHypervisorKeepsItsOwnEntriesAndIsFloodedTo() {
        final var fresh = new FakeSites(3);
        fresh.overlay.setHeard("hv2", false);
        assertEquals(Set.of("hv2"), fresh.unheard.get("hv1"), "nothing may be deleted");
        fresh.guest("vm", "hv1");
        final var known = fresh.programs.get("hv2").get("network:" + FakeSites.NETWORK);
        fresh.guest("other", "hv3");
        assertEquals(known, fresh.programs.get("hv2").get("network:" + FakeSites.NETWORK));
        final var flood = fresh.programs.get("hv1").get("network:" + FakeSites.NETWORK);
        assertTrue(flood.groups().values().stream().anyMatch(group -> group.buckets().size() == 3),
            "hv2, hv3 and the border");
        fresh.overlay.setHeard("hv2", true);
        assertEquals(Set.of(), fresh.unheard.get("hv1"));
    }

    @Test
    void anEdgeThatWasNotReadWaitsForItselfToo() {
        final var fresh = new FakeSites(2);
        fresh.overlay.setIntent(List.of(), List.of(new Edge("hv1", true, Map.of()), new Edge("hv2", true, Map.of()),
            new Edge("late", false, Map.of())));
        fresh.overlay.setHeard("hv2", false);
        assertEquals(Set.of("hv2"), fresh.unheard.get("hv1"));
        assertEquals(Set.of("hv2", "late"), fresh.unheard.get("late"));
    }
}
