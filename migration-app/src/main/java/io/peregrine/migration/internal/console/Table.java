/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.support.ansi.SimpleAnsi;

/**
 * A plain text table: columns as wide as their widest cell, two blanks apart, no blanks at the end of a line.
 */
final class Table {
    private static final String NOTHING = "-";
    /** Cells that need a person's eye. */
    private static final Set<String> BAD = Set.of("failed", "down", "no", "lost", "disconnected", "no way");
    private static final Set<String> DOUBTFUL = Set.of("unknown", "one-way", "unconfirmed", "damped", "syncing",
        "interrupted", "cancelling", "cancelled", "rolling-back", "rolled-back", "unverified");

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

    /**
     * The table.
     *
     * @param colour whether with colours for a terminal
     * @return its lines
     */
    String text(final boolean colour) {
        final int[] widths = new int[columns];
        for (final var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        final var text = new StringBuilder();
        for (final var row : rows) {
            final var line = new StringBuilder();
            final boolean heading = row == rows.get(0);
            for (int i = 0; i < columns; i++) {
                final var cell = row.get(i);
                final var blanks = " ".repeat(widths[i] - cell.length() + 2);
                line.append(!colour ? cell : heading ? SimpleAnsi.INTENSITY_BOLD + cell + SimpleAnsi.INTENSITY_NORMAL
                    : BAD.contains(cell) ? SimpleAnsi.COLOR_RED + cell + SimpleAnsi.COLOR_DEFAULT
                    : DOUBTFUL.contains(cell) ? SimpleAnsi.COLOR_YELLOW + cell + SimpleAnsi.COLOR_DEFAULT
                    : cell).append(blanks);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
