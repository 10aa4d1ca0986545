/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.journal.JournalFile;
import io.peregrine.flow.journal.LateWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which jobs outlive the controller's process, a line for each. Thread-safe.
 */
final class JobsFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobsFile.class);
    private static final String NAME = "jobs";

    private final JournalFile file;
    private final Supplier<List<KeptJob>> jobs;
    private final LateWriter writer = new LateWriter(NAME, "peregrine-jobs-file", this::write);
    /** Guarded by this. */
    private List<String> written = List.of();

    /**
     * A file that is neither read nor written yet.
     *
     * @param journal has it
     * @param jobs gives what is to be kept
     */
    JobsFile(final Journal journal, final Supplier<List<KeptJob>> jobs) {
        file = journal.file(NAME, 0);
        this.jobs = requireNonNull(jobs);
    }

    /** What an earlier process has left. Blocks until the disk has answered. */
    synchronized List<KeptJob> read() {
        final var found = new ArrayList<KeptJob>();
        file.readEach(JobLine::parse, found, "It holds the jobs");
        return found;
    }

    /** Something may have changed. Returns at once. */
    void changed() {
        writer.changed();
    }

    /** Writes what has changed; blocks until the disk has answered. What fails is tried again later. */
    void keep() {
        try {
            write();
        } catch (IOException e) {
            LOG.debug("Not written now", e);
            writer.changed();
        }
    }

    private synchronized void write() throws IOException {
        final var lines = jobs.get().stream().map(JobLine::of).toList();
        if (!lines.equals(written)) {
            file.write(lines);
            written = lines;
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
