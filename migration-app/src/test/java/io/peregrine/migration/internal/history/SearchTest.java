/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import static io.peregrine.migration.internal.history.Sample.NOON;
import static io.peregrine.migration.internal.history.Sample.record;
import static io.peregrine.migration.internal.history.Sample.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;

class SearchTest {
    private static final Uuid WEB = new Uuid("11111111-2222-3333-4444-aaaaaaaaaaaa");
    /** The last one says no more than a record must. */
    private static final List<Migration> RECORDS = List.of(
        move("a", 0, Phase.Completed, "hv1", "hv2", "libvirt"),
        move("b", 1, Phase.RolledBack, "hv2", "hv1", "job-1"),
        move("c", 2, Phase.Open, "hv2", "hv3", "job-2"),
        new MigrationBuilder(whole()).withKey(new MigrationKey("d")).build(),
        record("e", 3, Phase.Lost));

    private static Migration move(final String id, final int minute, final Phase phase, final String source,
            final String destination, final String initiator) {
        return new MigrationBuilder(record(id, minute, phase)).setGuest(WEB).setGuestName("web")
            .setSource(new EdgeName(source)).setDestination(new EdgeName(destination)).setInitiator(initiator).build();
    }

    private static String found(final Instant since, final Consumer<FindMigrationsInputBuilder> wish) {
        final var wanted = new FindMigrationsInputBuilder();
        wish.accept(wanted);
        return String.join("", RECORDS.stream().filter(new Search(wanted.build(), since)).map(Migration::getId)
            .toList());
    }

    private static String found(final Consumer<FindMigrationsInputBuilder> wish) {
        return found(Instant.MIN, wish);
    }

    @Test
    void whatIsNotGivenLeavesTheChoiceOpen() {
        assertEquals("abcde", found(wanted -> { }));
        assertEquals("abcde", found(wanted -> wanted.setPhase(Set.of())));
    }

    @Test
    void aGuestIsFoundByNameAndByUuid() {
        assertEquals("abc", found(wanted -> wanted.setGuest("web")));
        assertEquals("abc", found(wanted -> wanted.setGuest(WEB.getValue())));
        assertEquals("abc", found(wanted -> wanted.setGuest("11111111-2222-3333-4444-AAAAAAAAAAAA")));
        assertEquals("", found(wanted -> wanted.setGuest("WEB")), "names differ in case");
        assertEquals("", found(wanted -> wanted.setGuest("nobody")));
    }

    @Test
    void aHypervisorIsEitherEnd() {
        assertEquals("abd", found(wanted -> wanted.setHypervisor(new EdgeName("hv1"))));
        assertEquals("c", found(wanted -> wanted.setHypervisor(new EdgeName("hv3"))));
        assertEquals("", found(wanted -> wanted.setHypervisor(new EdgeName("hv9"))));
    }

    @Test
    void ofSeveralPhasesOneIsEnough() {
        assertEquals("be", found(wanted -> wanted.setPhase(Set.of(Phase.RolledBack, Phase.Lost))));
        assertEquals("c", found(wanted -> wanted.setPhase(Set.of(Phase.Open))));
    }

    @Test
    void whoHasStartedItIsNamedInFull() {
        assertEquals("ad", found(wanted -> wanted.setInitiator("libvirt")));
        assertEquals("b", found(wanted -> wanted.setInitiator("job-1")));
        assertEquals("", found(wanted -> wanted.setInitiator("job")));
    }

    @Test
    void whatBeganThenIsFoundToo() {
        assertEquals("bce", found(NOON.plusSeconds(60), wanted -> { }));
        assertEquals("ce", found(NOON.plusSeconds(60).plusNanos(1), wanted -> { }));
    }

    @Test
    void allThatIsGivenHasToBeSo() {
        assertEquals("b", found(NOON.plusSeconds(60), wanted -> wanted.setGuest("web")
            .setHypervisor(new EdgeName("hv1")).setPhase(Set.of(Phase.RolledBack, Phase.Completed))));
        assertEquals("", found(wanted -> wanted.setGuest("web").setPhase(Set.of(Phase.Lost))));
    }
}
