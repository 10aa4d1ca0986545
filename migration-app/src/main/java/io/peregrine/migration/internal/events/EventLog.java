/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import io.peregrine.migration.internal.history.Phases;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.Event;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.GuestChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.JobChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to the log, in the words that who listens gets, identifiers included: one line for each that matters,
 * as a warning if somebody may have to do something. Used by one thread.
 */
final class EventLog {
    /** How much an event matters. */
    enum Weight {
        DETAIL, NEWS, TROUBLE
    }

    /** Named for operators, who may want it in a file of its own. */
    private static final Logger LOG = LoggerFactory.getLogger("io.peregrine.events");
    private static final String UP = TunnelLiveness.Up.getName();
    private static final String MIGRATING = GuestState.Migrating.getName();

    /** Migrations under way whose begin is in the log. */
    private final Set<String> begun = new HashSet<>();
    /** Tunnels whose loss is in the log. */
    private final Set<List<EdgeName>> lost = new HashSet<>();

    void write(final Event event) {
        switch (weigh(event)) {
            case TROUBLE -> LOG.warn("Event: {}", event.getText());
            case NEWS -> LOG.info("Event: {}", event.getText());
            default -> LOG.debug("Event: {}", event.getText());
        }
    }

    Weight weigh(final Event event) {
        if (event instanceof LinkChanged) {
            // In the log before it is published
            return Weight.DETAIL;
        } else if (event instanceof TunnelChanged tunnel) {
            return weigh(tunnel);
        } else if (event instanceof EdgeChanged edge) {
            return warnIf(any(edge.getProblem()));
        } else if (event instanceof GuestChanged guest) {
            // While it moves, one of its places may have it still or already; the migration has lines of its own
            return MIGRATING.equals(guest.getState()) ? Weight.DETAIL : warnIf(guest.getProblem() != null);
        } else if (event instanceof MigrationChanged migration) {
            return weigh(migration);
        }
        return warnIf(event instanceof JobChanged job && job.getState() == JobState.Failed);
    }

    /** All of them come up when the controller starts. */
    private Weight weigh(final TunnelChanged tunnel) {
        final var ends = List.of(tunnel.getSource(), tunnel.getDestination());
        if (Events.GONE.equals(tunnel.getState())) {
            // Intent says so
            lost.remove(ends);
            return Weight.NEWS;
        }
        if (UP.equals(tunnel.getWas()) && !UP.equals(tunnel.getState())) {
            lost.add(ends);
            return Weight.TROUBLE;
        }
        return UP.equals(tunnel.getState()) && lost.remove(ends) ? Weight.NEWS : Weight.DETAIL;
    }

    private Weight weigh(final MigrationChanged migration) {
        final boolean over = Phases.isOver(migration.getPhase());
        final boolean first = over ? begun.remove(migration.getId()) : begun.add(migration.getId());
        return migration.getPhase() == Phase.Lost || any(migration.getProblem()) ? Weight.TROUBLE
            : over || first ? Weight.NEWS : Weight.DETAIL;
    }

    private static Weight warnIf(final boolean trouble) {
        return trouble ? Weight.TROUBLE : Weight.NEWS;
    }

    private static boolean any(final @Nullable Collection<String> problems) {
        return problems != null && !problems.isEmpty();
    }
}
