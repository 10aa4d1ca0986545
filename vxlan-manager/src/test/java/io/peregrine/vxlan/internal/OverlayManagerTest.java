/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Packets;
import io.peregrine.flow.journal.Journal;
import io.peregrine.topology.Fabric;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.internal.intent.PlacedGuests;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.BordersBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.InterfaceName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.Border;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.BorderBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdge;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.RpcResult;

/**
 * Intent and state in a data store, with edges that are never there.
 */
class OverlayManagerTest {
    private static final Duration HANG = Duration.ofSeconds(30);
    private static final InstanceIdentifier<Borders> BORDERS = InstanceIdentifier.create(Borders.class);
    private static final InstanceIdentifier<Edges> EDGES = InstanceIdentifier.create(Edges.class);
    private static final InstanceIdentifier<RetiredEdges> RETIRED = InstanceIdentifier.create(RetiredEdges.class);

    @TempDir
    Path directory;

    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private final Registration registration = mock(Registration.class);
    private final PlacedGuests placed = new PlacedGuests();
    private final Fabric fabric = mock(Fabric.class);

    /** How many demands the fabric has to look for addresses. */
    private final AtomicInteger expected = new AtomicInteger();
    /** What the fabric was told last to show. */
    private volatile Optional<Collection<Fabric.OverlayLink>> tunnels = Optional.empty();

    private DataBroker dataBroker;
    private ForgetRetiredEdge rpc;
    private OverlayManager manager;

    @BeforeEach
    void before() throws Exception {
        md.setup();
        dataBroker = md.getDataBroker();
        doAnswer(call -> {
            expected.incrementAndGet();
            return (Registration) expected::decrementAndGet;
        }).when(fabric).expect(any());
        doAnswer(call -> {
            tunnels = Optional.of(call.<Supplier<Collection<Fabric.OverlayLink>>>getArgument(0).get());
            return (Registration) () -> tunnels = Optional.of(List.of());
        }).when(fabric).showOverlay(any());
        start();
    }

    @AfterEach
    void after() {
        manager.close();
    }

    private void start() {
        final var rpcs = mock(RpcProviderService.class);
        doAnswer(call -> {
            rpc = call.getArgument(0);
            return registration;
        }).when(rpcs).registerRpcImplementations(any(ForgetRetiredEdge.class));
        final var packets = mock(Packets.class);
        when(packets.listen(any())).thenReturn(() -> { });
        manager = new OverlayManager(dataBroker, mock(FlowProgrammer.class), mock(GroupIds.class),
            new Journal(directory), packets, rpcs, placed, fabric);
    }

    @Test
    void theFabricLooksForTheEdgesOfIntent() throws Exception {
        intent(border("a", 1), border("b", 2));
        verify(fabric, timeout(HANG.toMillis())).expect(Set.of(
            (Inet4Address) InetAddress.getByName("192.0.2.1"), (Inet4Address) InetAddress.getByName("192.0.2.2")));
    }

    @Test
    void nothingIsAskedOfTheFabricAfterTheEnd() throws Exception {
        intent(border("a", 1));
        intent(border("a", 1), border("b", 2));
        await().atMost(HANG).until(() -> read(EDGES)
            .filter(all -> all.nonnullEdge().size() == 2).isPresent());
        await().atMost(HANG).until(() -> expected.get() == 1);
        tunnels = Optional.empty();
        manager.close();
        await().atMost(HANG).until(() -> expected.get() == 0);
        assertEquals(Optional.of(List.of()), tunnels);
        start();
    }

    private static Border border(final String name, final int port) {
        return new BorderBuilder().setName(new EdgeName(name)).setOvsdb("tcp:127.0.0.1:" + port)
            .setUnderlayAddress(IetfInetUtil.ipAddressNoZoneFor("192.0.2." + port)).build();
    }

