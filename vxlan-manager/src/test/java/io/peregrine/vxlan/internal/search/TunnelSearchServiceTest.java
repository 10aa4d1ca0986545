/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.google.common.util.concurrent.Futures;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jdt.annotation.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.ReadTransaction;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

class TunnelSearchServiceTest {
    private final DataBroker broker = mock(DataBroker.class);
    private final Registration registration = mock(Registration.class);
    private TunnelSearchService service;

    private static Tunnel tunnel(final String source, final String destination, final TunnelLiveness liveness) {
        return new TunnelBuilder().setSource(new EdgeName(source)).setDestination(new EdgeName(destination))
            .setLiveness(liveness).setPortName("to-" + destination).build();
    }

    @BeforeEach
    void show() {
        shown(new TunnelsBuilder().setTunnel(BindingMap.of(
            tunnel("hv2", "hv3", TunnelLiveness.Up), tunnel("hv1", "hv3", TunnelLiveness.Unknown),
            tunnel("hv3", "hv1", TunnelLiveness.Up), tunnel("hv1", "hv2", TunnelLiveness.Down))).build());
        final var rpcs = mock(RpcProviderService.class);
        when(rpcs.registerRpcImplementations(any(FindTunnels.class))).thenReturn(registration);
        service = new TunnelSearchService(broker, rpcs);
    }

    @AfterEach
    void close() {
        service.close();
        verify(registration).close();
    }

    private void shown(final @Nullable Tunnels tunnels) {
        final var tx = mock(ReadTransaction.class);
        doReturn(tx).when(broker).newReadOnlyTransaction();
        doReturn(FluentFutures.immediateFluentFuture(Optional.ofNullable(tunnels))).when(tx)
            .read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(Tunnels.class));
    }

    private FindTunnelsOutput answer(final Consumer<FindTunnelsInputBuilder> wish) throws Exception {
        final var wanted = new FindTunnelsInputBuilder();
        wish.accept(wanted);
        return Futures.getDone(service.find(wanted.build())).getResult();
    }

    private void assertFound(final List<String> expected, final Consumer<FindTunnelsInputBuilder> wish)
            throws Exception {
        final var answer = answer(wish);
        assertEquals(expected, answer.nonnullTunnel().stream()
            .map(one -> one.getSource().getValue() + " " + one.getDestination().getValue()).toList());
        assertEquals(Uint32.valueOf(expected.size()), answer.getMatched());
    }

    @Test
    void whatIsNotGivenLeavesTheChoiceOpen() throws Exception {
        final var all = List.of("hv1 hv2", "hv1 hv3", "hv2 hv3", "hv3 hv1");
        assertFound(all, wanted -> { });
        assertFound(all, wanted -> wanted.setLiveness(Set.of()));
    }

    @Test
    void anEdgeIsEitherEnd() throws Exception {
        assertFound(List.of("hv1 hv2", "hv1 hv3", "hv3 hv1"), wanted -> wanted.setEdge(new EdgeName("hv1")));
        assertFound(List.of("hv1 hv2", "hv2 hv3"), wanted -> wanted.setEdge(new EdgeName("hv2")));
        assertFound(List.of(), wanted -> wanted.setEdge(new EdgeName("hv9")));
    }

    @Test
    void ofSeveralStatesOneIsEnough() throws Exception {
        assertFound(List.of("hv1 hv2", "hv1 hv3"),
            wanted -> wanted.setLiveness(Set.of(TunnelLiveness.Down, TunnelLiveness.Unknown)));
        assertFound(List.of("hv3 hv1"),
            wanted -> wanted.setLiveness(Set.of(TunnelLiveness.Up)).setEdge(new EdgeName("hv1")));
    }

    @Test
    void aCutIsTold() throws Exception {
        final var cut = answer(wanted -> wanted.setLimit(Uint32.TWO));
        assertEquals(Uint32.valueOf(4), cut.getMatched());
        assertEquals(List.of("to-hv2", "to-hv3"), cut.nonnullTunnel().stream().map(one -> one.getPortName()).toList());
    }

    @Test
    void allOfAnEntryIsTold() throws Exception {
        final var whole = new TunnelBuilder(tunnel("hv1", "hv2", TunnelLiveness.Up)).setPortNumber(Uint32.TEN)
            .setProblem("none").build();
        shown(new TunnelsBuilder().setTunnel(BindingMap.of(whole)).build());
        assertEquals(List.of(whole), answer(wanted -> { }).nonnullTunnel().stream()
            .map(one -> new TunnelBuilder(one).build()).toList());
    }

    @Test
    void whereNothingIsShownNothingIsFound() throws Exception {
        shown(null);
        assertFound(List.of(), wanted -> { });
    }
}
