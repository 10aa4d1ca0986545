/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Packets;
import io.peregrine.vxlan.GuestPorts.FirstFrame;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for what guests say first at a new place. Thread-safe: packets come on a thread of the programmer's, most of
 * them from ports at which nobody is awaited, and those cost one look.
 */
final class FirstFrames {
    /** Hears of first frames, on the thread of the packets, which it must not block. */
    @FunctionalInterface
    interface Listener {
        void onFirstFrame(String interfaceId, String edge, FirstFrame frame, long at);
    }

    private static final int ETHERTYPE_OFFSET = 12;
    private static final int RARP = 0x8035;

    private record Port(DatapathId datapath, long number) {
    }

    private static final class Awaited {
        final String interfaceId;
        final String edge;
        final AtomicBoolean announced = new AtomicBoolean();
        final AtomicBoolean spoken = new AtomicBoolean();

        Awaited(final String interfaceId, final String edge) {
            this.interfaceId = interfaceId;
            this.edge = edge;
        }
    }

    private final Listener listener;
    private final Map<Port, Awaited> awaited = new ConcurrentHashMap<>();
    /** By interfaceid; used on the overlay's thread only. */
    private final Map<String, Map<String, Port>> ports = new HashMap<>();

    FirstFrames(final Listener listener) {
        this.listener = requireNonNull(listener);
    }

    /**
     * Sets where a port's first frame is awaited; at an edge that has no tap yet it is not. To be called on the
     * overlay's thread.
     *
     * @param interfaceId the port
     * @param edges the edges
     * @param snapshots what the edges' OVSDB says
     */
    void await(final String interfaceId, final Set<String> edges, final Map<String, EdgeSnapshot> snapshots) {
        final var before = ports.getOrDefault(interfaceId, Map.of());
        final var after = new HashMap<String, Port>();
        for (final var edge : edges) {
            final var snapshot = snapshots.get(edge);
            final var tap = snapshot == null ? null : snapshot.taps().get(interfaceId);
            if (tap != null && snapshot.datapath().isPresent()) {
                after.put(edge, new Port(snapshot.datapath().orElseThrow(), tap.port()));
            }
        }
        if (before.equals(after)) {
            return;
        }
        before.forEach((edge, port) -> {
            if (!port.equals(after.get(edge))) {
                awaited.remove(port);
            }
        });
        after.forEach((edge, port) -> {
            if (!port.equals(before.get(edge))) {
                awaited.put(port, new Awaited(interfaceId, edge));
            }
        });
        if (after.isEmpty()) {
            ports.remove(interfaceId);
        } else {
            ports.put(interfaceId, after);
        }
    }

    /** Takes a packet in; see {@link Packets.Listener}. */
    void onPacket(final DatapathId datapath, final long port, final Packets.Reason reason, final byte[] frame) {
        final var guest = awaited.get(new Port(datapath, port));
        if (guest == null || frame.length < ETHERTYPE_OFFSET + 2) {
            return;
        }
        final long now = System.nanoTime();
        final int type = (frame[ETHERTYPE_OFFSET] & 0xFF) << 8 | frame[ETHERTYPE_OFFSET + 1] & 0xFF;
        final boolean announcement = type == RARP;
        if ((announcement ? guest.announced : guest.spoken).compareAndSet(false, true)) {
            listener.onFirstFrame(guest.interfaceId, guest.edge,
                announcement ? FirstFrame.ANNOUNCEMENT : FirstFrame.OWN, now);
        }
    }
}
