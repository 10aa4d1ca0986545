/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_MOCKS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.peregrine.flow.journal.Journal;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.history.HistoryService;
import io.peregrine.migration.internal.libvirt.FakeDriver;
import io.peregrine.vxlan.GuestProbes;
import io.peregrine.vxlan.SizeProbes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.HypervisorsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.Hypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.HypervisorBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.HypervisorKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.Session;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.Rpc;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * From intent and libvirt to calls of the overlay and records, with datastores and threads as in production.
 */
class MigrationAppTest {
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final String XML = "<domain><uuid>" + GUEST + "</uuid><name>web</name><devices>"
        + "<interface type='bridge'><mac address='52:54:00:00:00:01'/><virtualport type='openvswitch'>"
        + "<parameters interfaceid='p1' profileid='demo'/></virtualport></interface></devices></domain>";

    private static Hypervisor hypervisor(final String name, final String uri, final String address) {
        return new HypervisorBuilder().withKey(new HypervisorKey(new EdgeName(name))).setLibvirt(uri)
            .setOvsdb("tcp:192.0.2.1:6640")
            .setUnderlayAddress(new IpAddressNoZone(new Ipv4AddressNoZone(address))).build();
    }

    private static Guest guest(final Datastores datastores) {
        final var guests = datastores.get(Guests.class);
        return guests == null ? null : guests.nonnullGuest().values().stream().findFirst().orElse(null);
    }

    private static Session session(final Datastores datastores, final String host) {
        final var sessions = datastores.get(LibvirtSessions.class);
        return sessions == null ? null : sessions.nonnullSession().get(new SessionKey(new EdgeName(host)));
    }

    private static Migration migration(final Datastores datastores) {
        final var migrations = datastores.get(Migrations.class);
        return migrations == null ? null : migrations.nonnullMigration().values().stream().findFirst().orElse(null);
    }

    @TempDir
    private Path directory;

    @Test
    void followsAGuest() throws Exception {
        final var datastores = new Datastores();
        final var driver = new FakeDriver();
        final var ports = new FakePorts();
        final var source = driver.daemon("h1");
        final var destination = driver.daemon("h2");
        source.happen(GUEST, null, new LevelState(1, 1, false), XML);
        destination.down();

        final var rpcs = mock(RpcProviderService.class);
        final var offered = mock(Registration.class);
        when(rpcs.registerRpcImplementations(any(Rpc[].class))).thenReturn(offered);
        final var journal = new Journal(directory);
        final var history = new HistoryService(datastores.broker(),
            mock(RpcProviderService.class, RETURNS_MOCKS), journal);
        final GuestProbes probes = (id, listener) -> CompletableFuture.failedFuture(
            new IllegalStateException("no address of it is known"));
        final SizeProbes sizes = (from, to, wanted) -> CompletableFuture.failedFuture(
            new IllegalStateException("there is no tunnel"));
        final var app = new MigrationApp(datastores.broker(), ports, probes, sizes, history, rpcs, journal, driver);
        datastores.put(LogicalDatastoreType.CONFIGURATION, Hypervisors.class, new HypervisorsBuilder()
            .setHypervisor(BindingMap.of(
                hypervisor("h1", "qemu+unix://h1/system", "10.1.0.10"),
                hypervisor("h2", "qemu+unix://h2/system", "10.2.0.10"),
                hypervisor("h3", "nonsense", "10.3.0.10"))).build());
        await().until(() -> ports.heard().contains("h1"));
        await().until(() -> guest(datastores) != null && guest(datastores).getInterface() != null);
        assertEquals("h1", guest(datastores).getHypervisor().getValue());
        assertEquals(GuestState.Running, guest(datastores).getState());
        final var shown = guest(datastores).getInterface().get(0);
        assertEquals("demo", shown.getNetwork().getValue());
        assertTrue(shown.getAttached());
        await().until(() -> session(datastores, "h3") != null);
        assertTrue(session(datastores, "h3").getProblem().contains("has no driver"));
        await().until(() -> "connection refused".equals(session(datastores, "h2").getProblem()));
        destination.up();
        await().until(() -> session(datastores, "h2").getState() == SessionState.InSync);

        source.happen(GUEST, null, new LevelState(1, 1, true), XML);
        destination.happen(GUEST, new LifecycleEvent(2, 1), new LevelState(3, 2, false), XML);
        await().until(() -> ports.calls().contains("prepare h2 [p1]"));
        await().until(() -> migration(datastores) != null && migration(datastores).getPhase() == Phase.Prepared);
        source.happen(GUEST, new LifecycleEvent(3, 1), new LevelState(3, 2, true), XML);
        destination.happen(GUEST, new LifecycleEvent(4, 1), new LevelState(1, 2, false), XML);
        source.happen(GUEST, new LifecycleEvent(5, 3), null, XML);
        source.downtime(GUEST, 178);
        await().until(() -> migration(datastores).getPhase() == Phase.Completed
            && migration(datastores).getPause() != null);
        assertEquals(Uint32.valueOf(178), migration(datastores).getPause());
        assertEquals("h2", migration(datastores).getDestination().getValue());
        await().until(() -> migration(datastores).getProbed() != null);
        assertEquals(Probed.Outcome.Unprobed, migration(datastores).getProbed().getOutcome());
        assertEquals("no address of it is known", migration(datastores).getProbed().getReason());
        assertTrue(ports.calls().containsAll(List.of("commit h2 [p1]", "detach h1 [p1]")), ports.calls().toString());
        await().until(() -> "h2".equals(guest(datastores).getHypervisor().getValue()));

        destination.happen(GUEST, new LifecycleEvent(5, 1), null, XML);
        await().until(() -> guest(datastores) == null);
        assertEquals("libvirt", migration(datastores).getInitiator());
        app.close();
        history.close();
        assertTrue(Files.readString(directory.resolve("migrations-0")).contains("\"phase\":\"completed\""));
        assertNull(datastores.get(Migrations.class));
        assertNull(datastores.get(Guests.class));
        assertNull(datastores.get(LibvirtSessions.class));
        assertNull(datastores.get(Jobs.class));
        verify(offered).close();
        assertTrue(driver.closed());
    }
}
