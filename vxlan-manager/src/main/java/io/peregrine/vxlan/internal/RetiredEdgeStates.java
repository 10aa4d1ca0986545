/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import io.peregrine.topology.StatePublisher;
import io.peregrine.vxlan.internal.edge.EdgeAgents.Retirement;
import io.peregrine.vxlan.internal.edge.RetiredEdge;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.InterfaceName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdgesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdgeKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

/**
 * What is being let go of, for those who look. Thread-safe.
 */
final class RetiredEdgeStates {
    private volatile List<Retirement> retirements = List.of();

    void set(final List<Retirement> now) {
        retirements = List.copyOf(now);
    }

    /** Begins to show them. */
    StatePublisher<?, ?, ?> publish(final DataBroker dataBroker, final ScheduledExecutorService executor) {
        final var path = InstanceIdentifier.create(RetiredEdges.class);
        return new StatePublisher<>(dataBroker, path, new RetiredEdgesBuilder().build(),
            key -> path.child(org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdge.class,
                key), RetiredEdgeStates::toEntry, this::entries, executor);
    }

    private Map<RetiredEdgeKey, Retirement> entries() {
        return retirements.stream().collect(Collectors.toMap(retirement -> toEntry(retirement).key(),
            Function.identity()));
    }

    private static org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdge toEntry(
            final Retirement retirement) {
        final var what = retirement.what();
        return new RetiredEdgeBuilder()
            .setName(new EdgeName(what.edge()))
            .setOvsdb(what.ovsdb().toString())
            .setBridge(new InterfaceName(what.bridge()))
            .setSince(new DateAndTime(what.since().toString()))
            .setWaitsFor(retirement.waitsFor())
            .build();
    }

    static Predicate<RetiredEdge> named(final ForgetRetiredEdgeInput input) {
        final var ovsdb = input.getOvsdb();
        final var bridge = input.getBridge();
        return edge -> edge.edge().equals(input.requireName().getValue())
            && (ovsdb == null || edge.ovsdb().toString().equals(ovsdb))
            && (bridge == null || edge.bridge().equals(bridge.getValue()));
    }
}
