/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.peregrine.ovsdb.ColumnSchema;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RowChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The replicated rows, and how updates of both notations change them: those of RFC 7047 section 4.1.6 and those of
 * ovsdb-server(7) section 4.1.14. An update is understood as a whole before any of it is applied.
 */
final class TableCache {
    /** The two notations. */
    enum Notation {
        /** {@code old} and {@code new}. */
        RFC,
        /** {@code initial}, {@code insert}, {@code delete}, and {@code modify} with differences. */
        DIFF
    }

    // guarded by this: changed by the strand, read by anyone
    private final Map<String, Map<UUID, Row>> rows = new HashMap<>();

    private Map<String, Map<String, ColumnSchema>> columns = Map.of();

    /** Sets what is monitored; true if it is what it was. */
    boolean columns(final Map<String, Map<String, ColumnSchema>> wanted) {
        final boolean same = columns.equals(wanted);
        columns = wanted;
        return same;
    }

    /** What is monitored, by table and name. */
    Map<String, Map<String, ColumnSchema>> columns() {
        return columns;
    }

    synchronized Optional<Row> row(final String table, final UUID uuid) {
        return Optional.ofNullable(rows.getOrDefault(table, Map.of()).get(uuid));
    }

    synchronized Map<String, Map<UUID, Row>> copy() {
        final ImmutableMap.Builder<String, Map<UUID, Row>> result = ImmutableMap.builder();
        rows.forEach((table, content) -> result.put(table, ImmutableMap.copyOf(content)));
        return result.build();
    }

    /** Makes the content what a full dump says, and returns the difference. */
    List<RowChange> replace(final JsonObject dump, final Notation notation) throws ProtocolException {
        final Map<String, Map<UUID, Row>> fresh = new HashMap<>();
        for (Map.Entry<String, JsonElement> table : dump.entrySet()) {
            final String name = table.getKey();
            final Map<UUID, Row> content = new HashMap<>();
            for (Map.Entry<String, JsonElement> entry : ReplyCodec.object(table.getValue()).entrySet()) {
                final UUID uuid = uuid(entry.getKey());
                final JsonObject update = ReplyCodec.object(entry.getValue());
                final JsonElement row = notation == Notation.RFC ? update.get("new")
                    : update.has("initial") ? update.get("initial") : update.get("insert");
                if (row == null) {
                    throw new ProtocolException("first content of " + name + " with " + update.keySet());
                }
                content.put(uuid, full(name, uuid, ReplyCodec.object(row)));
            }
            fresh.put(name, content);
        }
        final List<RowChange> changes = new ArrayList<>();
        synchronized (this) {
            final Set<String> names = new HashSet<>(rows.keySet());
            names.addAll(fresh.keySet());
            for (String name : names) {
                difference(name, rows.getOrDefault(name, Map.of()), fresh.getOrDefault(name, Map.of()), changes);
            }
            rows.clear();
            rows.putAll(fresh);
        }
        return changes;
    }

    /** Applies an update, and returns what it changed. */
    List<RowChange> update(final JsonObject updates, final Notation notation) throws ProtocolException {
        final List<RowChange> changes = new ArrayList<>();
        for (Map.Entry<String, JsonElement> table : updates.entrySet()) {
            final String name = table.getKey();
            for (Map.Entry<String, JsonElement> entry : ReplyCodec.object(table.getValue()).entrySet()) {
                final UUID uuid = uuid(entry.getKey());
                final JsonObject update = ReplyCodec.object(entry.getValue());
                final Row before = row(name, uuid).orElse(null);
                final Row after = notation == Notation.RFC ? rfc(name, uuid, update, before)
                    : diff(name, uuid, update, before);
                change(name, before, after, changes);
            }
        }
        synchronized (this) {
            for (RowChange change : changes) {
                final Map<UUID, Row> content = rows.computeIfAbsent(change.table(), name -> new HashMap<>());
                change.after().ifPresentOrElse(row -> content.put(change.uuid(), row),
                    () -> content.remove(change.uuid()));
            }
        }
        return changes;
    }

    private Row rfc(final String table, final UUID uuid, final JsonObject update, final Row before)
            throws ProtocolException {
        final JsonElement after = update.get("new");
        if (after == null) {
            if (!update.has("old")) {
                throw new ProtocolException("update of " + table + " with " + update.keySet());
            }
            return null;
        }
        if (!update.has("old") || before == null) {
            return full(table, uuid, ReplyCodec.object(after));
        }
        final Map<String, Datum> merged = new LinkedHashMap<>(before.columns());
        for (Map.Entry<String, JsonElement> entry : ReplyCodec.object(after).entrySet()) {
            merged.put(entry.getKey(), DatumCodec.decode(entry.getValue(), column(table, entry.getKey())));
        }
        return Row.of(merged);
    }

