/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static java.util.Objects.requireNonNull;

import io.peregrine.topology.search.Wishes;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.RecordedJob;

/**
 * What is looked for among jobs: those for which all that is given is so.
 *
 * @param wanted what is given
 * @param since the time that is in it, {@link Instant#MIN} if there is none
 */
public record JobSearch(FindJobsInput wanted, Instant since) implements Predicate<RecordedJob> {
    /** By when they were asked for. */
    public static final Comparator<RecordedJob> OLDEST_FIRST = Comparator.comparing(JobSearch::created)
        .thenComparing(job -> job.getId().getValue());

    public JobSearch {
        requireNonNull(wanted);
        requireNonNull(since);
    }

    /**
     * A search.
     *
     * @param wanted what is given
     * @return the search
     * @throws IllegalArgumentException if there is no such time
     */
    static JobSearch of(final FindJobsInput wanted) {
        return new JobSearch(wanted, Wishes.time("since", wanted.getSince(), Instant.MIN));
    }

    private static Instant created(final RecordedJob job) {
        return Wishes.time("created", job.getCreated(), Instant.EPOCH);
    }

    @Override
    public boolean test(final RecordedJob job) {
        return isGuest(job) && isHypervisor(job)
            && (wanted.getKind() == null || wanted.getKind() == job.getKind())
            && Wishes.isOneOf(wanted.getState(), job.getState())
            && !created(job).isBefore(since);
    }

    /** An evacuation may have found no place for it, and has no job for it then. */
    private boolean isGuest(final RecordedJob job) {
        return Wishes.isGuest(wanted.getGuest(), job.getGuestName(), job.getGuest())
            || job.nonnullResult().values().stream()
                .anyMatch(result -> Wishes.isGuest(wanted.getGuest(), result.getGuestName(), result.getGuest()));
    }

    private boolean isHypervisor(final RecordedJob job) {
        final var host = wanted.getHypervisor();
        return host == null || host.equals(job.getSource()) || host.equals(job.getDestination())
            || job.nonnullResult().values().stream()
                .anyMatch(result -> Objects.equals(host, result.getDestination()));
    }
}
