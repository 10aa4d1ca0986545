/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import io.peregrine.vxlan.search.TunnelSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelDirection;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Prints the tunnels, and what is wrong with the edges they join.
 */
public final class TunnelsUtil {
    /** What the RPC answers with at most. */
    private static final int MOST = 10_000;
    private static final String FIRST = "first";
    private static final FindTunnelsInput ALL = new FindTunnelsInputBuilder().build();

    private TunnelsUtil() {
        // Static methods only
    }

    /**
     * Which tunnels the user wants. What is null or empty leaves the choice open.
     *
     * @param edge where they begin or end
     * @param liveness one of which is theirs
     * @param limit how many at most
     * @return the input of the RPC
     * @throws IllegalArgumentException if something cannot be meant; the message names the option
     */
    static FindTunnelsInput wanted(final @Nullable String edge, final List<String> liveness,
            final @Nullable Integer limit) {
        return new FindTunnelsInputBuilder()
            .setEdge(Calls.input("--edge", edge, EdgeName::new))
            .setLiveness(Calls.named("--liveness", liveness, TunnelLiveness.class))
            .setLimit(Calls.limit(limit, MOST))
            .build();
    }

    /**
     * Prints tunnels, by source and destination.
     *
     * @param broker the datastore
     * @param rpc finds tunnels
     * @param screen where to
     * @param wanted which
     * @throws IllegalArgumentException if the RPC refuses
     * @throws IllegalStateException if there are more in JSON than the RPC answers with; those have been printed
     */
    public static void print(final DataBroker broker, final FindTunnels rpc, final Screen screen,
            final FindTunnelsInput wanted) {
        final var chosen = find(broker, rpc, wanted);
        if (screen.isJson()) {
            screen.containers(broker, Tunnels.class, new TunnelsBuilder().setTunnel(BindingMap.of(
                chosen.entries().stream().map(tunnel -> new TunnelBuilder(tunnel).build()).toList())).build(),
                Edges.class);
            chosen.requireWhole(wanted.getLimit(), FIRST);
            return;
        }
        final var tunnels = chosen.entries().stream().sorted(TunnelSearch.ORDER).toList();
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
        final var problems = new ArrayList<>(chosen.cut(FIRST));
        edges.forEach(edge -> (edge.getProblem() == null ? List.<String>of() : edge.getProblem())
            .forEach(problem -> problems.add(edge.getName().getValue() + ": " + problem)));
        screen.problems(problems);
    }

    /** All that there are do not fit into an answer of the RPC. */
    private static Chosen<TunnelDirection> find(final DataBroker broker, final FindTunnels rpc,
            final FindTunnelsInput wanted) {
        return wanted.equals(ALL) ? Chosen.all(broker, Tunnels.class, Tunnels::nonnullTunnel)
            : Chosen.found(rpc.invoke(wanted.getLimit() != null ? wanted
                : new FindTunnelsInputBuilder(wanted).setLimit(Uint32.valueOf(MOST)).build()),
                FindTunnelsOutput::nonnullTunnel, FindTunnelsOutput::getMatched);
    }
}
