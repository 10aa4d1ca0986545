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

import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchProgram.Problem;
import io.peregrine.flow.SwitchProgram.Problem.Kind;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.vxlan.internal.edge.EdgeAgent.Session;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
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
        states.setEdges(List.of(new EdgeIntent("hv1", EdgeIntent.Kind.HYPERVISOR,
            Endpoint.parseActive("tcp:192.0.2.1:6640"), InetAddress.getLoopbackAddress(), "br-int",
            EdgeIntent.Datapath.NETDEV, false, Optional.empty(), Optional.of("test:///default"), List.of())));
        states.setSession("hv1", Session.IN_SYNC, Optional.empty());
        states.setOpenflow("hv1", SwitchProgram.State.IN_SYNC);
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
