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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent and a real Open vSwitch.
 */
class EdgeAgentTest {
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final AtomicReference<EdgeSnapshot> snapshot = new AtomicReference<>(EdgeSnapshot.NONE);
    private final AtomicReference<EdgeAgent.Session> session = new AtomicReference<>();
    private OvsdbClientFactory factory;
    private RealSwitch ovs;
    private EdgeAgent agent;

    @BeforeEach
    void before(@TempDir final Path directory) throws Exception {
        assumeTrue(RealSwitch.missing().isEmpty(), RealSwitch.missing());
        factory = OvsdbClientFactory.create(1);
        ovs = new RealSwitch(directory);
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

    private static InetAddress address(final String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void agent(final boolean takeOver, final Map<String, InetAddress> peers, final String... borderPorts) {
        agent(takeOver, Set.of(), peers, borderPorts);
    }

    private void agent(final boolean takeOver, final Set<String> formerNames, final Map<String, InetAddress> peers,
            final String... borderPorts) {
        final var intent = new EdgeIntent("edge-a",
            borderPorts.length == 0 ? EdgeIntent.Kind.HYPERVISOR : EdgeIntent.Kind.BORDER,
            new Endpoint(Endpoint.Kind.TCP, "127.0.0.1", ovs.port()), address("192.0.2.1"), "br-int",
            EdgeIntent.Datapath.NETDEV, takeOver, Optional.empty(), Optional.empty(),
            List.of(borderPorts).stream().map(name -> new EdgeIntent.BorderPort(name, "blue", Map.of())).toList());
        agent = CompletableFuture.supplyAsync(() -> new EdgeAgent(intent, peers, formerNames, factory, executor,
            new EdgeAgent.Listener() {
                @Override
                public void onSnapshot(final String edge, final EdgeSnapshot now) {
                    snapshot.set(now);
                }

                @Override
                public void onSession(final String edge, final EdgeAgent.Session now, final Optional<String> problem) {
                    session.set(now);
                }
            }, () -> { }), executor).join();
    }

    private EdgeSnapshot awaitSnapshot(final Predicate<EdgeSnapshot> condition) {
        return await().atMost(RealSwitch.HANG).until(snapshot::get, condition);
    }

    private static boolean tunnelUp(final EdgeSnapshot now, final String peer) {
        final var tunnel = now.tunnels().get(peer);
        return tunnel != null && tunnel.port().isPresent();
    }

    @Test
    void makesBridgeAndTunnels() {
        agent(false, Map.of("edge-b", address("192.0.2.2"), "a-name-that-is-too-long", address("192.0.2.3")));
        final var now = awaitSnapshot(seen -> tunnelUp(seen, "edge-b") && tunnelUp(seen, "a-name-that-is-too-long"));
        assertTrue(now.datapath().isPresent());
        assertEquals(List.of(), now.problems());
        assertEquals("secure", ovs.vsctl("get", "bridge", "br-int", "fail_mode"));
        assertEquals("[OpenFlow13]", ovs.vsctl("get", "bridge", "br-int", "protocols"));
        assertEquals("\"tcp:127.0.0.1:6653\"", ovs.vsctl("get", "controller", "br-int", "target"));
        assertEquals("1000", ovs.vsctl("get", "controller", "br-int", "max_backoff"));
        assertEquals("{key=flow, local_ip=\"192.0.2.1\", remote_ip=\"192.0.2.2\"}",
            ovs.vsctl("get", "interface", "vx-edge-b", "options"));
        assertEquals("\"true\"", ovs.vsctl("get", "interface", "vx-edge-b", "bfd:enable"));
        assertEquals(Long.toString(now.tunnels().get("edge-b").port().orElseThrow()),
            ovs.vsctl("get", "interface", "vx-edge-b", "ofport"));
    }

    @Test
    void tunnelsFollowThePeers() {
        agent(false, Map.of("edge-b", address("192.0.2.2"), "edge-c", address("192.0.2.3")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b") && tunnelUp(seen, "edge-c"));
        executor.execute(() -> agent.setPeers(Map.of("edge-b", address("192.0.2.22"), "edge-d", address("192.0.2.4"))));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-d") && !seen.tunnels().containsKey("edge-c"));
        await().atMost(RealSwitch.HANG).untilAsserted(() -> assertEquals("\"192.0.2.22\"",
            ovs.vsctl("get", "interface", "vx-edge-b", "options:remote_ip")));
        assertEquals("vx-edge-b\nvx-edge-d", ovs.vsctl("list-ports", "br-int"));
    }

    @Test
    void foreignPortsStayAndRemovedTunnelsComeBack() {
        agent(false, Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        ovs.vsctl("add-port", "br-int", "other", "--", "set", "interface", "other", "type=internal");
        ovs.vsctl("del-port", "br-int", "vx-edge-b");
        await().atMost(RealSwitch.HANG).untilAsserted(
            () -> assertEquals("other\nvx-edge-b", ovs.vsctl("list-ports", "br-int")));
        executor.execute(() -> agent.setPeers(Map.of()));
        await().atMost(RealSwitch.HANG).untilAsserted(
            () -> assertEquals("other", ovs.vsctl("list-ports", "br-int")));
    }

    @Test
    void aUsedBridgeIsLeftAloneWithoutTheOperatorsWord() {
        ovs.vsctl("add-br", "br-int", "--", "add-port", "br-int", "used", "--", "set", "interface", "used",
            "type=internal");
        agent(false, Map.of("edge-b", address("192.0.2.2")));
        final var now = awaitSnapshot(seen -> !seen.problems().isEmpty());
        assertTrue(now.problems().get(0).contains("set take-over of 'edge-a'"), now.problems().get(0));
        assertTrue(now.datapath().isEmpty());
        assertEquals("", ovs.vsctl("get-controller", "br-int"));
        assertEquals("used", ovs.vsctl("list-ports", "br-int"));
    }

    @Test
    void aUsedBridgeIsTakenWithTheOperatorsWord() {
        ovs.vsctl("add-br", "br-int", "--", "add-port", "br-int", "used", "--", "set", "interface", "used",
            "type=internal");
        agent(true, Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        assertEquals("used\nvx-edge-b", ovs.vsctl("list-ports", "br-int"));
        assertEquals("tcp:127.0.0.1:6653", ovs.vsctl("get-controller", "br-int"));
    }

    @Test
    void aBridgeOfAnotherEdgeIsLeftAloneWithoutTheOperatorsWord() {
        ovs.vsctl("add-br", "br-int", "--", "br-set-external-id", "br-int", "peregrine-edge", "other");
        agent(false, Map.of("edge-b", address("192.0.2.2")));
        final var now = awaitSnapshot(seen -> !seen.problems().isEmpty());
        assertTrue(now.problems().get(0).contains("is marked as that of edge 'other'"), now.problems().get(0));
        assertTrue(now.problems().get(0).contains("set take-over of 'edge-a'"), now.problems().get(0));
        assertTrue(now.datapath().isEmpty(), "its switch must not be programmed");
        assertEquals("", ovs.vsctl("get-controller", "br-int"));
        assertEquals("other", ovs.vsctl("br-get-external-id", "br-int", "peregrine-edge"));
        agent.close();
        agent(true, Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        assertEquals("edge-a", ovs.vsctl("br-get-external-id", "br-int", "peregrine-edge"));
    }

    @Test
    void aBridgeMarkedWithAFormerNameIsTaken() {
        ovs.vsctl("add-br", "br-int", "--", "br-set-external-id", "br-int", "peregrine-edge", "old", "--",
            "add-port", "br-int", "used", "--", "set", "interface", "used", "type=internal");
        agent(false, Set.of("old", "older"), Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        assertEquals("edge-a", ovs.vsctl("br-get-external-id", "br-int", "peregrine-edge"));
    }

    @Test
    void aPortOfTheTunnelsNameElsewhereIsReported() {
        ovs.vsctl("add-br", "br-other", "--", "add-port", "br-other", "vx-edge-b", "--", "set", "interface",
            "vx-edge-b", "type=internal");
        agent(false, Map.of("edge-b", address("192.0.2.2"), "edge-c", address("192.0.2.3")));
        final var now = awaitSnapshot(seen -> !seen.problems().isEmpty() && tunnelUp(seen, "edge-c"));
        assertTrue(now.problems().get(0).contains("vx-edge-b"), now.problems().get(0));
        assertEquals("vx-edge-b", ovs.vsctl("list-ports", "br-other"));
    }

    @Test
    void tapsAppearChangeAndGo() {
        agent(false, Map.of());
        awaitSnapshot(seen -> seen.datapath().isPresent());
        ovs.vsctl("add-port", "br-int", "tap0", "--", "set", "interface", "tap0", "external_ids:iface-id=port-1");
        final var first = awaitSnapshot(seen -> seen.taps().containsKey("port-1")).taps().get("port-1");
        assertEquals(Long.toString(first.port()), ovs.vsctl("get", "interface", "tap0", "ofport"));
        // a new tap for the same port, as after a restart of the guest
        ovs.vsctl("del-port", "tap0", "--", "add-port", "br-int", "tap1", "--", "set", "interface", "tap1",
            "external_ids:iface-id=port-1");
        final var second = awaitSnapshot(seen -> seen.taps().containsKey("port-1")
            && seen.taps().get("port-1").name().equals("tap1")).taps().get("port-1");
        assertFalse(second.row().equals(first.row()));
        ovs.vsctl("del-port", "tap1");
        awaitSnapshot(seen -> seen.taps().isEmpty());
    }

    @Test
    void borderPortsAreAddedAndRemoved() {
        agent(false, Map.of(), "outside0");
        final var now = awaitSnapshot(seen -> seen.borderPorts().containsKey("outside0"));
        assertEquals(Set.of("outside0"), now.borderPorts().keySet());
        agent.close();
        snapshot.set(EdgeSnapshot.NONE);
        agent(false, Map.of());
        await().atMost(RealSwitch.HANG).untilAsserted(() -> assertEquals("", ovs.vsctl("list-ports", "br-int")));
    }

    @Test
    void anUntouchedEdgeIsNotChangedByAnotherRun() {
        agent(false, Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        final var controller = ovs.vsctl("get", "bridge", "br-int", "controller");
        agent.close();
        snapshot.set(EdgeSnapshot.NONE);
        agent(false, Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        assertEquals(controller, ovs.vsctl("get", "bridge", "br-int", "controller"), "replacing it drops all flows");
    }

    @Test
    void serverAndSwitchComeAndGo() {
        agent(false, Map.of("edge-b", address("192.0.2.2")));
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        ovs.killServer();
        await().atMost(RealSwitch.HANG).until(() -> session.get() == EdgeAgent.Session.DISCONNECTED);
        assertTrue(tunnelUp(snapshot.get(), "edge-b"), "unknown is not absent");
        ovs.startServer();
        await().atMost(RealSwitch.HANG).until(() -> session.get() == EdgeAgent.Session.IN_SYNC);
        ovs.killVswitchd();
        ovs.startVswitchd();
        awaitSnapshot(seen -> tunnelUp(seen, "edge-b"));
        assertEquals("vx-edge-b", ovs.vsctl("list-ports", "br-int"));
    }
}
