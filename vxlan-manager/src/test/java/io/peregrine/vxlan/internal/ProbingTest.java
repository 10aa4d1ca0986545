/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Packets;
import io.peregrine.topology.hosts.ArpPacket;
import io.peregrine.vxlan.GuestProbes;
import io.peregrine.vxlan.plan.Overlay;
import io.peregrine.vxlan.plan.ProbeAddress;
import io.peregrine.vxlan.plan.ProbeFrames;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

class ProbingTest {
    private static final DatapathId EDGE = new DatapathId(7);
    private static final DatapathId OTHER = new DatapathId(8);
    private static final MacAddress GUEST = MacAddress.parse("52:54:00:00:00:01");
    private static final Inet4Address ADDRESS = (Inet4Address) InetAddresses.forString("192.0.2.5");

    private final Overlay overlay = mock(Overlay.class);
    private final Packets packets = mock(Packets.class);
    private boolean stopped;
    private CompletableFuture<Void> confirmed = CompletableFuture.completedFuture(null);
    private final List<Integer> heard = new ArrayList<>();
    private final Probing probing = new Probing(overlay, packets, task -> {
        if (!stopped) {
            task.run();
        }
        return !stopped;
    });

    @BeforeEach
    void before() {
        when(overlay.probe(anyString(), anyInt())).thenAnswer(call ->
            new Overlay.ProbePoint("border", EDGE, GUEST, ADDRESS, confirmed));
        when(overlay.renewProbes(anyString(), anyInt())).thenReturn(CompletableFuture.completedFuture(null));
        when(packets.send(any(), anyLong(), any())).thenReturn(CompletableFuture.completedFuture(null));
    }

    private GuestProbes.Session begin() {
        return probing.probe("p1", (number, at) -> heard.add(number)).join();
    }

    private void answer(final DatapathId datapath, final ProbeAddress probe, final MacAddress from) {
        probing.onPacket(datapath, 3, Packets.Reason.ACTION,
            ArpPacket.reply(from, ADDRESS, probe.mac(), (Inet4Address) InetAddresses.forString("0.0.0.0")).toFrame());
    }

    @Test
    void aProbeEntersTheFirstTableOfItsEdge() {
        final var session = begin();
        assertEquals("border", session.edge());
        assertEquals(ADDRESS, session.address());
        assertTrue(session.send(5).isDone());
        final var frame = ArgumentCaptor.forClass(byte[].class);
        verify(packets).send(eq(EDGE), eq(Action.TABLE),
            frame.capture());
        assertArrayEquals(ProbeFrames.probe(new ProbeAddress(0, 5), GUEST, ADDRESS), frame.getValue());
        assertTrue(session.renew().isDone());
        verify(overlay).renewProbes("p1", 0);
    }

    @Test
    void aProbeIsSentBehindWhatWaitsAtAPort() {
        when(overlay.switchPort("p1", "hv1")).thenReturn(Optional.of(new Overlay.SwitchPort(OTHER, 12)));
        final var session = begin();
        assertTrue(session.sendBehind(6, "hv1").isDone());
        final var frame = ArgumentCaptor.forClass(byte[].class);
        verify(packets).send(eq(OTHER), eq(12L), frame.capture());
        assertArrayEquals(ProbeFrames.probe(new ProbeAddress(0, 6), GUEST, ADDRESS), frame.getValue());
        answer(EDGE, new ProbeAddress(0, 6), GUEST);
        assertEquals(List.of(6), heard);
        final var nowhere = session.sendBehind(7, "hv2");
        assertEquals("it is not attached at edge 'hv2'",
            assertThrows(CompletionException.class, nowhere::join).getCause().getMessage());
    }

    @Test
    void onlyTheGuestsAnswersWhereItWasAskedCount() {
        answer(EDGE, new ProbeAddress(0, 1), GUEST);
        final var session = begin();
        answer(EDGE, new ProbeAddress(0, 1), GUEST);
        answer(EDGE, new ProbeAddress(0, 1), GUEST);
        answer(EDGE, new ProbeAddress(1, 2), GUEST);
        answer(OTHER, new ProbeAddress(0, 2), GUEST);
        answer(EDGE, new ProbeAddress(0, 2), MacAddress.parse("52:54:00:00:00:02"));
        probing.onPacket(EDGE, 3, Packets.Reason.ACTION, new byte[3]);
        assertEquals(List.of(1, 1), heard);
        session.close();
        answer(EDGE, new ProbeAddress(0, 3), GUEST);
        assertEquals(List.of(1, 1), heard);
        verify(overlay).endProbes("p1", 0);
        session.close();
        verify(overlay).probe("p1", 0);
        verifyNoMoreInteractions(overlay);
    }

    @Test
    void numbersAreTakenInTurnAndThenAgain() {
        for (int i = 0; i < ProbeAddress.SESSIONS; i++) {
            begin().close();
        }
        final var all = new ArrayList<GuestProbes.Session>();
        for (int i = 0; i < ProbeAddress.SESSIONS; i++) {
            all.add(begin());
        }
        assertEquals("4096 guests are being probed already",
            assertThrows(CompletionException.class, this::begin).getCause().getMessage());
        all.get(9).close();
        begin();
    }

    @Test
    void whatCannotBeSetUpIsNotKept() {
        confirmed = CompletableFuture.failedFuture(new IllegalStateException("edge hv1: no session"));
        assertThrows(CompletionException.class, this::begin);
        verify(overlay).endProbes("p1", 0);
        when(overlay.probe(anyString(), anyInt())).thenThrow(new IllegalStateException("why"));
        assertEquals("why", assertThrows(CompletionException.class, this::begin).getCause().getMessage());
    }

    @Test
    void whoComesAfterTheEndIsTold() {
        final var session = begin();
        stopped = true;
        assertThrows(CompletionException.class, this::begin);
        assertTrue(session.renew().isCompletedExceptionally());
        assertTrue(session.sendBehind(1, "hv1").isCompletedExceptionally());
        session.close();
    }
}
