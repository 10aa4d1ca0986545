/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static io.peregrine.topology.discovery.SimulatedNetwork.link;
import static io.peregrine.topology.discovery.SimulatedNetwork.macOf;
import static io.peregrine.topology.discovery.SimulatedNetwork.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.TunnelProbes.Identity;
import io.peregrine.topology.discovery.TunnelProbes.Status;
import io.peregrine.topology.discovery.TunnelProbes.Tunnel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What tunnels turn out to be. Edge 1's port 2 is its tunnel to edge 2, and so on.
 */
class TunnelProbesTest {
    private static final String TUNNEL = "1:2->2:1";
    private static final Status AT_EDGE_3 = new Status(Identity.MISWIRED, Optional.of(port("3:1")));

    private final ProbeCodec codec = new ProbeCodec(new byte[ProbeCodec.KEY_LENGTH]);
    private final Map<Link, Boolean> tunnels = new TreeMap<>();
    private final Set<Long> away = new HashSet<>();
    /** Where frames of a port arrive, if not where they should. */
    private final Map<PortId, Optional<PortId>> astray = new HashMap<>();
    private final List<PortId> probed = new ArrayList<>();
    private final Map<PortId, byte[]> last = new HashMap<>();
    private final List<Map.Entry<PortId, byte[]>> underWay = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5_000_000_000L;
    private TunnelProbes probes;

    @BeforeEach
    void start() {
        probes = new TunnelProbes(codec, now, (from, frame) -> {
            probed.add(from);
            last.put(from, frame);
            underWay.add(Map.entry(from, frame));
        }, now);
    }

    private void mesh(final int edges) {
        for (int from = 1; from <= edges; from++) {
            for (int to = 1; to <= edges; to++) {
                if (from != to) {
                    tunnels.put(link(from + ":" + to + "->" + to + ":" + from), true);
                }
            }
        }
        tell();
    }

    private boolean tell() {
        return probes.setTunnels(tunnels.entrySet().stream().map(entry -> new Tunnel(entry.getKey(), entry.getValue(),
            Optional.of(macOf(entry.getKey().from())).filter(mac -> !away.contains(entry.getKey().from().datapath()
                .bits()) && !away.contains(entry.getKey().to().datapath().bits())))).toList(), now);
    }

    /** Lets time pass; what is sent arrives at once. */
    private void pass(final Duration time) {
        final long end = now + time.toNanos();
        while (true) {
            final var next = probes.nextTick();
            if (next.isEmpty() || next.orElseThrow() - end > 0) {
                break;
            }
            now = next.orElseThrow() - now > 0 ? next.orElseThrow() : now;
            probes.tick(now);
            deliver();
        }
        now = end;
    }