    private void intent(final Border... borders) throws ExecutionException, InterruptedException {
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.CONFIGURATION, BORDERS,
            new BordersBuilder().setBorder(BindingMap.of(borders)).build());
        tx.commit().get();
    }

    private <T extends DataObject> Optional<T> read(final InstanceIdentifier<T> container) {
        try (var tx = dataBroker.newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, container).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Collection<RetiredEdge> awaitRetired(final String... ovsdb) {
        return await().atMost(HANG).until(() -> read(RETIRED).map(all -> all.nonnullRetiredEdge().values())
            .orElse(List.of()), found -> found.stream().map(RetiredEdge::getOvsdb).sorted().toList()
                .equals(List.of(ovsdb)));
    }

    private RpcResult<ForgetRetiredEdgeOutput> forget(final String name, final String ovsdb, final String bridge)
            throws ExecutionException, InterruptedException {
        return rpc.invoke(new ForgetRetiredEdgeInputBuilder().setName(new EdgeName(name)).setOvsdb(ovsdb)
            .setBridge(bridge == null ? null : new InterfaceName(bridge)).build()).get();
    }

    @Test
    void placementsAreKnownToWhoChecksACommit() throws Exception {
        final var port = new GuestPort("id", MacAddress.parse("52:54:00:00:00:01"), Optional.empty(), "web1");
        manager.declare(port);
        manager.attach(List.of("id"), "hv1").get();
        assertEquals(List.of("web1"), placed.at("hv1"));
        manager.open(List.of("id"), "hv2").get();
        assertEquals(List.of("web1"), placed.at("hv1"));
        assertEquals(List.of("web1"), placed.at("hv2"));
        manager.commit(List.of("id"), "hv2").get();
        assertEquals(List.of(), placed.at("hv1"), "left");
        manager.declare(new GuestPort("id", port.mac(), Optional.empty(), "renamed"));
        manager.detach(List.of("id"), "hv1").get();
        assertEquals(List.of("renamed"), placed.at("hv2"));
        manager.withdraw(List.of("id")).get();
        assertEquals(List.of(), placed.at("hv2"));
    }

    @Test
    void whoeverAsksForAStepThatFailsIsTold() {
        manager.declare(new GuestPort("id", MacAddress.parse("52:54:00:00:00:01"), Optional.empty(), "web1"));
        final var answer = manager.attach(List.of("id"), null);
        assertThrows(ExecutionException.class, () -> answer.get(HANG.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void retiredEdgesAreShownUntilAnOperatorForgetsThem() throws Exception {
        intent(border("out", 1), border("other", 9));
        await().atMost(HANG).until(() -> read(EDGES)
            .filter(all -> all.nonnullEdge().size() == 2).isPresent());
        intent(border("out", 2), border("other", 9));
        awaitRetired("tcp:127.0.0.1:1");
        intent(border("other", 9));
        final var shown = awaitRetired("tcp:127.0.0.1:1", "tcp:127.0.0.1:2");
        shown.forEach(edge -> {
            assertEquals("out", edge.requireName().getValue());
            assertEquals("br-int", edge.requireBridge().getValue());
            assertTrue(edge.requireWaitsFor().startsWith("OVSDB " + edge.requireOvsdb() + " to be reached"),
                edge.requireWaitsFor());
        });

        manager.close();
        verify(registration).close();
        start();
        awaitRetired("tcp:127.0.0.1:1", "tcp:127.0.0.1:2");

        for (var none : List.of(forget("other", null, null), forget("out", "tcp:127.0.0.1:9", null),
                forget("out", null, "br-other"))) {
            assertFalse(none.isSuccessful());
            assertEquals(ErrorTag.DATA_MISSING, none.getErrors().iterator().next().getTag());
        }
        assertEquals(1, forget("out", "tcp:127.0.0.1:1", "br-int").getResult().requireForgotten().intValue());
        awaitRetired("tcp:127.0.0.1:2");
        assertEquals(1, forget("out", null, null).getResult().requireForgotten().intValue());
        awaitRetired();
    }
}
