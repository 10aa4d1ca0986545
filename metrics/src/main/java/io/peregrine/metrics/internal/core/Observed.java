/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Peregrine's services have published of the network. Immutable. Counts have an entry for each state there is, in
 * the models' words.
 *
 * @param edges the edges; empty if the overlay has published nothing
 * @param fabric the fabric's switches; empty if the fabric has published nothing
 * @param hypervisors the sessions with libvirt; empty if the migration application has published nothing
 * @param tunnels number of tunnels by liveness
 * @param deadTunnels those that are down, each as "hv1 to hv2"
 * @param links number of links by layer, and by state
 * @param identities number of links of tunnels by what is known of their other end
 * @param hosts number of hosts found on the fabric
 * @param guests number of guests by state
 * @param jobs number of jobs by state
 * @param retiredEdges number of bridges that are being let go of
 */
public record Observed(Optional<List<Edge>> edges, Optional<List<FabricSwitch>> fabric,
        Optional<List<Hypervisor>> hypervisors, Map<String, Integer> tunnels, List<String> deadTunnels,
        Map<String, Map<String, Integer>> links, Map<String, Integer> identities, int hosts,
        Map<String, Integer> guests, Map<String, Integer> jobs, int retiredEdges) {
    /**
     * An edge.
     *
     * @param name its name
     * @param kind hypervisor or border
     * @param datapath its switch, 16 hexadecimal digits
     * @param ovsdb the session with its database
     * @param openflow the session with its switch
     * @param ready whether it is as it should be
     * @param problems what is wrong
     */
    public record Edge(String name, String kind, Optional<String> datapath, Session ovsdb, Session openflow,
            boolean ready, List<String> problems) {
        public Edge {
            requireNonNull(name);
            requireNonNull(kind);
            requireNonNull(datapath);
            requireNonNull(ovsdb);
            requireNonNull(openflow);
            problems = List.copyOf(problems);
        }
    }

    /**
     * A switch of the fabric.
     *
     * @param name its name
     * @param datapath 16 hexadecimal digits
     * @param openflow the session with it
     * @param problems what is wrong
     */
    public record FabricSwitch(String name, String datapath, Session openflow, List<String> problems) {
        public FabricSwitch {
            requireNonNull(name);
            requireNonNull(datapath);
            requireNonNull(openflow);
            problems = List.copyOf(problems);
        }
    }

    /**
     * A hypervisor's libvirt.
     *
     * @param name the hypervisor
     * @param libvirt the session with it
     * @param problem what is wrong
     */
    public record Hypervisor(String name, Session libvirt, Optional<String> problem) {
        public Hypervisor {
            requireNonNull(name);
            requireNonNull(libvirt);
            requireNonNull(problem);
        }
    }

    public Observed {
        edges = edges.map(List::copyOf);
        fabric = fabric.map(List::copyOf);
        hypervisors = hypervisors.map(List::copyOf);
        requireNonNull(tunnels);
        deadTunnels = List.copyOf(deadTunnels);
        requireNonNull(links);
        requireNonNull(identities);
        requireNonNull(guests);
        requireNonNull(jobs);
    }
}
