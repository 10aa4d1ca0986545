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
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.discovery.TunnelProbes.Identity;
import io.peregrine.topology.hosts.ArpPacket;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricCounters;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflicts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.counters.CounterKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.Conflict;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.Host;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

class FabricPublisherTest {
    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final SimulatedFabric net = new SimulatedFabric().wire("1:1--2:1").host("10.1.0.10", "1:9");

    private volatile Collection<OverlayLink> overlay = List.of();
    private volatile Map<io.peregrine.topology.discovery.Link, TunnelIdentities.Shown> identities = Map.of();
    private FabricPublisher publisher;

    @BeforeEach
    void before() throws Exception {
        md.setup();
        net.up();
        publisher = new FabricPublisher(md.getDataBroker(), net.controller::view, () -> overlay,
            () -> identities, executor);
    }

    @AfterEach
    void after() {
        publisher.close();
        executor.shutdown();
    }

    private <T extends ChildOf<? extends DataRoot>> T stored(final Class<T> type) throws Exception {
        try (var tx = md.getDataBroker().newReadOnlyTransaction()) {
            return tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(type)).get().orElse(null);
        }
    }

    private Map<String, Link> byText() throws Exception {
        final var result = new TreeMap<String, Link>();
        final var links = stored(Links.class);
        if (links != null) {
            links.nonnullLink().values().forEach(link -> result.put(link.getSourceName() + " -> "
                + link.getTargetName() + " " + link.getLayer().getName() + " " + link.getState().getName() + " "
                + link.getCost(), link));
        }
        return result;
    }

    private void assertLinks(final String... expected) {
        publisher.changed();
        await().untilAsserted(() -> assertEquals(new TreeSet<>(List.of(expected)), byText().keySet()));
    }

    @Test
    void linksOfBothLayersAreShown() throws Exception {
        assertLinks("s1 p1 -> s2 p1 fabric up 10", "s2 p1 -> s1 p1 fabric up 10");
        final var link = byText().get("s1 p1 -> s2 p1 fabric up 10");
        assertEquals("0000000000000001", link.getSourceSwitch().getValue());
        assertEquals(1, link.getSourcePort().intValue());
        assertEquals("0000000000000002", link.getTargetSwitch().getValue());

        overlay = List.of(
            new OverlayLink(SimulatedFabric.port("5:1"), SimulatedFabric.port("6:1"), "hv1 pg6", "hv2 pg5", true),
            new OverlayLink(SimulatedFabric.port("6:1"), SimulatedFabric.port("5:1"), "hv2 pg5", "hv1 pg6", false));
        net.disconnect(2);
        net.pass(50);
        // Its ports have no names while it is away
        assertLinks("hv1 pg6 -> hv2 pg5 overlay up null", "hv2 pg5 -> hv1 pg6 overlay down null",
            "s1 p1 -> s2 1 fabric unconfirmed 10", "s2 1 -> s1 p1 fabric unconfirmed 10");
    }

    @Test
    void aTunnelsOtherEndIsShownBesideItsState() throws Exception {
        final var ends = new io.peregrine.topology.discovery.Link(SimulatedFabric.port("5:1"),
            SimulatedFabric.port("6:1"));
        final var shown = "a -> b overlay up null";
        overlay = List.of(new OverlayLink(ends.from(), ends.to(), "a", "b", true));
        assertIdentity(shown, TunnelIdentity.Unverified, null);
        final var since = byText().get(shown).getSince();

        identities = Map.of(ends, new TunnelIdentities.Shown(Identity.VERIFIED, Optional.empty()));
        assertIdentity(shown, TunnelIdentity.Verified, null);
        identities = Map.of(ends, new TunnelIdentities.Shown(Identity.MISWIRED, Optional.of("a arrives at c")));
        assertIdentity(shown, TunnelIdentity.Miswired, "a arrives at c");
        assertEquals(since, byText().get(shown).getSince(), "that of the state");
        final var told = byText().get(shown).getIdentitySince();
        overlay = List.of(new OverlayLink(ends.from(), ends.to(), "a", "b", false));
        assertIdentity("a -> b overlay down null", TunnelIdentity.Miswired, "a arrives at c");
        assertEquals(told, byText().get("a -> b overlay down null").getIdentitySince());
        assertNull(byText().get("s1 p1 -> s2 p1 fabric up 10").getIdentity());
    }

    private void assertIdentity(final String link, final TunnelIdentity identity, final String problem) {
        publisher.changed();
        await().untilAsserted(() -> {
            final var found = byText().get(link);
            assertNotNull(found);
            assertEquals(identity, found.getIdentity());
            assertEquals(problem, found.getProblem());
        });
    }

    @Test
    void aLinkThatIsHeardOneWayOnlyIsShownSo() {
        net.cutOneWay("2:1");
        net.pass(2000);
        assertLinks("s1 p1 -> s2 p1 fabric one-way 10");
    }

    @Test
    void theTimeIsThatOfTheLastChange() throws Exception {
        assertLinks("s1 p1 -> s2 p1 fabric up 10", "s2 p1 -> s1 p1 fabric up 10");
        final var since = byText().values().iterator().next().getSince();
        net.connect(2);
        overlay = List.of(
            new OverlayLink(SimulatedFabric.port("5:1"), SimulatedFabric.port("6:1"), "a", "b", true));
        net.pass(1000);
        assertLinks("a -> b overlay up null", "s1 p1 -> s2 p1 fabric up 10", "s2 p1 -> s1 p1 fabric up 10");
        assertEquals(since, byText().get("s1 p1 -> s2 p1 fabric up 10").getSince());
    }

    @Test
    void hostsAreShown() throws Exception {
        await().untilAsserted(() -> assertEquals(1, hosts().size()));
        final var host = hosts().iterator().next();
        assertEquals("10.1.0.10", host.getAddress().getValue());
        assertEquals("52:54:0a:01:00:0a", host.getMacAddress().getValue());
        assertEquals("0000000000000001", host.getSwitch().getValue());
        assertEquals(9, host.getPort().intValue());
        assertEquals("s1 p9", host.getPortName());
        assertEquals("10.1.0.0/24", host.getSegment().getValue());
        assertEquals(HostState.Confirmed, host.getState());

        net.setUp("1:9", false);
        net.pass(50);
        publisher.changed();
        await().untilAsserted(() -> assertEquals(List.of(HostState.Unreachable), hosts().stream().map(Host::getState)
            .toList()));
        net.pass(10_000);
        publisher.changed();
        await().untilAsserted(() -> assertEquals(Set.of(), Set.copyOf(hosts())));
    }

    private Collection<Host> hosts() throws Exception {
        final var hosts = stored(Hosts.class);
        return hosts == null ? Set.of() : hosts.nonnullHost().values();
    }

    @Test
    void anAddressThatTwoHaveIsShownAsLongAsBothHaveIt() throws Exception {
        net.addPort("2:9");
        net.setUp("2:9", true);
        final var claim = ArpPacket.request(SimulatedFabric.mac("10.1.0.66"), SimulatedFabric.address("10.1.0.10"),
            SimulatedFabric.address("10.1.0.10"));
        net.arp(SimulatedFabric.port("2:9"), claim);
        net.pass(1500);
        net.arp(SimulatedFabric.port("2:9"), claim);
        net.pass(600);
        publisher.changed();
        await().untilAsserted(() -> assertEquals(1, conflicts().size()));
        final var conflict = conflicts().iterator().next();
        assertEquals("10.1.0.10", conflict.getAddress().getValue());
        assertEquals("52:54:0a:01:00:0a", conflict.getMacAddress().getValue());
        assertEquals("0000000000000001", conflict.getSwitch().getValue());
        assertEquals(9, conflict.getPort().intValue());
        assertEquals("s1 p9", conflict.getPortName());
        assertEquals("52:54:0a:01:00:42", conflict.getRivalMacAddress().getValue());
        assertEquals("0000000000000002", conflict.getRivalSwitch().getValue());
        assertEquals(9, conflict.getRivalPort().intValue());
        assertEquals("s2 p9", conflict.getRivalPortName());
        assertEquals(2, conflict.getClaims().getValue().intValue());

        net.pass(5000);
        publisher.changed();
        await().untilAsserted(() -> assertEquals(Set.of(), Set.copyOf(conflicts())));
        assertEquals(1, hosts().size());
    }

    private Collection<Conflict> conflicts() throws Exception {
        final var conflicts = stored(HostConflicts.class);
        return conflicts == null ? Set.of() : conflicts.nonnullConflict().values();
    }

    @Test
    void switchesAreShownWithWhatIsWrong() {
        net.occupy(3);
        net.addPort("3:1");
        net.tellIntent();
        net.disconnect(2);
        publisher.changed();
        await().untilAsserted(() -> assertEquals(Set.of(
            "s1 0000000000000001 in-sync []", "s2 0000000000000002 disconnected []",
            "s3 0000000000000003 disconnected [switch 0000000000000003 is run by somebody else: take it out of the "
                + "fabric, or the edge out of intent]"),
            switches()));
    }

    private Set<String> switches() throws Exception {
        final var state = stored(FabricState.class);
        return state == null ? Set.of() : state.nonnullSwitch().values().stream().map(FabricPublisherTest::text)
            .collect(Collectors.toSet());
    }

    private static String text(final Switch shown) {
        return shown.getName() + " " + shown.getDatapathId().getValue() + " " + shown.getState().getName() + " "
            + (shown.getProblem() == null ? Set.of() : shown.getProblem());
    }

    @Test
    void whatWasCountedIsShown() throws Exception {
        net.pass(5000);
        publisher.changed();
        await().untilAsserted(() -> assertEquals(0L, count("probe-forged")));
        assertEquals(1L, count("host-learned"));
    }

    private Long count(final String name) throws Exception {
        final var counters = stored(FabricCounters.class);
        final var counter = counters == null ? null : counters.nonnullCounter().get(new CounterKey(name));
        return counter == null ? null : counter.getValue().getValue().longValue();
    }

    @Test
    void nothingIsLeftAtTheEnd() throws Exception {
        assertLinks("s1 p1 -> s2 p1 fabric up 10", "s2 p1 -> s1 p1 fabric up 10");
        publisher.close();
        assertEquals(Set.of(), byText().keySet());
        assertNull(stored(Hosts.class));
        assertNull(stored(HostConflicts.class));
        assertNull(stored(FabricState.class));
    }
}
