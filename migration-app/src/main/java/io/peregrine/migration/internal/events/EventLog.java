/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.Event;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.GuestChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.JobChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to the log, in the words that who listens gets, identifiers included: as warnings if somebody may have
 * to do something.
 */
final class EventLog {
    /** Named for operators, who may want it in a file of its own. */
    static final String NAME = "io.peregrine.events";

    private static final Set<Phase> ENDS = EnumSet.of(Phase.Preparing, Phase.Completed, Phase.RolledBack, Phase.Lost,
        Phase.Interrupted);
    private static final Logger LOG = LoggerFactory.getLogger(NAME);

    private EventLog() {
        // Static methods only
    }

    static void write(final Event event) {
        if (isTrouble(event)) {
            LOG.warn("Event: {}", event.getText());
        } else if (isDetail(event)) {
            LOG.debug("Event: {}", event.getText());
        } else {
            LOG.info("Event: {}", event.getText());
        }
    }

    static boolean isTrouble(final Event event) {
        if (event instanceof EdgeChanged edge) {
            return any(edge.getProblem());
        } else if (event instanceof TunnelChanged tunnel) {
            return tunnel.getProblem() != null || "down".equals(tunnel.getState());
        } else if (event instanceof GuestChanged guest) {
            return guest.getProblem() != null;
        } else if (event instanceof MigrationChanged migration) {
            return migration.getPhase() == Phase.Lost || any(migration.getProblem());
        }
        return event instanceof JobChanged job && job.getState() == JobState.Failed;
    }

    private static boolean any(final @Nullable Collection<String> problems) {
        return problems != null && !problems.isEmpty();
    }

    /** A migration's phases between its begin and end; links, which are in the log before they are published. */
    static boolean isDetail(final Event event) {
        return event instanceof LinkChanged || event instanceof MigrationChanged migration
            && !ENDS.contains(migration.getPhase());
    }
}
