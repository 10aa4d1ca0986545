/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Compares switches with their desired programs on demand. Thread-safe; no method blocks.
 */
public interface SwitchAudits {
    /**
     * How an audit of one switch ended: with an audit, or with the reason why there is none.
     *
     * @param datapath the switch
     * @param audit what was found
     * @param unread why the switch could not be read
     */
    record Report(DatapathId datapath, Optional<Audit> audit, Optional<String> unread) {
        public Report {
            requireNonNull(datapath);
            if (audit.isPresent() == unread.isPresent()) {
                throw new IllegalArgumentException("either an audit or a reason for none");
            }
        }
    }

    /**
     * The switches that somebody has charge of, connected or not.
     *
     * @return an immutable set
     */
    Set<DatapathId> switches();

    /**
     * Reads switches now, a few at a time, and compares each with what is desired of it. Changes nothing, and holds up
     * no change: what is changed while a switch is read is not judged by that reading, but by another.
     *
     * @param switches which ones
     * @return a report of each, in the order asked for, after a minute and a half at the latest: a switch that does
     *     not answer, or has no turn in time, is one that could not be read. Never completes exceptionally
     */
    CompletableFuture<List<Report>> audit(Collection<DatapathId> switches);
}
