/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.peregrine.migration.internal.core.jobs.Exports;
import io.peregrine.migration.internal.core.jobs.Facts;
import io.peregrine.migration.internal.core.jobs.FrameSizes;
import io.peregrine.migration.internal.core.jobs.GuestNeeds;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.NfsPath;
import io.peregrine.migration.internal.core.jobs.SharedStorage;
import io.peregrine.migration.internal.core.jobs.Target;
import io.peregrine.migration.internal.libvirt.Control;
import io.peregrine.migration.internal.libvirt.Controls;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.migration.internal.records.Records;
import io.peregrine.migration.internal.records.SessionView;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.SizeProbes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.stubbing.Answer;

/**
 * A guest at hv1 that is to go to hv2, with an MTU of 1400 and a disk at an NFS server.
 */
class FactFinderTest {
    private static final UUID GUEST = new UUID(1, 1);
    private static final GuestNeeds.Disk DISK = new GuestNeeds.Disk("vda", "nfs:/srv/web.img", true, List.of("nas"),
        false);

    private final Known known = new Known(mock(Records.class));
    private final EdgeFacts edges = mock(EdgeFacts.class);
    private final Controls controls = mock(Controls.class);
    private final Control control = mock(Control.class);
    private CompletableFuture<SizeProbes.Passed> passed = CompletableFuture.completedFuture(
        new SizeProbes.Passed(Set.of(128, 1350), Set.of(1400)));
    private Duration recovery = Duration.ofHours(1);
    private Optional<Collection<Integer>> asked = Optional.empty();

    @BeforeEach
    void before() throws IOException {
        final var target = new Target(Optional.empty(), Optional.empty());
        known.follow(Map.of("hv1", target, "hv2", target));
        for (final var host : List.of("hv1", "hv2")) {
            known.session(new SessionView(host, SessionView.State.IN_SYNC, Instant.EPOCH, Optional.empty()));
        }
        final Answer<Object> asks = call -> call.<Controls.Question<?>>getArgument(1).ask(control);
        when(controls.ask(any(), any())).thenAnswer(asks);
        when(controls.askStorage(any(), any())).thenAnswer(asks);
        when(controls.exports("hv2", "nas")).thenReturn(List.of("/srv"));
        has(DISK);
        when(edges.unready(any())).thenReturn(Optional.empty());
        when(edges.tunnel(any(), any())).thenReturn(Optional.of(Facts.Liveness.UP));
    }

    private void has(final GuestNeeds.Disk disk) throws IOException {
        when(control.needs(GUEST)).thenReturn(new GuestNeeds(GUEST, "web", 1, "kvm", "x86_64", "q35", Optional.empty(),
            Optional.empty(), List.of(disk), List.of(), OptionalLong.of(1400)));
    }

    private Facts find() {
        return find(Optional.of("hv1"), MoveOptions.NONE);
    }

    private Facts find(final Optional<String> host, final MoveOptions options) {
        return find(finder(), host, options);
    }

    private static Facts find(final FactFinder finder, final Optional<String> host, final MoveOptions options) {
        return finder.find(new GuestView(GUEST, "web", host, GuestView.State.RUNNING, List.of(), Optional.empty()),
            "hv2", options, 0);
    }

    private static List<String> cutOff(final FactFinder finder) {
        return find(finder, Optional.of("hv1"), MoveOptions.NONE).network().cutOff();
    }

    private FactFinder finder() {
        final SizeProbes sizes = (from, to, wanted) -> {
            assertEquals(List.of("hv1", "hv2"), List.of(from, to));
            asked = Optional.of(wanted);
            return passed;
        };
        return new FactFinder(known, mock(GuestPorts.class), sizes, edges, controls, recovery);
    }

    @Test
    void ofAGuestThatIsNowhereYetNoTunnelIsLookedFor() {
        when(edges.tunnel(eq(""), any())).thenThrow(new IllegalArgumentException("Invalid length"));
        final var facts = find(Optional.empty(), MoveOptions.NONE);
        assertEquals(Optional.empty(), facts.network().there());
        assertEquals(Optional.empty(), asked);
    }

    @Test
    void ofADiskThatIsCopiedNoServerIsAsked() throws IOException {
        final var copied = new MoveOptions(false, false, false, false, false, false, true, OptionalInt.empty(),
            Optional.empty(), Optional.empty());
        has(new GuestNeeds.Disk("vda", "/vm/web.img", false, List.of(), false));
        final SharedStorage.Pool pool = new SharedStorage.Pool("vm", "netfs", "<source><host name='nas'/>"
            + "<dir path='/srv'/></source>", "/vm", false);
        when(control.storage(any())).thenReturn(Optional.of(new SharedStorage.Place(pool, true)));
        assertEquals(Set.of("vda"), find().domain().exports().keySet());
        assertEquals(Map.of(), find(Optional.of("hv1"), copied).domain().exports());
    }

    @Test
    void framesOfTheGuestsMtuAreTried() {
        assertEquals(Optional.of(new FrameSizes(1400, Set.of(128, 1350), Set.of(1400))),
            find().network().frames().value());
        assertEquals(Optional.of(List.of(128, 1350, 1400)), asked);
    }

