/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchProgram.Problem;
import io.peregrine.flow.SwitchProgram.Problem.Kind;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.PortId;
import io.peregrine.vxlan.internal.edge.EdgeAgent.Session;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import io.peregrine.vxlan.plan.EdgeSnapshot.Liveness;
import io.peregrine.vxlan.plan.EdgeSnapshot.TunnelPort;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeKey;

class EdgeStatesTest {
    private final EdgeStates states = new EdgeStates();

    @BeforeEach
    void before() {
        states.setEdges(List.of(intent("hv1")));
        states.setSession("hv1", Session.IN_SYNC, Optional.empty());
        states.setOpenflow("hv1", SwitchProgram.State.IN_SYNC);
    }

    private static EdgeIntent intent(final String name) {
        return new EdgeIntent(name, EdgeIntent.Kind.HYPERVISOR, Endpoint.parseActive("tcp:192.0.2.1:6640"),
            InetAddress.getLoopbackAddress(), "br-int", EdgeIntent.Datapath.NETDEV, false, Optional.empty(),
            Optional.of("test:///default"), List.of());
    }

    private Edge edge() {
        return states.toEdges().nonnullEdge().get(new EdgeKey(new EdgeName("hv1")));
    }

    @Test
    void anEdgeWithoutProblemsIsReady() {
        assertTrue(edge().getReady());
        assertEquals(List.of(), edge().requireProblem());
        states.setOpenflow("hv1", SwitchProgram.State.SYNCING);
        assertFalse(edge().getReady());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anEdgeThatLacksEntriesIsNotReadyUntilItHasThem(final Kind kind) {
        states.setSwitchProblems("hv1", List.of(new Problem(kind, "something is wrong")));
        assertEquals(kind != Kind.BLOCKED && kind != Kind.REFUSED, edge().getReady());
        assertEquals(List.of("OpenFlow: something is wrong"), edge().requireProblem());

        states.setSwitchProblems("hv1", List.of());
        assertTrue(edge().getReady());
        assertEquals(List.of(), edge().requireProblem());
    }

    @Test
    void anEdgeWhoseProgramIsNotSentIsNotReady() {
        states.setFault("hv1", Optional.of("its bridge is another's"));
        assertFalse(edge().getReady());
        assertEquals(List.of("its bridge is another's"), edge().requireProblem());
        states.setFault("hv1", Optional.empty());
        assertTrue(edge().getReady());
    }

    private static EdgeSnapshot snapshot(final long datapath, final Map<String, TunnelPort> tunnels) {
        return new EdgeSnapshot(Optional.of(new DatapathId(datapath)), tunnels, Map.of(), Map.of(), List.of());
    }

    private static TunnelPort tunnel(final String name, final long port, final Liveness liveness) {
        return new TunnelPort(name, port == 0 ? OptionalLong.empty() : OptionalLong.of(port), liveness,
            Optional.empty());
    }

    private static OverlayLink link(final long from, final String fromName, final long to, final String toName,
            final boolean up) {
        return new OverlayLink(new PortId(new DatapathId(from), 10 * from + to),
            new PortId(new DatapathId(to), 10 * to + from), fromName, toName, up);
    }

    @Test
    void tunnelsWhoseEndsAreBothKnownAreLinks() {
        assertEquals(List.of(), states.toLinks());
        states.setEdges(List.of(intent("hv1"), intent("hv2"), intent("hv3")));
        states.setSnapshot("hv1", snapshot(1, Map.of("hv2", tunnel("pg2", 12, Liveness.UP))));
        assertEquals(List.of(), states.toLinks(), "the other end is not known");

        states.setSnapshot("hv2", snapshot(2, Map.of("hv1", tunnel("pg1", 0, Liveness.UP))));
        assertEquals(List.of(), states.toLinks(), "the other end has no port");

        states.setSnapshot("hv2", snapshot(2, Map.of("hv1", tunnel("pg1", 21, Liveness.DOWN),
            "hv3", tunnel("pg3", 23, Liveness.UNKNOWN), "hv9", tunnel("pg9", 29, Liveness.UP))));
        assertEquals(Set.of(link(1, "hv1 pg2", 2, "hv2 pg1", true), link(2, "hv2 pg1", 1, "hv1 pg2", false)),
            Set.copyOf(states.toLinks()));

        states.setSnapshot("hv3", new EdgeSnapshot(Optional.empty(), Map.of("hv2", tunnel("pg2", 32, Liveness.UP)),
            Map.of(), Map.of(), List.of()));
        assertEquals(2, states.toLinks().size(), "the other end has no datapath");
        states.setSnapshot("hv3", snapshot(3, Map.of("hv2", tunnel("pg2", 32, Liveness.UP))));
        assertEquals(Set.of(link(1, "hv1 pg2", 2, "hv2 pg1", true), link(2, "hv2 pg1", 1, "hv1 pg2", false),
            link(2, "hv2 pg3", 3, "hv3 pg2", false), link(3, "hv3 pg2", 2, "hv2 pg3", true)),
            Set.copyOf(states.toLinks()));

        // What was known stays while nobody can tell; an edge that leaves intent has no links
        states.setSession("hv1", Session.DISCONNECTED, Optional.empty());
        assertEquals(4, states.toLinks().size());
        states.setEdges(List.of(intent("hv1"), intent("hv2")));
        assertEquals(2, states.toLinks().size());
    }

    @Test
    void whomTheCleanUpWaitsForIsShown() {
        assertEquals(List.of(), edge().requireCleanUpWaitsFor());
        states.setUnheard("hv1", Set.of("hv3", "hv2"));
        assertEquals(List.of(new EdgeName("hv2"), new EdgeName("hv3")), edge().requireCleanUpWaitsFor());
        assertTrue(edge().getReady());
        states.setUnheard("hv1", Set.of());
        assertEquals(List.of(), edge().requireCleanUpWaitsFor());
    }
}
