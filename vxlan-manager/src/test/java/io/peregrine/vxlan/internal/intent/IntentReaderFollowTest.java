/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.flow.MacAddress;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.topology.IpNetwork;
import io.peregrine.vxlan.internal.intent.EdgeIntent.BorderPort;
import io.peregrine.vxlan.internal.intent.EdgeIntent.Datapath;
import io.peregrine.vxlan.internal.intent.EdgeIntent.Kind;
import io.peregrine.vxlan.internal.intent.NetworkIntent.Subnet;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;

class IntentReaderFollowTest {
    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };
    private final BlockingQueue<Intent> heard = new LinkedBlockingQueue<>();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    private DataBroker dataBroker;

    @BeforeEach
    void before() throws Exception {
        md.setup();
        dataBroker = md.getDataBroker();
    }

    @AfterEach
    void after() {
        executor.shutdownNow();
    }

    @Test
    void tellsEachIntentAsOfOneCommit() throws Exception {
        try (var source = IntentReader.follow(dataBroker, executor, heard::add)) {
            assertEquals(Intent.EMPTY, heard.take());

            final var tx = dataBroker.newWriteOnlyTransaction();
            tx.put(LogicalDatastoreType.CONFIGURATION, IntentReader.NETWORKS, Bindings.networks(
                Bindings.network("blue", 10)
                    .setSubnet(BindingMap.of(Bindings.subnet("192.168.100.0/24", "192.168.100.1")))
                    .setPort(BindingMap.of(Bindings.guest("52:54:00:00:00:01", "192.168.100.5"))).build()));
            tx.put(LogicalDatastoreType.CONFIGURATION, IntentReader.HYPERVISORS, Bindings.hypervisors(
                Bindings.hypervisor("hv1", "10.0.1.1").build()));
            tx.put(LogicalDatastoreType.CONFIGURATION, IntentReader.BORDERS, Bindings.borders(
                Bindings.border("edge1", "10.0.9.1", Bindings.port("eth1", "blue",
                    Bindings.host("52:54:00:00:00:09", "192.168.100.9"))).build()));
            tx.commit().get();

            assertEquals(new Intent(
                Map.of("blue", new NetworkIntent("blue", 10,
                    List.of(new Subnet(new IpNetwork(address("192.168.100.0"), 24),
                        Optional.of(address("192.168.100.1")))),
                    Map.of(MacAddress.parse("52:54:00:00:00:01"), Set.of(address("192.168.100.5"))))),
                Map.of(
                    "hv1", new EdgeIntent("hv1", Kind.HYPERVISOR, new Endpoint(Endpoint.Kind.TCP, "10.0.1.1", 6640),
                        address("10.0.1.1"), "br-int", Datapath.SYSTEM, false, Optional.empty(),
                        Optional.of("qemu+tls://10.0.1.1/system"), List.of()),
                    "edge1", new EdgeIntent("edge1", Kind.BORDER, new Endpoint(Endpoint.Kind.TCP, "10.0.9.1", 6640),
                        address("10.0.9.1"), "br-int", Datapath.SYSTEM, false, Optional.empty(), Optional.empty(),
                        List.of(new BorderPort("eth1", "blue", Map.of(MacAddress.parse("52:54:00:00:00:09"),
                            Set.of(address("192.168.100.9")))))))), heard.take());

            final var delete = dataBroker.newWriteOnlyTransaction();
            delete.delete(LogicalDatastoreType.CONFIGURATION, IntentReader.BORDERS);
            delete.commit().get();
            assertEquals(Set.of("hv1"), heard.take().edges().keySet());
        }
        await().untilAsserted(() -> assertEquals(0, heard.size()));
    }

    @Test
    void leavesOutWhatCannotBeRead() {
        final var intent = IntentReader.read(null, Bindings.hypervisors(
            Bindings.hypervisor("good", "10.0.1.1").build(),
            Bindings.hypervisor("bad", "10.0.1.2").setOvsdb("nonsense").build()),
            null);
        assertEquals(Set.of("good"), intent.edges().keySet());
    }

    private static InetAddress address(final String text) throws Exception {
        return InetAddress.getByName(text);
    }
}
