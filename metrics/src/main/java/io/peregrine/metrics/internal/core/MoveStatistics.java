/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Counts moves from what becomes of their records. Of a record that is over, each figure counts once: when the move
 * ends, or when it comes afterwards. Records of moves that ended before a given time, which come from an earlier life
 * of the controller, do not count. Thread-safe; its lock is held for computing only.
 */
public final class MoveStatistics {
    /**
     * All there is to show. Immutable.
     *
     * @param underWay moves that are not over, by phase
     * @param ended moves that are over, by mode and phase
     * @param pauses QEMU's pause in seconds, by mode
     * @param gaps the longest time without an answer to probes in seconds, by mode
     * @param lost probes lost by a move, by mode
     * @param duplicated answers beyond the first, by mode
     * @param outcomes moves by what came of probing them
     * @param latencies time in seconds from a sign to the switches' confirmation of what it led to, by step
     */
    public record Figures(Map<String, Integer> underWay, Map<String, Map<String, Integer>> ended,
            Map<String, Tally.Counts> pauses, Map<String, Tally.Counts> gaps, Map<String, Tally.Counts> lost,
            Map<String, Long> duplicated, Map<String, Integer> outcomes, Map<String, Tally.Counts> latencies) {
    }

    /** From which signs to which confirmation; the first of the signs counts, the move's first if none is named. */
    private record Step(String name, List<String> signs, String confirmed) {
    }

    private static final List<String> MODES = List.of("reactive", "predictive");
    private static final String REACTIVE = MODES.get(0);
    private static final List<String> UNDER_WAY =
        List.of("preparing", "prepared", "turned", "open", "switched", "rolling-back");
    private static final List<String> ENDS = List.of("completed", "rolled-back", "lost");
    private static final List<String> OUTCOMES = List.of("measured", "unanswered", "broken-off", "unprobed");
    private static final String OPEN = "open";
    private static final List<Step> STEPS = List.of(
        new Step("prepare", List.of(), "prepared"),
        new Step("turn", List.of("turn"), "turned"),
        new Step(OPEN, List.of("source-suspended", "destination-announced", "destination-resumed"), "opened"),
        new Step("switch", List.of("destination-resumed", "destination-heard", "source-stopped"), "switched"));

    private static final double MILLIS = 1e3;
    private static final double MICROS = 1e6;

    private final Instant since;

    // Guarded by this
    private final Map<String, String> phases = new HashMap<>();
    private final Map<String, Map<String, Integer>> ended = new LinkedHashMap<>();
    private final Map<String, Tally> pauses = new LinkedHashMap<>();
    private final Map<String, Tally> gaps = new LinkedHashMap<>();
    private final Map<String, Tally> lost = new LinkedHashMap<>();
    private final Map<String, Long> duplicated = zeros(MODES, 0L);
    private final Map<String, Integer> outcomes = zeros(OUTCOMES, 0);
    private final Map<String, Tally> latencies = new LinkedHashMap<>();

    /**
     * Nothing counted.
     *
     * @param since moves that ended before are not counted
     */
    public MoveStatistics(final Instant since) {
        this.since = requireNonNull(since);
        for (var mode : MODES) {
            ended.put(mode, zeros(ENDS, 0));
            pauses.put(mode, standstill());
            gaps.put(mode, standstill());
            lost.put(mode, new Tally(0, 1, 2, 5, 10, 20, 50, 100));
        }
        STEPS.forEach(step -> latencies.put(step.name(),
            new Tally(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)));
    }

    private static Tally standstill() {
        return new Tally(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5);
    }

    private static <V> Map<String, V> zeros(final List<String> keys, final V zero) {
        final var result = new TreeMap<String, V>();
        keys.forEach(key -> result.put(key, zero));
        return result;
    }

    /**
     * A record has changed.
     *
     * @param id which one
     * @param before what it said, empty if there was none
     * @param after what it says, empty if it is dropped
     */
    public synchronized void changed(final String id, final Optional<Move> before, final Optional<Move> after) {
        if (after.isEmpty()) {
            phases.remove(id);
            return;
        }
        final var now = after.orElseThrow();
        if (UNDER_WAY.contains(now.phase())) {
            phases.put(id, now.phase());
            return;
        }
        phases.remove(id);
        if (now.finished().filter(end -> !end.isBefore(since)).isEmpty() || !MODES.contains(now.mode())) {
            return;
        }
        final var earlier = before.filter(move -> move.finished().isPresent());
        if (earlier.isEmpty()) {
            ended.get(now.mode()).merge(now.phase(), 1, Integer::sum);
            STEPS.forEach(step -> latency(step, now).ifPresent(
                micros -> latencies.get(step.name()).add(micros / MICROS)));
        }
        if (now.pause().isPresent() && earlier.map(Move::pause).orElse(OptionalLong.empty()).isEmpty()) {
            pauses.get(now.mode()).add(now.pause().orElseThrow() / MILLIS);
        }
        if (earlier.flatMap(Move::probing).isEmpty()) {
            now.probing().ifPresent(probing -> probed(now.mode(), probing));
        }
    }

    private void probed(final String mode, final Move.Probing probing) {
        outcomes.merge(probing.outcome(), 1, Integer::sum);
        duplicated.merge(mode, probing.duplicated(), Long::sum);
        probing.lost().ifPresent(lost.get(mode)::add);
        probing.gap().ifPresent(gap -> gaps.get(mode).add(gap / MILLIS));
    }

    private static OptionalLong latency(final Step step, final Move move) {
        final var confirmed = move.steps().get(step.confirmed());
        // A predictive move lets flooded frames in later than it could, on purpose
        if (confirmed == null || step.name().equals(OPEN) && !move.mode().equals(REACTIVE)) {
            return OptionalLong.empty();
        }
        if (step.signs().isEmpty()) {
            return OptionalLong.of(confirmed);
        }
        final var signs = new ArrayList<Long>();
        step.signs().forEach(sign -> Optional.ofNullable(move.steps().get(sign)).ifPresent(signs::add));
        return signs.stream().mapToLong(Long::longValue).min().stream().map(sign -> confirmed - sign)
            .filter(time -> time >= 0).findFirst();
    }

    /**
     * What has been counted.
     *
     * @return that, with a zero for whatever there could be
     */
    public synchronized Figures figures() {
        final var underWay = zeros(UNDER_WAY, 0);
        phases.values().forEach(phase -> underWay.merge(phase, 1, Integer::sum));
        final var ends = new LinkedHashMap<String, Map<String, Integer>>();
        ended.forEach((mode, counts) -> ends.put(mode, new TreeMap<>(counts)));
        return new Figures(underWay, ends, counts(pauses), counts(gaps), counts(lost), new TreeMap<>(duplicated),
            new TreeMap<>(outcomes), counts(latencies));
    }

    private static Map<String, Tally.Counts> counts(final Map<String, Tally> tallies) {
        final var result = new LinkedHashMap<String, Tally.Counts>();
        tallies.forEach((key, tally) -> result.put(key, tally.counts()));
        return result;
    }
}
