/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import io.peregrine.metrics.internal.core.Observed.Edge;
import io.peregrine.metrics.internal.core.Observed.FabricSwitch;
import io.peregrine.metrics.internal.core.Observed.Hypervisor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A small network.
 */
public final class Samples {
    private Samples() {
        // static methods only
    }

    public static Edge edge(final String name, final Session ovsdb, final Session openflow, final boolean ready,
            final String... problems) {
        return new Edge(name, name.startsWith("hv") ? "hypervisor" : "border",
            Optional.of(name.equals("hv1") ? "0000000000000001" : "00000000000000ff"), ovsdb, openflow, ready,
            List.of(problems));
    }

    public static Edge well(final String name) {
        return edge(name, Session.IN_SYNC, Session.IN_SYNC, true);
    }

    public static Observed observed(final Optional<List<Edge>> edges, final Optional<List<FabricSwitch>> fabric,
            final Optional<List<Hypervisor>> hypervisors, final String... deadTunnels) {
        return new Observed(edges, fabric, hypervisors, Map.of("up", 2, "down", deadTunnels.length, "unknown", 0),
            List.of(deadTunnels), Map.of("fabric", Map.of("up", 4), "overlay", Map.of("up", 2, "down", 0)),
            Map.of("verified", 2), 3, Map.of("running", 7), Map.of("waiting", 1), 0);
    }

    /** All is well. */
    public static Observed observed() {
        return observed(Optional.of(List.of(well("hv1"), well("out"))),
            Optional.of(List.of(new FabricSwitch("s1", "0000000000000a01", Session.IN_SYNC, List.of()))),
            Optional.of(List.of(new Hypervisor("hv1", Session.IN_SYNC, Optional.empty()))));
    }
}
