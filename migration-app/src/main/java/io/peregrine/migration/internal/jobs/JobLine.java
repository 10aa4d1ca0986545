/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.eclipse.jdt.annotation.Nullable;

/**
 * A job as a line of JSON: the fields of this class are its members. Members that are not known are passed over, so
 * that what a later version adds does not make a job unreadable. How far a copy is, is not kept.
 */
final class JobLine {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final String NOT_A_JOB = "not a job: ";

    private @Nullable String id;
    private @Nullable String source;
    private @Nullable Guest move;
    private @Nullable String state;
    private boolean cancelling;
    private @Nullable String created;
    private @Nullable String started;
    private @Nullable String finished;
    private @Nullable String error;
    private long memory;
    private @Nullable Options options;
    private @Nullable List<Guest> results;

    /** A guest that is moved by a job, or as part of one. */
    private static final class Guest {
        private @Nullable String uuid;
        private @Nullable String name;
        private @Nullable String destination;
        private @Nullable String job;
        private @Nullable String state;
        private @Nullable String error;
    }

    private static final class Options {
        private boolean persistent;
        private boolean undefineSource;
        private boolean suspend;
        private boolean postCopy;
        private boolean autoConverge;
        private boolean tunnelled;
        private boolean copyStorage;
        private @Nullable Integer bandwidth;
        private @Nullable Long timeout;
        private @Nullable String migrationUri;
    }

    /**
     * Writes a job.
     *
     * @param job the job
     * @return a line, without its end
     */
    static String of(final KeptJob job) {
        final var view = job.view();
        final var line = new JobLine();
        line.id = view.task().id();
        line.source = view.task().source();
        if (view.task() instanceof JobView.Move move) {
            line.move = new Guest();
            line.move.uuid = move.guest().toString();
            line.move.name = move.name();
            line.move.destination = move.destination();
            line.move.job = move.evacuation().orElse(null);
            line.options = options(job.options());
        } else {
            line.results = view.results().stream().map(JobLine::guest).toList();
        }
        line.state = text(view.state());
        line.cancelling = view.cancelling();
        line.created = view.created().toString();
        line.started = view.started().map(Instant::toString).orElse(null);
        line.finished = view.finished().map(Instant::toString).orElse(null);
        line.error = view.error().orElse(null);
        line.memory = job.memory();
        return GSON.toJson(line);
    }

    private static Guest guest(final JobView.Result result) {
        final var guest = new Guest();
        guest.uuid = result.guest().toString();
        guest.name = result.name();
        guest.destination = result.destination().orElse(null);
        guest.job = result.job().orElse(null);
        guest.state = text(result.state());
        guest.error = result.error().orElse(null);
        return guest;
    }

    private static Options options(final MoveOptions options) {
        final var kept = new Options();
        kept.persistent = options.persistent();
        kept.undefineSource = options.undefineSource();
        kept.suspend = options.suspend();
        kept.postCopy = options.postCopy();
        kept.autoConverge = options.autoConverge();
        kept.tunnelled = options.tunnelled();
        kept.copyStorage = options.copyStorage();
        kept.bandwidth = options.bandwidth().isPresent() ? options.bandwidth().getAsInt() : null;
        kept.timeout = options.timeout().map(Duration::toSeconds).orElse(null);
        kept.migrationUri = options.migrationUri().orElse(null);
        return kept;
    }

    /**
     * Reads a job.
     *
     * @param text the line
     * @return the job
     * @throws IllegalArgumentException if it is none
     */
    static KeptJob parse(final String text) {
        try {
            final var line = GSON.fromJson(text, JobLine.class);
            if (line == null) {
                throw new IllegalArgumentException(NOT_A_JOB + text);
            }
            return line.job();
        } catch (JsonParseException | DateTimeException e) {
            throw new IllegalArgumentException(NOT_A_JOB + text, e);
        }
    }

    private KeptJob job() {
        final var guest = move;
        final var name = needed("id", id);
        final var place = needed("source", source);
        final JobView.Task task = guest == null ? new JobView.Evacuation(name, place)
            : new JobView.Move(name, Optional.ofNullable(guest.job), UUID.fromString(needed("uuid", guest.uuid)),
                needed("name", guest.name), place, needed("destination", guest.destination));
        final List<Guest> guests = results == null ? List.of() : results;
        return new KeptJob(new JobView(task, state(state), cancelling, Instant.parse(needed("created", created)),
            Optional.ofNullable(started).map(Instant::parse), Optional.ofNullable(finished).map(Instant::parse),
            Optional.ofNullable(error), Optional.empty(), guests.stream().map(JobLine::result).toList()),
            options == null ? MoveOptions.NONE : moveOptions(options), memory);
    }

    private static JobView.Result result(final Guest guest) {
        return new JobView.Result(UUID.fromString(needed("uuid", guest.uuid)), needed("name", guest.name),
            Optional.ofNullable(guest.job), Optional.ofNullable(guest.destination), state(guest.state),
            Optional.ofNullable(guest.error));
    }

    private static MoveOptions moveOptions(final Options kept) {
        return new MoveOptions(kept.persistent, kept.undefineSource, kept.suspend, kept.postCopy, kept.autoConverge,
            kept.tunnelled, kept.copyStorage,
            kept.bandwidth == null ? OptionalInt.empty() : OptionalInt.of(kept.bandwidth),
            Optional.ofNullable(kept.timeout).map(Duration::ofSeconds), Optional.ofNullable(kept.migrationUri));
    }

    private static String text(final JobView.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static JobView.State state(final @Nullable String text) {
        return JobView.State.valueOf(needed("state", text).toUpperCase(Locale.ROOT));
    }

    private static String needed(final String name, final @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return value;
    }
}
