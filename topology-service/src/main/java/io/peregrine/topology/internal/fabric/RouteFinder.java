/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortId;
import io.peregrine.topology.RpcAnswers;
import io.peregrine.topology.graph.Link;
import io.peregrine.topology.graph.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.routes.output.Way;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.routes.output.WayBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * Answers which ways lead from one place of the fabric to another.
 */
final class RouteFinder {
    private static final int MOST_WAYS = 16;
    private static final String WANTED = "give a host's address, or a switch's name or datapath identifier";

    private final Supplier<FabricView> views;

    /** An end of a route: a switch, and the port of the host there if it is one. */
    private record End(DatapathId datapath, PortId port) {
    }

    RouteFinder(final Supplier<FabricView> views) {
        this.views = requireNonNull(views);
    }

    ListenableFuture<RpcResult<FindRoutesOutput>> find(final FindRoutesInput input) {
        final var view = views.get();
        try {
            return RpcResultBuilder.success(ways(view, end(view, "from", input.getFrom()),
                end(view, "to", input.getTo()))).buildFuture();
        } catch (IllegalArgumentException e) {
            return RpcAnswers.refused(e);
        }
    }

    private static End end(final FabricView view, final String field, final @Nullable String text) {
        if (text == null) {
            throw new IllegalArgumentException(field + " is missing: " + WANTED);
        }
        for (var entry : view.intent().switches().entrySet()) {
            if (entry.getValue().name().equals(text) || entry.getKey().hex().equals(text)) {
                return new End(entry.getKey(), null);
            }
        }
        if (InetAddresses.isInetAddress(text)) {
            final var host = view.hosts().get(InetAddresses.forString(text));
            if (host != null) {
                return new End(host.port().datapath(), host.port());
            }
            throw new IllegalArgumentException(field + ": no host with address " + text
                + " is known; peregrine-fabric:hosts lists those that are");
        }
        throw new IllegalArgumentException(field + ": '" + text + "' is not known: " + WANTED
            + "; peregrine-fabric:fabric-state lists the switches");
    }

    private static FindRoutesOutput ways(final FabricView view, final End from, final End to) {
        final var source = new NodeId(from.datapath().bits());
        final var target = new NodeId(to.datapath().bits());
        final var ways = new ArrayList<Way>();
        long cost = 0;
        for (var path : view.routes().paths(source, target, MOST_WAYS)) {
            final var hops = new ArrayList<String>();
            path.forEach(link -> hops.add(view.name(start(link))));
            hops.add(to.port() == null ? view.name(to.datapath()) : view.name(to.port()));
            ways.add(new WayBuilder().setNumber(Uint8.valueOf(ways.size() + 1)).setHop(List.copyOf(hops)).build());
            cost = path.stream().mapToLong(Link::cost).sum();
        }
        final var output = new FindRoutesOutputBuilder().setWay(BindingMap.of(ways));
        return ways.isEmpty() ? output.build() : output.setCost(Uint32.valueOf(cost)).build();
    }

    private static PortId start(final Link link) {
        return new PortId(new DatapathId(link.source().bits()), link.sourcePort());
    }
}
