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
 * A database, {@code <database-schema>} of RFC 7047 section 3.2.
 *
 * @param name the database
 * @param version its version as {@code x.y.z}; empty if the server gives none (ovsdb-server(7) section 3.2)
 * @param checksum the implementation's checksum, empty if there is none
 * @param tables its tables by name
 */
public record DatabaseSchema(String name, String version, String checksum, Map<String, TableSchema> tables) {
    /** Copies the map. */
    public DatabaseSchema {
        tables = ImmutableMap.copyOf(tables);
    }
}
