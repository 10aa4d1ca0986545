/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import static io.peregrine.migration.internal.history.Sample.record;
import static io.peregrine.migration.internal.history.Sample.whole;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.mockito.Mockito.RETURNS_MOCKS;
import static org.mockito.Mockito.mock;

import com.google.common.util.concurrent.Futures;
import io.peregrine.flow.journal.Journal;
import io.peregrine.migration.internal.Datastores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistoryInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.HistoryPolicy;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.HistoryPolicyBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;

class HistoryServiceTest {
    private static Datastores datastores;

    @TempDir
    private Path directory;

    @BeforeAll
    static void beforeAll() throws Exception {
        datastores = new Datastores();
    }

    private HistoryService start() {
        return new HistoryService(datastores.broker(), mock(RpcProviderService.class, RETURNS_MOCKS),
            new Journal(directory));
    }

    private static Set<String> shown() {
        final var all = datastores.get(Migrations.class);
        return all == null ? Set.of() : all.nonnullMigration().values().stream()
            .map(record -> record.getId() + " " + record.getPhase().getName()).collect(Collectors.toSet());
    }

    private static void begin(final HistoryService service, final String id, final int minute) {
        service.begin(id, free -> record(free, minute, Phase.Preparing));
    }

    @Test
    void recordsOutliveTheController() {
        final var first = start();
        begin(first, "a", 0);
        begin(first, "b", 1);
        first.update(record("a", 0, Phase.Completed));
        first.close();
        assertEquals(Set.of(), shown());

        final var second = start();
        await().until(() -> shown().equals(Set.of("a completed", "b interrupted")));
        assertEquals("b-2", second.begin("b", free -> record(free, 2, Phase.Preparing)));
        second.close();
        final var third = start();
        await().until(() -> shown().equals(Set.of("a completed", "b interrupted", "b-2 interrupted")));
        third.close();
    }

    @Test
    void thoseBegunAreWrittenWhileTheyLast() {
        final var service = start();
        begin(service, "a", 0);
        await().until(() -> Files.exists(directory.resolve("migrations-0")));
        service.close();
    }

    @Test
    void aFailedWriteIsTriedAgain() throws Exception {
        final var obstacle = directory.resolve("migrations-0.new");
        Files.createDirectory(obstacle);
        final var service = start();
        begin(service, "a", 0);
        await().until(() -> shown().equals(Set.of("a preparing")));
        Files.delete(obstacle);
        await().until(() -> Files.exists(directory.resolve("migrations-0")));
        service.close();
    }

    @Test
    void thePolicyBoundsThem() throws Exception {
        final var service = start();
        begin(service, "a", 0);
        service.update(record("a", 0, Phase.Completed));
        begin(service, "b", 1);
        service.update(record("b", 1, Phase.Completed));
        await().until(() -> shown().size() == 2);
        datastores.put(LogicalDatastoreType.CONFIGURATION, HistoryPolicy.class,
            new HistoryPolicyBuilder().setSize(Uint32.ONE).build());
        await().until(() -> shown().equals(Set.of("b completed")));
        datastores.put(LogicalDatastoreType.CONFIGURATION, HistoryPolicy.class, new HistoryPolicyBuilder().build());
        service.close();
    }

    @Test
    void theRpcClearsThem() throws Exception {
        final var service = start();
        begin(service, "a", 0);
        begin(service, "b", 1);
        begin(service, "c", 2);
        service.update(record("a", 0, Phase.Completed));
        service.update(record("b", 1, Phase.Lost));
        final var some = Futures.getDone(service.clear(new ClearHistoryInputBuilder()
            .setBefore(new DateAndTime("2026-11-25T13:01:00+01:00")).build()));
        assertEquals(Uint32.ONE, some.getResult().getCleared());
        await().until(() -> shown().equals(Set.of("b lost", "c preparing")));
        assertEquals(Uint32.ONE, Futures.getDone(service.clear(new ClearHistoryInputBuilder().build())).getResult()
            .getCleared());
        await().until(() -> shown().equals(Set.of("c preparing")));
        service.close();
        assertFalse(Files.readString(directory.resolve("migrations-0")).contains("lost"));
    }

    @Test
    void theRpcFindsTheNewest() throws Exception {
        final var service = start();
        begin(service, "a", 0);
        for (int i = 0; i <= 100; i++) {
            begin(service, "m" + i, i);
        }
        service.update(whole());
        assertFound(102, found(service, new FindMigrationsInputBuilder()), "m100", 100);
        assertFound(102, found(service, new FindMigrationsInputBuilder().setLimit(Uint32.TWO)), "m100", 2);
        final var one = found(service, new FindMigrationsInputBuilder().setPhase(Set.of(Phase.Completed))
            .setSince(new DateAndTime("2026-11-25T13:00:00+01:00")));
        assertFound(1, one, "a", 1);
        assertEquals(whole(), new MigrationBuilder(one.nonnullMigration().get(0)).build(), "all is told");
        assertEquals(Uint32.ZERO, found(service, new FindMigrationsInputBuilder().setGuest("nobody")).getMatched());
        service.close();
    }

    private static FindMigrationsOutput found(final HistoryService service, final FindMigrationsInputBuilder wanted)
            throws Exception {
        return Futures.getDone(service.find(wanted.build())).getResult();
    }

    private static void assertFound(final int matched, final FindMigrationsOutput found, final String newest,
            final int size) {
        assertEquals(Uint32.valueOf(matched), found.getMatched());
        assertEquals(newest, found.nonnullMigration().get(0).getId());
        assertEquals(size, found.nonnullMigration().size());
    }

    @Test
    void aTimeThatIsNoneIsRefusedByName() throws Exception {
        final var service = start();
        begin(service, "a", 0);
        service.update(record("a", 0, Phase.Completed));
        final var none = new DateAndTime("2026-02-30T25:00:00Z");
        assertRefused("since", service.find(new FindMigrationsInputBuilder().setSince(none).build()));
        assertRefused("before", service.clear(new ClearHistoryInputBuilder().setBefore(none).build()));
        assertEquals(Uint32.ONE, found(service, new FindMigrationsInputBuilder()).getMatched());
        service.close();
    }

    private static void assertRefused(final String field, final Future<? extends RpcResult<?>> call) throws Exception {
        final var error = Futures.getDone(call).getErrors().iterator().next();
        assertEquals(ErrorTag.INVALID_VALUE, error.getTag());
        assertEquals(field + ": there is no time 2026-02-30T25:00:00Z; give one such as 2026-11-25T12:00:00Z",
            error.getMessage());
    }
}
