/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.migration.internal.search.JobSearch;
import io.peregrine.topology.Published;
import io.peregrine.topology.search.Wishes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MovingBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Progress;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.RecordedJob;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.JobKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.recorded.job.Result;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;

/**
 * Prints jobs, and the progress of guests that are being moved.
 */
public final class JobsUtil {
    private static final double MIB = 1 << 20;
    private static final double MILLIS = 1000;
    private static final int BAR = 30;
    private static final int ALL = 100;
    /** What the RPC answers with at most. */
    private static final int MOST = 1000;
    private static final String NEWEST = "newest";
    private static final FindJobsInput EVERY = new FindJobsInputBuilder().build();

    private JobsUtil() {
        // Static methods only
    }

    /**
     * Which jobs the user wants. What is null or empty leaves the choice open.
     *
     * @param guest whom they move, by name or UUID
     * @param hypervisor where they move guests from or to
     * @param kind what they do
     * @param states in one of which they are
     * @param since when they were asked for, or later
     * @param limit how many at most
     * @return the input of the RPC
     * @throws IllegalArgumentException if something cannot be meant; the message names the option
     */
    static FindJobsInput wanted(final @Nullable String guest, final @Nullable String hypervisor,
            final @Nullable String kind, final List<String> states, final @Nullable String since,
            final @Nullable Integer limit) {
        return new FindJobsInputBuilder()
            .setGuest(guest)
            .setHypervisor(Calls.input("--hypervisor", hypervisor, EdgeName::new))
            .setKind(Calls.named("--kind", kind, JobKind.class))
            .setState(Calls.named("--state", states, JobState.class))
            .setSince(Calls.input("--since", since, DateAndTime::new))
            .setLimit(Calls.limit(limit, MOST))
            .build();
    }

    /**
     * Prints jobs, the newest last, and what became of the guests of evacuations.
     *
     * @param broker the datastore
     * @param rpc finds jobs
     * @param screen where to
     * @param wanted which
     * @throws IllegalArgumentException if the RPC refuses
     * @throws IllegalStateException if there are more in JSON than the RPC answers with; those have been printed
     */
    public static void print(final DataBroker broker, final FindJobs rpc, final Screen screen,
            final FindJobsInput wanted) {
        final var chosen = find(broker, rpc, wanted);
        if (screen.isJson()) {
            screen.container(Jobs.class, new JobsBuilder().setJob(BindingMap.of(
                chosen.entries().stream().map(job -> new JobBuilder(job).build()).toList())).build());
            chosen.requireWhole(wanted.getLimit(), NEWEST);
            return;
        }
        final var jobs = chosen.entries().stream().sorted(JobSearch.OLDEST_FIRST).toList();
        final var table = new Table("JOB", "GUEST", "FROM", "TO", "STATE", "COPIED", "STARTED", "FINISHED", "ERROR");
        for (final var job : jobs) {
            table.row(job.getId().getValue(), job.getKind() == JobKind.Evacuation ? "all" : job.getGuestName(),
                Shown.text(job.getSource()), Shown.text(job.getDestination()), state(job),
                percent(job), Shown.text(job.getStarted()), Shown.text(job.getFinished()), job.getError());
        }
        screen.table(table);
        final var problems = new ArrayList<>(chosen.cut(NEWEST));
        jobs.forEach(job -> results(job).stream().filter(result -> result.getError() != null)
            .forEach(result -> problems.add(job.getId().getValue() + ": " + result.getGuestName() + ": "
                + result.getError())));
        screen.problems(problems);
    }

    /** All that there are do not fit into an answer of the RPC. */
    private static Chosen<RecordedJob> find(final DataBroker broker, final FindJobs rpc, final FindJobsInput wanted) {
        return wanted.equals(EVERY) ? Chosen.all(broker, Jobs.class, Jobs::nonnullJob)
            : Chosen.found(rpc.invoke(wanted.getLimit() != null ? wanted
                : new FindJobsInputBuilder(wanted).setLimit(Uint32.valueOf(MOST)).build()),
                FindJobsOutput::nonnullJob, FindJobsOutput::getMatched);
    }

    /** An evacuation's guests by name. */
    static List<Result> results(final RecordedJob job) {
        return job.nonnullResult().values().stream()
            .sorted(Comparator.comparing(result -> String.valueOf(result.getGuestName()))).toList();
    }

    private static String state(final RecordedJob job) {
        return Boolean.TRUE.equals(job.getCancelling()) ? "cancelling" : job.getState().getName();
    }

