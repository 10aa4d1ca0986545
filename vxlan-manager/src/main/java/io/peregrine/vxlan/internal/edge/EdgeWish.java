/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;

/**
 * How an edge's Open vSwitch should be. Immutable.
 *
 * @param edge the edge's name
 * @param formerNames names under which the bridge may be marked as ours from earlier
 * @param bridge its integration bridge
 * @param datapathType the bridge's {@code datapath_type} if it has to be made
 * @param takeOver whether a used bridge that is not marked as ours may be taken
 * @param controller the OpenFlow target
 * @param underlay the address its tunnels start from
 * @param peers the other edges' underlay addresses by name
 * @param borderPorts names of interfaces that belong on the bridge
 */
record EdgeWish(String edge, Set<String> formerNames, String bridge, String datapathType, boolean takeOver,
        String controller, InetAddress underlay, Map<String, InetAddress> peers, Set<String> borderPorts) {
    EdgeWish {
        requireNonNull(edge);
        formerNames = Set.copyOf(formerNames);
        requireNonNull(bridge);
        requireNonNull(datapathType);
        requireNonNull(controller);
        requireNonNull(underlay);
        peers = Map.copyOf(peers);
        borderPorts = Set.copyOf(borderPorts);
    }
}
