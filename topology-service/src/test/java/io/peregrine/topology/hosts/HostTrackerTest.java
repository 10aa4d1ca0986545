/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static io.peregrine.topology.hosts.Net.GATEWAY_MAC;
import static io.peregrine.topology.hosts.Net.MILLI;
import static io.peregrine.topology.hosts.Net.RED;
import static io.peregrine.topology.hosts.Net.ip;
import static io.peregrine.topology.hosts.Net.mac;
import static io.peregrine.topology.hosts.Net.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.hosts.Host.Status;
import java.net.Inet4Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the tracker promises, rule by rule. Stations answer at once; 10.1.0.0/16 and 10.2.0.0/24 have their gateways
 * at .1; ports 1 to 4 of switches 1 and 2 are for hosts, ports 9 join the two.
 */
class HostTrackerTest {
    private static final PortId A = port(1, 1);
    private static final PortId B = port(1, 2);
    private static final PortId C = port(2, 1);
    private static final PortId TRUNK = port(1, 9);
    private static final DatapathId ONE = new DatapathId(1);
    private static final String X = "10.1.0.10";
    private static final String Y = "10.1.0.11";
    /** A full interval, all retries, and a little. */
    private static final long LONG = 19_000;

    private final Net net = Net.standard();

    private static Host confirmed(final String address, final long number, final PortId at) {
        return new Host(ip(address), mac(number), at, Status.CONFIRMED);
    }

    private static HostTrackerSettings limits(final int hostsPort, final int hosts) {
        final var it = HostTrackerSettings.DEFAULT;
        return new HostTrackerSettings(it.probeInterval(), it.probeRetry(), it.probesMissed(), it.verifyWait(),
            it.portGrace(), it.restoreSpread(), it.gleanRetry(), it.gleanTries(), it.gleanHoldDown(), it.gleans(),
            it.gleansPort(), it.searchPace(), it.searchPause(), hostsPort, hosts);
    }

    private static ArpPacket probeOf(final Net.Station station) {
        return ArpPacket.request(GATEWAY_MAC, RED.gateway(), station.mac, station.address);
    }

    // Learning

