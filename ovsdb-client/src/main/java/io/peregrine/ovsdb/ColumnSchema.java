/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.Map;
import java.util.Optional;

/**
 * A column's type, {@code <column-schema>} of RFC 7047 section 3.2.
 *
 * @param name the column
 * @param key the type of its atoms, or of its keys
 * @param value the type of its values, if it is a map
 * @param refTable the table its atoms or keys refer to, if they do
 * @param min the least number of members, 0 or 1
 * @param max the greatest number of members, {@link Integer#MAX_VALUE} for {@code unlimited}
 * @param ephemeral whether its content need not survive the server's restart
 * @param mutable whether it may be changed after the insert
 */
public record ColumnSchema(String name, AtomType key, Optional<AtomType> value, Optional<String> refTable, int min,
        int max, boolean ephemeral, boolean mutable) {
    /** A read-only scalar UUID, the type of {@code _uuid} and {@code _version}. */
    public static ColumnSchema implicit(final String name) {
        return new ColumnSchema(name, AtomType.UUID, Optional.empty(), Optional.empty(), 1, 1, false, false);
    }

    /** Whether it is a map. */
    public boolean isMap() {
        return value.isPresent();
    }

    /** What it has when nobody set it, RFC 7047 section 5.2.1. */
    public Datum defaultValue() {
        if (isMap()) {
            return new Datum.Dict(min == 0 ? Map.of()
                : Map.of(key.defaultValue(), value.orElseThrow().defaultValue()));
        }
        return min == 0 ? Datum.empty() : key.defaultValue();
    }
}
