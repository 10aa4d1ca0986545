/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Has each member's turn come once in an interval, and spreads the turns evenly. Time starts at zero. Not thread-safe.
 *
 * @param <T> what the members are
 */
final class ProbeWheel<T> {
    static final int SLOTS = 60;
    /** From one new member's slot to the next one's: neighbours are far apart, and every slot is reached. */
    private static final int STRIDE = 37;

    private final long width;
    private final List<Set<T>> slots = new ArrayList<>(SLOTS);
    private final Map<T, Set<T>> places = new HashMap<>();

    private int favourite;
    /** The next turn, counted from time zero. */
    private long turn;

    ProbeWheel(final long interval) {
        width = interval / SLOTS;
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new LinkedHashSet<>());
        }
    }

    /**
     * Adds a member to the slot that has the fewest.
     *
     * @param member the member
     * @return false if it was there before
     */
    boolean add(final T member) {
        if (places.containsKey(member)) {
            return false;
        }
        favourite = (favourite + STRIDE) % SLOTS;
        var best = slots.get(favourite);
        for (int i = 1; i < SLOTS && !best.isEmpty(); i++) {
            final var other = slots.get((favourite + i * STRIDE) % SLOTS);
            if (other.size() < best.size()) {
                best = other;
            }
        }
        best.add(member);
        places.put(member, best);
        return true;
    }

    void remove(final T member) {
        final var slot = places.remove(member);
        if (slot != null) {
            slot.remove(member);
        }
    }

    /**
     * Lets time pass. Whoever missed several turns has one.
     *
     * @param now the present time
     * @param due takes the members whose turn has come; must not change the membership
     */
    void advance(final long now, final Consumer<T> due) {
        final long last = now / width;
        for (turn = Math.max(turn, last - SLOTS + 1); turn <= last; turn++) {
            slots.get((int) (turn % SLOTS)).forEach(due);
        }
    }

    /**
     * When the next turn is.
     *
     * @return the time, empty if there are no members
     */
    OptionalLong next() {
        for (long next = turn; next < turn + SLOTS; next++) {
            if (!slots.get((int) (next % SLOTS)).isEmpty()) {
                return OptionalLong.of(next * width);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Moves a time to where a turn may be, so that what waits for it needs no wake-up of its own.
     *
     * @param time a time
     * @return the same or a later one
     */
    long roundUp(final long time) {
        return (time + width - 1) / width * width;
    }
}
