/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;

/**
 * What a monitor replicates. Immutable; {@link #table(String, String...)} returns a new one.
 *
 * @param database the database
 * @param tables what of each table
 */
public record MonitorSpec(String database, Map<String, Table> tables) {
    /** Copies the map. */
    public MonitorSpec {
        tables = ImmutableMap.copyOf(tables);
    }

    /**
     * What of one table.
     *
     * @param columns the columns, none for all of the server's schema; {@code _uuid} always comes
     * @param where rows that meet <em>any</em> of these, none for all rows. Needs {@code monitor_cond}
     *        (ovsdb-server(7) section 4.1.12): a server that has only RFC 7047's {@code monitor} fails the monitor
     */
    public record Table(List<String> columns, List<Condition> where) {
        /** Copies the lists. */
        public Table {
            columns = List.copyOf(columns);
            where = List.copyOf(where);
        }
    }

    /** Nothing yet of this database. */
    public static MonitorSpec of(final String database) {
        return new MonitorSpec(database, Map.of());
    }

    /** Adds a table with these columns, none for all. */
    public MonitorSpec table(final String table, final String... columns) {
        return table(table, List.of(columns), List.of());
    }

    /** Adds a table's rows that meet any of the conditions. */
    public MonitorSpec table(final String table, final List<String> columns, final List<Condition> where) {
        return new MonitorSpec(database, ImmutableMap.<String, Table>builder().putAll(tables)
            .put(table, new Table(columns, where)).buildKeepingLast());
    }
}
