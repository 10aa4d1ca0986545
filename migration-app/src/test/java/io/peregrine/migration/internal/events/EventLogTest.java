/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.migration.internal.events.EventLog.Weight;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.GuestChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.JobChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.MigrationChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.TunnelChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;

class EventLogTest {
    private final EventLog log = new EventLog();

    private static TunnelChanged tunnel(final String was, final String state) {
        return new TunnelChangedBuilder().setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2")).setWas(was)
            .setState(state).build();
    }

    private static MigrationChanged migration(final String id, final Phase phase, final String... problems) {
        return new MigrationChangedBuilder().setId(id).setPhase(phase).setProblem(List.of(problems)).build();
    }

    @Test
    void itHasAMigrationsBeginAndEnd() {
        assertEquals(Weight.NEWS, log.weigh(migration("1", Phase.Preparing)));
        assertEquals(Weight.DETAIL, log.weigh(migration("1", Phase.Prepared)));
        assertEquals(Weight.NEWS, log.weigh(migration("2", Phase.Open)), "told of late");
        assertEquals(Weight.DETAIL, log.weigh(migration("2", Phase.Switched)));
        assertEquals(Weight.NEWS, log.weigh(migration("1", Phase.Completed)));
        assertEquals(Weight.NEWS, log.weigh(migration("2", Phase.RolledBack)));
    }

    @Test
    void itWarnsOfMovesThatWentWrong() {
        assertEquals(Weight.TROUBLE, log.weigh(migration("1", Phase.Prepared, "edge hv3: away")));
        assertEquals(Weight.TROUBLE, log.weigh(migration("2", Phase.Lost)));
        assertEquals(Weight.TROUBLE, log.weigh(new JobChangedBuilder().setState(JobState.Failed).build()));
        assertEquals(Weight.NEWS, log.weigh(new JobChangedBuilder().setState(JobState.Cancelled).build()));
    }

    @Test
    void itHasTunnelsThatAreLostAndFoundAgain() {
        assertEquals(Weight.DETAIL, log.weigh(tunnel(null, "unknown")));
        assertEquals(Weight.DETAIL, log.weigh(tunnel("unknown", "down")));
        assertEquals(Weight.DETAIL, log.weigh(tunnel("down", "up")));
        assertEquals(Weight.TROUBLE, log.weigh(tunnel("up", "down")));
        assertEquals(Weight.DETAIL, log.weigh(tunnel("down", "unknown")));
        assertEquals(Weight.NEWS, log.weigh(tunnel("unknown", "up")));
        assertEquals(Weight.NEWS, log.weigh(tunnel("up", "gone")), "intent says so");
    }

    @Test
    void itWarnsOfEdgesAndGuestsWithProblems() {
        assertEquals(Weight.NEWS, log.weigh(new EdgeChangedBuilder().setProblem(List.of()).build()));
        assertEquals(Weight.TROUBLE, log.weigh(new EdgeChangedBuilder().setProblem(List.of("OVSDB: refused")).build()));
        final var guest = new GuestChangedBuilder().setState("running").setProblem("no such network");
        assertEquals(Weight.TROUBLE, log.weigh(guest.build()));
        assertEquals(Weight.NEWS, log.weigh(guest.setProblem(null).build()));
        assertEquals(Weight.DETAIL, log.weigh(guest.setState("migrating").setProblem("no port at the source").build()));
    }

    @Test
    void linksAreInItAlready() {
        assertEquals(Weight.DETAIL, log.weigh(new LinkChangedBuilder().build()));
    }
}
