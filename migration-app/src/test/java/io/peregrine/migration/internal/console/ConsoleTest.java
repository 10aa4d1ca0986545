/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.gson.JsonParser;
import io.peregrine.migration.internal.Datastores;
import io.peregrine.migration.internal.search.SearchService;
import io.peregrine.topology.Published;
import io.peregrine.topology.search.HostSearch;
import io.peregrine.topology.search.LinkSearch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Completion;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Counter64;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.Switches;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.SwitchesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchKey;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.PortBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.PortKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.InterfaceName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdgesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.EdgeKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdgeBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdgeKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.TunnelKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricStateBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflicts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflictsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinksBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.routes.output.Way;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.routes.output.WayBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.ConflictBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessionsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigrationOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MovingBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.check.migration.output.Point;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.check.migration.output.PointBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.recorded.job.ResultBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistory;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistoryOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ProbedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.EnumTypeObject;
import org.opendaylight.yangtools.yang.binding.Rpc;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * What the commands print, compared with the texts in src/test/resources/console.
 */
class ConsoleTest {
    private static final DateAndTime NOON = new DateAndTime("2026-11-23T12:00:00Z");
    private static final DateAndTime LATER = new DateAndTime("2026-11-23T12:00:01.347Z");

    private static Datastores full;
    private static Datastores empty;
    private static FindGuests findGuests;
    private static FindJobs findJobs;

    @BeforeAll
    static void fill() throws Exception {
        empty = new Datastores();
        full = new Datastores();
        switches();
        edges();
        tunnels();
        retiredEdges();
        guests();
        migrations();
        links();
        hosts();
        jobs();
        final var rpcs = mock(RpcProviderService.class);
        doAnswer(call -> {
            findGuests = call.getArgument(0);
            findJobs = call.getArgument(1);
            return mock(Registration.class);
        }).when(rpcs).registerRpcImplementations(any(Rpc[].class));
        new SearchService(full.broker(), rpcs);
    }

    private static void jobs() throws Exception {
        final var web = new Uuid("11111111-2222-3333-4444-555555555555");
        final var database = new Uuid("21111111-2222-3333-4444-555555555555");
        full.put(LogicalDatastoreType.OPERATIONAL, Jobs.class, new JobsBuilder().setJob(BindingMap.of(
            new JobBuilder().setId(new JobId("20261123T120001.000-2")).setKind(JobKind.Migration).setGuest(web)
                .setGuestName("web").setEvacuation(new JobId("20261123T120000.000-1")).setSource(new EdgeName("hv1"))
                .setDestination(new EdgeName("hv2")).setState(JobState.Running).setCancelling(true).setCreated(LATER)
                .setStarted(LATER).setPercent(Uint8.valueOf(60)).setTotal(Uint64.valueOf(104857600))
                .setRemaining(Uint64.valueOf(41943040)).setMemoryRate(Uint64.valueOf(10485760))
                .setIteration(Uint32.TWO).build(),
            new JobBuilder().setId(new JobId("20261123T120000.000-1")).setKind(JobKind.Evacuation)
                .setSource(new EdgeName("hv1")).setState(JobState.Failed).setCancelling(false).setCreated(NOON)
                .setStarted(NOON).setFinished(LATER).setError("1 of 2 guests have not been moved").setResult(
                    BindingMap.of(
                        new ResultBuilder().setGuest(web).setGuestName("web").setState(JobState.Done)
                            .setJob(new JobId("20261123T120001.000-2")).setDestination(new EdgeName("hv2")).build(),
                        new ResultBuilder().setGuest(database).setGuestName("db").setState(JobState.Failed)
                            .setError("no hypervisor can take it: hv2: too little memory").build())).build()))
            .build());
        full.put(LogicalDatastoreType.OPERATIONAL, Moving.class, new MovingBuilder().setGuest(BindingMap.of(
            new org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.GuestBuilder().setUuid(web)
                .setName("web").setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2"))
                .setJob(new JobId("20261123T120001.000-2")).setPercent(Uint8.valueOf(60))
                .setElapsed(Uint64.valueOf(6040)).setTotal(Uint64.valueOf(104857600))
                .setRemaining(Uint64.valueOf(41943040)).setMemoryRate(Uint64.valueOf(10485760))
                .setIteration(Uint32.TWO).build(),
            new org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.GuestBuilder().setUuid(database)
                .setName("db").setSource(new EdgeName("hv2")).setDestination(new EdgeName("hv1")).build())).build());
    }

    private static ListenableFuture<RpcResult<CheckMigrationOutput>> checked(final boolean possible) {
        return RpcResultBuilder.success(new CheckMigrationOutputBuilder().setPossible(possible).setPoint(List.of(
            new PointBuilder().setName("guest").setResult(Point.Result.Ok).setFound("web is at hv1").build(),
            new PointBuilder().setName("memory").setResult(possible ? Point.Result.Unknown : Point.Result.Failed)
                .setFound("it needs 160 MiB").setFix("choose another hypervisor").build())).build()).buildFuture();
    }

