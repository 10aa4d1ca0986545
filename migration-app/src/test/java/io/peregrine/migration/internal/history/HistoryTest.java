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
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;

class HistoryTest {
    private final History history = new History();

    private Phase phase(final String id) {
        return history.records().get(id).getPhase();
    }

    @Test
    void theOldestThatHaveEndedAreDropped() {
        history.keep(2);
        history.begin(record("under way", 0, Phase.Open));
        for (int i = 1; i <= 4; i++) {
            history.begin(record("m" + i, i, Phase.Completed));
        }
        assertEquals(Set.of("under way", "m3", "m4"), history.records().keySet());
        history.update(record("under way", 0, Phase.RolledBack));
        assertEquals(Set.of("m3", "m4"), history.records().keySet());
        history.keep(0);
        assertEquals(Map.of(), history.records());
        history.begin(record("m5", 5, Phase.Preparing));
        assertEquals(Set.of("m5"), history.records().keySet());
        history.update(record("m5", 5, Phase.Lost));
        assertEquals(Map.of(), history.records());
    }

    @Test
    void identifiersAreUniqueOverRestarts() {
        history.restore(0, List.of(record("a", 0, Phase.Completed), record("a-2", 0, Phase.Completed)));
        assertEquals("a-3", history.freeId("a"));
        assertEquals("b", history.freeId("b"));
    }

    @Test
    void whatWasUnderWayIsInterrupted() {
        history.restore(3, List.of(record("a", 0, Phase.Switched), record("b", 0, Phase.Lost)));
        assertEquals(Phase.Interrupted, phase("a"));
        assertEquals(History.INTERRUPTED, history.records().get("a").getReason());
        assertEquals(Phase.Lost, phase("b"));
        assertEquals(Set.of(3L), history.takeChanged().keySet());

        final var next = new History();
        next.restore(3, history.records().values());
        assertEquals(Map.of(), next.takeChanged(), "an interrupted one stays as it is");
        next.keep(0);
        assertEquals(Map.of(), next.records(), "and counts as one that has ended");
    }

    @Test
    void aDroppedRecordDoesNotComeBack() {
        history.begin(record("a", 0, Phase.Completed));
        assertEquals(1, history.clear(Instant.MAX));
        history.update(record("a", 0, Phase.Completed));
        assertEquals(Map.of(), history.records());
    }

    @Test
    void thoseBeforeATimeAreCleared() {
        history.begin(record("a", 0, Phase.Completed));
        history.begin(record("b", 1, Phase.Open));
        history.begin(record("c", 2, Phase.RolledBack));
        assertEquals(1, history.clear(NOON.plus(Duration.ofMinutes(2))));
        assertEquals(Set.of("b", "c"), history.records().keySet());
        assertEquals(1, history.clear(Instant.MAX));
        assertEquals(Set.of("b"), history.records().keySet());
    }

    @Test
    void theNewestIsTheOneThatBeganLast() {
        history.restore(0, List.of(record("a", 0, Phase.Completed)));
        history.begin(record("c", 2, Phase.Open));
        history.begin(record("b", 1, Phase.Open));
        history.update(record("a", 0, Phase.Lost));
        assertEquals(List.of("b", "c", "a"), history.newestFirst().stream().map(Migration::getId).toList());
    }

    @Test
    void onlyWhatChangedIsWritten() {
        for (int i = 0; i < 2 * History.SEGMENT; i++) {
            history.begin(record("m" + i, i, Phase.Open));
        }
        final var all = history.takeChanged();
        assertEquals(Set.of(0L, 1L), all.keySet());
        assertTrue(all.values().stream().allMatch(records -> records.size() == History.SEGMENT));

        history.update(record("m3", 3, Phase.Open));
        assertEquals(Map.of(), history.takeChanged());
        history.update(record("m3", 3, Phase.Completed));
        assertEquals(Set.of(0L), history.takeChanged().keySet());
        history.begin(record("new", 0, Phase.Open));
        assertEquals(Map.of(2L, List.of(record("new", 0, Phase.Open))), history.takeChanged());
        history.notWritten(List.of(2L));
        assertEquals(Set.of(2L), history.takeChanged().keySet());
    }

    @Test
    void anEmptySegmentIsWrittenAsSuch() {
        history.restore(7, List.of(record("a", 0, Phase.Completed)));
        history.begin(record("b", 1, Phase.Open));
        assertEquals(Set.of(7L), history.takeChanged().keySet());
        history.update(record("b", 1, Phase.Lost));
        history.clear(Instant.MAX);
        assertEquals(Map.of(7L, List.of()), history.takeChanged());
    }
}
