/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.Optional;
import java.util.UUID;

/** What became of one row. The rows have the monitored columns and {@code _uuid}. */
public sealed interface RowChange {
    /** The row's table. */
    String table();

    /** The row's UUID. */
    UUID uuid();

    /** The row as it was known before, empty for an insert. */
    Optional<Row> before();

    /** The row as it is, empty for a delete. */
    Optional<Row> after();

    /** A new row. */
    record Inserted(String table, Row row) implements RowChange {
        @Override
        public UUID uuid() {
            return row.uuid();
        }

        @Override
        public Optional<Row> before() {
            return Optional.empty();
        }

        @Override
        public Optional<Row> after() {
            return Optional.of(row);
        }
    }

    /** A row with other values. */
    record Modified(String table, Row oldRow, Row newRow) implements RowChange {
        @Override
        public UUID uuid() {
            return newRow.uuid();
        }

        @Override
        public Optional<Row> before() {
            return Optional.of(oldRow);
        }

        @Override
        public Optional<Row> after() {
            return Optional.of(newRow);
        }
    }

    /** A row that is gone. */
    record Deleted(String table, Row row) implements RowChange {
        @Override
        public UUID uuid() {
            return row.uuid();
        }

        @Override
        public Optional<Row> before() {
            return Optional.of(row);
        }

        @Override
        public Optional<Row> after() {
            return Optional.empty();
        }
    }
}