    private static void links() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Links.class, new LinksBuilder().setLink(BindingMap.of(
            link(0xb01, 7, "hv2 pg1", 0xa01, 7, "hv1 pg2", LinkLayer.Overlay, LinkState.Down)
                .setIdentity(TunnelIdentity.Unverified).setIdentitySince(LATER).build(),
            link(0xa01, 7, "hv1 pg2", 0xb01, 7, "hv2 pg1", LinkLayer.Overlay, LinkState.Up)
                .setIdentity(TunnelIdentity.Miswired).setIdentitySince(LATER)
                .setProblem("frames of hv1 pg2 arrive at hv3 pg1, not at hv2 pg1").build(),
            link(2, 1, "leaf2 eth1", 1, 2, "leaf1 eth2", LinkLayer.Fabric, LinkState.OneWay).build(),
            link(1, 2, "leaf1 eth2", 2, 1, "leaf2 eth1", LinkLayer.Fabric, LinkState.Up)
                .setCost(Uint32.TEN).build())).build());
        full.put(LogicalDatastoreType.OPERATIONAL, FabricState.class, new FabricStateBuilder().setSwitch(BindingMap.of(
            new org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchBuilder()
                .setName("leaf2").setDatapathId(datapath(2)).setState(Switch.State.Disconnected).build(),
            new org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchBuilder()
                .setName("leaf1").setDatapathId(datapath(1)).setState(Switch.State.InSync)
                .setProblem(Set.of("table 1 is full", "a group of somebody else is in the way")).build())).build());
    }

    private static LinkBuilder link(final long from, final int fromPort, final String fromName, final long to,
            final int toPort, final String toName, final LinkLayer layer, final LinkState state) {
        return new LinkBuilder().withKey(new LinkKey(Uint32.valueOf(fromPort), datapath(from), Uint32.valueOf(toPort),
            datapath(to))).setSourceName(fromName).setTargetName(toName).setLayer(layer).setState(state).setSince(NOON);
    }

    private static DatapathId datapath(final long bits) {
        return new DatapathId(String.format("%016x", bits));
    }

    private static void hosts() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Hosts.class, new HostsBuilder().setHost(BindingMap.of(
            host("10.2.0.10").setSegment(new Ipv4Prefix("10.2.0.0/24")).build(),
            host("10.1.0.10").setSegment(new Ipv4Prefix("10.1.0.0/24")).build(),
            host("10.1.0.9").build())).build());
        full.put(LogicalDatastoreType.OPERATIONAL, HostConflicts.class, new HostConflictsBuilder().setConflict(
            BindingMap.of(new ConflictBuilder().setAddress(new Ipv4AddressNoZone("10.1.0.10"))
                .setMacAddress(new MacAddress("52:54:00:00:00:01")).setSwitch(datapath(1)).setPort(Uint32.valueOf(9))
                .setPortName("leaf1 eth9").setRivalMacAddress(new MacAddress("52:54:00:00:00:66"))
                .setRivalSwitch(datapath(2)).setRivalPort(Uint32.valueOf(8)).setRivalPortName("leaf2 eth8")
                .setSince(LATER).setClaims(new Counter64(Uint64.valueOf(3))).build())).build());
    }

    private static HostBuilder host(final String address) {
        return new HostBuilder().setAddress(new Ipv4AddressNoZone(address))
            .setMacAddress(new MacAddress("52:54:00:00:00:01")).setSwitch(datapath(1)).setPort(Uint32.valueOf(9))
            .setPortName("leaf1 eth9").setState(HostState.Confirmed).setSince(NOON);
    }

    /** Two ways to 10.2.0.10, none to 10.1.0.9, one to each other place. */
    private static ListenableFuture<RpcResult<FindRoutesOutput>> find(final FindRoutesInput input) {
        if (input.getTo().equals("leaf9")) {
            return RpcResultBuilder.<FindRoutesOutput>failed().withError(ErrorType.APPLICATION, ErrorTag.INVALID_VALUE,
                "to: 'leaf9' is not known").buildFuture();
        }
        final var output = new FindRoutesOutputBuilder();
        switch (input.getTo()) {
            case "10.2.0.10" -> output.setCost(Uint32.valueOf(20)).setWay(BindingMap.of(
                way(2, input.getFrom(), "leaf1 eth3", "leaf3 eth2"), way(1, input.getFrom(), "leaf1 eth2")));
            case "10.1.0.9" -> output.setWay(Map.of());
            default -> output.setCost(Uint32.TEN).setWay(BindingMap.of(way(1, input.getFrom())));
        }
        return RpcResultBuilder.success(output.build()).buildFuture();
    }

    private static Way way(final int number, final String... hops) {
        return new WayBuilder().setNumber(Uint8.valueOf(number)).setHop(List.of(hops)).build();
    }

    private static void switches() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Switches.class, new SwitchesBuilder().setSwitch(BindingMap.of(
            new SwitchBuilder().withKey(new SwitchKey("0000000000000a01")).setAddress("10.255.0.1")
                .setManufacturer("Nicira, Inc.").setSoftware("3.1.0").setConnectedSince(NOON)
                .setPort(BindingMap.of(
                    new PortBuilder().withKey(new PortKey(Uint32.TWO)).setName("vx2").setUp(false).build(),
                    new PortBuilder().withKey(new PortKey(Uint32.ONE)).setName("vnet0").setUp(true)
                        .setMacAddress(new MacAddress("fe:54:00:00:00:01")).setSpeed(Uint64.valueOf(10000000))
                        .build()))
                .build(),
            new SwitchBuilder().withKey(new SwitchKey("0000000000000b01")).build())).build());
    }

    private static void edges() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Edges.class, new EdgesBuilder().setEdge(BindingMap.of(
            new EdgeBuilder().withKey(new EdgeKey(new EdgeName("hv2"))).setKind(Edge.Kind.Hypervisor).setReady(false)
                .setOvsdb(SessionState.Disconnected).setOpenflow(SessionState.Disconnected)
                .setProblem(List.of("ovsdb tcp:10.255.0.2:6640 does not answer")).build(),
            new EdgeBuilder().withKey(new EdgeKey(new EdgeName("hv1"))).setKind(Edge.Kind.Hypervisor).setReady(true)
                .setDatapathId("0000000000000a01").setOvsdb(SessionState.InSync).setOpenflow(SessionState.InSync)
                .setUnderlayAddress(address("10.1.0.10")).setCleanUpWaitsFor(List.of(new EdgeName("hv2"))).build()))
            .build());
    }

    private static void retiredEdges() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, RetiredEdges.class, new RetiredEdgesBuilder().setRetiredEdge(
            BindingMap.of(
                new RetiredEdgeBuilder().withKey(new RetiredEdgeKey(new InterfaceName("br-int"), new EdgeName("hv9"),
                    "tcp:10.255.0.9:6640")).setSince(NOON).setWaitsFor("its OVSDB to be reached").build(),
                new RetiredEdgeBuilder().withKey(new RetiredEdgeKey(new InterfaceName("br-int"), new EdgeName("hv8"),
                    "tcp:10.255.0.8:6640")).setSince(LATER).build())).build());
    }

    private static void tunnels() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Tunnels.class, new TunnelsBuilder().setTunnel(BindingMap.of(
            new TunnelBuilder().withKey(new TunnelKey(new EdgeName("hv1"), new EdgeName("hv2")))
                .setLiveness(TunnelLiveness.Unknown).setProblem("hv2 is not connected").build(),
            new TunnelBuilder().withKey(new TunnelKey(new EdgeName("hv2"), new EdgeName("hv1")))
                .setSourceAddress(address("10.1.0.10")).setDestinationAddress(address("10.2.0.10"))
                .setPortName("pg-0a02000a").setPortNumber(Uint32.valueOf(7)).setLiveness(TunnelLiveness.Up)
                .setSince(NOON).build())).build());
    }

    private static void guests() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Guests.class, new GuestsBuilder().setGuest(BindingMap.of(
            new GuestBuilder().withKey(new GuestKey(new Uuid("11111111-2222-3333-4444-555555555555"))).setName("web")
                .setHypervisor(new EdgeName("hv1")).setState(GuestState.Running).setInterface(List.of(
                    new InterfaceBuilder().withKey(new InterfaceKey(new MacAddress("52:54:00:00:00:01")))
                        .setType("bridge").setModel("virtio").setTarget("vnet0").setInterfaceId("p1")
                        .setNetwork(new NetworkName("demo")).setAttached(true)
                        .setAddress(Set.of(address("192.168.100.10"))).build(),
                    new InterfaceBuilder().withKey(new InterfaceKey(new MacAddress("52:54:00:00:00:02")))
                        .setType("direct").setAttached(false)
                        .setProblem("type direct (macvtap) bypasses Open vSwitch").build())).build(),
            new GuestBuilder().withKey(new GuestKey(new Uuid("21111111-2222-3333-4444-555555555555"))).setName("db")
                .setState(GuestState.Unknown).setProblem("runs at hv1 and at hv2; served at hv1").build())).build());
        full.put(LogicalDatastoreType.OPERATIONAL, LibvirtSessions.class, new LibvirtSessionsBuilder().setSession(
            BindingMap.of(
                new SessionBuilder().withKey(new SessionKey(new EdgeName("hv1"))).setState(SessionState.InSync)
                    .setSince(NOON).build(),
                new SessionBuilder().withKey(new SessionKey(new EdgeName("hv2"))).setSince(NOON)
                    .setState(SessionState.Disconnected).setProblem("Connection refused").build())).build());
    }

    private static void migrations() throws Exception {
        full.put(LogicalDatastoreType.OPERATIONAL, Migrations.class, new MigrationsBuilder().setMigration(
            BindingMap.of(
                new MigrationBuilder().withKey(new MigrationKey("20261123T120002.000-11111111-hv1"))
                    .setGuest(new Uuid("11111111-2222-3333-4444-555555555555")).setGuestName("web")
                    .setSource(new EdgeName("hv2")).setDestination(new EdgeName("hv1"))
                    .setPhase(Phase.RolledBack).setStarted(LATER).setFinished(LATER)
                    .setProbed(new ProbedBuilder().setOutcome(Probed.Outcome.Unprobed)
                        .setReason("no address of it is known").build())
                    .setReason("the destination ended: STOPPED/FAILED").build(),
                new MigrationBuilder().withKey(new MigrationKey("20261123T120000.000-11111111-hv2"))
                    .setGuest(new Uuid("11111111-2222-3333-4444-555555555555")).setGuestName("web")
                    .setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2"))
                    .setPhase(Phase.Completed).setStarted(NOON).setFinished(LATER).setPause(Uint32.valueOf(178))
                    .setProbed(new ProbedBuilder().setOutcome(Probed.Outcome.Measured).setInterface("p1")
                        .setAddress(address("192.0.2.5")).setEdge(new EdgeName("border"))
                        .setSent(Uint32.valueOf(87)).setAnswered(Uint32.valueOf(86)).setLost(Uint32.ONE)
                        .setDuplicated(Uint32.ZERO).setLongestGap(Uint32.valueOf(212)).setDoubt(Uint32.valueOf(20))
                        .setGapBegan(364_100L).setAnswering(true).build())
                    .setProblem(List.of("prepare: border is away"))
                    .setChanges(BindingMap.of(
                        new ChangesBuilder().withKey(new ChangesKey(new EdgeName("hv2"))).setCount(Uint32.TEN)
                            .build(),
                        new ChangesBuilder().withKey(new ChangesKey(new EdgeName("hv1"))).setCount(Uint32.TWO)
                            .build()))
                    .setStep(List.of(
                        new StepBuilder().withKey(new StepKey("destination-started")).setOffset(0L).build(),
                        new StepBuilder().withKey(new StepKey("source-suspended")).setOffset(363015L).build(),
                        new StepBuilder().withKey(new StepKey("open")).setOffset(363249L).build())).build()))
            .build());
    }

    private static IpAddressNoZone address(final String text) {
        return new IpAddressNoZone(new Ipv4AddressNoZone(text));
    }

    private static void print(final String name, final DataBroker broker, final Screen screen) {
        switch (name.substring(0, name.indexOf('.'))) {
            case "switches" -> SwitchesUtil.print(broker, screen);
            case "tunnels" -> printTunnels(broker, screen, null, null);
            case "guests" -> printGuests(broker, screen, null, null, null, null);
            case "links" -> printLinks(broker, screen, null, null);
            case "hosts" -> printHosts(broker, screen, null, null);
            case "retired-edges" -> RetiredEdgesUtil.print(broker, screen);
            case "routes" -> RoutesUtil.print(broker, ConsoleTest::find, screen, null, null);
            case "routes-to" -> RoutesUtil.print(broker, ConsoleTest::find, screen, "leaf1", "10.2.0.10");
            case "jobs" -> printJobs(broker, screen, null, null, null);
            case "progress" -> JobsUtil.printMoving(broker, screen, null);
            case "progress-web" -> JobsUtil.printMoving(broker, screen, "web");
            case "check" -> CheckUtil.print(checked(true), "web", "hv2", screen);
            case "steps" -> printMoves(screen, true, null, 9);
            default -> printMoves(screen, false, null, null);
        }
    }

    private static void printGuests(final DataBroker broker, final Screen screen, final String guest,
            final String hypervisor, final Boolean problem, final Integer limit) {
        GuestsUtil.print(broker, findGuests, screen,
            GuestsUtil.wanted(guest, hypervisor, null, List.of(), null, problem, limit));
    }

    private static void printJobs(final DataBroker broker, final Screen screen, final String guest, final String kind,
            final Integer limit) {
        JobsUtil.print(broker, findJobs, screen, JobsUtil.wanted(guest, null, kind, List.of(), null, limit));
    }

    private static void printTunnels(final DataBroker broker, final Screen screen, final String liveness,
            final Integer limit) {
        TunnelsUtil.print(broker, ConsoleTest::findTunnels, screen,
            TunnelsUtil.wanted(null, liveness == null ? List.of() : List.of(liveness), limit));
    }

    /** The RPC where there is what the full datastore has; looks at the liveness only. */
    private static ListenableFuture<RpcResult<FindTunnelsOutput>> findTunnels(final FindTunnelsInput input) {
        final var matched = Published.read(full.broker(), Tunnels.class).orElseThrow().nonnullTunnel().values()
            .stream().filter(tunnel -> input.getLiveness() == null
                || input.getLiveness().contains(tunnel.getLiveness()))
            .sorted(Comparator.comparing(tunnel -> tunnel.getSource().getValue())).toList();
        return RpcResultBuilder.success(new FindTunnelsOutputBuilder().setMatched(Uint32.valueOf(matched.size()))
            .setTunnel(matched.stream().limit(input.getLimit().toJava()).map(tunnel ->
                new org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.find.tunnels.output
                    .TunnelBuilder(tunnel).build()).toList()).build()).buildFuture();
    }

    private static void printLinks(final DataBroker broker, final Screen screen, final String layer,
            final Integer limit) {
        LinksUtil.print(broker, ConsoleTest::findLinks, screen,
            LinksUtil.wanted(null, layer, List.of(), List.of(), limit));
    }

    /** The RPC where there is what the full datastore has. */
    private static ListenableFuture<RpcResult<FindLinksOutput>> findLinks(final FindLinksInput input) {
        final var matched = Published.read(full.broker(), Links.class).orElseThrow().nonnullLink().values().stream()
            .filter(new LinkSearch(input)).sorted(LinkSearch.ORDER).toList();
        return RpcResultBuilder.success(new FindLinksOutputBuilder().setMatched(Uint32.valueOf(matched.size()))
            .setLink(matched.stream().limit(input.getLimit().toJava()).map(link ->
                new org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.links.output
                    .LinkBuilder(link).build()).toList()).build()).buildFuture();
    }

    private static void printHosts(final DataBroker broker, final Screen screen, final String address,
            final Integer limit) {
        HostsUtil.print(broker, ConsoleTest::findHosts, screen,
            HostsUtil.wanted(null, null, address, List.of(), limit));
    }

    /** The RPC where there is what the full datastore has. */
    private static ListenableFuture<RpcResult<FindHostsOutput>> findHosts(final FindHostsInput input) {
        final var matched = Published.read(full.broker(), Hosts.class).orElseThrow().nonnullHost().values().stream()
            .filter(HostSearch.of(input)).sorted(HostSearch.ORDER).toList();
        return RpcResultBuilder.success(new FindHostsOutputBuilder().setMatched(Uint32.valueOf(matched.size()))
            .setHost(matched.stream().limit(input.getLimit().toJava()).map(host ->
                new org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.hosts.output
                    .HostBuilder(host).build()).toList()).build()).buildFuture();
    }

    private static String printed(final boolean json, final Consumer<Screen> printer) {
        final var bytes = new ByteArrayOutputStream();
        printer.accept(new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0, false,
            json ? new Json(full.serializer(), full.models()) : null));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String printed(final Consumer<Screen> printer) {
        return printed(false, printer);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "switches.txt", "switches.json", "tunnels.txt", "tunnels.json", "guests.txt", "guests.json", "migrations.txt",
        "migrations.json", "steps.txt", "links.txt", "links.json", "hosts.txt", "hosts.json", "routes.txt",
        "routes.json", "routes-to.txt", "jobs.txt", "jobs.json", "progress.txt", "progress.json", "progress-web.txt",
        "check.txt", "check.json", "retired-edges.txt", "retired-edges.json", "progress-web.json",
    })
    void prints(final String name) throws IOException {
        final String expected;
        try (var in = Objects.requireNonNull(ConsoleTest.class.getResourceAsStream("/console/" + name))) {
            expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertEquals(expected, printed(name.endsWith(".json"), out -> print(name, full.broker(), out)));
    }

    @Test
    void printsHeadingsWhereThereIsNothing() {
        assertEquals("SOURCE  DESTINATION  FROM  TO  PORT  NUMBER  LIVENESS  SINCE  PROBLEM\n",
            printed(out -> printTunnels(empty.broker(), out, null, null)));
        assertEquals("""
            {
              "peregrine-guest:guests": {},
              "peregrine-guest:libvirt-sessions": {}
            }
            """, printed(true, out -> printGuests(empty.broker(), out, null, null, null, null)));
        assertEquals("{\n  \"peregrine-jobs:moving\": {}\n}\n",
            printed(true, out -> JobsUtil.printMoving(full.broker(), out, "nobody")));
    }

    @Test
    void printsHeadingsWhereThereIsNoFabric() {
        assertEquals("LAYER  FROM  TO  STATE  IDENTITY  COST  SINCE\n",
            printed(out -> printLinks(empty.broker(), out, null, null)));
        assertEquals("ADDRESS  MAC  AT  SEGMENT  STATE  SINCE\n",
            printed(out -> printHosts(empty.broker(), out, null, null)));
        assertEquals("FROM  TO  COST  WAY\n",
            printed(out -> RoutesUtil.print(empty.broker(), ConsoleTest::find, out, null, null)));
        assertEquals("{\n  \"way\": []\n}\n",
            printed(true, out -> RoutesUtil.print(empty.broker(), ConsoleTest::find, out, null, null)));
    }

    @Test
    void printsTheGuestsAskedFor() {
        final var well = printed(out -> printGuests(full.broker(), out, null, "hv1", null, null));
        assertEquals(List.of("web", "web", "", "hv2: libvirt: Connection refused"),
            well.lines().skip(1).map(line -> line.startsWith("web ") ? "web" : line).toList());
        final var none = printed(out -> printGuests(full.broker(), out, "nobody", null, null, null));
        assertEquals(List.of("", "hv2: libvirt: Connection refused"), none.lines().skip(1).toList());
        final var cut = printed(out -> printGuests(full.broker(), out, null, null, true, 1));
        assertTrue(cut.lines().skip(1).findFirst().orElseThrow().startsWith("db "), cut);
        assertEquals(List.of("", "these are the first 1 of 2", "hv2: libvirt: Connection refused"),
            cut.lines().skip(2).toList());
        final var json = JsonParser.parseString(printed(true, out -> printGuests(full.broker(), out, "db", null, null,
            null))).getAsJsonObject();
        assertEquals(Set.of("peregrine-guest:guests", "peregrine-guest:libvirt-sessions"), json.keySet());
        assertEquals(List.of("db"), json.getAsJsonObject("peregrine-guest:guests").getAsJsonArray("guest").asList()
            .stream().map(guest -> guest.getAsJsonObject().get("name").getAsString()).toList());
        final var nobody = printed(true, out -> printGuests(full.broker(), out, "nobody", null, null, null));
        assertTrue(nobody.contains("\"peregrine-guest:guests\": {},"), nobody);
        printed(true, out -> printGuests(full.broker(), out, null, null, true, 1));
    }

    @Test
    void printsTheJobsAskedFor() {
        final var moves = printed(out -> printJobs(full.broker(), out, null, "migration", null));
        assertEquals(2, moves.lines().count(), moves);
        assertTrue(moves.contains("20261123T120001.000-2"), moves);
        final var newest = printed(out -> printJobs(full.broker(), out, "web", null, 1));
        assertEquals(List.of("", "these are the newest 1 of 2"), newest.lines().skip(2).toList());
        assertTrue(newest.contains("20261123T120001.000-2"), newest);
        final var evacuations = printed(true, out -> printJobs(full.broker(), out, "db", "evacuation", null));
        assertTrue(evacuations.contains("\"id\": \"20261123T120000.000-1\""), evacuations);
        assertFalse(evacuations.contains("\"id\": \"20261123T120001.000-2\""), evacuations);
        assertEquals("{\n  \"peregrine-jobs:jobs\": {}\n}\n",
            printed(true, out -> printJobs(full.broker(), out, "nobody", null, null)));
    }

    @Test
    void printsTheTunnelsAskedFor() {
        final var unknown = printed(out -> printTunnels(full.broker(), out, "unknown", null));
        assertEquals(List.of("", "hv2: ovsdb tcp:10.255.0.2:6640 does not answer"), unknown.lines().skip(2).toList());
        final var cut = printed(out -> printTunnels(full.broker(), out, null, 1));
        assertEquals(List.of("", "these are the first 1 of 2", "hv2: ovsdb tcp:10.255.0.2:6640 does not answer"),
            cut.lines().skip(2).toList());
        final var json = JsonParser.parseString(printed(true, out -> printTunnels(full.broker(), out, "up", null)))
            .getAsJsonObject();
        assertEquals(Set.of("peregrine-edge:tunnels", "peregrine-edge:edges"), json.keySet());
        assertEquals(1, json.getAsJsonObject("peregrine-edge:tunnels").getAsJsonArray("tunnel").size());
    }

    @Test
    void printsTheLinksAskedFor() {
        final var fabric = printed(out -> printLinks(full.broker(), out, "fabric", null));
        assertEquals(List.of("fabric", "fabric"), fabric.lines().skip(1).limit(2).map(line -> line.split(" ")[0])
            .toList());
        assertFalse(fabric.contains("overlay"), fabric);
        final var cut = printed(out -> printLinks(full.broker(), out, null, 1));
        assertTrue(cut.lines().toList().contains("these are the first 1 of 4"), cut);
        final var json = JsonParser.parseString(printed(true, out -> printLinks(full.broker(), out, "overlay", null)))
            .getAsJsonObject();
        assertEquals(Set.of("peregrine-fabric:links", "peregrine-fabric:fabric-state"), json.keySet());
        assertEquals(2, json.getAsJsonObject("peregrine-fabric:links").getAsJsonArray("link").size());
    }

    @Test
    void printsTheHostsAskedFor() {
        final var one = printed(out -> printHosts(full.broker(), out, "10.2.0.10", null));
        assertEquals(2, one.lines().count(), one);
        assertTrue(one.contains("\n10.2.0.10 "), one);
        final var cut = printed(out -> printHosts(full.broker(), out, null, 2));
        assertEquals(List.of("10.1.0.9", "10.1.0.10"), cut.lines().skip(1).limit(2).map(line -> line.split(" ")[0])
            .toList());
        assertTrue(cut.lines().toList().contains("these are the first 2 of 3"), cut);
        final var json = JsonParser.parseString(printed(true, out -> printHosts(full.broker(), out, "10.1.0.9", null)))
            .getAsJsonObject();
        assertEquals(Set.of("peregrine-fabric:hosts", "peregrine-fabric:host-conflicts"), json.keySet());
        assertEquals(1, json.getAsJsonObject("peregrine-fabric:hosts").getAsJsonArray("host").size());
        assertNamed("address: 'x' is neither", () -> printed(out -> printHosts(full.broker(), out, "x", null)));
    }

    @Test
    void theSearchIsAskedForWhatIsWanted() {
        assertEquals(new FindGuestsInputBuilder().setGuest("web").setHypervisor(new EdgeName("hv1"))
            .setNetwork(new NetworkName("demo")).setState(Set.of(GuestState.Running, GuestState.Paused))
            .setAddress("192.0.2.5").setProblem(false).setLimit(Uint32.ONE).build(),
            GuestsUtil.wanted("web", "hv1", "demo", List.of("running", "paused"), "192.0.2.5", false, 1));
        assertEquals(new FindJobsInputBuilder().setGuest("web").setHypervisor(new EdgeName("hv1"))
            .setKind(JobKind.Evacuation).setState(Set.of(JobState.Failed)).setSince(NOON).setLimit(Uint32.ONE).build(),
            JobsUtil.wanted("web", "hv1", "evacuation", List.of("failed"), NOON.getValue(), 1));
        assertEquals(new FindTunnelsInputBuilder().setEdge(new EdgeName("hv1"))
            .setLiveness(Set.of(TunnelLiveness.Down)).setLimit(Uint32.valueOf(10_000)).build(),
            TunnelsUtil.wanted("hv1", List.of("down"), 10_000));
        assertEquals(new FindLinksInputBuilder().setSwitch("leaf1").setLayer(LinkLayer.Fabric)
            .setState(Set.of(LinkState.OneWay, LinkState.Down)).setIdentity(Set.of(TunnelIdentity.Miswired))
            .setLimit(Uint32.ONE).build(),
            LinksUtil.wanted("leaf1", "fabric", List.of("one-way", "down"), List.of("miswired"), 1));
        assertEquals(new FindHostsInputBuilder().setSwitch("leaf1").setSegment(new Ipv4Prefix("10.1.0.0/24"))
            .setAddress("10.1.0.9").setState(Set.of(HostState.Unreachable)).setLimit(Uint32.TEN).build(),
            HostsUtil.wanted("leaf1", "10.1.0.0/24", "10.1.0.9", List.of("unreachable"), 10));
    }

    @Test
    void printsTheMigrationsAskedFor() {
        final var newest = printed(out -> printMoves(out, false, "web", 1));
        assertTrue(newest.contains("20261123T120002.000-11111111-hv1"), newest);
        assertEquals(List.of("", "these are the newest 1 of 2"), newest.lines().skip(2).toList());
        assertEquals(3, printed(out -> printMoves(out, false, "11111111-2222-3333-4444-555555555555", null)).lines()
            .count());
        final var unknown = assertThrows(IllegalArgumentException.class,
            () -> printed(out -> printMoves(out, false, "nobody", null))).getMessage();
        assertTrue(unknown.contains("no record of a migration of a guest 'nobody'"), unknown);

        final var one = printed(out -> printMoves(out, false, "20261123T120000.000-11111111-hv2", 9));
        assertTrue(one.contains("guest: web (11111111-2222-3333-4444-555555555555)"), one);
        assertTrue(one.contains("probed: measured; 192.0.2.5 from border, 87 probes, 86 answered, 1 lost, 0 doubled; "
            + "longest gap 212 ms, give or take 20 ms, from 364.100 ms on\n"), one);
        assertTrue(one.contains("source-suspended"), one);
        assertFalse(one.contains("rolled-back"), one);
        final var other = printed(out -> printMoves(out, false, "20261123T120002.000-11111111-hv1", null));
        assertTrue(other.contains("probed: unprobed, no address of it is known\n"), other);
    }

    /** The RPC of a history that has what the full datastore has, and looks at guests and phases only. */
    private static ListenableFuture<RpcResult<FindMigrationsOutput>> findMoves(final FindMigrationsInput input) {
        final var matched = Published.read(full.broker(), Migrations.class).orElseThrow().nonnullMigration().values()
            .stream().filter(record -> input.getGuest() == null || input.getGuest().equals(record.getGuestName())
                || input.getGuest().equals(record.getGuest().getValue()))
            .filter(record -> input.getPhase() == null || input.getPhase().contains(record.getPhase()))
            .sorted(Comparator.comparing(Migration::getId).reversed()).toList();
        return RpcResultBuilder.success(new FindMigrationsOutputBuilder().setMatched(Uint32.valueOf(matched.size()))
            .setMigration(matched.stream().limit(input.getLimit().toJava()).map(record ->
                new org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.find.migrations.output
                    .MigrationBuilder(record).build()).toList()).build()).buildFuture();
    }

    private static void printMoves(final Screen screen, final boolean steps, final String which, final Integer limit,
            final String... phases) {
        MigrationsUtil.print(full.broker(), ConsoleTest::findMoves, screen, steps,
            MigrationsUtil.wanted(which, null, List.of(phases), null, null, limit));
    }

    @Test
    void theHistoryIsAskedForWhatIsWanted() {
        final var asked = new ArrayList<FindMigrationsInput>();
        MigrationsUtil.print(empty.broker(), input -> {
            asked.add(input);
            return RpcResultBuilder.success(new FindMigrationsOutputBuilder().setMatched(Uint32.ZERO).build())
                .buildFuture();
        }, new Screen(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), () -> 0, false,
            null), false, MigrationsUtil.wanted(null, "hv1", List.of("lost", "rolled-back"), "libvirt",
                "2026-11-25T09:00:00Z", null));
        assertEquals(List.of(new FindMigrationsInputBuilder().setHypervisor(new EdgeName("hv1"))
            .setPhase(Set.of(Phase.Lost, Phase.RolledBack)).setInitiator("libvirt")
            .setSince(new DateAndTime("2026-11-25T09:00:00Z")).setLimit(Uint32.valueOf(1000)).build()), asked);
    }

    @Test
    void aGuestThatHasMovedOtherwiseIsNoMistake() {
        final var none = printed(out -> printMoves(out, false, "web", null, "lost"));
        assertEquals(1, none.lines().count(), none);
        assertEquals("{\n  \"peregrine-migration:migrations\": {}\n}\n",
            printed(true, out -> printMoves(out, false, "web", null, "lost")));
        final var one = printed(true, out -> printMoves(out, false, "web", null, "lost", "rolled-back"));
        assertFalse(one.contains("completed"), one);
        assertTrue(one.contains("20261123T120002.000-11111111-hv1"), one);
        for (var mistaken : List.of("nobody", "20261123T120002.000-11111111-hv1")) {
            final var message = assertThrows(IllegalArgumentException.class,
                () -> printed(out -> printMoves(out, false, mistaken, null, "lost"))).getMessage();
            assertTrue(message.contains(mistaken), message);
        }
    }

    @Test
    void programsAreToldOfACutThatTheyHaveNotAskedFor() {
        final FindMigrations many = input -> RpcResultBuilder.success(new FindMigrationsOutputBuilder(
            Futures.getUnchecked(findMoves(input)).getResult()).setMatched(Uint32.valueOf(1001)).build()).buildFuture();
        final var text = new StringBuilder();
        assertEquals("these are the newest 2 of 1001; choose fewer, or say that they are enough with --limit 2",
            assertThrows(IllegalStateException.class, () -> printed(true, screen -> {
                final var bytes = new ByteArrayOutputStream();
                try {
                    MigrationsUtil.print(full.broker(), many, new Screen(new PrintStream(bytes, true,
                        StandardCharsets.UTF_8), () -> 0, false, screen.json()), false,
                        MigrationsUtil.wanted("web", null, List.of(), null, null, null));
                } finally {
                    text.append(bytes.toString(StandardCharsets.UTF_8));
                }
            })).getMessage());
        assertTrue(text.toString().contains("20261123T120002.000-11111111-hv1"), text.toString());
        printed(true, out -> MigrationsUtil.print(full.broker(), many, out, false,
            MigrationsUtil.wanted("web", null, List.of(), null, null, 1000)));
    }

    @Test
    void namesTheOptionThatCannotBeMeant() {
        assertNamed("--limit: 0 is not a number from 1 to 1000", null, List.of(), null, 0);
        assertNamed("--limit: 1001 is not a number from 1 to 1000", null, List.of(), null, 1001);
        assertNamed("--hypervisor: ", "h v", List.of(), null, null);
        assertNamed("--phase: there is no phase 'failed'; there are preparing, prepared, ", null,
            List.of("lost", "failed"), null, null);
        assertNamed("--since: ", null, List.of(), "09:00", null);
        assertTrue(new PhaseCompleter().names(full.broker()).toList().containsAll(List.of("rolled-back", "lost")));
        assertNamed("--state: there is no state 'idle'; there are running, paused, migrating, unknown",
            () -> GuestsUtil.wanted(null, null, null, List.of("idle"), null, null, null));
        assertNamed("--network: ", () -> GuestsUtil.wanted(null, null, "n w", List.of(), null, null, null));
        assertNamed("--kind: there is no kind 'move'; there are migration, evacuation",
            () -> JobsUtil.wanted(null, null, "move", List.of(), null, null));
        assertNamed("--edge: ", () -> TunnelsUtil.wanted("h v", List.of(), null));
        assertNamed("--liveness: there is no liveness 'lost'; there are up, down, unknown",
            () -> TunnelsUtil.wanted(null, List.of("lost"), null));
        assertNamed("--limit: 10001 is not a number from 1 to 10000",
            () -> TunnelsUtil.wanted(null, List.of(), 10_001));
        assertNamed("--layer: there is no layer 'copper'; there are fabric, overlay",
            () -> LinksUtil.wanted(null, "copper", List.of(), List.of(), null));
        assertNamed("--segment: ", () -> HostsUtil.wanted(null, "10.1.0.0", null, List.of(), null));
        assertNamed("--state: there is no state 'up'; there are confirmed, unverified, unreachable",
            () -> HostsUtil.wanted(null, null, null, List.of("up"), null));
    }

    private static void assertNamed(final String words, final Executable call) {
        final var message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.startsWith(words), message);
    }

    private static void assertNamed(final String words, final String hypervisor, final List<String> phases,
            final String since, final Integer limit) {
        assertNamed(words, () -> MigrationsUtil.wanted(null, hypervisor, phases, null, since, limit));
    }

    /** Completion has the names in writing. */
    @ParameterizedTest
    @MethodSource
    void completesAllThatCanBeChosen(final Class<?> command, final String field, final EnumTypeObject[] choices)
            throws Exception {
        assertEquals(Arrays.stream(choices).map(EnumTypeObject::getName).toList(),
            List.of(command.getDeclaredField(field).getAnnotation(Completion.class).values()));
    }

    static Stream<Arguments> completesAllThatCanBeChosen() {
        return Stream.of(Arguments.of(GuestsCommand.class, "states", GuestState.values()),
            Arguments.of(JobsCommand.class, "states", JobState.values()),
            Arguments.of(JobsCommand.class, "kind", JobKind.values()),
            Arguments.of(TunnelsCommand.class, "liveness", TunnelLiveness.values()),
            Arguments.of(LinksCommand.class, "layer", LinkLayer.values()),
            Arguments.of(LinksCommand.class, "states", LinkState.values()),
            Arguments.of(LinksCommand.class, "identities", TunnelIdentity.values()),
            Arguments.of(HostsCommand.class, "states", HostState.values()));
    }

    @Test
    void completesNamesOfNetworksAndEdges() {
        assertEquals(List.of("demo"), new NetworkCompleter().names(full.broker()).filter(Objects::nonNull).toList());
        assertEquals(Set.of("hv1", "hv2"), Set.copyOf(new EdgeCompleter().names(full.broker()).toList()));
        assertTrue(new FabricSwitchCompleter().names(full.broker()).toList().contains("leaf1"));
        assertEquals(Set.of("10.1.0.0/24", "10.2.0.0/24"), new SegmentCompleter().names(full.broker())
            .filter(Objects::nonNull).collect(Collectors.toSet()));
    }

    @Test
    void tellsWhyThereIsNoRoute() {
        assertEquals("to: 'leaf9' is not known", assertThrows(IllegalArgumentException.class,
            () -> printed(out -> RoutesUtil.print(full.broker(), ConsoleTest::find, out, "leaf1", "leaf9")))
            .getMessage());
        assertEquals("the fabric does not answer: java.io.IOException: gone", assertThrows(IllegalStateException.class,
            () -> printed(out -> RoutesUtil.print(full.broker(),
                input -> Futures.immediateFailedFuture(new IOException("gone")), out, "leaf1", "leaf2")))
            .getMessage());
    }

    @Test
    void failsWhereAGuestCannotBeMoved() {
        assertEquals("web cannot be moved to hv2 as things are; do what the failed points say",
            assertThrows(IllegalStateException.class,
                () -> printed(out -> CheckUtil.print(checked(false), "web", "hv2", out))).getMessage());
    }

    @Test
    void namesTheInputThatCannotBeMeant() {
        final var message = assertThrows(IllegalArgumentException.class,
            () -> Calls.input("destination", "h v", EdgeName::new)).getMessage();
        assertTrue(message.startsWith("destination: "), message);
    }

    @Test
    void cancelsAJobOrElseAGuest() {
        final var asked = new ArrayList<Class<?>>();
        final CancelMigration rpc = input -> {
            asked.add(input.getWhat().implementedInterface());
            return RpcResultBuilder.success(new CancelMigrationOutputBuilder()
                .setJob(asked.size() == 1 ? new JobId("20261123T120000.000-1") : null).build()).buildFuture();
        };
        assertEquals("Cancelling job 20261123T120000.000-1\n",
            printed(out -> CancelCommand.cancel(full.broker(), rpc, "20261123T120000.000-1", out)));
        assertEquals("Cancelling the move of web, which is no job of Peregrine's\n",
            printed(out -> CancelCommand.cancel(full.broker(), rpc, "web", out)));
        assertEquals(List.of("Job", "Guest"), asked.stream().map(Class::getSimpleName).toList());
    }

    @Test
    void clearsTheHistory() {
        final var asked = new ArrayList<DateAndTime>();
        final ClearHistory rpc = input -> {
            asked.add(input.getBefore());
            return RpcResultBuilder.success(new ClearHistoryOutputBuilder().setCleared(Uint32.TWO).build())
                .buildFuture();
        };
        assertEquals("Removed 2 records\n", printed(out -> ClearHistoryCommand.clear(rpc, null, out)));
        printed(out -> ClearHistoryCommand.clear(rpc, "2026-11-25T12:00:00Z", out));
        assertEquals(Arrays.asList(null, new DateAndTime("2026-11-25T12:00:00Z")), asked);
        final var message = assertThrows(IllegalArgumentException.class,
            () -> printed(out -> ClearHistoryCommand.clear(rpc, "noon", out))).getMessage();
        assertTrue(message.startsWith("before: "), message);
    }

    @Test
    void followsAJobToItsEnd() throws Exception {
        final var running = JobsUtil.job(full.broker(), "20261123T120001.000-2").orElseThrow();
        final var done = new JobBuilder(running).setState(JobState.Done).setCancelling(false)
            .setPercent(Uint8.valueOf(100)).setRemaining(Uint64.ZERO).setStarted(NOON).setFinished(LATER).build();
        assertEquals("""
            [##################............] web cancelling, 60 %, 40.0 MiB left, 10.0 MiB/s, pass 2
            [##############################] web done, 100 %, 0.0 MiB left, 10.0 MiB/s, pass 2
            Done: moving web to hv2, in 1.3 s
            """, followed(false, running, running, done));
        assertEquals("\r[##################............] web cancelling, 60 %, 40.0 MiB left, 10.0 MiB/s, pass 2"
            + "\r[##############################] web done, 100 %, 0.0 MiB left, 10.0 MiB/s, pass 2      \n"
            + "Done: moving web to hv2, in 1.3 s\n", followed(true, running, done));
    }

    @Test
    void failsWhereAJobDoes() {
        final var running = JobsUtil.job(full.broker(), "20261123T120001.000-2").orElseThrow();
        assertEquals("moving web to hv2 was cancelled", assertThrows(IllegalStateException.class, () -> followed(false,
            new JobBuilder(running).setState(JobState.Cancelled).build())).getMessage());
        assertEquals("moving web to hv2 failed: Connection refused", assertThrows(IllegalStateException.class,
            () -> followed(false, new JobBuilder(running).setState(JobState.Failed)
                .setError("Connection refused").build())).getMessage());
        final var whole = JobsUtil.job(full.broker(), "20261123T120000.000-1").orElseThrow();
        assertEquals("leaving hv1 failed: 1 of 2 guests have not been moved", assertThrows(IllegalStateException.class,
            () -> followed(false, whole)).getMessage());
        assertTrue(assertThrows(IllegalStateException.class, () -> followed(false, running))
            .getMessage().contains("not shown any more"));
    }

    private static String followed(final boolean terminal, final Job... views) throws Exception {
        final var left = new ArrayDeque<>(List.of(views));
        final var bytes = new ByteArrayOutputStream();
        new Following(() -> Optional.ofNullable(left.poll()), new Screen(new PrintStream(bytes, true,
            StandardCharsets.UTF_8), () -> terminal ? 200 : 0, false, null)).follow();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void programsAreToldOfTheEndOnly() throws Exception {
        final var running = JobsUtil.job(full.broker(), "20261123T120001.000-2").orElseThrow();
        final var left = new ArrayDeque<>(List.of(running, new JobBuilder(running).setState(JobState.Failed)
            .setError("Connection refused").build()));
        final var text = new StringBuilder();
        assertThrows(IllegalStateException.class, () -> text.append(printed(true, screen -> {
            final var bytes = new ByteArrayOutputStream();
            try {
                new Following(() -> Optional.ofNullable(left.poll()), new Screen(new PrintStream(bytes, true,
                    StandardCharsets.UTF_8), () -> 0, false, screen.json())).follow();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                text.append(bytes.toString(StandardCharsets.UTF_8));
            }
        })));
        final var object = JsonParser.parseString(text.toString()).getAsJsonObject();
        assertEquals(Set.of("peregrine-jobs:jobs"), object.keySet());
        assertTrue(text.toString().contains("\"error\": \"Connection refused\""), text.toString());
    }

    @Test
    void coloursAreForTerminalsThatHaveThem() {
        final var table = new Table("A", "B");
        table.row("x", "failed");
        table.row("y", "ok");
        assertEquals("A  B\nx  failed\ny  ok\n", table.text(false));
        assertEquals("\u001b[1mA\u001b[22m  \u001b[1mB\u001b[22m\nx  \u001b[31mfailed\u001b[39m\ny  ok\n",
            table.text(true));
    }

    @Test
    void tableRefusesARowOfAnotherWidth() {
        assertThrows(IllegalArgumentException.class, () -> new Table("A", "B").row("only one"));
    }
}
