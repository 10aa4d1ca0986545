/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.journal.JournalFile;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.vxlan.internal.edge.EdgeAgents.Retirement;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Edges that come into intent and go out of it, over a real Open vSwitch.
 */
class EdgeAgentsTest {
    private static final String MARK = "peregrine-edge";

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final Map<String, EdgeSnapshot> snapshots = new ConcurrentHashMap<>();
    private final Map<String, EdgeAgent.Session> sessions = new ConcurrentHashMap<>();
    private final AtomicReference<List<Retirement>> retired = new AtomicReference<>();
    private OvsdbClientFactory factory;
    private RealSwitch ovs;
    private JournalFile journal;
    private EdgeAgents agents;

    @BeforeEach
    void before(@TempDir final Path directory) throws Exception {
        assumeTrue(RealSwitch.missing().isEmpty(), RealSwitch.missing());
        factory = OvsdbClientFactory.create(1);
        ovs = new RealSwitch(directory);
        journal = new Journal(directory.resolve("journal")).file(EdgeAgents.FILE, 0);
        start();
    }

    @AfterEach
    void after() {
        if (ovs != null) {
            ovs.close();
        }
        if (factory != null) {
            factory.close();
        }
        executor.shutdownNow();
    }

    private void start() {
        agents = CompletableFuture.supplyAsync(() -> new EdgeAgents(factory, executor, journal,
            new EdgeAgent.Listener() {
                @Override
                public void onSnapshot(final String edge, final EdgeSnapshot now) {
                    snapshots.put(edge, now);
                }

                @Override
                public void onSession(final String edge, final EdgeAgent.Session now, final Optional<String> problem) {
                    sessions.put(edge, now);
                }
            }, retired::set), executor).join();
    }

    private void restart() {
        CompletableFuture.runAsync(agents::close, executor).join();
        snapshots.clear();
        retired.set(null);
        start();
    }

    private EdgeIntent edge(final String name, final String host, final String bridge) {
        return new EdgeIntent(name, EdgeIntent.Kind.HYPERVISOR, new Endpoint(Endpoint.Kind.TCP, host, ovs.port()),
            InetAddress.getLoopbackAddress(), bridge, EdgeIntent.Datapath.NETDEV, false, Optional.empty(),
            Optional.of("test:///default"), List.of());
    }

    private EdgeIntent edge(final String name) {
        return edge(name, "127.0.0.1", "br-int");
    }

    /** An edge that is never there: it gives the others a tunnel to have. */
    private EdgeIntent away() {
        return new EdgeIntent("away", EdgeIntent.Kind.BORDER, new Endpoint(Endpoint.Kind.TCP, "127.0.0.1", 1),
            InetAddress.getLoopbackAddress(), "br-int", EdgeIntent.Datapath.NETDEV, false, Optional.empty(),
            Optional.empty(), List.of());
    }

    private void intent(final EdgeIntent... edges) {
        snapshots.keySet().retainAll(Arrays.stream(edges).map(EdgeIntent::name).toList());
        CompletableFuture.runAsync(() -> agents.setEdges(Arrays.stream(edges)
            .collect(Collectors.toMap(EdgeIntent::name, Function.identity()))), executor).join();
    }

    private void awaitUse(final String name) {
        await().atMost(RealSwitch.HANG).until(() -> {
            final var now = snapshots.get(name);
            return now != null && now.datapath().isPresent() && now.tunnels().containsKey("away")
                && now.tunnels().get("away").port().isPresent();
        });
    }

    private void killServer() {
        ovs.killServer();
        await().atMost(RealSwitch.HANG).until(() -> sessions.values().stream()
            .allMatch(EdgeAgent.Session.DISCONNECTED::equals));
    }

    private void addTap() {
        ovs.vsctl("add-port", "br-int", "tap0", "--", "set", "interface", "tap0", "external_ids:iface-id=port-1");
    }

    private void awaitRetired(final String... edges) {
        await().atMost(RealSwitch.HANG).until(() -> retired.get().stream().map(edge -> edge.what().edge()).toList(),
            List.of(edges)::equals);
    }

    private void awaitWaitsFor(final String text) {
        await().atMost(RealSwitch.HANG).until(() -> retired.get().size() == 1
            && retired.get().get(0).waitsFor().contains(text));
    }

    private void assertClean(final String bridge, final String... ports) {
        assertEquals(String.join("\n", ports), ovs.vsctl("list-ports", bridge));
        assertEquals("", ovs.vsctl("get-controller", bridge));
        assertEquals("", ovs.vsctl("br-get-external-id", bridge, MARK));
    }

    private void assertOurs(final String name, final String... ports) {
        assertEquals(String.join("\n", ports), ovs.vsctl("list-ports", "br-int"));
        assertEquals("tcp:127.0.0.1:6653", ovs.vsctl("get-controller", "br-int"));
        assertEquals(name, ovs.vsctl("br-get-external-id", "br-int", MARK));
    }

