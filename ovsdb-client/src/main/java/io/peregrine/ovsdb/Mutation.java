/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** One {@code <mutation>} of RFC 7047 section 5.1: changes a part of a column without knowing the rest. */
public record Mutation(String column, Mutator mutator, Datum value) {
    /** What is done to the column, {@code <mutator>} of RFC 7047 section 5.1. */
    public enum Mutator {
        ADD("+="), SUBTRACT("-="), MULTIPLY("*="), DIVIDE("/="), MODULO("%="), INSERT("insert"), DELETE("delete");

        private final String wire;

        Mutator(final String wire) {
            this.wire = wire;
        }

        /** The mutator as the protocol writes it. */
        public String wire() {
            return wire;
        }
    }

    /** Adds to an integer or a real, or to each of a set of them. */
    public static Mutation add(final String column, final long value) {
        return new Mutation(column, Mutator.ADD, Datum.of(value));
    }

    /** Puts members into a set, or entries into a map, where an entry whose key is there already changes nothing. */
    public static Mutation insert(final String column, final Datum value) {
        return new Mutation(column, Mutator.INSERT, value);
    }

    /** Takes members out of a set; out of a map entries, or, given a set, the entries with these keys. */
    public static Mutation delete(final String column, final Datum value) {
        return new Mutation(column, Mutator.DELETE, value);
    }
}
