/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import io.peregrine.flow.loops.Loops;
import io.peregrine.metrics.internal.core.Health;
import io.peregrine.metrics.internal.core.Health.Service;
import io.peregrine.metrics.internal.core.MoveStatistics;
import io.peregrine.metrics.internal.core.Observed;
import io.peregrine.metrics.internal.core.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.servlet.Filter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.opendaylight.aaa.web.FilterDetails;
import org.opendaylight.aaa.web.WebContext;
import org.opendaylight.aaa.web.WebContextSecurer;
import org.opendaylight.aaa.web.WebServer;
import org.opendaylight.infrautils.diagstatus.DiagStatusService;
import org.opendaylight.infrautils.diagstatus.ServiceDescriptor;
import org.opendaylight.infrautils.diagstatus.ServiceRegistration;
import org.opendaylight.infrautils.diagstatus.ServiceState;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricStateBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinksBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessionsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Mode;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ProbedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * The services over data stores in memory, whose listeners are called by other threads as in production.
 */
class ServicesTest {
    private static final Duration PERIOD = Duration.ofMillis(10);
    private static final AbstractConcurrentDataBrokerTest STORES = new AbstractConcurrentDataBrokerTest(true) {
    };

    private final Map<String, ServiceDescriptor> reported = new ConcurrentHashMap<>();
    private final Map<String, ServiceRegistration> reports = new ConcurrentHashMap<>();
    private final DiagStatusService diagnostics = mock(DiagStatusService.class);
    private final AtomicLong clock = new AtomicLong();

    @BeforeAll
    static void beforeAll() throws Exception {
        STORES.setup();
    }

    private static DataBroker broker() {
        return STORES.getDataBroker();
    }

    @BeforeEach
    void before() throws Exception {
        for (var container : List.of(Edges.class, Tunnels.class, FabricState.class, Links.class, LibvirtSessions.class,
                Guests.class, Jobs.class, Migrations.class)) {
            delete(container);
        }
        doAnswer(call -> reports.computeIfAbsent(call.getArgument(0), name -> {
            final var report = mock(ServiceRegistration.class);
            doAnswer(told -> {
                reported.put(name, told.getArgument(0));
                return null;
            }).when(report).report(any());
            return report;
        })).when(diagnostics).register(anyString());
    }

