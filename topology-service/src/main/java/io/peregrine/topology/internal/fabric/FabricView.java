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
import io.peregrine.flow.SwitchProgram;
import io.peregrine.topology.PortId;
import io.peregrine.topology.Topology;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.Links;
import io.peregrine.topology.graph.RouteTable;
import io.peregrine.topology.hosts.Conflict;
import io.peregrine.topology.hosts.Host;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;

/**
 * The fabric at one moment, for whoever shows it. Immutable.
 *
 * @param intent what is wanted
 * @param topology switches and ports
 * @param links the links
 * @param costs what each link costs where it is used
 * @param routes the ways
 * @param hosts the hosts
 * @param conflicts addresses that two places have
 * @param switches how the switches of intent are
 * @param counters what was counted
 */
record FabricView(FabricIntent intent, Topology topology, Links links, Map<Link, Integer> costs, RouteTable routes,
        Map<Inet4Address, Host> hosts, List<Conflict> conflicts, Map<DatapathId, SwitchHealth> switches,
        Map<String, Long> counters) {
    /**
     * How a switch is.
     *
     * @param state how far its programming is
     * @param problems what needs a person
     */
    record SwitchHealth(SwitchProgram.State state, List<String> problems) {
        SwitchHealth {
            requireNonNull(state);
            problems = List.copyOf(problems);
        }
    }

    /**
     * A name for people.
     *
     * @param datapath a switch
     * @return its name in intent, or its identifier
     */
    String name(final DatapathId datapath) {
        final var known = intent.switches().get(datapath);
        return known == null ? datapath.hex() : known.name();
    }

    /**
     * A name for people.
     *
     * @param port a port
     * @return the names of switch and port
     */
    String name(final PortId port) {
        return name(port.datapath()) + " " + topology.find(port.datapath()).flatMap(found -> found.port(port.port()))
            .map(view -> view.name()).orElse(Long.toString(port.port()));
    }
}
