/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.topology.Found;
import io.peregrine.topology.RpcAnswers;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.find.guests.output.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.find.jobs.output.JobBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Offers operators to find guests and jobs among those that are shown. Who tracks or moves guests has no part in it.
 */
@Component(service = { })
public final class SearchService implements AutoCloseable {
    private final DataBroker broker;
    private final Registration registration;

    /**
     * Begins to offer it.
     *
     * @param broker has the state
     * @param rpcs takes the RPCs
     */
    @Activate
    public SearchService(@Reference final DataBroker broker, @Reference final RpcProviderService rpcs) {
        this.broker = requireNonNull(broker);
        registration = rpcs.registerRpcImplementations((FindGuests) this::findGuests, (FindJobs) this::findJobs);
    }

    @Deactivate
    @Override
    public void close() {
        registration.close();
    }

    ListenableFuture<RpcResult<FindGuestsOutput>> findGuests(final FindGuestsInput input) {
        final GuestSearch search;
        try {
            search = GuestSearch.of(input);
        } catch (IllegalArgumentException e) {
            return RpcAnswers.refused(e);
        }
        return Found.in(broker, Guests.class, Guests::nonnullGuest, search, GuestSearch.ORDER, input.getLimit(),
            found -> new FindGuestsOutputBuilder().setMatched(found.matched())
                .setGuest(found.entries().stream().map(guest -> new GuestBuilder(guest).build()).toList()).build());
    }

    ListenableFuture<RpcResult<FindJobsOutput>> findJobs(final FindJobsInput input) {
        final JobSearch search;
        try {
            search = JobSearch.of(input);
        } catch (IllegalArgumentException e) {
            return RpcAnswers.refused(e);
        }
        return Found.in(broker, Jobs.class, Jobs::nonnullJob, search, JobSearch.OLDEST_FIRST.reversed(),
            input.getLimit(), found -> new FindJobsOutputBuilder().setMatched(found.matched())
                .setJob(found.entries().stream().map(job -> new JobBuilder(job).build()).toList()).build());
    }
}
