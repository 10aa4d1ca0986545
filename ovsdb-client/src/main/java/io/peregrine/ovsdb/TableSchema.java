/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import com.google.common.collect.ImmutableMap;
import java.util.Map;

/**
 * A table, {@code <table-schema>} of RFC 7047 section 3.2.
 *
 * @param name the table
 * @param columns its columns by name, without {@code _uuid} and {@code _version}
 * @param root whether rows live without being referred to
 */
public record TableSchema(String name, Map<String, ColumnSchema> columns, boolean root) {
    /** Copies the map. */
    public TableSchema {
        columns = ImmutableMap.copyOf(columns);
    }
}
