/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import io.peregrine.topology.Published;
import java.io.PrintStream;
import java.util.List;
import java.util.function.IntSupplier;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataContainer;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.common.QName;

/**
 * Where a command shows something, and how: in words and tables for people, or in JSON for programs.
 */
final class Screen {
    private final PrintStream out;
    private final IntSupplier columns;
    private final boolean colour;
    private final @Nullable Json json;

    /**
     * A screen.
     *
     * @param out where it prints
     * @param columns how many columns it has if it is a terminal on which lines can be written over, else 0; may
     *     change
     * @param colour whether that shows colours
     * @param json writes JSON; null for words and tables
     */
    Screen(final PrintStream out, final IntSupplier columns, final boolean colour, final @Nullable Json json) {
        this.out = requireNonNull(out);
        this.columns = requireNonNull(columns);
        this.colour = colour;
        this.json = json;
    }

    PrintStream out() {
        return out;
    }

    /** Whether a line can be written over. */
    boolean isTerminal() {
        return columns.getAsInt() > 0;
    }

    /** As much of a line as fits into one of the terminal's: only what is no longer can be written over. */
    String fitting(final String line) {
        return line.substring(0, Math.min(line.length(), Math.max(0, columns.getAsInt() - 1)));
    }

    boolean isJson() {
        return json != null;
    }

    /** Writes JSON; only if it is asked for. */
    Json json() {
        return requireNonNull(json);
    }

    void line(final String text) {
        out.println(text);
    }

    void table(final Table table) {
        out.print(table.text(colour));
        out.flush();
    }

    /** What is wrong, below a table, or nothing. */
    void problems(final List<String> problems) {
        if (!problems.isEmpty()) {
            out.println();
            problems.forEach(out::println);
        }
    }

    void object(final JsonObject object) {
        out.println(Json.pretty(object));
    }

    /** The whole of some containers of the operational datastore, as JSON. */
    @SafeVarargs
    final void containers(final DataBroker broker, final Class<? extends ChildOf<? extends DataRoot>>... types) {
        final var object = new JsonObject();
        for (var type : types) {
            add(object, broker, type);
        }
        object(object);
    }

    /** A container with the entries that were chosen, and the whole of others, as JSON. */
    @SafeVarargs
    final <T extends ChildOf<? extends DataRoot>> void containers(final DataBroker broker, final Class<T> type,
            final T chosen, final Class<? extends ChildOf<? extends DataRoot>>... others) {
        final var object = json().container(type, chosen);
        for (var other : others) {
            add(object, broker, other);
        }
        object(object);
    }

    private <T extends ChildOf<? extends DataRoot>> void add(final JsonObject object, final DataBroker broker,
            final Class<T> type) {
        json().container(type, Published.read(broker, type).orElse(null)).entrySet()
            .forEach(entry -> object.add(entry.getKey(), entry.getValue()));
    }

    /** What is to be shown of a container, as JSON. */
    <T extends ChildOf<? extends DataRoot>> void container(final Class<T> type, final T data) {
        object(json().container(type, data));
    }

    /** What an RPC has answered, as JSON. */
    void output(final QName rpc, final DataContainer output) {
        object(json().output(rpc, output));
    }
}
