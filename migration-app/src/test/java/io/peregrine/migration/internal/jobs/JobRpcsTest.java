/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Point;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.MigrationUri;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigrationInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisorInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.GuestReference;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuestInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.cancel.migration.input.what.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.cancel.migration.input.what.JobBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.Rpc;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint8;

class JobRpcsTest {
    private final Jobs jobs = mock(Jobs.class);
    private final Registration registration = mock(Registration.class);
    private CheckMigration check;
    private MigrateGuest migrate;
    private CancelMigration cancel;
    private EvacuateHypervisor evacuate;
    private JobRpcs rpcs;

    @BeforeEach
    void offer() {
        final var provider = mock(RpcProviderService.class);
        doAnswer(call -> {
            check = call.getArgument(0);
            migrate = call.getArgument(1);
            cancel = call.getArgument(2);
            evacuate = call.getArgument(3);
            return registration;
        }).when(provider).registerRpcImplementations(any(Rpc[].class));
        rpcs = new JobRpcs(provider, jobs);
    }

    @AfterEach
    void close() {
        rpcs.close();
        verify(registration).close();
    }

    private static void assertRefused(final ErrorTag tag, final String field, final ListenableFuture<?> call)
            throws Exception {
        final var result = (RpcResult<?>) call.get();
        assertFalse(result.isSuccessful());
        final var error = result.getErrors().iterator().next();
        assertEquals(tag, error.getTag());
        assertTrue(error.getMessage().startsWith(field + ": "), error.getMessage());
    }

    @Test
    void hasDefaultsWhereNothingIsSaid() throws Exception {
        when(jobs.migrate("web", "hv2", MoveOptions.NONE, false)).thenReturn("j1");
        assertEquals("j1", migrate.invoke(new MigrateGuestInputBuilder().setGuest(new GuestReference("web"))
            .setDestination(new EdgeName("hv2")).build()).get().getResult().getJob().getValue());
        when(jobs.evacuate("hv1", 2, Set.of(), MoveOptions.NONE)).thenReturn("j2");
        assertEquals("j2", evacuate.invoke(new EvacuateHypervisorInputBuilder().setHypervisor(new EdgeName("hv1"))
            .build()).get().getResult().getJob().getValue());
    }

    @Test
    void handsOptionsOn() throws Exception {
        when(jobs.migrate("web", "hv2", new MoveOptions(true, false, true, false, true, false, true,
            OptionalInt.of(7), Optional.of(Duration.ofSeconds(9)), Optional.of("tcp://192.0.2.2")), true))
            .thenReturn("j1");
        assertEquals("j1", migrate.invoke(new MigrateGuestInputBuilder().setGuest(new GuestReference("web"))
            .setDestination(new EdgeName("hv2")).setPersistent(true).setSuspend(true).setAutoConverge(true)
            .setCopyStorage(true).setBandwidth(Uint32.valueOf(7)).setTimeout(Uint32.valueOf(9))
            .setMigrationUri(new MigrationUri("tcp://192.0.2.2")).setSkipCheck(true).build())
            .get().getResult().getJob().getValue());
        when(jobs.evacuate("hv1", 5, Set.of("hv3"), new MoveOptions(false, true, false, true, false, true, false,
            OptionalInt.empty(), Optional.empty(), Optional.empty()))).thenReturn("j2");
        assertEquals("j2", evacuate.invoke(new EvacuateHypervisorInputBuilder().setHypervisor(new EdgeName("hv1"))
            .setParallel(Uint8.valueOf(5)).setDestination(Set.of(new EdgeName("hv3"))).setUndefineSource(true)
            .setPostCopy(true).setTunnelled(true).build()).get().getResult().getJob().getValue());
    }

    @Test
    void saysWhichInputIsMissing() throws Exception {
        assertRefused(ErrorTag.INVALID_VALUE, "guest", migrate.invoke(new MigrateGuestInputBuilder().build()));
        assertRefused(ErrorTag.INVALID_VALUE, "destination", check.invoke(new CheckMigrationInputBuilder()
            .setGuest(new GuestReference("web")).build()));
        assertRefused(ErrorTag.INVALID_VALUE, "hypervisor",
            evacuate.invoke(new EvacuateHypervisorInputBuilder().build()));
        assertRefused(ErrorTag.INVALID_VALUE, "job or guest",
            cancel.invoke(new CancelMigrationInputBuilder().build()));
    }

    @Test
    void refusesWithAnErrorForEachReason() throws Exception {
        when(jobs.migrate(anyString(), anyString(), any(), anyBoolean())).thenThrow(new Refusal(
            Refusal.Kind.IMPOSSIBLE, List.of("destination: edge: it burns", "destination: cpu: it is cold")));
        final var result = migrate.invoke(new MigrateGuestInputBuilder().setGuest(new GuestReference("web"))
            .setDestination(new EdgeName("hv2")).build()).get();
        assertEquals(2, result.getErrors().size());
        assertRefused(ErrorTag.RESOURCE_DENIED, "destination", migrate.invoke(new MigrateGuestInputBuilder()
            .setGuest(new GuestReference("web")).setDestination(new EdgeName("hv2")).build()));
        when(jobs.evacuate(anyString(), anyInt(), any(), any())).thenThrow(new Refusal(Refusal.Kind.BUSY,
            "hypervisor: job j1 evacuates it"));
        assertRefused(ErrorTag.IN_USE, "hypervisor", evacuate.invoke(new EvacuateHypervisorInputBuilder()
            .setHypervisor(new EdgeName("hv1")).build()));
        when(jobs.cancel("j1")).thenThrow(new Refusal(Refusal.Kind.MISSING, "job: there is no job 'j1'"));
        assertRefused(ErrorTag.DATA_MISSING, "job", cancel.invoke(new CancelMigrationInputBuilder()
            .setWhat(new JobBuilder().setJob(new JobId("j1")).build()).build()));
    }

    @Test
    void tellsThePoints() throws Exception {
        when(jobs.check("web", "hv2", MoveOptions.NONE)).thenReturn(List.of(
            new Point("guest", Point.Result.OK, "it is there", Optional.empty()),
            new Point("cpu", Point.Result.FAILED, "it lacks", Optional.of("buy one"))));
        final var answer = check.invoke(new CheckMigrationInputBuilder().setGuest(new GuestReference("web"))
            .setDestination(new EdgeName("hv2")).build()).get().getResult();
        assertFalse(answer.getPossible());
        assertEquals(List.of("guest", "cpu"), answer.getPoint().stream().map(point -> point.getName()).toList());
        assertNull(answer.getPoint().get(0).getFix());
        assertEquals("buy one", answer.getPoint().get(1).getFix());
    }

    @Test
    void cancelsJobsAndGuests() throws Exception {
        when(jobs.cancel("j1")).thenReturn("j1");
        assertEquals("j1", cancel.invoke(new CancelMigrationInputBuilder().setWhat(new JobBuilder()
            .setJob(new JobId("j1")).build()).build()).get().getResult().getJob().getValue());
        when(jobs.cancelGuest("web")).thenReturn(Optional.empty());
        assertNull(cancel.invoke(new CancelMigrationInputBuilder().setWhat(new GuestBuilder()
            .setGuest(new GuestReference("web")).build()).build()).get().getResult().getJob());
    }
}
