/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.journal.JournalFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The history's files: one for each segment, {@code migrations-NUMBER}, a line for each record. Not thread-safe; the
 * methods block until the disk has answered.
 */
final class HistoryFiles {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryFiles.class);
    private static final String SERIES = "migrations";

    private final Journal journal;

    HistoryFiles(final Journal journal) {
        this.journal = requireNonNull(journal);
    }

    private JournalFile file(final long segment) {
        return journal.file(SERIES + "-" + segment, 0);
    }

    /**
     * Reads all there is into a history. A file of which only a part can be read is kept aside, and the part is taken.
     *
     * @param history takes the records
     * @return the segments that have to be written, since their file was set aside
     */
    Set<Long> read(final History history) {
        final var damaged = new TreeSet<Long>();
        try {
            for (long segment : journal.series(SERIES)) {
                final var records = new ArrayList<Migration>();
                if (!file(segment).readEach(RecordLine::parse, records,
                        "It holds a part of the history of migrations")) {
                    damaged.add(segment);
                }
                history.restore(segment, records);
            }
        } catch (IOException e) {
            LOG.error("The history of migrations cannot be read, and begins anew", e);
        }
        return damaged;
    }

    /**
     * Writes a segment.
     *
     * @param segment its number
     * @param records its records; a segment without any has no file
     * @throws IOException if that failed; the old file is still there
     */
    void write(final long segment, final List<Migration> records) throws IOException {
        if (records.isEmpty()) {
            file(segment).delete();
        } else {
            file(segment).write(records.stream().map(RecordLine::of).toList());
        }
    }
}
