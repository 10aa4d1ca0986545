/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.Progress;
import io.peregrine.topology.StatePublisher;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MovingBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.GuestKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.recorded.job.ResultBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.recorded.job.ResultKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * Shows jobs, and guests that are being moved, in the operational datastore.
 */
final class ShownJobs implements AutoCloseable {
    private static final InstanceIdentifier<
        org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs> JOBS = InstanceIdentifier.create(
            org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs.class);
    private static final InstanceIdentifier<
        org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving> MOVING = InstanceIdentifier.create(
            org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving.class);

    private final StatePublisher<String, JobView, Job> jobs;
    private final StatePublisher<UUID, Moving, Guest> moving;

    /**
     * Owns its two containers from now on.
     *
     * @param broker the datastore
     * @param jobs gives all jobs
     * @param moving gives the guests that are being moved
     * @param executor one thread; shut down by the owner, after this object is closed
     */
    ShownJobs(final DataBroker broker, final Supplier<Map<String, JobView>> jobs,
            final Supplier<Map<UUID, Moving>> moving, final ScheduledExecutorService executor) {
        this.jobs = new StatePublisher<>(broker, JOBS, new JobsBuilder().build(),
            id -> JOBS.child(Job.class, new JobKey(new JobId(id))), ShownJobs::entry, jobs, executor);
        this.moving = new StatePublisher<>(broker, MOVING, new MovingBuilder().build(),
            guest -> MOVING.child(Guest.class, new GuestKey(new Uuid(guest.toString()))), ShownJobs::entry, moving,
            executor);
    }

    /** There is something new to show. Returns at once. */
    void changed() {
        jobs.changed();
        moving.changed();
    }

    @Override
    public void close() {
        jobs.close();
        moving.close();
    }

    private static Job entry(final JobView view) {
        final var builder = new JobBuilder().withKey(new JobKey(new JobId(view.task().id())))
            .setSource(new EdgeName(view.task().source()))
            .setState(state(view.state()))
            .setCancelling(view.cancelling())
            .setCreated(time(view.created()))
            .setStarted(view.started().map(ShownJobs::time).orElse(null))
            .setFinished(view.finished().map(ShownJobs::time).orElse(null))
            .setError(view.error().orElse(null));
        if (view.task() instanceof JobView.Move move) {
            builder.setKind(JobKind.Migration)
                .setEvacuation(move.evacuation().map(JobId::new).orElse(null))
                .setGuest(new Uuid(move.guest().toString()))
                .setGuestName(move.name())
                .setDestination(new EdgeName(move.destination()));
            builder.fieldsFrom(measured(move.guest(), view.progress()).build());
        } else {
            builder.setKind(JobKind.Evacuation).setResult(BindingMap.of(view.results().stream()
                .map(result -> new ResultBuilder().withKey(new ResultKey(new Uuid(result.guest().toString())))
                    .setGuestName(result.name())
                    .setJob(result.job().map(JobId::new).orElse(null))
                    .setDestination(result.destination().map(EdgeName::new).orElse(null))
                    .setState(state(result.state()))
                    .setError(result.error().orElse(null)).build())
                .collect(Collectors.toList())));
        }
        return builder.build();
    }

    private static Guest entry(final Moving moving) {
        return measured(moving.guest(), moving.progress())
            .setName(moving.name())
            .setSource(new EdgeName(moving.source()))
            .setDestination(new EdgeName(moving.destination()))
            .setJob(moving.job().map(JobId::new).orElse(null)).build();
    }

    private static GuestBuilder measured(final UUID guest, final Optional<Progress> measures) {
        final var builder = new GuestBuilder().withKey(new GuestKey(new Uuid(guest.toString())));
        measures.ifPresent(progress -> builder
            .setElapsed(Uint64.valueOf(progress.elapsed()))
            .setTotal(Uint64.valueOf(progress.total()))
            .setProcessed(Uint64.valueOf(progress.processed()))
            .setRemaining(Uint64.valueOf(progress.remaining()))
            .setPercent(Uint8.valueOf(progress.percent()))
            .setMemoryRate(known(progress.rate()))
            .setIteration(iteration(progress))
            .setDirtyRate(known(progress.dirtyRate()))
            .setDowntime(progress.downtime().map(Uint64::saturatedOf).orElse(null)));
        return builder;
    }

    private static Uint64 known(final long number) {
        return number == 0 ? null : Uint64.valueOf(number);
    }

    private static Uint32 iteration(final Progress progress) {
        return progress.iteration() == 0 ? null : Uint32.saturatedOf(progress.iteration());
    }

    private static JobState state(final JobView.State state) {
        return switch (state) {
            case WAITING -> JobState.Waiting;
            case RUNNING -> JobState.Running;
            case DONE -> JobState.Done;
            case FAILED -> JobState.Failed;
            case CANCELLED -> JobState.Cancelled;
            case INTERRUPTED -> JobState.Interrupted;
        };
    }

    private static DateAndTime time(final Instant instant) {
        return new DateAndTime(DateTimeFormatter.ISO_INSTANT.format(instant));
    }
}
