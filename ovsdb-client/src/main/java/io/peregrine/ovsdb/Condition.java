/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.UUID;

/** One {@code <condition>} of RFC 7047 section 5.1 on a row's column. */
public record Condition(String column, Function function, Datum value) {
    /** How the column and the value are compared, {@code <function>} of RFC 7047 section 5.1. */
    public enum Function {
        LESS("<"), LESS_OR_EQUAL("<="), EQUAL("=="), NOT_EQUAL("!="), GREATER_OR_EQUAL(">="), GREATER(">"),
        INCLUDES("includes"), EXCLUDES("excludes");

        private final String wire;

        Function(final String wire) {
            this.wire = wire;
        }

        /** The function as the protocol writes it. */
        public String wire() {
            return wire;
        }
    }

    /** The row with this UUID. */
    public static Condition uuid(final UUID uuid) {
        return equal(Row.UUID_COLUMN, Datum.of(uuid));
    }

    /** Rows whose column is exactly this string. */
    public static Condition equal(final String column, final String value) {
        return equal(column, Datum.of(value));
    }

    /** Rows whose column is exactly this value. */
    public static Condition equal(final String column, final Datum value) {
        return new Condition(column, Function.EQUAL, value);
    }

    /** Rows whose set or map has at least these members. */
    public static Condition includes(final String column, final Datum value) {
        return new Condition(column, Function.INCLUDES, value);
    }

    /** Rows whose set or map has none of these members. */
    public static Condition excludes(final String column, final Datum value) {
        return new Condition(column, Function.EXCLUDES, value);
    }
}
