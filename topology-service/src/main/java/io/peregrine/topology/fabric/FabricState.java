/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.graph.NodeId;
import io.peregrine.topology.graph.RouteTable;
import io.peregrine.topology.hosts.Segment;
import java.net.Inet4Address;
import java.util.Map;
import java.util.Set;

/**
 * All that the fabric's flows are a function of. Immutable.
 *
 * @param switches the fabric's switches
 * @param segments the segments
 * @param gatewayMac the gateways' hardware address
 * @param fabricPorts the ports that lead to other switches
 * @param routes the ways between switches
 * @param hosts where hosts are
 */
public record FabricState(Set<DatapathId> switches, Set<Segment> segments, MacAddress gatewayMac,
        Set<PortId> fabricPorts, RouteTable routes, Map<Inet4Address, HostPlace> hosts) {
    /**
     * Where a host is.
     *
     * @param mac its hardware address
     * @param port the port it hangs on
     */
    public record HostPlace(MacAddress mac, PortId port) {
        public HostPlace {
            requireNonNull(mac);
            requireNonNull(port);
        }
    }

    public FabricState {
        switches = Set.copyOf(switches);
        segments = Set.copyOf(segments);
        requireNonNull(gatewayMac);
        fabricPorts = Set.copyOf(fabricPorts);
        requireNonNull(routes);
        hosts = Map.copyOf(hosts);
    }

    /**
     * How far a switch is from another.
     *
     * @param datapath the one
     * @param destination the other
     * @return the cost of the shortest ways; more than that of any way if there is none
     */
    public long distance(final DatapathId datapath, final DatapathId destination) {
        return datapath.equals(destination) ? 0
            : routes.distance(new NodeId(datapath.bits()), new NodeId(destination.bits())).orElse(Integer.MAX_VALUE);
    }
}
