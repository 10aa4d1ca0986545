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
import io.peregrine.ovsdb.Endpoint;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An edge as wanted. Immutable.
 *
 * @param name its name, unique among hypervisors and borders
 * @param kind what it is
 * @param ovsdb where its ovsdb-server listens
 * @param underlay its VTEP address
 * @param bridge its integration bridge
 * @param datapath the datapath type for a bridge that has to be made
 * @param takeOver whether a used bridge that Peregrine has not made may be taken
 * @param controller the OpenFlow target to give to the bridge; empty for the address that the controller is seen with
 * @param libvirt libvirt's connection URI; present for hypervisors, and only for them
 * @param ports the ports to hosts outside, by interface name; empty for hypervisors
 */
public record EdgeIntent(String name, Kind kind, Endpoint ovsdb, InetAddress underlay, String bridge,
        Datapath datapath, boolean takeOver, Optional<String> controller, Optional<String> libvirt,
        List<BorderPort> ports) {
    /** What an edge is. */
    public enum Kind {
        HYPERVISOR, BORDER
    }

    /** A datapath type of Open vSwitch. */
    public enum Datapath {
        SYSTEM("system"), NETDEV("netdev");

        private final String ovsName;

        Datapath(final String ovsName) {
            this.ovsName = ovsName;
        }

        /**
         * The name in the bridge's {@code datapath_type} column.
         *
         * @return the name
         */
        public String ovsName() {
            return ovsName;
        }
    }

    /**
     * A port of a border that leads to hosts outside.
     *
     * @param interfaceName the network interface
     * @param network the network that the hosts behind it belong to
     * @param hosts the addresses of hosts known to be there, by MAC address, in the MAC addresses' order
     */
    public record BorderPort(String interfaceName, String network, Map<MacAddress, Set<InetAddress>> hosts) {
        public BorderPort {
            requireNonNull(interfaceName);
            requireNonNull(network);
            hosts = NetworkIntent.hosts(hosts);
        }
    }

    public EdgeIntent {
        requireNonNull(name);
        requireNonNull(kind);
        requireNonNull(ovsdb);
        requireNonNull(underlay);
        requireNonNull(bridge);
        requireNonNull(datapath);
        requireNonNull(controller);
        requireNonNull(libvirt);
        ports = List.copyOf(ports);
    }
}