    private Row diff(final String table, final UUID uuid, final JsonObject update, final Row before)
            throws ProtocolException {
        if (update.has("delete")) {
            return null;
        }
        if (update.has("insert")) {
            return full(table, uuid, ReplyCodec.object(update.get("insert")));
        }
        if (update.has("initial")) {
            return full(table, uuid, ReplyCodec.object(update.get("initial")));
        }
        final JsonObject modify = ReplyCodec.object(update.get("modify"));
        if (before == null) {
            throw new ProtocolException("change of an unknown row " + uuid + " of " + table);
        }
        final Map<String, Datum> merged = new LinkedHashMap<>(before.columns());
        for (Map.Entry<String, JsonElement> entry : modify.entrySet()) {
            final ColumnSchema column = column(table, entry.getKey());
            merged.put(entry.getKey(), applyDiff(column, before.get(entry.getKey()),
                DatumCodec.decode(entry.getValue(), column)));
        }
        return Row.of(merged);
    }

    /** A difference as ovsdb-server(7) section 4.1.14 has it; where at most one value fits it is the new value. */
    static Datum applyDiff(final ColumnSchema column, final Datum before, final Datum diff) {
        if (column.max() <= 1) {
            return diff;
        }
        if (before instanceof Datum.Dict old && diff instanceof Datum.Dict changed) {
            final Map<Datum.Atom, Datum.Atom> result = new LinkedHashMap<>(old.entries());
            // the same entry in both means that it went
            changed.entries().forEach((key, value) -> {
                if (!result.remove(key, value)) {
                    result.put(key, value);
                }
            });
            return new Datum.Dict(result);
        }
        final Set<Datum.Atom> result = new HashSet<>(atoms(before));
        for (Datum.Atom atom : atoms(diff)) {
            if (!result.remove(atom)) {
                result.add(atom);
            }
        }
        return Datum.set(result);
    }

    private static Set<Datum.Atom> atoms(final Datum datum) {
        return datum instanceof Datum.Atom atom ? Set.of(atom) : ((Datum.Many) datum).atoms();
    }

    /** A row with the defaults of the columns that were left out. */
    private Row full(final String table, final UUID uuid, final JsonObject json) throws ProtocolException {
        final Map<String, Datum> result = new LinkedHashMap<>();
        result.put(Row.UUID_COLUMN, Datum.of(uuid));
        final Map<String, ColumnSchema> known = table(table);
        known.forEach((name, column) -> result.put(name, column.defaultValue()));
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            result.put(entry.getKey(), DatumCodec.decode(entry.getValue(), column(table, entry.getKey())));
        }
        return Row.of(result);
    }

    private Map<String, ColumnSchema> table(final String table) throws ProtocolException {
        final Map<String, ColumnSchema> known = columns.get(table);
        if (known == null) {
            throw new ProtocolException("update of table " + table + ", which is not monitored");
        }
        return known;
    }

    private ColumnSchema column(final String table, final String name) throws ProtocolException {
        final ColumnSchema column = table(table).get(name);
        if (column == null) {
            throw new ProtocolException("update of column " + name + " of " + table + ", which is not monitored");
        }
        return column;
    }

    private static void difference(final String table, final Map<UUID, Row> before, final Map<UUID, Row> after,
            final List<RowChange> changes) {
        after.forEach((uuid, row) -> change(table, before.get(uuid), row, changes));
        before.forEach((uuid, row) -> {
            if (!after.containsKey(uuid)) {
                change(table, row, null, changes);
            }
        });
    }

    private static void change(final String table, final Row before, final Row after, final List<RowChange> changes) {
        if (before == null) {
            if (after != null) {
                changes.add(new RowChange.Inserted(table, after));
            }
        } else if (after == null) {
            changes.add(new RowChange.Deleted(table, before));
        } else if (!before.equals(after)) {
            changes.add(new RowChange.Modified(table, before, after));
        }
    }

    private static UUID uuid(final String text) throws ProtocolException {
        return DatumCodec.parseUuid(text).orElseThrow(() -> new ProtocolException("not a UUID: " + text));
    }
}
