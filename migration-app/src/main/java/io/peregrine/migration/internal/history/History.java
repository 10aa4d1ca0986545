/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;

/**
 * The records of migrations, in the order in which they began. Those that have ended are bounded in number; those under
 * way are not. Records lie in segments, so that a change need not write all of them. Not thread-safe.
 */
final class History {
    /** Records of a segment. */
    static final int SEGMENT = 256;
    /** Why a migration has no end. */
    static final String INTERRUPTED = "the controller ended while it was under way";

    private static final int INDEX_BITS = 20;

    /** By segment, and by number in it. */
    private final TreeMap<Long, Migration> records = new TreeMap<>();
    private final Map<String, Long> places = new HashMap<>();
    private final Set<Long> changed = new TreeSet<>();
    private int ended;
    private int most = Integer.MAX_VALUE;

    /**
     * Takes over what an earlier process has left. What was under way then is not any more, as far as anybody knows.
     *
     * @param segment a segment's number, higher than those taken over before
     * @param found its records; those whose identifier is known are passed over
     */
    void restore(final long segment, final Collection<Migration> found) {
        long place = segment << INDEX_BITS;
        for (var record : found) {
            if (!places.containsKey(record.getId())) {
                final boolean over = isOver(record);
                add(place++, over ? record : new MigrationBuilder(record).setPhase(Phase.Interrupted)
                    .setReason(INTERRUPTED).build());
                if (!over) {
                    changed.add(segment);
                }
            }
        }
    }

    private static boolean isOver(final Migration record) {
        return Phases.isOver(record.getPhase());
    }

    private void add(final long place, final Migration record) {
        records.put(place, record);
        places.put(record.getId(), place);
        ended += isOver(record) ? 1 : 0;
    }

    /**
     * An identifier that no record has.
     *
     * @param wish what it should be
     * @return that, with a number after it if it is taken
     */
    String freeId(final String wish) {
        String id = wish;
        for (int count = 2; places.containsKey(id); count++) {
            id = wish + "-" + count;
        }
        return id;
    }

    /**
     * A migration has begun.
     *
     * @param record its record, with an identifier of {@link #freeId}
     */
    void begin(final Migration record) {
        long place = records.isEmpty() ? 0 : records.lastKey() + 1;
        if ((place & (1 << INDEX_BITS) - 1) >= SEGMENT) {
            place = (place >> INDEX_BITS) + 1 << INDEX_BITS;
        }
        add(place, record);
        changed.add(place >> INDEX_BITS);
        trim();
    }

    /**
     * A record has changed. One that has been dropped since stays so.
     *
     * @param record the record
     */
    void update(final Migration record) {
        final var place = places.get(record.getId());
        if (place == null) {
            return;
        }
        final var before = records.put(place, record);
        if (!record.equals(before)) {
            changed.add(place >> INDEX_BITS);
            ended += (isOver(record) ? 1 : 0) - (isOver(before) ? 1 : 0);
            trim();
        }
    }

    /**
     * Sets how many records of ended migrations are kept.
     *
     * @param newMost how many, zero or more
     */
    void keep(final int newMost) {
        most = newMost;
        trim();
    }

    /**
     * Drops records of ended migrations.
     *
     * @param before those that began earlier; {@link Instant#MAX} for all
     * @return how many there were
     */
    int clear(final Instant before) {
        return drop(Integer.MAX_VALUE, record -> began(record).isBefore(before));
    }

    static Instant began(final Migration record) {
        return OffsetDateTime.parse(record.getStarted().getValue()).toInstant();
    }

    private void trim() {
        drop(ended - most, record -> true);
    }

    /** Drops the oldest of those that have ended. */
    private int drop(final int count, final Predicate<Migration> which) {
        int dropped = 0;
        for (var it = records.entrySet().iterator(); dropped < count && it.hasNext();) {
            final var entry = it.next();
            if (isOver(entry.getValue()) && which.test(entry.getValue())) {
                it.remove();
                places.remove(entry.getValue().getId());
                changed.add(entry.getKey() >> INDEX_BITS);
                ended--;
                dropped++;
            }
        }
        return dropped;
    }

    /**
     * All records by their identifiers.
     *
     * @return a copy
     */
    Map<String, Migration> records() {
        final var copy = new HashMap<String, Migration>();
        records.values().forEach(record -> copy.put(record.getId(), record));
        return copy;
    }

    /**
     * All records, the one that began last first.
     *
     * @return a copy
     */
    List<Migration> newestFirst() {
        return List.copyOf(records.descendingMap().values());
    }

    /**
     * What is to be written.
     *
     * @return the segments that have changed since this was asked last, with their records; without records one that is
     *     gone
     */
    Map<Long, List<Migration>> takeChanged() {
        final var news = new TreeMap<Long, List<Migration>>();
        changed.forEach(segment -> news.put(segment, new ArrayList<>(
            records.subMap(segment << INDEX_BITS, segment + 1 << INDEX_BITS).values())));
        changed.clear();
        return news;
    }

    /**
     * Segments could not be written.
     *
     * @param segments which ones
     */
    void notWritten(final Collection<Long> segments) {
        changed.addAll(segments);
    }
}
