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
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A column's value, {@code <value>} of RFC 7047 section 5.1: an atom, a set or a map. Immutable, with value equality.
 *
 * <p>A set of exactly one element is that element, as on the wire; {@link #set(Collection)} takes care of it. The
 * accessors of {@link Row} hide the difference.
 */
public sealed interface Datum {
    /** A single value, {@code <atom>} of RFC 7047 section 5.1. */
    sealed interface Atom extends Datum {
    }

    /** A string. */
    record Text(String value) implements Atom {
        /**
         * Checks the text.
         *
         * @throws IllegalArgumentException if it has a NUL or half of a surrogate pair, neither of which can be stored
         */
        public Text {
            for (int i = 0; i < value.length(); i++) {
                final char ch = value.charAt(i);
                if (ch == 0) {
                    throw new IllegalArgumentException("a string of OVSDB cannot hold NUL");
                }
                if (Character.isHighSurrogate(ch) && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1))) {
                    i++;
                } else if (Character.isSurrogate(ch)) {
                    throw new IllegalArgumentException("unpaired surrogate at index " + i);
                }
            }
        }
    }

    /** A signed 64-bit integer. */
    record Int(long value) implements Atom {
    }

    /** A finite floating point number. */
    record Real(double value) implements Atom {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is infinite or not a number
         */
        public Real {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("not a finite number: " + value);
            }
        }
    }

    /** A boolean. */
    record Bool(boolean value) implements Atom {
    }

    /** A row's UUID, as a value or a reference. */
    record Ref(UUID value) implements Atom {
    }

    /** Refers to a row inserted in the same transaction by its {@code uuid-name}; never in what a server sends. */
    record NamedRef(String name) implements Atom {
        private static final Pattern ID = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

        /**
         * Checks the name.
         *
         * @throws IllegalArgumentException if it is not an {@code <id>} of RFC 7047 section 3.1
         */
        public NamedRef {
            if (!ID.matcher(name).matches()) {
                throw new IllegalArgumentException("not an <id>: " + name);
            }
        }
    }

    /** A set of no or at least two atoms: build it with {@link Datum#set(Collection)}. */
    record Many(Set<Atom> atoms) implements Datum {
        /**
         * Copies the atoms.
         *
         * @throws IllegalArgumentException if there is exactly one: that would be the {@link Atom} itself
         */
        public Many {
            atoms = ImmutableSet.copyOf(atoms);
            if (atoms.size() == 1) {
                throw new IllegalArgumentException("a set of one is its atom");
            }
        }
    }

    /** A map. */
    record Dict(Map<Atom, Atom> entries) implements Datum {
        /** Copies the entries. */
        public Dict {
            entries = ImmutableMap.copyOf(entries);
        }
    }

    /**
     * A string.
     *
     * @throws IllegalArgumentException see {@link Text}
     */
    static Atom of(final String value) {
        return new Text(value);
    }

    /** An integer. */
    static Atom of(final long value) {
        return new Int(value);
    }

    /**
     * A real.
     *
     * @throws IllegalArgumentException see {@link Real}
     */
    static Atom of(final double value) {
        return new Real(value);
    }

    /** A boolean. */
    static Atom of(final boolean value) {
        return new Bool(value);
    }

    /** A UUID. */
    static Atom of(final UUID value) {
        return new Ref(value);
    }

    /**
     * A reference to a row that the same transaction inserts under this name.
     *
     * @throws IllegalArgumentException see {@link NamedRef}
     */
    static Atom named(final String uuidName) {
        return new NamedRef(uuidName);
    }

    /** The empty set: how an optional column is cleared. */
    static Datum empty() {
        return new Many(Set.of());
    }

    /** A set; duplicates are dropped. */
    static Datum set(final Collection<? extends Atom> atoms) {
        final Set<Atom> set = ImmutableSet.copyOf(atoms);
        return set.size() == 1 ? set.iterator().next() : new Many(set);
    }

    /** A set of strings. */
    static Datum strings(final Collection<String> values) {
        return set(values.stream().map(Datum::of).toList());
    }

    /** A set of integers. */
    static Datum integers(final Collection<Long> values) {
        return set(values.stream().map(Datum::of).toList());
    }

    /** A set of UUIDs. */
    static Datum uuids(final Collection<UUID> values) {
        return set(values.stream().map(Datum::of).toList());
    }

    /** A map of strings to strings, like every {@code external_ids}. */
    static Datum map(final Map<String, String> values) {
        final ImmutableMap.Builder<Atom, Atom> entries = ImmutableMap.builder();
        values.forEach((key, value) -> entries.put(of(key), of(value)));
        return new Dict(entries.build());
    }
}
