/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.peregrine.migration.internal.Datastores;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.recorded.job.ResultBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.Rpc;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint8;

class SearchServiceTest {
    private static final Uuid WEB = new Uuid("11111111-2222-3333-4444-555555555555");
    private static final Uuid DB = new Uuid("21111111-2222-3333-4444-555555555555");

    private final RpcProviderService rpcs = mock(RpcProviderService.class);
    private final Registration registration = mock(Registration.class);
    private Datastores datastores;
    private SearchService service;

    @BeforeEach
    void offer() throws Exception {
        datastores = new Datastores();
        when(rpcs.registerRpcImplementations(any(Rpc[].class))).thenReturn(registration);
        service = new SearchService(datastores.broker(), rpcs);
    }

    private static <T> T answer(final Future<RpcResult<T>> call) throws Exception {
        return call.get().getResult();
    }

    @Test
    void theGuestsThatAreShownAreFoundByName() throws Exception {
        final var web = new GuestBuilder().setUuid(WEB).setName("web").setHypervisor(new EdgeName("hv1"))
            .setState(GuestState.Running).setProblem("it is sad").setInterface(List.of(new InterfaceBuilder()
                .setMacAddress(new MacAddress("52:54:00:00:00:01")).setType("bridge").setModel("virtio")
                .setTarget("vnet0").setInterfaceId("p1").setNetwork(new NetworkName("demo")).setAttached(true)
                .setAddress(Set.of(IetfInetUtil.ipAddressNoZoneFor("192.0.2.5"))).setProblem("so is it").build()))
            .build();
        final var database = new GuestBuilder().setUuid(DB).setName("db").setState(GuestState.Paused)
            .setInterface(List.of()).build();
        datastores.put(LogicalDatastoreType.OPERATIONAL, Guests.class,
            new GuestsBuilder().setGuest(BindingMap.of(web, database)).build());
        final var all = answer(service.findGuests(new FindGuestsInputBuilder().build()));
        assertEquals(Uint32.TWO, all.getMatched());
        assertEquals(List.of("db", "web"), all.nonnullGuest().stream().map(guest -> guest.getName()).toList());
        final Guest told = new GuestBuilder(all.nonnullGuest().get(1)).build();
        assertEquals(web, told, "all is told");
        final var one = answer(service.findGuests(new FindGuestsInputBuilder().setAddress("192.0.2.5").build()));
        assertEquals(List.of(WEB), one.nonnullGuest().stream().map(guest -> guest.getUuid()).toList());
        final var cut = answer(service.findGuests(new FindGuestsInputBuilder().setLimit(Uint32.ONE).build()));
        assertEquals(Uint32.TWO, cut.getMatched());
        assertEquals(List.of(DB), cut.nonnullGuest().stream().map(guest -> guest.getUuid()).toList());
    }

    @Test
    void theJobsThatAreShownAreFoundNewestFirst() throws Exception {
        final var old = job("a", "2026-11-25T12:00:00Z").setKind(JobKind.Evacuation).setResult(BindingMap.of(
            new ResultBuilder().setGuest(WEB).setGuestName("web").setState(JobState.Done).build())).build();
        final var recent = job("b", "2026-11-25T12:01:00Z").setKind(JobKind.Migration).setGuest(WEB).setGuestName("web")
            .setPercent(Uint8.TEN).build();
        datastores.put(LogicalDatastoreType.OPERATIONAL, Jobs.class,
            new JobsBuilder().setJob(BindingMap.of(old, recent)).build());
        final var all = answer(service.findJobs(new FindJobsInputBuilder().setGuest("web").build()));
        assertEquals(Uint32.TWO, all.getMatched());
        assertEquals(List.of(recent, old), all.nonnullJob().stream().map(job -> new JobBuilder(job).build()).toList());
        final var cut = answer(service.findJobs(new FindJobsInputBuilder().setLimit(Uint32.ONE).build()));
        assertEquals(Uint32.TWO, cut.getMatched());
        assertEquals(List.of("b"), cut.nonnullJob().stream().map(job -> job.getId().getValue()).toList());
    }

    private static JobBuilder job(final String id, final String created) {
        return new JobBuilder().setId(new JobId(id)).setSource(new EdgeName("hv1")).setState(JobState.Done)
            .setCreated(new DateAndTime(created));
    }

    @Test
    void whereNothingIsShownNothingIsFound() throws Exception {
        assertEquals(Uint32.ZERO, answer(service.findGuests(new FindGuestsInputBuilder().build())).getMatched());
        assertEquals(Uint32.ZERO, answer(service.findJobs(new FindJobsInputBuilder().build())).getMatched());
    }

    @Test
    void whatCannotBeMeantIsRefused() throws Exception {
        assertRefused("address: '", service.findGuests(new FindGuestsInputBuilder().setAddress("web").build()));
        assertRefused("since: there is no time ", service.findJobs(new FindJobsInputBuilder()
            .setSince(new DateAndTime("2026-02-30T00:00:00Z")).build()));
    }

    private static void assertRefused(final String words, final Future<? extends RpcResult<?>> call) throws Exception {
        final var result = call.get();
        assertFalse(result.isSuccessful());
        final var error = result.getErrors().iterator().next();
        assertEquals(ErrorTag.INVALID_VALUE, error.getTag());
        assertEquals(words, error.getMessage().substring(0, words.length()));
    }

    @Test
    void itEndsWithTheService() {
        service.close();
        verify(registration).close();
    }
}