    @Test
    void whyNoFrameWasSentIsKept() {
        passed = CompletableFuture.failedFuture(new IllegalStateException("no session"));
        assertEquals("no session", find().network().frames().why());
    }

    @Test
    void nothingIsSentWhereThereIsNoTunnel() {
        when(edges.tunnel("hv2", "hv1")).thenReturn(Optional.empty());
        assertTrue(find().network().frames().value().isEmpty());
        assertEquals(Optional.empty(), asked);
    }

    @Test
    void tunnelThatFramesPassIsHeardAgainByBfd() {
        when(edges.tunnel("hv2", "hv1")).thenReturn(Optional.of(Facts.Liveness.DOWN))
            .thenReturn(Optional.of(Facts.Liveness.UNKNOWN)).thenReturn(Optional.of(Facts.Liveness.UP));
        when(edges.tunnel("border", "hv2")).thenReturn(Optional.of(Facts.Liveness.DOWN))
            .thenReturn(Optional.empty()).thenReturn(Optional.of(Facts.Liveness.UP));
        when(edges.reachOnly("hv1", "hv2")).thenReturn(List.of("border"));
        final var network = find().network();
        assertEquals(Optional.of(Facts.Liveness.UP), network.back());
        assertEquals(List.of(), network.cutOff());
    }

    @Test
    void tunnelThatBfdDoesNotHearAgainIsDown() {
        recovery = Duration.ZERO;
        when(edges.tunnel("hv2", "hv1")).thenReturn(Optional.of(Facts.Liveness.DOWN));
        when(edges.reachOnly("hv1", "hv2")).thenReturn(List.of("border"));
        final var network = find().network();
        assertEquals(Optional.of(Facts.Liveness.DOWN), network.back());
        assertEquals(List.of("border"), network.cutOff());
    }

    @Test
    void tunnelThatWasWaitedForInVainIsNotWaitedForAgain() {
        when(edges.reachOnly("hv1", "hv2")).thenReturn(List.of("border"));
        when(edges.tunnel("border", "hv2")).thenReturn(Optional.of(Facts.Liveness.DOWN));
        recovery = Duration.ofMillis(250);
        final var finder = finder();
        assertEquals(List.of("border"), cutOff(finder));
        clearInvocations(edges);
        assertEquals(List.of("border"), cutOff(finder));
        verify(edges, never()).tunnel("border", "hv2");
        when(edges.reachOnly("hv1", "hv2")).thenReturn(List.of()).thenReturn(List.of("border"));
        assertEquals(List.of(), cutOff(finder));
        assertEquals(List.of("border"), cutOff(finder));
        verify(edges, atLeastOnce()).tunnel("border", "hv2");
    }

    @Test
    void tunnelThatNothingPassesIsNotWaitedFor() {
        when(edges.tunnel("hv2", "hv1")).thenReturn(Optional.of(Facts.Liveness.DOWN));
        passed = CompletableFuture.completedFuture(new SizeProbes.Passed(Set.of(128), Set.of()));
        assertEquals(Optional.of(Facts.Liveness.DOWN), find().network().back());
    }

    @Test
    void usualSizeIsTriedWhereLibvirtDoesNotAnswer() throws IOException {
        doThrow(new IOException("refused")).when(controls).ask(any(), any());
        assertEquals(1500, find().network().frames().value().orElseThrow().wanted());
        assertEquals(Map.of(), find().domain().exports());
    }

    @Test
    void exportsOfTheDisksServerAreAskedFor() {
        final var exports = find().domain().exports();
        assertEquals(Set.of(DISK.target()), exports.keySet());
        final Exports heard = exports.get(DISK.target());
        assertEquals(new NfsPath("nas", "/srv/web.img"), heard.wanted());
        assertEquals(Optional.of(List.of("/srv")), heard.there().value());
    }

    @Test
    void whereLibvirtIsNotConnectedNobodyWaitsForIt() throws IOException {
        known.session(new SessionView("hv2", SessionView.State.DISCONNECTED, Instant.EPOCH, Optional.of("no answer")));
        final var domain = find().domain();
        assertEquals("hv2: no answer", domain.namesakes().why());
        assertTrue(domain.needs().value().isPresent());
        verify(controls, never()).ask(eq("hv2"), any());
        verify(controls, never()).exports(any(), any());
    }

    @Test
    void storageThatHangsLeavesTheRestKnown() throws IOException {
        has(new GuestNeeds.Disk("vda", "/vm/web.img", false, List.of(), false));
        doThrow(new IOException("hv2: libvirt does not answer")).when(controls).askStorage(eq("hv2"), any());
        final var domain = find().domain();
        assertEquals(Optional.of(Map.of()), domain.poolsHere().value());
        assertTrue(domain.poolsThere().why().endsWith("at hv2: libvirt does not answer"));
        assertTrue(domain.namesakes().value().isPresent());
        assertEquals(Map.of(), domain.exports());
    }
}
