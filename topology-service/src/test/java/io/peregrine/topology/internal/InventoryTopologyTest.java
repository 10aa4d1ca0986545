/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import io.peregrine.topology.TopologyService.Listener;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.inventory.rev130819.FlowCapableNodeBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.inventory.rev130819.FlowCapableNodeConnectorBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.PortConfig;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.PortNumberUni;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.flow.capable.port.StateBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnectorBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnectorKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.Switches;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.Port;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.PortKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint32;

class InventoryTopologyTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final DatapathId ONE = new DatapathId(1);
    private static final String ONE_HEX = "0000000000000001";

    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };

    private DataBroker dataBroker;
    private InventoryTopology topology;

    private record Heard(Topology before, Topology now) {
    }

    private static final class Recorder implements Listener {
        private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

        @Override
        public void onTopology(final Topology before, final Topology now) {
            heard.add(new Heard(before, now));
        }

        Topology next() throws InterruptedException {
            return heard.take().now();
        }
    }

    @BeforeEach
    void before() throws Exception {
        md.setup();
        dataBroker = md.getDataBroker();
        topology = new InventoryTopology(dataBroker, Clock.fixed(START, ZoneOffset.UTC));
    }

    @AfterEach
    void after() {
        topology.close();
    }

    @Test
    void followsASwitch() throws Exception {
        final var recorder = new Recorder();
        try (var registration = topology.listen(recorder)) {
            putSwitch();
            assertEquals(new SwitchView(ONE, Optional.of("10.0.1.1"), Optional.of("Nicira, Inc."),
                Optional.of("3.1.0"), START, Map.of()), recorder.next().switches().get(ONE));

            putPort(2, false, false);
            final var up = new PortView(2, "eth2", MacAddress.parse("52:54:00:00:00:02"), true,
                OptionalLong.of(10_000_000));
            assertEquals(Map.of(2L, up), recorder.next().find(ONE).orElseThrow().ports());
            awaitPort(Boolean.TRUE);

            // OpenFlowPlugin puts the whole port again to say that it is down
            putPort(2, true, false);
            final var heard = recorder.heard.take();
            assertEquals(Optional.of(up), heard.before().find(ONE).orElseThrow().port(2));
            assertEquals(false, heard.now().find(ONE).orElseThrow().port(2).orElseThrow().up());
            awaitPort(Boolean.FALSE);

            putPort(2, false, false);
            assertEquals(Optional.of(up), recorder.next().find(ONE).orElseThrow().port(2));
            putPort(2, false, true);
            assertEquals(false, recorder.next().find(ONE).orElseThrow().port(2).orElseThrow().up());

            delete(node().child(NodeConnector.class, connectorKey(2)));
            assertEquals(Map.of(), recorder.next().find(ONE).orElseThrow().ports());

            delete(node());
            assertEquals(Topology.EMPTY, recorder.next());
            await().untilAsserted(() -> assertEquals(Optional.empty(), published().map(Switches::getSwitch)));
        }
        assertEquals(Topology.EMPTY, topology.topology());
    }

    @Test
    void tellsANewListenerWhatIsThere() throws Exception {
        putSwitch();
        await().until(() -> !topology.topology().switches().isEmpty());
        final var recorder = new Recorder();
        try (var failing = topology.listen((before, now) -> {
            throw new IllegalStateException("a listener's mistake");
        }); var registration = topology.listen(recorder)) {
            final var heard = recorder.heard.take();
            assertEquals(Topology.EMPTY, heard.before());
            assertEquals(topology.topology(), heard.now());
        }
    }

    @Test
    void knowsTheLocalPortAndNoOtherReservedOne() {
        final var node = new NodeBuilder().setId(new NodeId("openflow:1"))
            .setNodeConnector(Map.of(
                connectorKey("LOCAL"), connector("LOCAL", new PortNumberUni("LOCAL"), false, false),
                connectorKey("CONTROLLER"), connector("CONTROLLER", new PortNumberUni("CONTROLLER"), false, false)))
            .build();
        assertEquals(Set.of(PortView.LOCAL), InventoryReader.read(ONE, node, START).ports().keySet());
    }

    @Test
    void nodesOfOtherKindsAreNoSwitches() {
        assertEquals(Optional.empty(), InventoryReader.datapath(new NodeId("netconf:a")));
        assertEquals(Optional.of(new DatapathId(-1)), InventoryReader.datapath(
            new NodeId("openflow:18446744073709551615")));
    }

    @Test
    void portNumbers() {
        final var mac = MacAddress.parse("52:54:00:00:00:02");
        assertThrows(IllegalArgumentException.class, () -> new PortView(0, "", mac, true, OptionalLong.empty()));
        assertThrows(IllegalArgumentException.class,
            () -> new PortView(PortView.MAX + 1, "", mac, true, OptionalLong.empty()));
    }

    private void awaitPort(final Boolean up) {
        await().untilAsserted(() -> assertEquals(Optional.of(up), published()
            .map(switches -> switches.nonnullSwitch().values().iterator().next())
            .filter(item -> ONE_HEX.equals(item.getDatapathId()))
            .map(Switch::nonnullPort)
            .map(ports -> ports.get(new PortKey(Uint32.TWO)))
            .map(Port::getUp)));
    }

    private Optional<Switches> published() throws Exception {
        try (var tx = dataBroker.newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, SwitchEntries.SWITCHES).get();
        }
    }

    private void putSwitch() throws Exception {
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.OPERATIONAL, node(), new NodeBuilder()
            .setId(new NodeId("openflow:1"))
            .addAugmentation(new FlowCapableNodeBuilder()
                .setIpAddress(IetfInetUtil.ipAddressFor("10.0.1.1"))
                .setManufacturer("Nicira, Inc.")
                .setSoftware("3.1.0")
                .build())
            .build());
        tx.commit().get();
    }

    private void putPort(final int number, final boolean linkDown, final boolean portDown) throws Exception {
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.OPERATIONAL, node().child(NodeConnector.class, connectorKey(number)),
            connector(Integer.toString(number), new PortNumberUni(Uint32.valueOf(number)), linkDown, portDown));
        tx.commit().get();
    }

    private void delete(final InstanceIdentifier<?> path) throws Exception {
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.delete(LogicalDatastoreType.OPERATIONAL, path);
        tx.commit().get();
    }

    private static NodeConnector connector(final String id, final PortNumberUni number, final boolean linkDown,
            final boolean portDown) {
        return new NodeConnectorBuilder()
            .withKey(connectorKey(id))
            .addAugmentation(new FlowCapableNodeConnectorBuilder()
                .setPortNumber(number)
                .setName("eth" + id)
                .setHardwareAddress(
                    new org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress(
                        "52:54:00:00:00:02"))
                .setState(new StateBuilder().setLinkDown(linkDown).build())
                .setConfiguration(new PortConfig(false, false, false, portDown))
                .setCurrentSpeed(Uint32.valueOf(10_000_000))
                .build())
            .build();
    }

    private static InstanceIdentifier<Node> node() {
        return InstanceIdentifier.builder(Nodes.class).child(Node.class, new NodeKey(new NodeId("openflow:1"))).build();
    }

    private static NodeConnectorKey connectorKey(final int number) {
        return connectorKey(Integer.toString(number));
    }

    private static NodeConnectorKey connectorKey(final String id) {
        return new NodeConnectorKey(new NodeConnectorId("openflow:1:" + id));
    }
}
