/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.peregrine.migration.internal.Datastores;
import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.JobView.State;
import io.peregrine.migration.internal.core.jobs.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;

class ShownJobsTest {
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");

    @Test
    void showsJobsAndMovingGuests() throws Exception {
        final var datastores = new Datastores();
        final var executor = Executors.newSingleThreadScheduledExecutor();
        final var progress = Progress.of(Map.of("time_elapsed", 1200L, "data_total", 100L, "data_processed", 70L,
            "data_remaining", 40L, "memory_bps", 20L, "memory_iteration", 2L, "downtime", 300L));
        final var move = new JobView(new JobView.Move("j2", Optional.of("j1"), GUEST, "web", "hv1", "hv2"),
            State.RUNNING, true, Instant.EPOCH, Optional.of(Instant.EPOCH), Optional.empty(), Optional.empty(),
            Optional.of(progress), List.of());
        final var whole = new JobView(new JobView.Evacuation("j1", "hv1"), State.FAILED, false, Instant.EPOCH,
            Optional.of(Instant.EPOCH), Optional.of(Instant.EPOCH.plusSeconds(1)), Optional.of("1 of 1 failed"),
            Optional.empty(), List.of(new JobView.Result(GUEST, "web", Optional.of("j2"), Optional.of("hv2"),
                State.FAILED, Optional.of("it burns"))));
        final var shown = new ShownJobs(datastores.broker(), () -> Map.of("j1", whole, "j2", move),
            () -> Map.of(GUEST, new Moving(GUEST, "web", "hv1", "hv2", Optional.of("j2"), Optional.of(progress))),
            executor);
        await().until(() -> datastores.get(Jobs.class) != null && datastores.get(Jobs.class).nonnullJob().size() == 2);
        final var jobs = datastores.get(Jobs.class).nonnullJob().values().stream().toList();
        final var first = jobs.stream().filter(job -> job.getKind() == JobKind.Evacuation).findFirst().orElseThrow();
        assertEquals("1 of 1 failed", first.getError());
        assertEquals("1970-01-01T00:00:01Z", first.getFinished().getValue());
        final var result = first.nonnullResult().values().iterator().next();
        assertEquals("it burns", result.getError());
        assertEquals("j2", result.getJob().getValue());
        assertEquals(JobState.Failed, result.getState());
        assertNull(first.getPercent());

        final var second = jobs.stream().filter(job -> job.getKind() == JobKind.Migration).findFirst().orElseThrow();
        assertEquals("j1", second.getEvacuation().getValue());
        assertEquals("web", second.getGuestName());
        assertEquals(60, second.getPercent().intValue());
        assertEquals(40, second.getRemaining().intValue());
        assertEquals(2, second.getIteration().intValue());
        assertNull(second.getDirtyRate());

        await().until(() -> datastores.get(
            org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving.class) != null);
        await().until(() -> !datastores.get(
            org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving.class).nonnullGuest().isEmpty());
        final var guest = datastores.get(org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving.class)
            .nonnullGuest().values().iterator().next();
        assertEquals("j2", guest.getJob().getValue());
        assertEquals(60, guest.getPercent().intValue());
        shown.close();
        assertNull(datastores.get(Jobs.class));
        executor.shutdown();
    }
}
