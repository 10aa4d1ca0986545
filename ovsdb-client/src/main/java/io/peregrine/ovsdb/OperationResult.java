/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.List;
import java.util.UUID;

/**
 * What one operation of a successful transaction gave. The accessors of the interface throw
 * {@link IllegalStateException} if the operation was of another kind.
 */
public sealed interface OperationResult {
    /** An insert's new row. */
    record Inserted(UUID uuid) implements OperationResult {
    }

    /** How many rows met the conditions of an update, mutate or delete. */
    record Counted(long count) implements OperationResult {
    }

    /** A select's rows. */
    record Selected(List<Row> rows) implements OperationResult {
        /** Copies the list. */
        public Selected {
            rows = List.copyOf(rows);
        }
    }

    /** Nothing but success. */
    record Done() implements OperationResult {
    }

    /** The UUID of the inserted row. */
    default UUID uuid() {
        throw new IllegalStateException("not of an insert: " + this);
    }

    /** The number of rows that met the conditions. */
    default long count() {
        throw new IllegalStateException("not of an update, mutate or delete: " + this);
    }

    /** The rows read. */
    default List<Row> rows() {
        throw new IllegalStateException("not of a select: " + this);
    }
}
