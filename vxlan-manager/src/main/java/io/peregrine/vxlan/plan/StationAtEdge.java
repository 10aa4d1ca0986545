/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A known station of a network, a guest's port or a host behind a border, as one edge sees it.
 *
 * @param id what is unique and stable about it; its REMOTE group is named after it
 * @param vni its network's VXLAN network identifier
 * @param mac its MAC address
 * @param addresses its known IP addresses
 * @param remoteTunnels tunnel ports towards every other edge that gets a copy of frames for it: none, one or two
 * @param local how it is attached here, empty if it is not
 * @param redirects frames for it that come out of tunnels here and have to go elsewhere
 */
public record StationAtEdge(String id, int vni, MacAddress mac, Collection<InetAddress> addresses,
        Collection<Long> remoteTunnels, Optional<Local> local, Collection<Redirect> redirects) {
    /**
     * Frames of an edge that still sends here because it has not confirmed that the station moves.
     *
     * @param fromTunnel the tunnel port that they come out of
     * @param toTunnels tunnel ports towards the edges that lack them; may be the one that they come out of
     */
    public record Redirect(long fromTunnel, List<Long> toTunnels) {
        public Redirect {
            toTunnels = NetworkAtEdge.sorted(toTunnels);
        }
    }

    /**
     * A local attachment.
     *
     * @param port the OpenFlow port number of the tap or border port
     * @param gateOpen whether frames reach it
     * @param targeted whether frames that enter at this edge are for it
     * @param awaited whether the station has not been heard here yet, so that its first frame is for the controller too
     * @param guarded whether the port is the station's alone, so that it is let in here and only as itself; false for a
     *     host behind a border port, which it shares
     */
    public record Local(long port, boolean gateOpen, boolean targeted, boolean awaited, boolean guarded) {
        /** A port behind which the station is all the time, shared with others. */
        static Local shared(final long port) {
            return new Local(port, true, true, false, false);
        }

    }

    public StationAtEdge {
        requireNonNull(id);
        requireNonNull(mac);
        requireNonNull(local);
        addresses = List.copyOf(addresses);
        remoteTunnels = NetworkAtEdge.sorted(remoteTunnels);
        redirects = List.copyOf(redirects);
    }
}
