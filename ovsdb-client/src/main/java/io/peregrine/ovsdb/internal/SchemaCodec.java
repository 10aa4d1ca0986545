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
import com.google.gson.JsonPrimitive;
import io.peregrine.ovsdb.AtomType;
import io.peregrine.ovsdb.ColumnSchema;
import io.peregrine.ovsdb.DatabaseSchema;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.TableSchema;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Schemas from JSON, RFC 7047 section 3.2. */
final class SchemaCodec {
    private SchemaCodec() {
        // static methods only
    }

    static DatabaseSchema decode(final JsonElement json) throws ProtocolException {
        final JsonObject object = ReplyCodec.object(json);
        final ImmutableMap.Builder<String, TableSchema> tables = ImmutableMap.builder();
        for (Map.Entry<String, JsonElement> table : ReplyCodec.object(object.get("tables")).entrySet()) {
            tables.put(table.getKey(), table(table.getKey(), ReplyCodec.object(table.getValue())));
        }
        return new DatabaseSchema(string(object, "name").orElse(""), string(object, "version").orElse(""),
            string(object, "cksum").orElse(""), tables.build());
    }

    private static TableSchema table(final String name, final JsonObject json) throws ProtocolException {
        final ImmutableMap.Builder<String, ColumnSchema> columns = ImmutableMap.builder();
        for (Map.Entry<String, JsonElement> column : ReplyCodec.object(json.get("columns")).entrySet()) {
            columns.put(column.getKey(), column(column.getKey(), ReplyCodec.object(column.getValue())));
        }
        return new TableSchema(name, columns.build(), flag(json, "isRoot", false));
    }

    private static ColumnSchema column(final String name, final JsonObject json) throws ProtocolException {
        final boolean ephemeral = flag(json, "ephemeral", false);
        final boolean mutable = flag(json, "mutable", true);
        final JsonElement type = json.get("type");
        if (!(type instanceof JsonObject object)) {
            return new ColumnSchema(name, atomType(type), Optional.empty(), Optional.empty(), 1, 1, ephemeral, mutable);
        }
        final JsonElement value = object.get("value");
        return new ColumnSchema(name, baseType(object.get("key")),
            value == null ? Optional.empty() : Optional.of(baseType(value)), refTable(object.get("key")),
            bound(object.get("min")), bound(object.get("max")), ephemeral, mutable);
    }

    private static AtomType baseType(final JsonElement json) throws ProtocolException {
        return atomType(json instanceof JsonObject object ? object.get("type") : json);
    }

    private static AtomType atomType(final JsonElement json) throws ProtocolException {
        if (json instanceof JsonPrimitive text) {
            try {
                return AtomType.valueOf(text.getAsString().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new ProtocolException("not a type: " + DatumCodec.brief(json), e);
            }
        }
        throw new ProtocolException("not a type: " + DatumCodec.brief(json));
    }

    private static int bound(final JsonElement json) throws ProtocolException {
        if (json == null) {
            return 1;
        }
        if (json instanceof JsonPrimitive primitive) {
            if ("unlimited".equals(primitive.getAsString())) {
                return Integer.MAX_VALUE;
            }
            try {
                return Integer.parseInt(primitive.getAsString());
            } catch (NumberFormatException e) {
                throw new ProtocolException("not a bound: " + DatumCodec.brief(json), e);
            }
        }
        throw new ProtocolException("not a bound: " + DatumCodec.brief(json));
    }

    private static Optional<String> refTable(final JsonElement json) {
        return json instanceof JsonObject object ? string(object, "refTable") : Optional.empty();
    }

    private static Optional<String> string(final JsonObject json, final String name) {
        return json.get(name) instanceof JsonPrimitive text ? Optional.of(text.getAsString()) : Optional.empty();
    }

    private static boolean flag(final JsonObject json, final String name, final boolean otherwise) {
        return json.get(name) instanceof JsonPrimitive value && value.isBoolean() ? value.getAsBoolean() : otherwise;
    }
}
