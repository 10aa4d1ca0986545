/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import io.peregrine.topology.IpNetwork;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A virtual network as wanted. Immutable.
 *
 * @param name its name
 * @param vni its VXLAN network identifier, 1 to 8388607
 * @param subnets its subnets, by address
 * @param ports the addresses of guests' interfaces known beforehand, by MAC address, in the MAC addresses' order
 */
public record NetworkIntent(String name, int vni, List<Subnet> subnets, Map<MacAddress, Set<InetAddress>> ports) {
    /**
     * A subnet of a network.
     *
     * @param prefix the subnet
     * @param gateway the address that the switches answer for, if Peregrine is the gateway
     */
    public record Subnet(IpNetwork prefix, Optional<InetAddress> gateway) {
        public Subnet {
            requireNonNull(prefix);
            requireNonNull(gateway);
        }
    }

    public NetworkIntent {
        requireNonNull(name);
        subnets = List.copyOf(subnets);
        ports = hosts(ports);
    }

    static Map<MacAddress, Set<InetAddress>> hosts(final Map<MacAddress, Set<InetAddress>> hosts) {
        final var copy = new TreeMap<MacAddress, Set<InetAddress>>();
        hosts.forEach((mac, addresses) -> copy.put(mac, Set.copyOf(addresses)));
        return Collections.unmodifiableMap(copy);
    }
}