    private static @Nullable String percent(final Progress progress) {
        return progress.getPercent() == null ? null : progress.getPercent() + " %";
    }

    /**
     * Prints the guests that are being moved now, whoever started it.
     *
     * @param broker the datastore
     * @param screen where to
     * @param named only this guest, by name or UUID; all if null
     */
    public static void printMoving(final DataBroker broker, final Screen screen, final @Nullable String named) {
        final var guests = moving(broker, named);
        if (screen.isJson()) {
            screen.container(Moving.class, new MovingBuilder().setGuest(BindingMap.of(guests)).build());
            return;
        }
        final var table = new Table("GUEST", "FROM", "TO", "JOB", "COPIED", "LEFT", "RATE", "PASS", "TIME");
        guests.forEach(guest -> table.row(guest.getName(), Shown.text(guest.getSource()),
            Shown.text(guest.getDestination()), Shown.text(guest.getJob()), percent(guest),
            mib(guest.getRemaining(), ""), mib(guest.getMemoryRate(), "/s"), guest.getIteration(),
            seconds(guest.getElapsed())));
        screen.table(table);
    }

    /**
     * The guests that are being moved now, by name.
     *
     * @param broker the datastore
     * @param named only this guest, by name or UUID; all if null
     * @return the guests
     */
    static List<Guest> moving(final DataBroker broker, final @Nullable String named) {
        return Published.read(broker, Moving.class).stream().flatMap(all -> all.nonnullGuest().values().stream())
            .filter(guest -> Wishes.isGuest(named, guest.getName(), guest.getUuid()))
            .sorted(Comparator.comparing((Guest guest) -> String.valueOf(guest.getName()))
                .thenComparing(guest -> guest.getUuid().getValue())).toList();
    }

    private static @Nullable String mib(final @Nullable Uint64 bytes, final String per) {
        return bytes == null ? null : String.format(Locale.ROOT, "%.1f MiB%s", bytes.doubleValue() / MIB, per);
    }

    private static @Nullable String seconds(final @Nullable Uint64 millis) {
        return millis == null ? null : String.format(Locale.ROOT, "%.1f s", millis.doubleValue() / MILLIS);
    }

    /**
     * A job.
     *
     * @param broker the datastore
     * @param id its identifier
     * @return empty if it is not shown
     */
    static Optional<Job> job(final DataBroker broker, final String id) {
        return Published.read(broker, Jobs.class).map(Jobs::nonnullJob).map(Map::copyOf)
            .map(jobs -> jobs.get(new JobKey(new JobId(id))));
    }

    /** Whether a job has ended. */
    static boolean over(final Job job) {
        return job.getState() != JobState.Waiting && job.getState() != JobState.Running;
    }

    /**
     * A job in one line, with a bar for what has been copied.
     *
     * @param job the job
     * @return the line
     */
    static String line(final Job job) {
        if (job.getKind() == JobKind.Evacuation) {
            final var results = results(job);
            final long done = results.stream().filter(result -> result.getState() == JobState.Done).count();
            return bar(results.isEmpty() ? 0 : (int) (done * ALL / results.size())) + " " + done + " of "
                + results.size() + " guests have left " + Shown.text(job.getSource()) + ", " + state(job);
        }
        return line(job, job.getGuestName() + " " + state(job));
    }

    /**
     * A guest that is being moved in one line, as a job has it.
     *
     * @param guest the guest
     * @return the line
     */
    static String line(final Guest guest) {
        return line(guest, name(guest) + " from " + Shown.text(guest.getSource()) + " to "
            + Shown.text(guest.getDestination()));
    }

    private static String line(final Progress progress, final String what) {
        final var text = new StringBuilder(bar(progress.getPercent() == null ? 0 : progress.getPercent().intValue()))
            .append(' ').append(what);
        if (progress.getPercent() != null) {
            text.append(", ").append(progress.getPercent()).append(" %, ")
                .append(mib(progress.getRemaining(), " left"));
            if (progress.getMemoryRate() != null) {
                text.append(", ").append(mib(progress.getMemoryRate(), "/s"));
            }
            if (progress.getIteration() != null) {
                text.append(", pass ").append(progress.getIteration());
            }
        }
        return text.toString();
    }

    static String name(final Guest guest) {
        return Objects.requireNonNullElse(guest.getName(), guest.getUuid().getValue());
    }

    private static String bar(final int percent) {
        final int full = percent * BAR / ALL;
        return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "]";
    }
}