    private static <T extends ChildOf<? extends DataRoot>> void put(final Class<T> container, final T data)
            throws Exception {
        final var tx = broker().newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(container), data);
        tx.commit().get();
    }

    private static <T extends ChildOf<? extends DataRoot>> void delete(final Class<T> container) throws Exception {
        final var tx = broker().newWriteOnlyTransaction();
        tx.delete(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(container));
        tx.commit().get();
    }

    private static Edge edge(final String name, final SessionState ovsdb) {
        return new EdgeBuilder().setName(new EdgeName(name)).setKind(Edge.Kind.Hypervisor)
            .setDatapathId("00000000000000a1").setOvsdb(ovsdb).setOpenflow(SessionState.InSync)
            .setReady(ovsdb == SessionState.InSync)
            .setProblem(ovsdb == SessionState.InSync ? List.of() : List.of("OVSDB: refused")).build();
    }

    private static void putEdge(final SessionState ovsdb) throws Exception {
        put(Edges.class, new EdgesBuilder().setEdge(BindingMap.of(edge("hv1", ovsdb))).build());
    }

    private static void putAllWell() throws Exception {
        putEdge(SessionState.InSync);
        put(FabricState.class, new FabricStateBuilder().setSwitch(BindingMap.of(new SwitchBuilder().setName("s1")
            .setDatapathId(new DatapathId("00000000000000b1")).setState(Switch.State.InSync).setProblem(Set.of("odd"))
            .build())).build());
        put(LibvirtSessions.class, new LibvirtSessionsBuilder().setSession(BindingMap.of(new SessionBuilder()
            .setHypervisor(new EdgeName("hv1")).setState(SessionState.InSync).setProblem("slow").build())).build());
    }

    private static Tunnel tunnel(final String from, final String to, final TunnelLiveness liveness) {
        return new TunnelBuilder().setSource(new EdgeName(from)).setDestination(new EdgeName(to))
            .setSourceAddress(IetfInetUtil.ipAddressNoZoneFor("10.1.0.1")).setLiveness(liveness).build();
    }

    private static Link link(final long port, final LinkLayer layer, final LinkState state,
            final TunnelIdentity identity) {
        return new LinkBuilder().setSourceSwitch(new DatapathId("00000000000000a1"))
            .setSourcePort(Uint32.valueOf(port)).setTargetSwitch(new DatapathId("00000000000000b1"))
            .setTargetPort(Uint32.ONE).setLayer(layer).setState(state).setIdentity(identity).build();
    }

    private static Migration record(final Phase phase, final Optional<Instant> finished) {
        final var builder = new MigrationBuilder().withKey(new MigrationKey("one")).setMode(Mode.Predictive)
            .setPhase(phase);
        finished.ifPresent(time -> builder.setFinished(new DateAndTime(time.toString())).setPause(Uint32.valueOf(70))
            .setStep(List.of(new StepBuilder().setName("prepared").setOffset(4000L).build()))
            .setProbed(new ProbedBuilder().setOutcome(Probed.Outcome.Measured).setLost(Uint32.TWO)
                .setDuplicated(Uint32.ZERO).setLongestGap(Uint32.valueOf(90)).build()));
        return builder.build();
    }

    private static void putRecord(final Migration record) throws Exception {
        put(Migrations.class, new MigrationsBuilder().setMigration(BindingMap.of(record)).build());
    }

    // ---- what is published ----

    @Test
    void whatIsNotPublishedIsNotThere() throws Exception {
        final var state = new StateReader(broker()).read(Runnable::run).get();
        assertEquals(Optional.empty(), state.edges());
        assertEquals(Optional.empty(), state.fabric());
        assertEquals(Optional.empty(), state.hypervisors());
        assertEquals(Map.of("up", 0, "down", 0, "unknown", 0), state.tunnels());
        assertEquals(Map.of("running", 0, "paused", 0, "migrating", 0, "unknown", 0), state.guests());
        assertEquals(Set.of("fabric", "overlay"), state.links().keySet());
    }

    @Test
    void whatIsPublishedIsRead() throws Exception {
        putAllWell();
        put(Tunnels.class, new TunnelsBuilder().setTunnel(BindingMap.of(tunnel("hv1", "out", TunnelLiveness.Down),
            tunnel("out", "hv1", TunnelLiveness.Up))).build());
        put(Links.class, new LinksBuilder().setLink(BindingMap.of(
            link(1, LinkLayer.Fabric, LinkState.OneWay, null),
            link(2, LinkLayer.Overlay, LinkState.Up, TunnelIdentity.Miswired))).build());
        put(Guests.class, new GuestsBuilder().setGuest(BindingMap.of(new GuestBuilder()
            .setUuid(new Uuid("00000000-0000-0000-0000-000000000001")).setState(GuestState.Running).build())).build());
        put(Jobs.class, new JobsBuilder().setJob(BindingMap.of(new JobBuilder().setId(new JobId("j1"))
            .setState(JobState.Failed).build())).build());

        final var state = new StateReader(broker()).read(Runnable::run).get();
        assertEquals(List.of(new Observed.Edge("hv1", "hypervisor", Optional.of("00000000000000a1"), Session.IN_SYNC,
            Session.IN_SYNC, true, List.of())), state.edges().orElseThrow());
        assertEquals(List.of(new Observed.FabricSwitch("s1", "00000000000000b1", Session.IN_SYNC, List.of("odd"))),
            state.fabric().orElseThrow());
        assertEquals(List.of(new Observed.Hypervisor("hv1", Session.IN_SYNC, Optional.of("slow"))),
            state.hypervisors().orElseThrow());
        assertEquals(Map.of("up", 1, "down", 1, "unknown", 0), state.tunnels());
        assertEquals(List.of("hv1 to out"), state.deadTunnels());
        assertEquals(1, state.links().get("fabric").get("one-way"));
        assertEquals(1, state.links().get("overlay").get("up"));
        assertEquals(Map.of("verified", 0, "unverified", 0, "miswired", 1), state.identities());
        assertEquals(1, state.guests().get("running"));
        assertEquals(1, state.jobs().get("failed"));
    }

    @Test
    void recordsAreCountedAsTheyEnd() throws Exception {
        final var statistics = new MoveStatistics(Instant.now().minusSeconds(60));
        final var following = MoveListener.follow(broker(), statistics);
        putRecord(record(Phase.Prepared, Optional.empty()));
        Awaitility.await().until(() -> statistics.figures().underWay().get("prepared") == 1);
        putRecord(record(Phase.Completed, Optional.of(Instant.now())));
        Awaitility.await().until(() -> statistics.figures().ended().get("predictive").get("completed") == 1);
        final var figures = statistics.figures();
        assertEquals(0, figures.underWay().get("prepared"));
        assertEquals(0.07, figures.pauses().get("predictive").sum(), 1e-9);
        assertEquals(0.09, figures.gaps().get("predictive").sum(), 1e-9);
        assertEquals(2, figures.lost().get("predictive").sum(), 1e-9);
        assertEquals(0.004, figures.latencies().get("prepare").sum(), 1e-9);
        following.close();
    }

    // ---- health ----

    private HealthService health() {
        return new HealthService(broker(), diagnostics, PERIOD, clock::get);
    }

    private void awaitReport(final Service service, final ServiceState state, final String words) {
        final var name = HealthService.diagnosticName(service);
        Awaitility.await().until(() -> {
            final var now = reported.get(name);
            return now != null && now.getServiceState() == state && now.getStatusDesc().contains(words);
        });
        assertEquals(name, reported.get(name).getModuleServiceName());
    }

    @Test
    void diagstatusHearsOfALostDatabaseAndOfItsReturn() throws Exception {
        try (var service = health()) {
            awaitReport(Service.OVSDB, ServiceState.STARTING, "has published no state");
            putAllWell();
            awaitReport(Service.OVSDB, ServiceState.OPERATIONAL, "OVSDB sessions: 1");
            putEdge(SessionState.Disconnected);
            Awaitility.await().until(() -> {
                clock.addAndGet(Duration.ofSeconds(10).toNanos());
                return service.statuses().get(Service.OVSDB).state() == Health.State.ERROR;
            });
            awaitReport(Service.OVSDB, ServiceState.ERROR, "edge hv1: no OVSDB session (OVSDB: refused)");
            awaitReport(Service.MIGRATION, ServiceState.OPERATIONAL, "hypervisors: 1");
            putEdge(SessionState.InSync);
            awaitReport(Service.OVSDB, ServiceState.OPERATIONAL, "OVSDB sessions: 1");
        }
        assertEquals(Service.values().length, reports.size());
        reports.values().forEach(report -> verify(report).close());
    }

    @Test
    void diagstatusHearsOfAThreadThatIsStuck() throws Exception {
        putAllWell();
        try (var service = health()) {
            awaitReport(Service.MIGRATION, ServiceState.OPERATIONAL, "");
            service.loops = List.of(() -> List.of(new Loops.Load("migration", 9, OptionalLong.of(60_000_000_000L))),
                () -> List.of(new Loops.Load("fabric", 0, OptionalLong.of(0))));
            assertEquals(List.of("fabric", "migration"), service.loads().stream().map(Loops.Load::name).toList());
            Awaitility.await().until(() -> {
                clock.addAndGet(Duration.ofSeconds(10).toNanos());
                return service.statuses().get(Service.MIGRATION).state() == Health.State.ERROR;
            });
            awaitReport(Service.MIGRATION, ServiceState.ERROR, "peregrine-migration");
        }
    }

    // ---- the web ----

    @Test
    void metricsAreBehindTheLoginAndGoWithTheService() throws Exception {
        putAllWell();
        final var login = FilterDetails.builder().filter(mock(Filter.class)).addUrlPattern("/*").build();
        final WebContextSecurer securer = (builder, async, patterns) -> {
            assertEquals(List.of("/*"), List.of(patterns));
            builder.addFilter(login);
        };
        final var server = mock(WebServer.class);
        final var registered = mock(Registration.class);
        final var context = ArgumentCaptor.forClass(WebContext.class);
        doAnswer(call -> registered).when(server).registerWebContext(context.capture());
        try (var health = health(); var certificates = new Certificates()) {
            final var service = new MetricsService(broker(), List::of, health, certificates, server, securer);
            assertEquals("/metrics", context.getValue().contextPath());
            assertEquals(List.of(login), context.getValue().filters());
            final var servlet = context.getValue().servlets().get(0);
            assertEquals(List.of("/*"), servlet.urlPatterns());
            final var found = new ParsedMetrics(Scraping.get(servlet.servlet()));
            assertEquals(1, found.value("peregrine_state_read_success"));
            assertEquals(1, found.value("peregrine_session_up", "protocol", "ovsdb", "peer", "hv1"));
            assertTrue(found.value("peregrine_start_time_seconds") > 0);
            service.close();
        }
        verify(registered).close();
    }
}
