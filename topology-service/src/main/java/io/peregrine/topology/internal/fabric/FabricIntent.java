/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.hosts.Segment;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * What operators want of the fabric. Immutable.
 *
 * @param gatewayMac the gateways' hardware address
 * @param probeInterval between two probes of a port
 * @param switches the switches
 * @param segments the segments
 */
public record FabricIntent(MacAddress gatewayMac, Duration probeInterval, Map<DatapathId, Switch> switches,
        Set<Segment> segments) {
    /** No fabric. */
    public static final FabricIntent NONE = new FabricIntent(MacAddress.parse("02:50:67:00:00:01"),
        Duration.ofMillis(300), Map.of(), Set.of());

    /**
     * A switch.
     *
     * @param name its name
     * @param ports what is said of its ports, by the ports' names
     */
    public record Switch(String name, Map<String, Port> ports) {
        public Switch {
            requireNonNull(name);
            ports = Map.copyOf(ports);
        }
    }

    /**
     * What is said of a port.
     *
     * @param cost of the link that leaves by it, empty if it follows from the speed
     * @param hostsOnly whether it has no link, whatever probes say
     */
    public record Port(OptionalInt cost, boolean hostsOnly) {
        public Port {
            requireNonNull(cost);
        }
    }

    public FabricIntent {
        requireNonNull(gatewayMac);
        requireNonNull(probeInterval);
        switches = Collections.unmodifiableMap(new TreeMap<>(switches));
        segments = Set.copyOf(segments);
    }
}
