/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A plain text table: columns as wide as their widest cell, two blanks apart, no blanks at the end of a line.
 */
final class Table {
    private static final String NOTHING = "-";

    private final List<List<String>> rows = new ArrayList<>();
    private final int columns;

    Table(final String... headings) {
        rows.add(List.of(headings));
        columns = headings.length;
    }

    /** Adds a row; a cell that is null or empty shows a dash. */
    void row(final Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
        }
        final var row = new ArrayList<String>();
        for (final Object cell : cells) {
            final String text = cell == null ? "" : cell.toString();
            row.add(text.isEmpty() ? NOTHING : text);
        }
        rows.add(row);
    }

    void print(final PrintStream out) {
        final int[] widths = new int[columns];
        for (final var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (final var row : rows) {
            final var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
