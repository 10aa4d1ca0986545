/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Moves that end when the test says so, or when they are aborted.
 */
final class FakeMover implements Mover {
    static final String ABORTED = "operation aborted: migration out job: canceled by client";

    final Map<UUID, CompletableFuture<String>> running = new ConcurrentHashMap<>();
    final Map<UUID, Progress> progress = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    /** How many aborts are refused before one works. */
    private int refusals;
    private int gauges;
    private int questions;

    synchronized void refuseAborts(final int count) {
        refusals = count;
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized int gauges() {
        return gauges;
    }

    /** How often somebody has asked how far a move is. */
    synchronized int questions() {
        return questions;
    }

    private synchronized void called(final String text) {
        calls.add(text);
    }

    /** Ends a move: without error if the text is empty. */
    void end(final UUID guest, final String error) {
        running.get(guest).complete(error);
    }

    @Override
    public void migrate(final String source, final UUID guest, final String destination, final MoveOptions options)
            throws IOException {
        final var end = new CompletableFuture<String>();
        running.put(guest, end);
        called("migrate " + source + " " + guest.getLeastSignificantBits() + " " + destination);
        try {
            final var error = end.get();
            if (!error.isEmpty()) {
                throw new IOException(error);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        } finally {
            running.remove(guest);
        }
    }

    @Override
    public void startPostCopy(final String source, final UUID guest) {
        called("post-copy " + guest.getLeastSignificantBits());
    }

    @Override
    public void abort(final String source, final UUID guest) throws IOException {
        synchronized (this) {
            calls.add("abort " + source + " " + guest.getLeastSignificantBits());
            if (refusals > 0) {
                refusals--;
                throw new IOException("Requested operation is not valid: no job is active on the domain");
            }
        }
        final var end = running.get(guest);
        if (end == null) {
            throw new IOException("Requested operation is not valid: no job is active on the domain");
        }
        end.complete(ABORTED);
    }

    @Override
    public Gauge gauge(final String source) {
        synchronized (this) {
            gauges++;
        }
        return new Gauge() {
            @Override
            public Optional<Progress> progress(final UUID guest) {
                synchronized (FakeMover.this) {
                    questions++;
                }
                return Optional.ofNullable(progress.get(guest));
            }

            @Override
            public void close() {
                synchronized (FakeMover.this) {
                    gauges--;
                }
            }
        };
    }
}
