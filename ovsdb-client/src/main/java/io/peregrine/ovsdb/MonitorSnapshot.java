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
import java.util.UUID;

/**
 * A monitor's content at one moment.
 *
 * @param synced whether it is the server's present content; if not it is stale, or nothing has come yet
 * @param everSynced whether there has been any content from the server; if not, empty says nothing
 * @param tables the rows by table and UUID
 */
public record MonitorSnapshot(boolean synced, boolean everSynced, Map<String, Map<UUID, Row>> tables) {
    /** Copies the map. */
    public MonitorSnapshot {
        tables = ImmutableMap.copyOf(tables);
    }

    /** A table's rows, empty if it is not monitored. */
    public Map<UUID, Row> table(final String name) {
        return tables.getOrDefault(name, Map.of());
    }
}
