/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;

/**
 * Prints the tunnels, and what is wrong with the edges they join.
 */
public final class TunnelsUtil {
    private TunnelsUtil() {
        // Static methods only
    }

    /**
     * Prints all tunnels, by source and destination.
     *
     * @param broker the datastore
     * @param screen where to
     */
    public static void print(final DataBroker broker, final Screen screen) {
        if (screen.isJson()) {
            screen.containers(broker, Tunnels.class, Edges.class);
            return;
        }
        final var tunnels = new ArrayList<Tunnel>();
        Published.read(broker, Tunnels.class).ifPresent(all -> tunnels.addAll(all.nonnullTunnel().values()));
        tunnels.sort(Comparator.comparing((Tunnel tunnel) -> tunnel.getSource().getValue())
            .thenComparing(tunnel -> tunnel.getDestination().getValue()));
        final var table = new Table("SOURCE", "DESTINATION", "FROM", "TO", "PORT", "NUMBER", "LIVENESS", "SINCE",
            "PROBLEM");
        tunnels.forEach(tunnel -> table.row(Shown.text(tunnel.getSource()), Shown.text(tunnel.getDestination()),
            Shown.text(tunnel.getSourceAddress()), Shown.text(tunnel.getDestinationAddress()), tunnel.getPortName(),
            tunnel.getPortNumber(), tunnel.getLiveness() == null ? null : tunnel.getLiveness().getName(),
            Shown.text(tunnel.getSince()), tunnel.getProblem()));
        screen.table(table);

        final var edges = new ArrayList<Edge>();
        Published.read(broker, Edges.class).ifPresent(all -> edges.addAll(all.nonnullEdge().values()));
        edges.sort(Comparator.comparing(edge -> edge.getName().getValue()));
        final var problems = new ArrayList<String>();
        edges.forEach(edge -> (edge.getProblem() == null ? List.<String>of() : edge.getProblem())
            .forEach(problem -> problems.add(edge.getName().getValue() + ": " + problem)));
        screen.problems(problems);
    }
}