    @Test
    void learnsAHostAndAnswersForTheGateway() {
        final var host = net.station(10, X, A);
        net.ask(host, "10.1.0.1");

        assertEquals(List.of(new HostChange.Added(confirmed(X, 10, A))), net.changes);
        assertEquals(List.of(new Transmission(Set.of(A),
            ArpPacket.reply(GATEWAY_MAC, RED.gateway(), host.mac, host.address))), net.sent);
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void oneStationMayHaveSeveralAddresses() {
        net.known(10, X, A);
        net.known(10, Y, A);
        net.known(10, "10.2.0.10", A);
        assertEquals(3, net.tracker.hosts().size());
    }

    @Test
    void theSetIsANewOneOnlyIfItChanged() {
        final var host = net.known(10, X, A);
        final var before = net.tracker.hosts();
        net.announce(host);
        net.pass(LONG);
        assertSame(before, net.tracker.hosts());
        net.known(11, Y, A);
        assertNotSame(before, net.tracker.hosts());
        assertEquals(1, before.size());
    }

    @Test
    void whatIsNoHostIsCountedAndNotLearned() {
        final var reasons = new HashMap<String, HostCounter>();
        reasons.put("192.0.2.1", HostCounter.OUTSIDE_SEGMENTS);
        reasons.put("10.1.0.1", HostCounter.GATEWAY_ADDRESS);
        reasons.put("10.2.0.1", HostCounter.GATEWAY_ADDRESS);
        reasons.put("10.1.0.0", HostCounter.NOT_UNICAST);
        reasons.put("10.1.255.255", HostCounter.NOT_UNICAST);
        reasons.put("224.0.0.1", HostCounter.NOT_UNICAST);
        reasons.put("255.255.255.255", HostCounter.NOT_UNICAST);
        reasons.put("127.0.0.1", HostCounter.NOT_UNICAST);
        reasons.forEach((address, reason) -> {
            final long before = net.count(reason);
            net.arp(A, ArpPacket.request(mac(10), ip(address), ip("10.1.0.1")));
            assertEquals(before + 1, net.count(reason), address);
        });
        net.arp(A, ArpPacket.request(GATEWAY_MAC, ip(X), ip("10.1.0.1")));
        assertEquals(1, net.count(HostCounter.GATEWAY_MAC));
        assertEquals(Optional.of(A), net.tracker.counters().get(HostCounter.GATEWAY_MAC).lastPort());

        assertTrue(net.tracker.hosts().isEmpty());
        assertTrue(net.sent.isEmpty());
    }

    @Test
    void rubbishIsCounted() {
        net.react(net.tracker.arp(A, new byte[3], net.now));
        final var frame = ArpPacket.request(mac(10), ip(X), ip(X)).toFrame();
        frame[11]++;
        net.react(net.tracker.arp(A, frame, net.now));
        frame[12] = (byte) 0x81;
        frame[13] = 0;
        net.react(net.tracker.arp(A, frame, net.now));
        assertEquals(1, net.count(HostCounter.FRAME_MALFORMED));
        assertEquals(1, net.count(HostCounter.FRAME_SPOOFED));
        assertEquals(1, net.count(HostCounter.FRAME_TAGGED));
        assertTrue(net.tracker.hosts().isEmpty());
    }

    @Test
    void learnsOnlyAtHostPortsThatCanBeHeard() {
        net.known(10, X, TRUNK);
        net.known(10, X, port(1, 7));
        net.known(10, X, port(3, 1));
        net.portDown(B);
        net.known(10, X, B);
        assertEquals(1, net.count(HostCounter.FABRIC_PORT));
        assertEquals(2, net.count(HostCounter.NOT_HOST_PORT));
        assertEquals(1, net.count(HostCounter.PORT_DOWN));
        assertTrue(net.tracker.hosts().isEmpty());
    }

    @Test
    void theNumberOfHostsIsLimited() {
        final var small = Net.standard(limits(2, 3));
        small.react(small.tracker.expect(Set.of(ip("10.1.0.99")), small.now));
        small.known(1, "10.1.0.11", A);
        small.known(1, "10.1.0.12", A);
        small.known(1, "10.1.0.13", A);
        assertEquals(1, small.count(HostCounter.LIMIT_PORT));
        small.known(2, "10.1.0.21", B);
        small.known(2, "10.1.0.22", B);
        assertEquals(1, small.count(HostCounter.LIMIT_TOTAL));
        // Claims to others' addresses count too
        small.known(2, "10.1.0.11", B);
        small.known(2, "10.1.0.12", B);
        assertEquals(2, small.count(HostCounter.LIMIT_PORT));
        // What is expected is not refused because of others
        small.known(3, "10.1.0.99", C);
        assertEquals(Set.of(ip("10.1.0.11"), ip("10.1.0.12"), ip("10.1.0.21"), ip("10.1.0.99")),
            small.tracker.hosts().keySet());
    }

    // Still there

    @Test
    void aHostThatAnswersStays() {
        final var host = net.known(10, X, A);
        net.clear();
        net.pass(60_000);
        assertEquals(List.of(), net.changes);
        assertEquals(List.of(probeOf(host), probeOf(host), probeOf(host), probeOf(host)), net.sentTo(A));
        assertEquals(List.of(), net.sentTo(B));
    }

    @Test
    void aSilentHostIsRemovedAfterThreeProbes() {
        final var host = net.known(10, X, A);
        host.mute = true;
        net.clear();
        net.pass(LONG);
        assertEquals(List.of(probeOf(host), probeOf(host), probeOf(host)), net.sentTo(A));
        assertEquals(List.of(new HostChange.Removed(confirmed(X, 10, A))), net.changes);
        assertEquals(1, net.count(HostCounter.REMOVED_SILENT));
        // And nothing remains to be done
        assertTrue(net.tracker.nextTick().isEmpty());
    }

    @Test
    void anyPacketOfTheHostCountsAsAnAnswer() {
        final var host = net.known(10, X, A);
        host.mute = true;
        for (int i = 0; i < 60; i++) {
            net.pass(1_000);
            net.announce(host);
        }
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void probesOfManyHostsComeEvenly() {
        final var many = Net.standard(limits(5_000, 20_000));
        // The clock has wrapped
        many.pass(10_000);
        final var ports = List.of(A, B, C);
        for (int i = 0; i < 9_000; i++) {
            many.known(i, "10.1." + (i / 250 + 1) + "." + (i % 250 + 1), ports.get(i % 3));
        }
        assertEquals(9_000, many.tracker.hosts().size());
        // 600 a second, although all were heard at the same time
        for (int i = 0; i < 30; i++) {
            final long end = many.now + 1_000 * MILLI;
            long probes = 0;
            while (many.tracker.nextTick().orElseThrow() - end < 0) {
                many.now = many.tracker.nextTick().orElseThrow();
                final var asked = new ArrayDeque<>(many.tracker.tick(many.now).transmissions());
                while (!asked.isEmpty()) {
                    probes++;
                    final var probe = asked.remove();
                    final var packet = probe.packet();
                    asked.addAll(many.tracker.arp(probe.ports().iterator().next(), ArpPacket.reply(packet.destination(),
                        packet.target(), packet.senderMac(), packet.sender()), many.now).transmissions());
                }
            }
            many.now = end;
            assertTrue(probes > 500 && probes < 700, "probes in a second: " + probes);
        }
        assertEquals(9_000, many.tracker.hosts().size());
    }

    // Here or there

    @Test
    void aHostThatMovedIsFollowedWhenTheOldPlaceIsSilent() {
        final var host = net.known(10, X, A);
        net.clear();
        host.port = C;
        net.announce(host);
        assertEquals(confirmed(X, 10, A), net.host(X));
        assertEquals(List.of(probeOf(host)), net.sentTo(A));
        net.pass(249);
        assertEquals(List.of(probeOf(host), probeOf(host)), net.sentTo(A));
        assertEquals(List.of(), net.changes);
        net.pass(1);
        assertEquals(List.of(new HostChange.Moved(confirmed(X, 10, A), confirmed(X, 10, C))), net.changes);
        assertEquals(List.of(), net.tracker.conflicts());
        net.pass(60_000);
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void aHostThatMovedIsFollowedAtOnceWhenTheOldPortIsDown() {
        final var host = net.known(10, X, A);
        net.portDown(A);
        host.port = C;
        net.clear();
        net.announce(host);
        assertEquals(List.of(new HostChange.Moved(new Host(ip(X), mac(10), A, Status.UNREACHABLE),
            confirmed(X, 10, C))), net.changes);
        assertEquals(List.of(), net.sent);
    }

    @Test
    void aHostThatMovedIsFollowedAtOnceWhenTheOldSwitchIsAway() {
        final var host = net.known(10, X, A);
        net.react(net.tracker.switchDisconnected(ONE, net.now));
        host.port = C;
        net.announce(host);
        assertEquals(confirmed(X, 10, C), net.host(X));
        assertEquals(1, net.count(HostCounter.MOVED_UNVERIFIED));
    }

    @Test
    void aDuplicateAddressStaysWhereItWas() {
        net.known(10, X, A);
        final var rival = net.station(66, X, C);
        net.clear();
        net.announce(rival);
        net.pass(5_000);
        assertEquals(confirmed(X, 10, A), net.host(X));
        final var conflict = net.tracker.conflicts().get(0);
        assertEquals(List.of(new HostChange.ConflictBegan(conflict)), net.changes);
        assertEquals(confirmed(X, 10, A), conflict.owner());
        assertEquals(rival.mac, conflict.rivalMac());
        assertEquals(C, conflict.rivalPort());
        assertEquals(1, net.count(HostCounter.CONFLICT));
        assertEquals(Optional.of(C), net.tracker.counters().get(HostCounter.CONFLICT).lastPort());

        // It lasts as long as both answer
        net.clear();
        net.pass(120_000);
        assertEquals(List.of(conflict), net.tracker.conflicts());
        assertEquals(1, net.count(HostCounter.CONFLICT));
        assertEquals(List.of(), net.changes);
        assertEquals(120, net.sentTo(A).size(), 1);
        assertEquals(120, net.sentTo(C).size(), 1);
    }

    @Test
    void twoThatAnswerOneRequestAreAConflict() {
        net.station(10, X, A);
        net.station(66, X, C);
        net.wanted(B, X);
        net.pass(1_000);
        assertEquals(confirmed(X, 10, A), net.host(X));
        assertEquals(List.of(mac(66)), net.tracker.conflicts().stream().map(Conflict::rivalMac).toList());
    }

    @Test
    void aTakeoverThatIsNotQuiteSimultaneousIsNoConflict() {
        final var before = net.known(10, X, A);
        final var after = net.station(66, X, C);
        net.announce(after);
        net.announce(after);
        net.pass(900);
        assertEquals(confirmed(X, 10, A), net.host(X));
        before.mute = true;
        net.pass(350);
        assertEquals(confirmed(X, 66, C), net.host(X));
        net.pass(60_000);
        assertEquals(0, net.count(HostCounter.CONFLICT));
    }

    @Test
    void aTakeoverThatIsAnnouncedOnceOnlyIsFollowedWithinSeconds() {
        final var before = net.known(10, X, A);
        net.known(66, X, C);
        net.pass(500);
        before.mute = true;
        net.pass(3_500);
        assertEquals(confirmed(X, 66, C), net.host(X));
        assertEquals(0, net.count(HostCounter.CONFLICT));
    }

    @Test
    void aLateAnswerDoesNotMakeAMoveAConflict() {
        final var host = net.known(10, X, A);
        host.port = C;
        net.announce(host);
        net.pass(50);
        net.arp(A, ArpPacket.reply(host.mac, host.address, GATEWAY_MAC, RED.gateway()));
        net.pass(4_000);
        assertEquals(confirmed(X, 10, C), net.host(X));
        assertEquals(0, net.count(HostCounter.CONFLICT));
    }

    @Test
    void aHostWithANewInterfaceIsNoConflict() {
        final var host = net.known(10, X, A);
        host.mute = true;
        net.known(11, X, A);
        net.pass(250);
        assertEquals(confirmed(X, 11, A), net.host(X));
        net.pass(60_000);
        assertEquals(0, net.count(HostCounter.CONFLICT));
    }

    @Test
    void whoOnlyClaimsAnAddressIsAConflictIfItGoesOnClaiming() {
        net.known(10, X, A);
        final var liar = net.station(66, X, C);
        liar.mute = true;
        net.announce(liar);
        net.pass(4_000);
        net.announce(liar);
        net.pass(2_000);
        assertEquals(0, net.count(HostCounter.CONFLICT));
        net.announce(liar);
        net.pass(2_000);
        assertEquals(1, net.tracker.conflicts().size());
        assertEquals(2, net.tracker.conflicts().get(0).claims());
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void aConflictEndsWhenTheRivalFallsSilent() {
        net.known(10, X, A);
        final var rival = net.known(66, X, C);
        net.pass(1_000);
        final var conflict = net.tracker.conflicts().get(0);
        net.clear();
        rival.mute = true;
        net.pass(4_000);
        assertEquals(List.of(), net.tracker.conflicts());
        assertEquals(List.of(new HostChange.ConflictEnded(conflict)), net.changes);
        assertEquals(confirmed(X, 10, A), net.host(X));
        assertEquals(1, net.count(HostCounter.CONFLICT_ENDED));
    }

    @Test
    void aConflictEndsWhenTheOwnerFallsSilent() {
        final var owner = net.known(10, X, A);
        net.known(66, X, C);
        net.pass(1_000);
        final var conflict = net.tracker.conflicts().get(0);
        net.clear();
        owner.mute = true;
        net.pass(4_000);
        assertEquals(List.of(), net.tracker.conflicts());
        assertEquals(List.of(new HostChange.ConflictEnded(conflict),
            new HostChange.Moved(confirmed(X, 10, A), confirmed(X, 66, C))), net.changes);
    }

    @Test
    void theRivalTakesOverWhenTheOwnersPortGoesDown() {
        net.known(10, X, A);
        net.known(66, X, C);
        net.clear();
        net.portDown(A);
        assertEquals(List.of(new HostChange.Moved(confirmed(X, 10, A), confirmed(X, 66, C))), net.changes);
        assertEquals(List.of(), net.tracker.conflicts());
    }

    @Test
    void aConflictEndsWhenTheRivalsPortGoesDown() {
        net.known(10, X, A);
        net.known(66, X, C);
        net.pass(1_000);
        assertEquals(1, net.tracker.conflicts().size());
        net.portDown(C);
        assertEquals(List.of(), net.tracker.conflicts());
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void anotherStationAtThePortGetsTheAddressOnlyWhenTheOldOneIsSilent() {
        final var host = net.known(10, X, A);
        final var other = net.station(11, X, A);
        net.announce(other);
        net.pass(1_000);
        assertEquals(confirmed(X, 10, A), net.host(X));
        final var conflict = net.tracker.conflicts().get(0);

        host.mute = true;
        net.announce(other);
        net.clear();
        net.pass(250);
        assertEquals(List.of(new HostChange.ConflictEnded(new Conflict(conflict.owner(), other.mac, A,
            conflict.since(), 2)), new HostChange.MacChanged(confirmed(X, 10, A), confirmed(X, 11, A))), net.changes);
    }

    @Test
    void aPacketThatWasLongOnItsWayDoesNotHoldAMoveUp() {
        final var host = net.known(10, X, A);
        host.port = C;
        net.announce(host);
        net.pass(50);
        net.arp(A, ArpPacket.request(host.mac, host.address, RED.gateway()));
        net.pass(200);
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void aRivalDoesNotKeepTheOwnerFromMoving() {
        final var host = net.known(10, X, A);
        final var rival = net.known(66, X, B);
        net.pass(2_000);
        host.port = C;
        rival.mute = true;
        net.announce(host);
        // Others do not get between
        net.arp(port(2, 2), ArpPacket.request(mac(67), ip(X), ip(X)));
        assertEquals(1, net.count(HostCounter.THIRD_CLAIM));
        net.pass(250);
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void manyClaimsCostTheOwnerFewProbes() {
        net.known(10, X, A);
        final var rival = net.station(66, X, C);
        net.clear();
        for (int i = 0; i < 10_000; i++) {
            net.announce(rival);
            net.pass(1);
        }
        assertTrue(net.sentTo(A).size() <= 12, "probes: " + net.sentTo(A).size());
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void aClaimWhileTheOldPlaceMayNotBeAskedAgainIsNotForgotten() {
        final var host = net.known(10, X, A);
        host.port = C;
        net.announce(host);
        net.pass(250);
        host.port = A;
        net.announce(host);
        net.pass(1_000);
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void nothingIsPassedOnForWhoClaimsAnAddress() {
        net.known(10, X, A);
        final var victim = net.known(11, Y, B);
        final var rival = net.known(66, X, C);
        net.clear();
        net.ask(rival, Y);
        net.arp(C, ArpPacket.reply(rival.mac, ip(X), victim.mac, victim.address));
        net.arp(C, ArpPacket.reply(rival.mac, RED.gateway(), victim.mac, victim.address));
        assertEquals(List.of(), net.sentTo(B));
        assertEquals(2, net.count(HostCounter.SENDER_DISPUTED));
        assertEquals(1, net.count(HostCounter.GATEWAY_ADDRESS));
    }

    // Requests and replies between hosts

    @Test
    void aRequestForAKnownHostGoesToItAlone() {
        final var asking = net.known(10, X, A);
        final var asked = net.known(11, Y, C);
        asked.mute = true;
        net.clear();
        net.ask(asking, Y);
        assertEquals(List.of(new Transmission(Set.of(C),
            ArpPacket.request(asking.mac, asking.address, asked.mac, asked.address))), net.sent);

        net.clear();
        final var reply = ArpPacket.reply(asked.mac, asked.address, asking.mac, asking.address);
        net.arp(C, reply);
        assertEquals(List.of(new Transmission(Set.of(A), reply)), net.sent);
    }

    @Test
    void hostsBehindOnePortHearEachOther() {
        final var asking = net.known(10, X, A);
        net.known(11, Y, A);
        net.clear();
        net.ask(asking, Y);
        assertEquals(List.of(), net.sent);
    }

    @Test
    void aRequestForAnUnknownHostIsPassedOnWhenItIsFound() {
        final var asking = net.known(10, X, A);
        final var asked = net.station(11, Y, C);
        net.clear();
        net.ask(asking, Y);
        assertEquals(confirmed(Y, 11, C), net.host(Y));
        assertEquals(ArpPacket.request(GATEWAY_MAC, RED.gateway(), asked.address), net.sentTo(C).get(0));
        assertEquals(ArpPacket.request(asking.mac, asking.address, asked.mac, asked.address), net.sentTo(C).get(1));
    }

    @Test
    void requestsAcrossSegmentsAreIgnored() {
        final var asking = net.known(10, X, A);
        net.known(11, "10.2.0.11", B);
        net.clear();
        net.ask(asking, "10.2.0.1");
        net.ask(asking, "10.2.0.11");
        net.ask(asking, "192.0.2.1");
        assertEquals(List.of(), net.sent);
        assertEquals(1, net.count(HostCounter.OTHER_GATEWAY));
        assertEquals(2, net.count(HostCounter.TARGET_OUTSIDE));
    }

    @Test
    void repliesThatNobodyAskedForAreNotPassedOn() {
        final var host = net.known(10, X, A);
        net.known(11, Y, B);
        net.clear();
        net.arp(A, ArpPacket.reply(host.mac, host.address, mac(12), ip(Y)));
        net.arp(A, ArpPacket.reply(host.mac, host.address, mac(12), ip("10.1.7.7")));
        net.arp(A, ArpPacket.reply(host.mac, host.address, mac(12), ip("0.0.0.0")));
        assertEquals(List.of(), net.sent);
        assertEquals(3, net.count(HostCounter.REPLY_UNCLAIMED));
    }

    @Test
    void aStationCanFindOutIfAnAddressIsFree() {
        final var host = net.known(10, X, A);
        host.mute = true;
        net.clear();
        net.arp(C, ArpPacket.request(mac(66), ip("0.0.0.0"), ip(X)));
        assertEquals(List.of(new Transmission(Set.of(A),
            ArpPacket.request(mac(66), ip("0.0.0.0"), host.mac, host.address))), net.sent);
        net.clear();
        final var answer = ArpPacket.reply(host.mac, host.address, mac(66), ip("0.0.0.0"));
        net.arp(A, answer);
        assertEquals(List.of(new Transmission(Set.of(C), answer)), net.sent);

        // The gateway defends its own
        net.clear();
        net.arp(C, ArpPacket.request(mac(66), ip("0.0.0.0"), RED.gateway()));
        assertEquals(List.of(new Transmission(Set.of(C),
            ArpPacket.reply(GATEWAY_MAC, RED.gateway(), mac(66), ip("0.0.0.0")))), net.sent);
        assertEquals(1, net.tracker.hosts().size());
        assertEquals(2, net.count(HostCounter.ADDRESS_PROBE));
    }

    // Ports and switches

    @Test
    void aHostIsUnreachableWhenItsPortGoesDownAndGoneALittleLater() {
        net.known(10, X, A);
        net.clear();
        net.portDown(A);
        final var unreachable = new Host(ip(X), mac(10), A, Status.UNREACHABLE);
        assertEquals(List.of(new HostChange.StatusChanged(confirmed(X, 10, A), unreachable)), net.changes);
        net.clear();
        net.pass(4_999);
        assertEquals(List.of(), net.changes);
        net.pass(1);
        assertEquals(List.of(new HostChange.Removed(unreachable)), net.changes);
        assertEquals(List.of(), net.sent);
    }

    @Test
    void aHostIsBackAsSoonAsItAnswersBehindItsPort() {
        final var host = net.known(10, X, A);
        net.portDown(A);
        net.pass(1_000);
        net.clear();
        net.portUp(A);
        assertEquals(List.of(probeOf(host)), net.sentTo(A));
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void aHostThatIsNotBehindItsPortAnyMoreIsGone() {
        final var host = net.known(10, X, A);
        net.portDown(A);
        host.mute = true;
        net.portUp(A);
        assertEquals(Status.UNREACHABLE, net.host(X).status());
        net.pass(3_000);
        assertNull(net.host(X));
    }

    @Test
    void anUnreachableHostIsLookedForElsewhere() {
        final var host = net.known(10, X, A);
        net.portDown(A);
        host.port = C;
        net.wanted(B, X);
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void hostsGoWithTheirPort() {
        net.known(10, X, A);
        net.known(11, Y, B);
        net.known(12, "10.1.0.12", port(1, 3));
        net.known(13, "10.1.0.13", C);
        net.react(net.tracker.portGone(A, net.now));
        assertNull(net.host(X));
        net.react(net.tracker.setFabricPorts(Set.of(TRUNK, B), net.now));
        assertNull(net.host(Y));
        net.react(net.tracker.setHostPorts(Set.of(C), net.now));
        assertNull(net.host("10.1.0.12"));
        assertEquals(3, net.count(HostCounter.REMOVED_PORT));
        net.react(net.tracker.switchRemoved(new DatapathId(2), net.now));
        assertTrue(net.tracker.hosts().isEmpty());
        assertTrue(net.tracker.nextTick().isEmpty());
    }

    @Test
    void hostsStayWhileTheirSwitchIsAway() {
        final var host = net.known(10, X, A);
        net.react(net.tracker.switchDisconnected(ONE, net.now));
        net.react(net.tracker.setHostPorts(Set.of(C), net.now));
        net.clear();
        net.pass(3_600_000);
        assertEquals(List.of(), net.changes);
        assertEquals(List.of(), net.sent);

        host.mute = true;
        net.react(net.tracker.setHostPorts(Set.of(A, B, C), net.now));
        net.react(net.tracker.switchConnected(ONE, net.now));
        net.pass(5_000 + 3_000);
        assertNull(net.host(X));
    }

    @Test
    void nobodyIsRemovedForAPortOfASwitchThatIsNotConnected() {
        net.react(net.tracker.switchDisconnected(ONE, net.now));
        net.react(net.tracker.restore(List.of(confirmed(X, 10, A)), net.now));
        net.portDown(A);
        net.pass(60_000);
        assertEquals(Status.UNREACHABLE, net.host(X).status());
        net.react(net.tracker.switchConnected(ONE, net.now));
        net.pass(5_000);
        assertNull(net.host(X));
    }

    @Test
    void aPortThatWasDownBeforeItsSwitchWentAwayCountsAsUpAfterwards() {
        net.known(10, X, A);
        net.portDown(A);
        net.react(net.tracker.switchDisconnected(ONE, net.now));
        net.pass(60_000);
        assertEquals(Status.UNREACHABLE, net.host(X).status());
        net.cut.clear();
        net.react(net.tracker.switchConnected(ONE, net.now));
        net.pass(5_000);
        assertEquals(confirmed(X, 10, A), net.host(X));
    }

    @Test
    void hostsGoWithTheirSegment() {
        net.known(10, X, A);
        net.known(11, "10.2.0.11", A);
        net.react(net.tracker.setSegments(List.of(RED), net.now));
        assertEquals(Set.of(ip(X)), net.tracker.hosts().keySet());
        // The gateway's address may become that of a host
        net.react(net.tracker.setSegments(List.of(new Segment(RED.base(), 16, ip(X))), net.now));
        assertTrue(net.tracker.hosts().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> net.tracker.setSegments(
            List.of(RED, new Segment(ip("10.1.8.0"), 24, ip("10.1.8.1"))), net.now));
    }

    @Test
    void probesCarryANewGatewayMac() {
        net.known(10, X, A);
        final var other = MacAddress.parse("02:00:5e:00:00:02");
        net.tracker.setGatewayMac(other);
        net.clear();
        net.pass(LONG);
        assertEquals(other, net.sentTo(A).get(0).senderMac());
    }

    // Looking for addresses

    @Test
    void aWantedAddressIsAskedForBehindAllOpenHostPorts() {
        net.portDown(B);
        net.react(net.tracker.switchDisconnected(new DatapathId(2), net.now));
        net.clear();
        net.wanted(A, X);
        assertEquals(List.of(new Transmission(Set.of(A, port(1, 3), port(1, 4)),
            ArpPacket.request(GATEWAY_MAC, RED.gateway(), ip(X)))), net.sent);
    }

    @Test
    void anAddressThatDoesNotAnswerIsLeftAloneForAWhile() {
        net.wanted(A, X);
        net.wanted(B, X);
        assertEquals(1, net.sent.size());
        assertEquals(1, net.count(HostCounter.GLEAN_COALESCED));
        net.pass(7_999);
        assertEquals(3, net.sent.size());
        net.wanted(A, X);
        assertEquals(3, net.sent.size());
        assertEquals(1, net.count(HostCounter.GLEAN_HELD_DOWN));
        net.pass(1);
        net.wanted(A, X);
        assertEquals(4, net.sent.size());
    }

    @Test
    void whatIsKnownOrNoHostIsNotLookedFor() {
        net.known(10, X, A);
        net.clear();
        net.wanted(B, X);
        net.wanted(B, "192.0.2.1");
        net.wanted(B, "10.1.0.1");
        net.wanted(B, "10.1.255.255");
        assertEquals(List.of(), net.sent);
        assertEquals(1, net.count(HostCounter.GLEAN_KNOWN));
        assertEquals(3, net.count(HostCounter.GLEAN_OUTSIDE));
    }

    @Test
    void aScanCostsLittleAndDoesNotKeepOthersFromBeingFound() {
        final var found = net.station(11, "10.2.0.11", C);
        for (int i = 0; i < 60_000; i++) {
            net.wanted(A, "10.1." + (i / 200 % 250 + 1) + "." + (i % 200 + 1));
            if (i % 10 == 0) {
                net.pass(1);
            }
            if (i == 30_000) {
                assertTrue(net.tracker.strangers() <= 50, "addresses remembered: " + net.tracker.strangers());
                net.wanted(B, "10.2.0.11");
            }
        }
        // 6 s of 16 at a time
        assertTrue(net.sent.size() <= 7 * 16 + 1, "requests: " + net.sent.size());
        assertEquals(confirmed("10.2.0.11", 11, found.port), net.host("10.2.0.11"));
        net.pass(10_000);
        net.wanted(A, X);
        assertEquals(1, net.tracker.strangers());
    }

    @Test
    void scansFromManyPortsAreLimitedTogether() {
        int address = 0;
        for (int port = 1; port <= 100; port++) {
            for (int i = 0; i < 100; i++) {
                address++;
                net.wanted(port(7, port), "10.1." + (address / 200 + 1) + "." + (address % 200 + 1));
            }
        }
        assertEquals(128, net.sent.size());
    }

    @Test
    void addressProbesAreRememberedOnlyInNumbers() {
        net.known(10, X, A).mute = true;
        for (int i = 0; i < 5_000; i++) {
            net.arp(C, ArpPacket.request(mac(1_000 + i), ip("0.0.0.0"), ip(X)));
        }
        assertTrue(net.tracker.strangers() <= 1_024);
    }

    @Test
    void expectedAddressesAreLookedForUntilTheyAreFound() {
        net.react(net.tracker.expect(Set.of(ip(X), ip("192.0.2.1")), net.now));
        net.pass(600_000);
        // Three tries, pauses of 5, 10, 20, 40 and then 60 s
        assertEquals(3 * 13, net.sent.size(), 3);
        net.station(10, X, C);
        net.pass(60_000);
        assertEquals(confirmed(X, 10, C), net.host(X));
        net.clear();
        net.pass(14_000);
        assertTrue(net.sent.size() <= 1);
    }

    @Test
    void expectedAddressesAreLookedForAsSoonAsTheyAreLost() {
        final var host = net.station(10, X, A);
        net.react(net.tracker.expect(Set.of(ip(X)), net.now));
        assertEquals(confirmed(X, 10, A), net.host(X));
        net.pass(60_000);
        host.port = C;
        net.portDown(A);
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void expectedAddressesAreLookedForBehindANewPort() {
        net.react(net.tracker.expect(Set.of(ip(X)), net.now));
        net.portDown(C);
        net.station(10, X, C);
        net.pass(120_000);
        net.portUp(C);
        net.pass(1_000);
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void manyExpectedAddressesAreLookedForOneByOne() {
        final var all = new HashSet<Inet4Address>();
        for (int i = 0; i < 1_000; i++) {
            all.add(ip("10.1." + (i / 200 + 1) + "." + (i % 200 + 1)));
        }
        net.react(net.tracker.expect(all, net.now));
        assertEquals(1, net.sent.size());
        net.pass(999);
        assertEquals(100, net.sent.size());
        for (int i = 0; i < 30; i++) {
            net.clear();
            net.react(net.tracker.switchDisconnected(ONE, net.now));
            net.react(net.tracker.switchConnected(ONE, net.now));
            net.pass(1_000);
            assertTrue(net.sent.size() <= 101, "requests in a second: " + net.sent.size());
        }
        net.react(net.tracker.expect(Set.of(), net.now));
        assertTrue(net.tracker.nextTick().isEmpty());
    }

    // From an earlier run

    @Test
    void hostsOfAnEarlierRunAreKnownAndVerifiedSoon() {
        final var there = net.station(10, X, A);
        final var earlier = List.of(confirmed(X, 10, A), confirmed(Y, 11, C), confirmed("192.0.2.1", 12, A),
            confirmed("10.1.0.13", 13, TRUNK));
        net.react(net.tracker.restore(earlier, net.now));
        assertEquals(Set.of(ip(X), ip(Y)), net.tracker.hosts().keySet());
        assertEquals(Status.UNVERIFIED, net.host(X).status());
        assertEquals(2, net.count(HostCounter.RESTORED));
        net.pass(5_000);
        assertEquals(confirmed(X, 10, A), net.host(X));
        assertEquals(List.of(probeOf(there)), net.sentTo(A));
        net.pass(3_000);
        assertNull(net.host(Y));
    }

    @Test
    void whatHasBeenHeardGoesBeforeWhatWasKnown() {
        net.known(10, X, C);
        net.react(net.tracker.restore(List.of(confirmed(X, 10, A)), net.now));
        assertEquals(confirmed(X, 10, C), net.host(X));
    }

    @Test
    void verifyingManyHostsDoesNotBurst() {
        final var many = new Net(limits(5_000, 20_000));
        final var earlier = new ArrayList<Host>();
        for (int i = 0; i < 10_000; i++) {
            earlier.add(confirmed("10.1." + (i / 250 + 1) + "." + (i % 250 + 1), i, port(1 + i % 2, 1 + i % 3)));
        }
        many.react(many.tracker.restore(earlier, many.now));
        many.react(many.tracker.setSegments(List.of(RED), many.now));
        many.pass(60_000);
        assertEquals(10_000, many.tracker.hosts().size());
        assertEquals(List.of(), many.sent);

        many.react(many.tracker.switchConnected(ONE, many.now));
        many.react(many.tracker.switchConnected(new DatapathId(2), many.now));
        for (int i = 0; i < 10; i++) {
            many.clear();
            many.pass(100);
            assertTrue(many.sent.size() > 150 && many.sent.size() < 250, "probes in 100 ms: " + many.sent.size());
        }
    }

    @Test
    void settingsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> limits(0, 1));
        assertThrows(IllegalArgumentException.class, () -> limits(1, 0));
        assertThrows(IllegalArgumentException.class,
            () -> new HostTracker(HostTrackerSettings.DEFAULT, MacAddress.BROADCAST));
        assertThrows(IllegalArgumentException.class, () -> new Segment(ip("10.1.0.1"), 24, ip("10.1.0.1")));
        assertThrows(IllegalArgumentException.class, () -> new Segment(ip("10.1.0.0"), 24, ip("10.1.1.1")));
        assertThrows(IllegalArgumentException.class, () -> new Segment(ip("10.1.0.0"), 24, ip("10.1.0.255")));
        assertThrows(IllegalArgumentException.class, () -> new Segment(ip("10.1.0.0"), 32, ip("10.1.0.0")));
        assertTrue(new Segment(ip("10.1.0.0"), 31, ip("10.1.0.0")).hasHost(ip("10.1.0.1")));
    }
}
