/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Packets;
import io.peregrine.flow.Subscription;
import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.discovery.SizedProbe;
import io.peregrine.topology.discovery.TunnelProbes.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Edges 1 to 3 as {@code hv1} to {@code hv3}; hv1's port 2 is its tunnel {@code vx-hv2}, and so on.
 */
class TunnelIdentitiesTest {
    private static final Link TUNNEL = new Link(port(1, 2), port(2, 1));

    private final ManualLoop loop = new ManualLoop();
    private final Map<PortId, PortId> wires = new HashMap<>();
    private final List<PortId> sent = new ArrayList<>();
    private final Packets packets = new Packets() {
        @Override
        public Subscription listen(final Listener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> send(final DatapathId datapath, final long port, final byte[] frame) {
            final var from = new PortId(datapath, port);
            sent.add(from);
            loop.execute(() -> tunnels.onPacket(wires.get(from), frame));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> askForExpired(final DatapathId datapath) {
            throw new UnsupportedOperationException();
        }
    };

    private int changes;
    private final TunnelIdentities tunnels = new TunnelIdentities(packets,
        new ProbeCodec(new byte[ProbeCodec.KEY_LENGTH]), 1, loop, loop::now, () -> changes++);

    private static PortId port(final long edge, final long peer) {
        return new PortId(new DatapathId(edge), peer);
    }

    @BeforeEach
    void wire() {
        for (var link : mesh(true)) {
            wires.put(link.from(), link.to());
        }
    }

    private static List<OverlayLink> mesh(final boolean up) {
        final var links = new ArrayList<OverlayLink>();
        for (long from = 1; from <= 3; from++) {
            for (long to = 1; to <= 3; to++) {
                if (from != to) {
                    links.add(new OverlayLink(port(from, to), port(to, from), "hv" + from + " vx-hv" + to,
                        "hv" + to + " vx-hv" + from, up));
                }
            }
        }
        return links;
    }

    private static Topology connected(final long... edges) {
        final var views = new HashMap<DatapathId, SwitchView>();
        for (long edge : edges) {
            final var ports = new HashMap<Long, PortView>();
            for (long peer = 1; peer <= 4; peer++) {
                ports.put(peer, new PortView(peer, "vx-hv" + peer, new MacAddress(0x0200_0000_0000L | edge << 8 | peer),
                    true, OptionalLong.empty()));
            }
            views.put(new DatapathId(edge), new SwitchView(new DatapathId(edge), Optional.empty(), Optional.empty(),
                Optional.empty(), Instant.EPOCH, ports));
        }
        return new Topology(views);
    }

    private void pass(final long millis) {
        loop.pass(Duration.ofMillis(millis));
    }

    @Test
    void tunnelsAreVerifiedOnceBothSwitchesHaveSessions() {
        tunnels.onLinks(mesh(true));
        tunnels.onTopology(connected(1, 3));
        pass(500);
        assertEquals(Identity.UNVERIFIED, tunnels.view().get(TUNNEL).identity());
        assertEquals(Identity.VERIFIED, tunnels.view().get(new Link(port(1, 3), port(3, 1))).identity());
        tunnels.onTopology(connected(1, 2, 3));
        pass(500);
        assertEquals(List.of(Identity.VERIFIED), tunnels.view().values().stream().map(TunnelIdentities.Shown::identity)
            .distinct().toList());
        assertEquals(6, tunnels.view().size());
    }

    @Test
    void nothingIsToldWhileNothingChanges() {
        tunnels.onTopology(connected(1, 2, 3));
        tunnels.onLinks(mesh(true));
        pass(500);
        assertTrue(changes <= 2, "six tunnels are told of together");
        final int before = changes;
        sent.clear();
        pass(100_000);
        assertEquals(60, sent.size());
        assertEquals(before, changes);
    }

    @Test
    void aMiswiredTunnelIsToldByTheNamesOfPorts() {
        tunnels.onTopology(connected(1, 2, 3));
        tunnels.onLinks(mesh(true));
        pass(500);
        wires.put(port(1, 2), port(3, 1));
        pass(12_000);
        assertEquals(new TunnelIdentities.Shown(Identity.MISWIRED,
            Optional.of("frames of hv1 vx-hv2 arrive at hv3 vx-hv1, not at hv2 vx-hv1")), tunnels.view().get(TUNNEL));
        wires.put(port(1, 2), port(3, 4));
        pass(12_000);
        assertEquals(Optional.of("frames of hv1 vx-hv2 arrive at 0000000000000003 vx-hv4, not at hv2 vx-hv1"),
            tunnels.view().get(TUNNEL).problem(), "a port that is no known tunnel's");
        wires.put(port(1, 2), port(2, 1));
        pass(31_000);
        assertEquals(new TunnelIdentities.Shown(Identity.VERIFIED, Optional.empty()), tunnels.view().get(TUNNEL));
    }

    @Test
    void aTunnelThatIsGoneIsShownNoMore() {
        tunnels.onTopology(connected(1, 2, 3));
        tunnels.onLinks(mesh(true));
        pass(500);
        tunnels.onLinks(List.of());
        pass(500);
        assertEquals(Map.of(), tunnels.view());
    }

    @Test
    void whatIsNoProbeIsCounted() {
        tunnels.onTopology(connected(1, 2, 3));
        tunnels.onLinks(mesh(true));
        final byte[] lldp = new byte[60];
        lldp[12] = (byte) 0x88;
        lldp[13] = (byte) 0xCC;
        tunnels.onPacket(port(2, 1), lldp);
        tunnels.onPacket(port(2, 1), new byte[60]);
        assertEquals(1, tunnels.counters().get("tunnel-probe-malformed"));
    }

    @Test
    void whatTriesATunnelsSizeIsNobodyElses() {
        tunnels.onTopology(connected(1, 2, 3));
        tunnels.onLinks(mesh(true));
        pass(500);
        final var before = tunnels.view();
        tunnels.onPacket(port(2, 3), SizedProbe.frame(new UUID(1, 2), 1514));
        pass(500);
        assertEquals(before, tunnels.view());
        assertEquals(Set.of(0L), Set.copyOf(tunnels.counters().values()));
    }
}
