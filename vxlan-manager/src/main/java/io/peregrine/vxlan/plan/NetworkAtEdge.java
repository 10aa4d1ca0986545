/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import java.util.Collection;
import java.util.List;

/**
 * A network as one edge sees it. Port lists are kept sorted, so that equal content compiles to equal groups.
 *
 * @param name the network's name
 * @param vni its VXLAN network identifier
 * @param floodTunnels tunnel ports towards every other edge that has members
 * @param floodPorts ports here that get flooded frames: taps with an open gate, and border ports
 * @param unknownTunnels tunnel ports towards every other edge that has border ports
 * @param unknownPorts border ports here
 */
public record NetworkAtEdge(String name, int vni, Collection<Long> floodTunnels, Collection<Long> floodPorts,
        Collection<Long> unknownTunnels, Collection<Long> unknownPorts) {
    public NetworkAtEdge {
        floodTunnels = sorted(floodTunnels);
        floodPorts = sorted(floodPorts);
        unknownTunnels = sorted(unknownTunnels);
        unknownPorts = sorted(unknownPorts);
    }

    static List<Long> sorted(final Collection<Long> ports) {
        return ports.stream().sorted().distinct().toList();
    }
}
