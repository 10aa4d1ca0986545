/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static io.peregrine.topology.discovery.LinkState.DAMPED;
import static io.peregrine.topology.discovery.LinkState.UNCONFIRMED;
import static io.peregrine.topology.discovery.LinkState.UP;
import static io.peregrine.topology.discovery.SimulatedNetwork.link;
import static io.peregrine.topology.discovery.SimulatedNetwork.parse;
import static io.peregrine.topology.discovery.SimulatedNetwork.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.topology.discovery.LinkDiscovery.Settings;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkDiscoveryTest {
    private static final String BOTH = "1:1->2:1  2:1->1:1";

    private static SimulatedNetwork pair() {
        final var net = new SimulatedNetwork("1:1--2:1");
        net.run(400);
        assertEquals(BOTH, net.links());
        return net;
    }

    /** The last probe that a port has sent. */
    private static byte[] capture(final SimulatedNetwork net, final String port) {
        return net.lastProbes.get(port(port)).clone();
    }

    @Test
    void aWireIsFoundWithTheFirstProbe() {
        final var net = new SimulatedNetwork("1:1--2:1");
        assertEquals("", net.links());
        net.run(3);
        assertEquals(BOTH, net.links());
        assertEquals(UP, net.state("1:1->2:1"));
        assertTrue(net.discovery.links().bidirectional(link("1:1->2:1")));
        assertTrue(net.discovery.links().usable(link("1:1->2:1")));
    }

    @Test
    void theFirstProbeAlsoWaitsForTheSwitch() {
        final var net = new SimulatedNetwork(Settings.DEFAULT);
        net.discovery.portUp(port("1:1"), SimulatedNetwork.macOf(port("1:1")), net.now);
        assertEquals(List.of(), net.probed);
        net.up.add(port("1:1"));
        net.connect(1);
        assertEquals(List.of(port("1:1")), net.probed);
    }

    @Test
    void aPortThatIsToldTwiceIsProbedOnce() {
        final var net = new SimulatedNetwork("1:1--2:1");
        assertFalse(net.discovery.portUp(port("1:1"), SimulatedNetwork.macOf(port("1:1")), net.now));
        assertFalse(net.discovery.switchConnected(new DatapathId(1), net.now));
        assertEquals(2, net.probed.size());
    }

    @Test
    void probesAreSentOncePerInterval() {
        final var net = pair();
        net.probed.clear();
        net.run(3000);
        assertEquals(10, Collections.frequency(net.probed, port("1:1")));
        assertEquals(10, Collections.frequency(net.probed, port("2:1")));
    }

    @Test
    void manyPortsDoNotSendAtOnce() {
        final var net = new SimulatedNetwork(Settings.DEFAULT);
        net.connect(1);
        for (int i = 1; i <= 1200; i++) {
            net.up("1:" + i);
        }
        net.run(300);
        final var bursts = new HashMap<Long, Integer>();
        net.probed.clear();
        for (int i = 0; i < 1000; i++) {
            net.run(1);
            bursts.merge(net.now / 5_000_000, net.probed.size(), Integer::sum);
            net.probed.clear();
        }
        assertTrue(Collections.max(bursts.values()) <= 40, bursts::toString);
    }

    @Test
    void nothingToDoNothingToWaitFor() {
        final var net = new SimulatedNetwork(Settings.DEFAULT);
        assertTrue(net.discovery.nextTick().isEmpty());
        net.connect(1);
        net.up("1:1");
        assertTrue(net.discovery.nextTick().isPresent());
        net.down("1:1");
        assertTrue(net.discovery.nextTick().isEmpty());
    }

    @Test
    void aPortDownTakesBothDirectionsAtOnce() {
        final var net = pair();
        net.down("2:1");
        assertEquals("", net.links());
        net.up("2:1");
        net.run(400);
        assertEquals(BOTH, net.links());
    }

    @Test
    void aSilentWireIsFoundWithinASecond() {
        for (int phase = 0; phase < 300; phase += 7) {
            final var net = pair();
            net.run(phase);
            net.cut("1:1--2:1");
            net.run(640);
            assertEquals(BOTH, net.links(), "missed two at most, phase " + phase);
            net.run(360);
            assertEquals("", net.links(), "phase " + phase);
        }
    }

    @Test
    void oneDirectionMayBeSilent() {
        final var net = pair();
        net.cut("2:1->1:1");
        net.run(1000);
        assertEquals("1:1->2:1", net.links());
        assertFalse(net.discovery.links().bidirectional(link("1:1->2:1")));
        net.wire("2:1->1:1");
        net.run(310);
        assertEquals(BOTH, net.links());
    }

    @Test
    void twoLostProbesDoNotMatter() {
        final var net = pair();
        for (int i = 0; i < 20; i++) {
            net.cut("1:1--2:1");
            net.run(580);
            net.wire("1:1--2:1");
            net.run(310);
            assertEquals(BOTH, net.links());
        }
        assertEquals(UP, net.state("1:1->2:1"));
    }

    @Test
    void parallelWiresAreLinksOfTheirOwn() {
        final var net = new SimulatedNetwork("1:1--2:1  1:2--2:2  1:3--2:3");
        net.run(400);
        net.down("1:2");
        assertEquals("1:1->2:1  1:3->2:3  2:1->1:1  2:3->1:3", net.links());
    }

    @Test
    void linksComeInOrderOfSwitchAndPort() {
        final var net = new SimulatedNetwork("10:1--2:1  2:10--3:1  2:2--9:1");
        net.run(400);
        assertEquals("2:1->10:1  2:2->9:1  2:10->3:1  3:1->2:10  9:1->2:2  10:1->2:1", net.links());
    }

    @Test
    void aMovedCableIsFoundByItsNextProbe() {
        final var net = new SimulatedNetwork("1:1--2:1");
        net.build("3:1--4:1");
        net.run(400);
        net.cut("1:1--2:1  3:1--4:1");
        net.wire("1:1--3:1");
        net.run(310);
        assertEquals("1:1->3:1  3:1->1:1", net.links());
    }

    @Test
    void ofTwoThatArriveTheNewerSenderWins() {
        final var net = new SimulatedNetwork("1:1->3:1");
        net.build("2:1->4:1");
        net.run(400);
        net.cut("1:1->3:1  2:1->4:1");
        net.wire("2:1->3:1");
        net.run(310);
        assertEquals("2:1->3:1", net.links());
    }

    @Test
    void aHubMakesOneLinkThatStays() {
        final var net = new SimulatedNetwork("[3:1 2:1 1:1 4:1]");
        net.run(1000);
        assertEquals(BOTH, net.links());
        net.changes = 0;
        net.run(60_000);
        assertEquals(BOTH, net.links());
        assertEquals(0, net.changes);
        assertTrue(net.counters("4:1").replayed() > 100);
        assertEquals(UP, net.state("1:1->2:1"));
    }

    @Test
    void aHubPrefersALinkThatCanBeUsed() {
        final var net = new SimulatedNetwork("[1:1 1:2 2:1]");
        net.run(1000);
        assertEquals("1:1->2:1  2:1->1:1", net.links());
    }

    @Test
    void whenALinkedPortOfAHubGoesTheNextOneIsLinked() {
        final var net = new SimulatedNetwork("[1:1 2:1 3:1]");
        net.run(1000);
        net.down("1:1");
        assertEquals("", net.links());
        net.run(1500);
        assertEquals("2:1->3:1  3:1->2:1", net.links());
        net.up("1:1");
        net.run(1500);
        assertEquals(BOTH, net.links());
    }

    @Test
    void aHubThatBecomesAWire() {
        final var net = new SimulatedNetwork("[1:1 2:1 3:1]");
        net.run(1000);
        net.cut("[1:1 2:1 3:1]");
        net.wire("1:1--3:1");
        net.run(1600);
        assertEquals("1:1->3:1  3:1->1:1", net.links());
    }

    @Test
    void aRepeatedProbeNeitherMakesNorKeepsALink() {
        final var net = pair();
        final byte[] old = capture(net, "1:1");
        net.run(310);
        net.receive("2:1", old);
        net.receive("2:1", capture(net, "1:1"));
        assertEquals(2, net.counters("2:1").replayed());
        net.cut("1:1--2:1");
        for (int i = 0; i < 100; i++) {
            net.run(10);
            net.receive("2:1", old);
        }
        assertEquals("", net.links());
        net.receive("2:1", old);
        assertEquals("", net.links());
        assertEquals(103, net.counters("2:1").replayed());
    }

    @Test
    void aProbeIsWorthNothingWhenThePortHasComeUpAnew() {
        final var net = new SimulatedNetwork("1:1--9:9");
        net.build("2:1--9:8");
        net.cut("1:1--9:9  2:1--9:8");
        final byte[] old = capture(net, "1:1");
        net.down("1:1");
        net.up("1:1");
        net.receive("2:1", old);
        assertEquals("", net.links());
        assertEquals(1, net.counters("2:1").replayed());
    }

    @Test
    void aProbeKeptForASecondIsWorthNothing() {
        final var net = new SimulatedNetwork("1:1--9:9");
        net.build("2:1--9:8");
        net.cut("1:1--9:9  2:1--9:8");
        final byte[] old = capture(net, "1:1");
        net.run(1300);
        net.receive("2:1", old);
        assertEquals("", net.links());
        assertEquals(1, net.counters("2:1").replayed());
    }

    @Test
    void aProbeOfAnEarlierRunIsReplayed() {
        final var net = new SimulatedNetwork("1:1--2:1");
        net.cut("1:1--2:1");
        final byte[] old = capture(net, "1:1");
        net.restart(Set.of());
        net.connect(1);
        net.connect(2);
        net.receive("2:1", old);
        assertEquals(1, net.counters("2:1").replayed());
        assertEquals("", net.links());
    }

    @Test
    void forgedForeignAndMalformedFramesAreCounted() {
        final var net = pair();
        final var before = net.discovery.links();
        final byte[] forged = capture(net, "1:1");
        forged[forged.length - 3] ^= 1;
        net.receive("2:1", forged);
        net.receive("2:1", new byte[60]);
        net.receive("2:1", HexFormat.of().parseHex("0180c200000e" + "020000000009" + "88cc" + "02020741" + "04020741"
            + "06020078" + "0000"));
        final var counters = net.counters("2:1");
        assertEquals(new PortCounters(counters.genuine(), 1, 1, 0, 1, 0, 0), counters);
        assertTrue(counters.genuine() >= 1);
        assertSame(before, net.discovery.links());
        assertEquals(new PortCounters(0, 0, 0, 0, 0, 0, 0), net.counters("77:1"));
    }

    @Test
    void aLoopIsCountedAndUsesNoProbeUp() {
        final var net = pair();
        net.run(310);
        net.wires.clear();
        net.run(310);
        final byte[] own = capture(net, "1:1");
        net.receive("1:1", own);
        assertEquals(1, net.counters("1:1").looped());
        net.receive("2:1", own);
        assertEquals(0, net.counters("2:1").replayed());
        assertEquals(BOTH, net.links());
    }

    @Test
    void aCableWithinOneSwitchIsShownAndNotUsable() {
        final var net = new SimulatedNetwork("1:1--1:2");
        net.run(400);
        assertEquals("1:1->1:2  1:2->1:1", net.links());
        assertEquals(UP, net.state("1:1->1:2"));
        assertFalse(net.discovery.links().usable(link("1:1->1:2")));
    }

    @Test
    void aProbeAtAPortThatIsNotUpMakesNoLink() {
        final var net = new SimulatedNetwork("1:1--9:9");
        net.connect(2);
        net.receive("2:1", capture(net, "1:1"));
        assertEquals(1, net.counters("2:1").unexpectedPort());
        assertEquals("", net.links());
    }

    @Test
    void withoutASessionTheLinkIsUnconfirmed() {
        final var net = pair();
        net.disconnect(2);
        assertEquals(UNCONFIRMED, net.state("1:1->2:1"));
        assertEquals(UNCONFIRMED, net.state("2:1->1:1"));
        assertTrue(net.discovery.links().usable(link("1:1->2:1")));
        net.probed.clear();
        net.run(100_000);
        assertEquals(BOTH, net.links());
        assertTrue(Collections.frequency(net.probed, port("1:1")) > 300);
        assertEquals(100_000, net.age("1:1->2:1"));
        net.connect(2);
        net.run(310);
        assertEquals(UP, net.state("1:1->2:1"));
        assertEquals(UP, net.state("2:1->1:1"));
    }

    @Test
    void theOtherEndsPortDownEndsAnUnconfirmedLink() {
        final var net = pair();
        net.disconnect(2);
        net.down("1:1");
        assertEquals("", net.links());
    }

    @Test
    void theLostSwitchsPortsTellNothing() {
        final var net = pair();
        net.disconnect(2);
        net.discovery.portDown(port("2:1"), net.now);
        assertEquals(BOTH, net.links());
        net.connect(2);
        net.discovery.portDown(port("2:1"), net.now);
        assertEquals("", net.links());
    }

    @Test
    void silenceCountsFromTheReconnect() {
        final var net = pair();
        net.disconnect(2);
        net.run(5000);
        net.cut("1:1--2:1");
        net.connect(2);
        net.run(2700);
        assertEquals(BOTH, net.links());
        net.run(100);
        assertEquals("", net.links());
    }

    @Test
    void aPortThatIsNotThereAfterTheReconnectIsSilent() {
        final var net = pair();
        net.disconnect(2);
        net.run(5000);
        net.down("2:1");
        net.connect(2);
        net.run(2700);
        assertEquals(BOTH, net.links());
        net.run(100);
        assertEquals("", net.links());
    }

    @Test
    void bothEndsMayBeAwayInTurns() {
        final var net = pair();
        net.disconnect(2);
        net.run(2000);
        net.disconnect(1);
        net.run(2000);
        net.connect(2);
        net.run(2000);
        assertEquals(BOTH, net.links());
        net.connect(1);
        net.run(310);
        assertEquals(UP, net.state("1:1->2:1"));
        assertEquals(UP, net.state("2:1->1:1"));
    }

    @Test
    void anUnconfirmedLinkGivesWayToAMovedCable() {
        final var net = new SimulatedNetwork("1:1--2:1");
        net.build("3:1--9:9");
        net.run(400);
        net.disconnect(2);
        net.cut("1:1--2:1  3:1--9:9");
        net.wire("1:1--3:1");
        net.run(310);
        assertEquals("1:1->3:1  3:1->1:1", net.links());
    }

    @Test
    void rememberedLinksAreUnconfirmedUntilHeard() {
        final var net = pair();
        net.restart(parse("1:1--2:1  1:2--2:2"));
        assertEquals("1:1->2:1  1:2->2:2  2:1->1:1  2:2->1:2", net.links());
        net.run(60_000);
        net.connect(1);
        net.up("1:2");
        net.run(2000);
        assertEquals(UNCONFIRMED, net.state("1:1->2:1"));
        assertEquals(UNCONFIRMED, net.state("1:2->2:2"));
        net.connect(2);
        net.run(310);
        assertEquals(UP, net.state("1:1->2:1"));
        assertEquals(UNCONFIRMED, net.state("1:2->2:2"));
        net.run(2500);
        assertEquals(BOTH, net.links());
    }

    @Test
    void whatIsKnownIsNotReplacedByWhatIsRemembered() {
        final var net = pair();
        assertTrue(net.discovery.restore(parse("1:1--3:1  3:2--4:1"), net.now));
        assertEquals(BOTH + "  3:2->4:1  4:1->3:2", net.links());
        assertEquals(UP, net.state("1:1->2:1"));
        assertEquals(UNCONFIRMED, net.state("3:2->4:1"));
    }

    /** Switch 2 hangs at 1 and 3, which are linked as well. */
    private static SimulatedNetwork triangle() {
        final var net = new SimulatedNetwork("1:1--2:1  1:2--3:2  2:3--3:3");
        net.run(1000);
        return net;
    }

    @Test
    void aSwitchThatFailsIsFoundByItsNeighboursInAMoment() {
        final var net = triangle();
        net.die(2);
        net.run(100);
        assertTrue(net.discovery.links().usable(link("1:1->2:1")));
        net.run(150);
        assertEquals("1:2->3:2  3:2->1:2", net.links());
        net.echoes.clear();
        net.run(5000);
        assertEquals(List.of(), net.echoes);
        net.revive(2);
        net.run(310);
        assertEquals(6, net.discovery.links().all().size());
    }

    @Test
    void aSwitchThatOnlyLostItsSessionKeepsItsLinks() {
        final var net = triangle();
        net.disconnect(2);
        net.run(100_000);
        assertEquals(6, net.discovery.links().all().size());
        assertEquals(UNCONFIRMED, net.state("1:1->2:1"));
        assertTrue(net.counters("1:1").genuine() > 300);
        net.die(2);
        net.run(1400);
        assertEquals("1:2->3:2  3:2->1:2", net.links());
    }

    @Test
    void whoIsNotHeardItselfCannotTellInHaste() {
        final var net = pair();
        net.die(2);
        net.run(900);
        assertEquals(BOTH, net.links());
        net.run(500);
        assertEquals("", net.links());
    }

    @Test
    void aControllerThatIsHeldUpTakesNoNeighbourForDead() {
        final var net = triangle();
        net.disconnect(2);
        for (int i = 0; i < 10; i++) {
            net.run(40);
            net.pause(5000);
        }
        net.run(1000);
        assertEquals(6, net.discovery.links().all().size());
    }

    @Test
    void aSwitchThatFailedBeforeTheControllerStartedIsFound() {
        final var net = triangle();
        net.dead.add(new DatapathId(2));
        net.restart(net.discovery.links().all().keySet());
        net.connect(1);
        net.connect(3);
        net.run(2900);
        assertEquals(6, net.discovery.links().all().size());
        net.run(1500);
        assertEquals("1:2->3:2  3:2->1:2", net.links());
    }

    @Test
    void nobodyIsAskedWhoseSwitchIsConnected() {
        final var net = triangle();
        net.disconnect(2);
        net.run(50);
        net.connect(2);
        net.run(400);
        net.echoes.clear();
        net.run(10_000);
        assertEquals(List.of(), net.echoes);
    }

    @Test
    void anEchoCountsOnceAndAtItsOwnPortOnly() {
        final var net = triangle();
        net.disconnect(2);
        net.run(10);
        final byte[] back = net.lastEcho.clone();
        System.arraycopy(new byte[] {1, (byte) 0x80, (byte) 0xC2, 0, 0, 3}, 0, back, 0, 6);
        final var sender = net.echoes.get(net.echoes.size() - 1);
        final var text = sender.datapath().bits() + ":" + sender.port();
        final long replayed = net.counters(text).replayed();
        net.receive(text, back);
        assertEquals(replayed + 1, net.counters(text).replayed());
        net.receive("1:2", back);
        assertEquals(1, net.counters("1:2").unexpectedPort());
        back[back.length - 3] ^= 1;
        net.receive(text, back);
        assertEquals(1, net.counters(text).forged());
        // One that has not been sent back is nobody's
        net.receive(text, net.lastEcho);
        assertEquals(1, net.counters(text).malformed());
    }

    @Test
    void aSwitchThatIsRemovedTakesItsLinksAlong() {
        final var net = pair();
        net.disconnect(2);
        assertTrue(net.discovery.switchRemoved(new DatapathId(2), net.now));
        assertEquals("", net.links());
        net.connect(2);
        net.run(400);
        assertEquals(BOTH, net.links());
    }

    /** Takes the link away and brings it back. */
    private static void flap(final SimulatedNetwork net, final int times) {
        for (int i = 0; i < times; i++) {
            net.down("1:1");
            assertEquals("", net.links());
            net.up("1:1");
            net.run(310);
            assertEquals(BOTH, net.links());
        }
    }

    @Test
    void aLinkThatFlapsIsHeldUntilItHasLasted() {
        final var net = pair();
        flap(net, 4);
        assertEquals(UP, net.state("1:1->2:1"));
        flap(net, 1);
        assertEquals(DAMPED, net.state("1:1->2:1"));
        assertFalse(net.discovery.links().usable(link("1:1->2:1")));
        final long left = 5000 - net.age("1:1->2:1");
        net.run(left - 5);
        assertEquals(DAMPED, net.state("1:1->2:1"));
        net.run(15);
        assertEquals(UP, net.state("1:1->2:1"));
        flap(net, 1);
        assertEquals(UP, net.state("1:1->2:1"), "the flaps before the hold are served");
    }

    @Test
    void theHoldIsDoubledUpToTheLongest() {
        final var net = pair();
        flap(net, 5);
        for (long hold : new long[] {10_000, 20_000, 40_000, 60_000, 60_000}) {
            flap(net, 1);
            net.run(hold - net.age("1:1->2:1") - 5);
            assertEquals(DAMPED, net.state("1:1->2:1"));
        }
        net.run(15);
        assertEquals(UP, net.state("1:1->2:1"));
        flap(net, 5);
        net.run(59_000);
        assertEquals(DAMPED, net.state("1:1->2:1"), "the hold is remembered");
    }

    @Test
    void aMinuteWithoutAFlapForgetsAll() {
        final var net = pair();
        flap(net, 7);
        net.run(20_000 + 61_000);
        flap(net, 4);
        assertEquals(UP, net.state("1:1->2:1"));
        flap(net, 1);
        assertEquals(DAMPED, net.state("1:1->2:1"));
        net.run(5010);
        assertEquals(UP, net.state("1:1->2:1"));
    }

    @Test
    void flapsFarApartAreNotDamped() {
        final var net = pair();
        for (int i = 0; i < 20; i++) {
            flap(net, 1);
            net.run(2500);
            assertEquals(UP, net.state("1:1->2:1"));
        }
    }

    @Test
    void aDampedLinkGoesDownAtOnce() {
        final var net = pair();
        flap(net, 5);
        net.down("2:1");
        assertEquals("", net.links());
        net.up("2:1");
        net.run(400);
        net.cut("1:1--2:1");
        net.run(1000);
        assertEquals("", net.links());
    }

    @Test
    void aDampedLinkIsHeldAnewAfterASessionWasLost() {
        final var net = pair();
        flap(net, 5);
        net.disconnect(1);
        assertEquals(UNCONFIRMED, net.state("1:1->2:1"));
        net.run(20_000);
        net.connect(1);
        net.run(310);
        assertEquals(DAMPED, net.state("1:1->2:1"));
        net.run(5010);
        assertEquals(UP, net.state("1:1->2:1"));
    }

    @Test
    void aHostsPortHasNoLinks() {
        for (var role : List.of(PortRole.HOST_DECLARED, PortRole.HOST_LEARNED)) {
            final var net = pair();
            net.role("2:1", role);
            assertEquals("", net.links());
            net.run(3000);
            assertEquals("", net.links());
            assertTrue(net.counters("2:1").unexpectedPort() >= 9);
            net.role("2:1", PortRole.FABRIC);
            net.run(310);
            assertEquals(BOTH, net.links());
        }
    }

    @Test
    void aLearnedHostIsProbedRarelyADeclaredOneNever() {
        final var net = pair();
        net.role("1:1", PortRole.HOST_LEARNED);
        net.role("2:1", PortRole.HOST_DECLARED);
        net.probed.clear();
        net.run(30_000);
        assertEquals(Collections.nCopies(10, port("1:1")), net.probed);
    }

    @Test
    void aProbeCannotBeUsedUpAtAHostsPort() {
        final var net = pair();
        net.delay = Duration.ofMillis(50);
        net.up("2:2");
        net.role("2:2", PortRole.HOST_DECLARED);
        for (int i = 0; i < 100; i++) {
            net.run(30);
            net.receive("2:2", capture(net, "1:1"));
        }
        assertEquals(BOTH, net.links());
        assertEquals(0, net.counters("2:1").replayed());
        assertEquals(100, net.counters("2:2").unexpectedPort());
    }

    @Test
    void aControllerThatWasHeldUpTakesNoLinkForGone() {
        final var net = pair();
        net.pause(30_000);
        net.changes = 0;
        net.run(2000);
        assertEquals(0, net.changes);
        net.cut("1:1--2:1");
        net.pause(30_000);
        net.run(600);
        assertEquals(BOTH, net.links());
        net.run(400);
        assertEquals("", net.links());
    }

    @Test
    void whatHasNotChangedIsTheSame() {
        final var net = pair();
        final var links = net.discovery.links();
        net.changes = 0;
        net.run(10_000);
        assertSame(links, net.discovery.links());
        assertEquals(0, net.changes);
        assertThrows(UnsupportedOperationException.class, () -> links.all().clear());
    }

    @Test
    void settingsAreChecked() {
        final var ms = Duration.ofMillis(300);
        final var s = Duration.ofSeconds(1);
        assertEquals(Duration.ofMillis(975), Settings.DEFAULT.silence());
        for (var wrong : List.<Runnable>of(
                () -> new Settings(Duration.ofMillis(9), 3, 4, s, s, s),
                () -> new Settings(Duration.ofMinutes(2), 3, 4, s, s, s),
                () -> new Settings(ms, 0, 4, s, s, s),
                () -> new Settings(ms, 101, 4, s, s, s),
                () -> new Settings(ms, 3, 0, s, s, s),
                () -> new Settings(ms, 3, 4, Duration.ZERO, s, s),
                () -> new Settings(ms, 3, 4, s, Duration.ZERO, s),
                () -> new Settings(ms, 3, 4, s, s, ms),
                () -> new Settings(ms, 3, 4, s, s, Duration.ofDays(2)))) {
            assertThrows(IllegalArgumentException.class, wrong::run);
        }
    }
}
