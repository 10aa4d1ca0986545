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
import java.util.Collection;
import java.util.OptionalLong;

/**
 * A guest's port that is probed, as one edge sees it.
 *
 * @param session the session's number, see {@link ProbeAddress}
 * @param vni its network's VXLAN network identifier
 * @param mac its MAC address
 * @param ipv6 whether it is asked by neighbour solicitations rather than ARP
 * @param probing whether probes begin here
 * @param answerTunnels where they do, the tunnel ports that answers come out of
 * @param tap the OpenFlow port number of its tap here, empty if it has none
 * @param probingTunnel where they do not, the tunnel port towards the edge where they do, empty if there is none
 */
public record ProbedAtEdge(int session, int vni, MacAddress mac, boolean ipv6, boolean probing,
        Collection<Long> answerTunnels, OptionalLong tap, OptionalLong probingTunnel) {
    public ProbedAtEdge {
        requireNonNull(mac);
        requireNonNull(tap);
        requireNonNull(probingTunnel);
        answerTunnels = NetworkAtEdge.sorted(answerTunnels);
    }
}