    private void pass(final long seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    private void deliver() {
        final var arriving = List.copyOf(underWay);
        underWay.clear();
        arriving.forEach(entry -> astray.getOrDefault(entry.getKey(), tunnels.keySet().stream()
            .filter(tunnel -> tunnel.from().equals(entry.getKey())).map(Link::to).findFirst())
            .ifPresent(at -> probes.received(at, entry.getValue(), now)));
    }

    private void settle() {
        pass(Duration.ofMillis(500));
    }

    private Status status() {
        return probes.statuses().get(link(TUNNEL));
    }

    private void lead(final String from, final String to) {
        astray.put(port(from), Optional.of(port(to)));
    }

    private void lose(final String from) {
        astray.put(port(from), Optional.empty());
    }

    private void miswire() {
        mesh(3);
        lead("1:2", "3:1");
        pass(2);
        assertEquals(AT_EDGE_3, status());
    }

    @Test
    void everyTunnelIsVerifiedWithItsFirstProbe() {
        mesh(3);
        assertEquals(Status.UNVERIFIED, status());
        settle();
        assertEquals(6, probes.statuses().size());
        assertEquals(Set.of(Status.VERIFIED), Set.copyOf(probes.statuses().values()));
    }

    @Test
    void aTunnelThatIsKnownIsProbedRarelyAndTellsNothingNew() {
        mesh(2);
        settle();
        probed.clear();
        for (int i = 0; i < 100; i++) {
            pass(1);
            assertFalse(tell());
        }
        assertEquals(10, Collections.frequency(probed, port("1:2")));
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void manyTunnelsAreNotProbedAtOnce() {
        pass(100);
        mesh(50);
        int most = 0;
        for (int i = 0; i < 3000; i++) {
            probed.clear();
            pass(Duration.ofMillis(10));
            most = Math.max(most, probed.size());
        }
        assertEquals(2450, probes.statuses().values().stream().filter(Status.VERIFIED::equals).count());
        assertTrue(most <= TunnelProbes.BURST + 2450 / ProbeWheel.SLOTS + 1, most + " within 10 ms");
    }

    @Test
    void theFirstProbeIsRepeatedUntilOneArrives() {
        lose("1:2");
        mesh(2);
        pass(Duration.ofMillis(1500));
        assertEquals(Status.UNVERIFIED, status());
        astray.clear();
        pass(1);
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void aTunnelThatNeverAnswersIsProbedRarelyInTheEnd() {
        lose("1:2");
        mesh(2);
        pass(20);
        probed.clear();
        pass(100);
        assertEquals(10, Collections.frequency(probed, port("1:2")));
        assertEquals(Status.UNVERIFIED, status());
    }

    @Test
    void framesThatArriveAtAnotherEdgeAreTold() {
        lead("1:2", "3:1");
        mesh(3);
        settle();
        assertEquals(Status.UNVERIFIED, status(), "one probe is none");
        pass(1);
        assertEquals(AT_EDGE_3, status());
        assertEquals(Status.VERIFIED, probes.statuses().get(link("2:1->1:2")), "the other direction");
    }

    @Test
    void aTunnelThatIsVerifiedMayBecomeMiswired() {
        mesh(3);
        settle();
        lead("1:2", "3:1");
        pass(12);
        assertEquals(AT_EDGE_3, status());
    }

    @Test
    void framesThatComeBackAreToldAsWell() {
        lead("1:2", "1:2");
        mesh(2);
        pass(2);
        assertEquals(new Status(Identity.MISWIRED, Optional.of(port("1:2"))), status());
    }

    @Test
    void oneProbeThatGoesAstrayChangesNothing() {
        mesh(3);
        settle();
        lead("1:2", "3:1");
        while (Collections.frequency(probed, port("1:2")) < 3) {
            pass(Duration.ofMillis(100));
        }
        astray.clear();
        pass(30);
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void threeProbesInARowMakeAMiswiredTunnelRight() {
        miswire();
        astray.clear();
        pass(20);
        assertEquals(AT_EDGE_3, status());
        lead("1:2", "3:1");
        pass(10);
        astray.clear();
        pass(20);
        assertEquals(AT_EDGE_3, status(), "now here, now there");
        pass(10);
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void anotherWrongEdgeIsToldInItsPlace() {
        mesh(4);
        lead("1:2", "3:1");
        pass(2);
        lead("1:2", "4:1");
        pass(12);
        assertEquals(new Status(Identity.MISWIRED, Optional.of(port("4:1"))), status());
    }

    @Test
    void threeMissedProbesTakeTheVerificationAway() {
        mesh(2);
        settle();
        lose("1:2");
        pass(30);
        assertEquals(Status.VERIFIED, status());
        pass(10);
        assertEquals(Status.UNVERIFIED, status());
        assertEquals(Status.VERIFIED, probes.statuses().get(link("2:1->1:2")));
        astray.clear();
        pass(10);
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void twoMissedProbesDoNot() {
        mesh(2);
        settle();
        for (int i = 0; i < 5; i++) {
            lose("1:2");
            pass(20);
            astray.clear();
            pass(10);
            assertEquals(Status.VERIFIED, status());
        }
    }

    @Test
    void aControllerThatWasHeldUpMissesNothing() {
        mesh(2);
        settle();
        now += Duration.ofMinutes(5).toNanos();
        pass(1);
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void aTunnelThatIsDownIsUnverifiedAndNotProbed() {
        mesh(2);
        settle();
        tunnels.put(link(TUNNEL), false);
        assertTrue(tell());
        assertEquals(Status.UNVERIFIED, status());
        probed.clear();
        pass(100);
        assertEquals(0, Collections.frequency(probed, port("1:2")));
        tunnels.put(link(TUNNEL), true);
        tell();
        settle();
        assertEquals(Status.VERIFIED, status());
    }

    @Test
    void whileASwitchIsAwayNothingIsKnownAndNothingChanges() {
        mesh(2);
        settle();
        for (long one : List.of(1L, 2L)) {
            away.add(one);
            assertFalse(tell());
            probed.clear();
            pass(100);
            assertEquals(List.of(), probed);
            assertEquals(Status.VERIFIED, status());
            away.clear();
            lose("1:2");
            assertFalse(tell());
            pass(30);
            assertEquals(Status.VERIFIED, status(), "missed ones count from then on");
            pass(10);
            assertEquals(Status.UNVERIFIED, status());
            astray.clear();
            pass(10);
        }
    }

    @Test
    void aPortNumberThatIsUsedAgainStartsAnew() {
        mesh(3);
        settle();
        final byte[] old = last.get(port("1:2"));
        tunnels.remove(link(TUNNEL));
        tunnels.put(link("1:2->2:7"), true);
        lose("1:2");
        assertTrue(tell());
        settle();
        assertEquals(Status.UNVERIFIED, probes.statuses().get(link("1:2->2:7")));
        assertFalse(probes.statuses().containsKey(link(TUNNEL)));
        assertFalse(probes.received(port("2:7"), old, now), "one that was sent before");
        astray.clear();
        pass(1);
        assertEquals(Status.VERIFIED, probes.statuses().get(link("1:2->2:7")));
    }

    @Test
    void aTunnelThatIsGoneIsForgotten() {
        mesh(2);
        settle();
        tunnels.clear();
        assertTrue(tell());
        assertEquals(Map.of(), probes.statuses());
        assertTrue(probes.nextTick().isEmpty());
    }

    @Test
    void aReplayedProbeVerifiesNothing() {
        mesh(3);
        settle();
        final byte[] seen = last.get(port("1:2"));
        assertFalse(probes.received(port("3:1"), seen, now));
        assertFalse(probes.received(port("3:1"), seen, now));
        assertEquals(Status.VERIFIED, status());
        lose("1:2");
        pass(35);
        probes.received(port("2:1"), seen, now);
        pass(5);
        assertEquals(Status.UNVERIFIED, status());
        assertEquals(3, probes.counters().replayed());
    }

    @Test
    void aProbeThatWasKeptBackForLongIsReplayed() {
        lose("1:2");
        mesh(2);
        settle();
        final byte[] kept = last.get(port("1:2"));
        pass(60);
        assertFalse(probes.received(port("2:1"), kept, now));
        assertEquals(Status.UNVERIFIED, status());
    }

    @Test
    void aProbeOfAnEarlierRunIsReplayed() {
        mesh(2);
        settle();
        final byte[] old = last.get(port("1:2"));
        now++;
        start();
        lose("1:2");
        tell();
        settle();
        assertFalse(probes.received(port("2:1"), old, now));
        assertEquals(Status.UNVERIFIED, status());
        assertEquals(1, probes.counters().replayed());
    }

    @Test
    void whatIsNoProbeIsCounted() {
        lose("1:2");
        mesh(2);
        settle();
        final byte[] forged = last.get(port("1:2")).clone();
        forged[forged.length - 3] ^= 1;
        assertFalse(probes.received(port("2:1"), forged, now));
        assertFalse(probes.received(port("2:1"), new byte[14], now));
        final byte[] others = codec.template(port("9:9"), macOf(port("9:9")), Long.MAX_VALUE - 5_000_000_000L).frame(1);
        assertFalse(probes.received(port("2:1"), others, now));
        assertEquals(Status.UNVERIFIED, status());
        assertEquals(1, probes.counters().forged());
        assertEquals(1, probes.counters().malformed());
        assertEquals(1, probes.counters().unexpectedPort(), "no tunnel begins there");
    }
}
