/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.PortView;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NetworkTopology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NodeId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.TopologyId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.Topology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.TopologyBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.TopologyKey;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.NodeBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.NodeKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;

class NetworkTopologyPublisherTest {
    private static final String STOCK = "flow:1";

    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final SimulatedFabric net = new SimulatedFabric().wire("1:1--2:1", "2:2--3:2").host("10.1.0.10", "1:9");

    private volatile Collection<OverlayLink> overlay = List.of();
    private NetworkTopologyPublisher publisher;

    @BeforeEach
    void before() throws Exception {
        md.setup();
        final var stock = new TopologyId(STOCK);
        final var tx = md.getDataBroker().newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.OPERATIONAL, path(STOCK), new TopologyBuilder().setTopologyId(stock).setNode(
            BindingMap.of(new NodeBuilder().withKey(new NodeKey(new NodeId("openflow:1"))).build())).build());
        tx.commit().get();
        net.addPort("1:" + PortView.LOCAL);
        net.up();
        publisher = new NetworkTopologyPublisher(md.getDataBroker(), net.controller::view, () -> overlay, executor);
    }

    @AfterEach
    void after() {
        publisher.close();
        executor.shutdown();
    }

    private static InstanceIdentifier<Topology> path(final String id) {
        return InstanceIdentifier.create(NetworkTopology.class)
            .child(Topology.class, new TopologyKey(new TopologyId(id)));
    }

    /** Nodes with their ports, and links, as texts. */
    private Set<String> shown(final String id) throws Exception {
        final var result = new TreeSet<String>();
        try (var tx = md.getDataBroker().newReadOnlyTransaction()) {
            tx.read(LogicalDatastoreType.OPERATIONAL, path(id)).get().ifPresent(topology -> {
                topology.nonnullNode().values().forEach(node -> result.add(node.getNodeId().getValue() + " "
                    + new TreeSet<>(node.nonnullTerminationPoint().values().stream()
                        .map(port -> port.getTpId().getValue()).toList())));
                topology.nonnullLink().values().forEach(link -> result.add(link.getLinkId().getValue() + ": "
                    + link.getSource().getSourceNode().getValue() + " " + link.getSource().getSourceTp().getValue()
                    + " -> " + link.getDestination().getDestNode().getValue() + " "
                    + link.getDestination().getDestTp().getValue()));
            });
        }
        return result;
    }

    private Set<String> topologies() throws Exception {
        try (var tx = md.getDataBroker().newReadOnlyTransaction()) {
            final var result = new TreeSet<String>();
            tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(NetworkTopology.class)).get()
                .ifPresent(all -> all.nonnullTopology().keySet()
                    .forEach(key -> result.add(key.getTopologyId().getValue())));
            return result;
        }
    }

    private void assertShown(final String id, final String... expected) {
        publisher.changed();
        await().untilAsserted(() -> assertEquals(new TreeSet<>(List.of(expected)), shown(id)));
    }

    @Test
    void theFabricIsShownUnderTheInventorysNames() {
        assertShown(NetworkTopologyPublisher.FABRIC,
            "openflow:1 [openflow:1:1, openflow:1:9, openflow:1:LOCAL]", "openflow:2 [openflow:2:1, openflow:2:2]",
            "openflow:3 [openflow:3:2]",
            "openflow:1:1: openflow:1 openflow:1:1 -> openflow:2 openflow:2:1",
            "openflow:2:1: openflow:2 openflow:2:1 -> openflow:1 openflow:1:1",
            "openflow:2:2: openflow:2 openflow:2:2 -> openflow:3 openflow:3:2",
            "openflow:3:2: openflow:3 openflow:3:2 -> openflow:2 openflow:2:2");
    }

    @Test
    void onlyLinksThatWorkBothWaysAreShown() {
        net.cutOneWay("2:1");
        net.setUp("3:2", false);
        net.pass(2000);
        assertShown(NetworkTopologyPublisher.FABRIC,
            "openflow:1 [openflow:1:1, openflow:1:9, openflow:1:LOCAL]", "openflow:2 [openflow:2:1, openflow:2:2]",
            "openflow:3 [openflow:3:2]");
    }

    @Test
    void aSwitchThatIsAwayKeepsItsLinks() {
        net.disconnect(3);
        net.wanted.remove(SimulatedFabric.port("1:1").datapath());
        net.tellIntent();
        assertShown(NetworkTopologyPublisher.FABRIC, "openflow:2 [openflow:2:1, openflow:2:2]",
            "openflow:3 [openflow:3:2]", "openflow:2:2: openflow:2 openflow:2:2 -> openflow:3 openflow:3:2",
            "openflow:3:2: openflow:3 openflow:3:2 -> openflow:2 openflow:2:2");
    }

    @Test
    void tunnelsAreShown() {
        overlay = List.of(tunnel("5:1", "6:1", true), tunnel("6:1", "5:1", true), tunnel("5:2", "7:2", true),
            tunnel("7:2", "5:2", false), tunnel("18446744073709551615:3", "5:3", true));
        assertShown(NetworkTopologyPublisher.OVERLAY, "openflow:5 [openflow:5:1, openflow:5:2]",
            "openflow:6 [openflow:6:1]", "openflow:7 [openflow:7:2]",
            "openflow:18446744073709551615 [openflow:18446744073709551615:3]",
            "openflow:5:1: openflow:5 openflow:5:1 -> openflow:6 openflow:6:1",
            "openflow:6:1: openflow:6 openflow:6:1 -> openflow:5 openflow:5:1");
        overlay = List.of();
        assertShown(NetworkTopologyPublisher.OVERLAY);
    }

    private static OverlayLink tunnel(final String from, final String to, final boolean up) {
        return new OverlayLink(SimulatedFabric.port(from), SimulatedFabric.port(to), from, to, up);
    }

    @Test
    void otherTopologiesStay() throws Exception {
        await().untilAsserted(() -> assertEquals(
            Set.of(STOCK, NetworkTopologyPublisher.FABRIC, NetworkTopologyPublisher.OVERLAY), topologies()));
        assertEquals(Set.of("openflow:1 []"), shown(STOCK));
        publisher.close();
        assertEquals(Set.of(STOCK), topologies());
        assertEquals(Set.of("openflow:1 []"), shown(STOCK));
    }
}