    @Test
    void anEdgeThatGoesLeavesTheBridgeWithoutOurs() throws Exception {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        addTap();
        intent(away());
        awaitRetired();
        assertClean("br-int", "tap0");
        assertEquals(Optional.of(List.of()), journal.read());
        // somebody else may use it by now
        intent(edge("hv1"), away());
        await().atMost(RealSwitch.HANG).until(() -> snapshots.containsKey("hv1"));
        assertTrue(snapshots.get("hv1").problems().get(0).contains("set take-over of 'hv1'"));
        assertClean("br-int", "tap0");
    }

    @Test
    void anEdgeThatIsAwayIsLetGoOfWhenItComesBack() throws Exception {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        killServer();
        intent(away());
        awaitWaitsFor("OVSDB tcp:127.0.0.1:" + ovs.port() + " to be reached");
        assertEquals(1, journal.read().orElseThrow().size());
        ovs.startServer();
        awaitRetired();
        assertClean("br-int");
        assertEquals(Optional.of(List.of()), journal.read());
    }

    @Test
    void whatIsToBeLetGoOfIsKnownAfterARestart() throws Exception {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        killServer();
        intent(away());
        final var before = retired.get().get(0).what();
        restart();
        assertEquals(List.of(new Retirement(before, "intent to be read")), retired.get());
        ovs.startServer();
        intent(away());
        awaitRetired();
        assertClean("br-int");
    }

    @Test
    void anEdgeThatIsInIntentAgainIsKept() throws Exception {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        final var controller = ovs.vsctl("get", "bridge", "br-int", "controller");
        killServer();
        intent(away());
        awaitRetired("hv1");
        restart();
        intent(edge("hv1"), away());
        awaitRetired();
        assertEquals(Optional.of(List.of()), journal.read());
        ovs.startServer();
        awaitUse("hv1");
        assertOurs("hv1", "vx-away");
        assertEquals(controller, ovs.vsctl("get", "bridge", "br-int", "controller"), "replacing it drops all flows");
    }

    @Test
    void aRenamedEdgeKeepsItsBridge() throws Exception {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        addTap();
        final var controller = ovs.vsctl("get", "bridge", "br-int", "controller");
        intent(edge("new"), away());
        awaitUse("new");
        awaitRetired();
        assertOurs("new", "tap0", "vx-away");
        assertEquals(controller, ovs.vsctl("get", "bridge", "br-int", "controller"), "replacing it drops all flows");
        assertEquals(Optional.of(List.of()), journal.read());
    }

    @Test
    void anEdgeThatIsRenamedTwiceWhileItIsAwayKeepsItsBridge() {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        addTap();
        killServer();
        intent(edge("new"), away());
        awaitWaitsFor("edge 'new', which has the bridge now, to take it");
        restart();
        intent(edge("newer"), away());
        ovs.startServer();
        awaitUse("newer");
        awaitRetired();
        assertOurs("newer", "tap0", "vx-away");
    }

    @Test
    void aNewAddressOfTheSameServerIsNoReasonToLetGo() {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        addTap();
        intent(edge("hv1", "localhost", "br-int"), away());
        awaitRetired();
        assertOurs("hv1", "tap0", "vx-away");
    }

    @Test
    void theOldBridgeIsKeptUntilItIsKnownWhatTheNewAddressHas() {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        intent(edge("hv1", "192.0.2.1", "br-int"), away());
        awaitWaitsFor("OVSDB of the present edge 'hv1' to be read");
        assertOurs("hv1", "vx-away");
    }

    @Test
    void anotherBridgeOfTheSameServerTakesTheOldOnesPlace() {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        intent(edge("hv1", "127.0.0.1", "br-new"), away());
        awaitRetired();
        await().atMost(RealSwitch.HANG).untilAsserted(
            () -> assertEquals("vx-away", ovs.vsctl("list-ports", "br-new")));
        assertClean("br-int");
    }

    @Test
    void whatSomebodyElseHasTakenIsNotTouched() {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        killServer();
        intent(away());
        ovs.startDeafServer();
        ovs.vsctl("br-set-external-id", "br-int", MARK, "theirs");
        ovs.listen();
        awaitRetired();
        assertOurs("theirs", "vx-away");
    }

    @Test
    void anOperatorCanGiveItUp() throws Exception {
        intent(edge("hv1"), away());
        awaitUse("hv1");
        killServer();
        intent(away());
        assertEquals(1, CompletableFuture.supplyAsync(() -> agents.forget(edge -> edge.edge().equals("hv1")), executor)
            .join());
        assertEquals(List.of(), retired.get());
        assertEquals(Optional.of(List.of()), journal.read());
        ovs.startServer();
        intent(edge("hv1"), away());
        awaitUse("hv1");
        assertOurs("hv1", "vx-away");
    }

    @Test
    void aBadJournalIsSetAside() throws IOException {
        for (var line : List.of("x", "2026-11-25T00:00:00Z hv1 tcp:192.0.2.1:6640", "now hv1 tcp:192.0.2.1:6640 br-int",
                "2026-11-25T00:00:00Z hv1 tcp:192.0.2.1 br-int")) {
            journal.write(List.of("2026-11-25T00:00:00Z hv1 tcp:192.0.2.1:6640 br-int", line));
            restart();
            assertEquals(List.of(), retired.get(), line);
            assertTrue(Files.notExists(journal.path()), line);
        }
    }
}
