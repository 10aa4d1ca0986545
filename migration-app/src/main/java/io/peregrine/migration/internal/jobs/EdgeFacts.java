/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.jobs.Facts.Liveness;
import io.peregrine.topology.Published;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelKey;

/**
 * What the overlay shows of edges and tunnels. Its methods wait for the datastore.
 */
final class EdgeFacts {
    private final DataBroker broker;

    EdgeFacts(final DataBroker broker) {
        this.broker = requireNonNull(broker);
    }

    /** Why an edge is not ready; empty if it is. */
    Optional<String> unready(final String name) {
        final var edge = Published.read(broker, Edges.class)
            .map(all -> all.nonnullEdge().get(new EdgeKey(new EdgeName(name))));
        if (edge.isEmpty()) {
            return Optional.of("it is not shown as an edge");
        }
        if (Boolean.TRUE.equals(edge.orElseThrow().getReady())) {
            return Optional.empty();
        }
        final var problems = edge.orElseThrow().getProblem();
        return Optional.of(problems == null || problems.isEmpty() ? "it is being set up" : String.join("; ", problems));
    }

    /** How the tunnel from one edge to another is; empty if there is none. */
    Optional<Liveness> tunnel(final String from, final String to) {
        return liveness(tunnels(), from, to);
    }

    /** The edges that reach one edge and do not reach another; those of which that is not known are left out. */
    List<String> reachOnly(final String reached, final String other) {
        final var all = tunnels();
        return all.keySet().stream().map(key -> key.getSource().getValue()).distinct().sorted()
            .filter(edge -> !edge.equals(reached) && !edge.equals(other))
            .filter(edge -> connection(all, edge, reached) == Liveness.UP)
            .filter(edge -> connection(all, edge, other) == Liveness.DOWN)
            .toList();
    }

    private Map<TunnelKey, Tunnel> tunnels() {
        return Published.read(broker, Tunnels.class).map(Tunnels::nonnullTunnel).orElse(Map.of());
    }

    /** Of the tunnels from one edge to another and back; one that is not there carries nothing. */
    private static Liveness connection(final Map<TunnelKey, Tunnel> all, final String one, final String other) {
        final var both = List.of(liveness(all, one, other).orElse(Liveness.DOWN),
            liveness(all, other, one).orElse(Liveness.DOWN));
        return both.contains(Liveness.DOWN) ? Liveness.DOWN
            : both.contains(Liveness.UNKNOWN) ? Liveness.UNKNOWN : Liveness.UP;
    }

    private static Optional<Liveness> liveness(final Map<TunnelKey, Tunnel> all, final String from, final String to) {
        return Optional.ofNullable(all.get(new TunnelKey(new EdgeName(to), new EdgeName(from))))
            .map(known -> known.getLiveness() == null ? Liveness.UNKNOWN : Map.of(
                TunnelLiveness.Up, Liveness.UP, TunnelLiveness.Down, Liveness.DOWN,
                TunnelLiveness.Unknown, Liveness.UNKNOWN).get(known.getLiveness()));
    }
}
