/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MoveStatisticsTest {
    private static final Instant START = Instant.parse("2026-11-26T10:00:00Z");
    private static final Optional<Instant> LATER = Optional.of(START.plusSeconds(60));
    private static final Optional<Move> NONE = Optional.empty();
    private static final Move.Probing MEASURED =
        new Move.Probing("measured", OptionalLong.of(3), 1, OptionalLong.of(120));

    private final MoveStatistics statistics = new MoveStatistics(START);

    private static Optional<Move> move(final String mode, final String phase, final Optional<Instant> finished,
            final OptionalLong pause, final Optional<Move.Probing> probing, final Map<String, Long> steps) {
        return Optional.of(new Move(mode, phase, finished, pause, probing, steps));
    }

    private static Optional<Move> running(final String phase) {
        return move("reactive", phase, Optional.empty(), OptionalLong.empty(), Optional.empty(), Map.of());
    }

    private static Optional<Move> ended(final OptionalLong pause, final Optional<Move.Probing> probing) {
        return move("reactive", "completed", LATER, pause, probing, Map.of());
    }

    private static long total(final Tally.Counts counts) {
        return counts.counts().stream().mapToLong(Long::longValue).sum();
    }

    private int count(final String mode, final String phase) {
        return statistics.figures().ended().get(mode).get(phase);
    }

    private long pauses() {
        return total(statistics.figures().pauses().get("reactive"));
    }

    @Test
    void thereIsAZeroForWhateverThereCouldBe() {
        final var figures = statistics.figures();
        final var ends = Map.of("completed", 0, "rolled-back", 0, "lost", 0);
        assertEquals(Map.of("reactive", ends, "predictive", ends), figures.ended());
        assertEquals(Map.of("measured", 0, "unanswered", 0, "broken-off", 0, "unprobed", 0), figures.outcomes());
        assertEquals(Map.of("reactive", 0L, "predictive", 0L), figures.duplicated());
        assertEquals(List.of("prepare", "turn", "open", "switch"), List.copyOf(figures.latencies().keySet()));
        assertEquals(0, figures.underWay().values().stream().mapToInt(Integer::intValue).sum());
        assertEquals(6, figures.underWay().size());
    }

    @Test
    void aMoveIsUnderWayInItsPhaseUntilItEnds() {
        statistics.changed("a", NONE, running("preparing"));
        statistics.changed("b", NONE, running("preparing"));
        statistics.changed("b", running("preparing"), running("switched"));
        assertEquals(1, statistics.figures().underWay().get("preparing"));
        assertEquals(1, statistics.figures().underWay().get("switched"));
        statistics.changed("a", running("preparing"), ended(OptionalLong.empty(), Optional.empty()));
        statistics.changed("b", running("switched"), NONE);
        assertEquals(0, statistics.figures().underWay().get("preparing"));
        assertEquals(0, statistics.figures().underWay().get("switched"));
    }

    @Test
    void aMoveThatEndsCountsOnceWhateverComesAfterwards() {
        final var pause = OptionalLong.of(80);
        final var bare = ended(OptionalLong.empty(), Optional.empty());
        final var paused = ended(pause, Optional.empty());
        final var whole = ended(pause, Optional.of(MEASURED));
        statistics.changed("a", running("switched"), bare);
        assertEquals(1, count("reactive", "completed"));
        assertEquals(0, pauses());
        statistics.changed("a", bare, paused);
        assertEquals(1, pauses());
        statistics.changed("a", paused, whole);
        statistics.changed("a", whole, whole);
        assertEquals(1, count("reactive", "completed"));
        assertEquals(1, pauses());
        final var figures = statistics.figures();
        assertEquals(0.08, figures.pauses().get("reactive").sum(), 1e-9);
        assertEquals(0.12, figures.gaps().get("reactive").sum(), 1e-9);
        assertEquals(3, figures.lost().get("reactive").sum(), 1e-9);
        assertEquals(1, figures.duplicated().get("reactive"));
        assertEquals(1, figures.outcomes().get("measured"));
        assertEquals(0, total(figures.gaps().get("predictive")));
    }

    @Test
    void whatIsKnownBeforeTheEndCountsAtTheEnd() {
        final var soon = move("reactive", "switched", Optional.empty(), OptionalLong.of(80), Optional.of(MEASURED),
            Map.of());
        statistics.changed("a", running("open"), soon);
        assertEquals(0, pauses());
        statistics.changed("a", soon, ended(OptionalLong.of(81), Optional.of(MEASURED)));
        assertEquals(0.081, statistics.figures().pauses().get("reactive").sum(), 1e-9);
        assertEquals(1, statistics.figures().outcomes().get("measured"));
    }

    @Test
    void aMoveThatIsOverWhenItIsFirstSeenCounts() {
        statistics.changed("a", NONE, ended(OptionalLong.of(5), Optional.of(MEASURED)));
        assertEquals(1, count("reactive", "completed"));
        assertEquals(1, pauses());
    }

    @Test
    void recordsOfAnEarlierLifeDoNotCount() {
        final var old = move("reactive", "completed", Optional.of(START.minusMillis(1)), OptionalLong.of(80),
            Optional.of(MEASURED), Map.of());
        statistics.changed("a", NONE, old);
        statistics.changed("b", NONE, move("reactive", "interrupted", Optional.empty(), OptionalLong.empty(),
            Optional.empty(), Map.of()));
        assertEquals(new MoveStatistics(START).figures(), statistics.figures());
    }

    @Test
    void aRecordThatIsDroppedStaysCounted() {
        final var over = ended(OptionalLong.of(5), Optional.of(MEASURED));
        statistics.changed("a", running("switched"), over);
        statistics.changed("a", over, NONE);
        assertEquals(1, count("reactive", "completed"));
    }

    @Test
    void unprobedMovesHaveNoFiguresOfProbes() {
        statistics.changed("a", NONE, ended(OptionalLong.empty(), Optional.of(
            new Move.Probing("unprobed", OptionalLong.empty(), 0, OptionalLong.empty()))));
        final var figures = statistics.figures();
        assertEquals(1, figures.outcomes().get("unprobed"));
        assertEquals(0, total(figures.gaps().get("reactive")));
        assertEquals(0, total(figures.lost().get("reactive")));
    }

    @Test
    void latencyIsFromTheFirstSignToTheConfirmation() {
        statistics.changed("a", NONE, move("reactive", "completed", LATER, OptionalLong.empty(), Optional.empty(),
            Map.of("prepared", 30_000L, "source-suspended", 500_000L, "destination-announced", 501_000L,
                "opened", 504_000L, "destination-resumed", 520_000L, "source-stopped", 521_000L,
                "switched", 522_500L)));
        final var latencies = statistics.figures().latencies();
        assertEquals(0.030, latencies.get("prepare").sum(), 1e-9);
        assertEquals(0.004, latencies.get("open").sum(), 1e-9);
        assertEquals(0.0025, latencies.get("switch").sum(), 1e-9);
        assertEquals(0, total(latencies.get("turn")));
    }

    @Test
    void aPredictiveMoveTurnsAndOpensLateOnPurpose() {
        statistics.changed("a", NONE, move("predictive", "completed", LATER, OptionalLong.empty(), Optional.empty(),
            Map.of("turn", 400_000L, "turned", 403_000L, "source-suspended", 420_000L, "opened", 481_000L)));
        final var latencies = statistics.figures().latencies();
        assertEquals(0.003, latencies.get("turn").sum(), 1e-9);
        assertEquals(0, total(latencies.get("open")));
        assertEquals(0, total(latencies.get("switch")), "what was not confirmed took no time");
    }

    @Test
    void aValueCountsUpToItsBound() {
        final var tally = new Tally(1, 2);
        List.of(0.5, 1.0, 1.5, 2.0, 2.5).forEach(tally::add);
        assertEquals(new Tally.Counts(List.of(1.0, 2.0, Double.POSITIVE_INFINITY), List.of(2L, 2L, 1L), 7.5),
            tally.counts());
    }
}
