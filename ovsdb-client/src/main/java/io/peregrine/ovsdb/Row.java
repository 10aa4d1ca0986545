/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * An immutable row, or the part of a row that was asked for, with value equality. Rows of a monitor always have
 * {@code _uuid}.
 *
 * <p>The typed accessors throw {@link NoSuchElementException} for a column that is not in this row and
 * {@link IllegalArgumentException}, which names the column and what it holds, where the type does not fit. A column
 * with at most one value reads as optional, as set, and, if it has one, as scalar.
 */
public final class Row {
    /** The column of the row's own identity. */
    public static final String UUID_COLUMN = "_uuid";

    private static final As<Datum.Text, String> STRING = new As<>("string", Datum.Text.class, Datum.Text::value);
    private static final As<Datum.Int, Long> INTEGER = new As<>("integer", Datum.Int.class, Datum.Int::value);
    private static final As<Datum.Real, Double> REAL = new As<>("real", Datum.Real.class, Datum.Real::value);
    private static final As<Datum.Bool, Boolean> BOOLEAN = new As<>("boolean", Datum.Bool.class, Datum.Bool::value);
    private static final As<Datum.Ref, UUID> REFERENCE = new As<>("uuid", Datum.Ref.class, Datum.Ref::value);

    private final ImmutableMap<String, Datum> columns;

    private Row(final Map<String, Datum> columns) {
        this.columns = ImmutableMap.copyOf(columns);
    }

    /** A row with a copy of these columns. */
    public static Row of(final Map<String, Datum> columns) {
        return new Row(columns);
    }

    /** All columns by name. */
    public Map<String, Datum> columns() {
        return columns;
    }

    /** Whether the column is in this row at all (it may be an empty set). */
    public boolean has(final String column) {
        return columns.containsKey(column);
    }

    /** The column as it is. */
    public Datum get(final String column) {
        final Datum value = columns.get(column);
        if (value == null) {
            throw new NoSuchElementException("no column " + column + " in a row of " + columns.keySet());
        }
        return value;
    }

    /** The row's own UUID. */
    public UUID uuid() {
        return uuid(UUID_COLUMN);
    }

    /** A UUID. */
    public UUID uuid(final String column) {
        return scalar(column, REFERENCE);
    }

    /** A string. */
    public String string(final String column) {
        return scalar(column, STRING);
    }

    /** An integer. */
    public long integer(final String column) {
        return scalar(column, INTEGER);
    }

    /** A real; integers are widened. */
    public double real(final String column) {
        // select knows no types, and a server writes 1.0 as 1
        return get(column) instanceof Datum.Int number ? number.value() : scalar(column, REAL);
    }

    /** A boolean. */
    public boolean bool(final String column) {
        return scalar(column, BOOLEAN);
    }

    /** The string, if there is one. */
    public Optional<String> optionalString(final String column) {
        return optional(column, STRING);
    }

    /** The integer, if there is one. */
    public OptionalLong optionalInteger(final String column) {
        return optional(column, INTEGER).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** The boolean, if there is one. */
    public Optional<Boolean> optionalBool(final String column) {
        return optional(column, BOOLEAN);
    }

    /** The UUID, if there is one. */
    public Optional<UUID> optionalUuid(final String column) {
        return optional(column, REFERENCE);
    }

    /** A set of strings. */
    public Set<String> strings(final String column) {
        return set(column, STRING);
    }

    /** A set of integers. */
    public Set<Long> integers(final String column) {
        return set(column, INTEGER);
    }

    /** A set of UUIDs. */
    public Set<UUID> uuids(final String column) {
        return set(column, REFERENCE);
    }

    /** A map of strings to strings. */
    public Map<String, String> stringMap(final String column) {
        final ImmutableMap.Builder<String, String> result = ImmutableMap.builder();
        map(column).forEach((key, value) -> result.put(
            convert(column, key, STRING), convert(column, value, STRING)));
        return result.build();
    }

    /** A map of any atoms. */
    public Map<Datum.Atom, Datum.Atom> map(final String column) {
        if (get(column) instanceof Datum.Dict dict) {
            return dict.entries();
        }
        throw mismatch(column, "map");
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public boolean equals(final Object obj) {
        return obj instanceof Row other && columns.equals(other.columns);
    }

    @Override
    public String toString() {
        return columns.toString();
    }

    private <A extends Datum.Atom, T> T scalar(final String column, final As<A, T> as) {
        if (get(column) instanceof Datum.Atom atom) {
            return convert(column, atom, as);
        }
        throw mismatch(column, as.name());
    }

    private <A extends Datum.Atom, T> Optional<T> optional(final String column, final As<A, T> as) {
        if (get(column) instanceof Datum.Many many && many.atoms().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(scalar(column, as));
    }

    private <A extends Datum.Atom, T> Set<T> set(final String column, final As<A, T> as) {
        if (get(column) instanceof Datum.Many many) {
            final ImmutableSet.Builder<T> result = ImmutableSet.builder();
            many.atoms().forEach(atom -> result.add(convert(column, atom, as)));
            return result.build();
        }
        return ImmutableSet.of(scalar(column, as));
    }

    private <A extends Datum.Atom, T> T convert(final String column, final Datum.Atom atom, final As<A, T> as) {
        if (as.atom().isInstance(atom)) {
            return as.value().apply(as.atom().cast(atom));
        }
        throw mismatch(column, as.name());
    }

    private IllegalArgumentException mismatch(final String column, final String wanted) {
        return new IllegalArgumentException("column " + column + " is no " + wanted + ": " + get(column));
    }

    /** How to read an atom. */
    private record As<A extends Datum.Atom, T>(String name, Class<A> atom, Function<A, T> value) {
    }
}
