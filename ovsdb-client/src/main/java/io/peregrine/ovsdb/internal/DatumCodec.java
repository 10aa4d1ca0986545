/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Longs;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.peregrine.ovsdb.AtomType;
import io.peregrine.ovsdb.ColumnSchema;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Values to and from JSON, RFC 7047 section 5.1. */
final class DatumCodec {
    private static final Pattern UUID_FORM =
        Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private DatumCodec() {
        // static methods only
    }

    static JsonElement encode(final Datum datum) {
        if (datum instanceof Datum.Atom atom) {
            return encodeAtom(atom);
        }
        final JsonArray members = new JsonArray();
        if (datum instanceof Datum.Many many) {
            many.atoms().forEach(atom -> members.add(encodeAtom(atom)));
            return tagged("set", members);
        }
        ((Datum.Dict) datum).entries().forEach((key, value) -> {
            final JsonArray entry = new JsonArray(2);
            entry.add(encodeAtom(key));
            entry.add(encodeAtom(value));
            members.add(entry);
        });
        return tagged("map", members);
    }

    static JsonObject encode(final Map<String, Datum> row) {
        final JsonObject result = new JsonObject();
        row.forEach((column, value) -> result.add(column, encode(value)));
        return result;
    }

    /** Reads a value of which no type is known: whole numbers become integers. */
    static Datum decode(final JsonElement json) throws ProtocolException {
        if (json instanceof JsonArray array && array.size() == 2 && array.get(1) instanceof JsonArray members) {
            if (isTag(array, "set")) {
                final List<Datum.Atom> atoms = new ArrayList<>(members.size());
                for (JsonElement member : members) {
                    atoms.add(decodeAtom(member));
                }
                return Datum.set(atoms);
            }
            if (isTag(array, "map")) {
                final Map<Datum.Atom, Datum.Atom> entries = new LinkedHashMap<>();
                for (JsonElement member : members) {
                    if (!(member instanceof JsonArray entry) || entry.size() != 2) {
                        throw new ProtocolException("not an entry of a map: " + brief(member));
                    }
                    entries.put(decodeAtom(entry.get(0)), decodeAtom(entry.get(1)));
                }
                return new Datum.Dict(entries);
            }
        }
        return decodeAtom(json);
    }

    /** Reads a value of a column, and holds the server to its schema. */
    static Datum decode(final JsonElement json, final ColumnSchema column) throws ProtocolException {
        final Datum datum = decode(json);
        if (datum instanceof Datum.Dict dict) {
            if (column.isMap()) {
                final ImmutableMap.Builder<Datum.Atom, Datum.Atom> entries = ImmutableMap.builder();
                for (Map.Entry<Datum.Atom, Datum.Atom> entry : dict.entries().entrySet()) {
                    entries.put(typed(entry.getKey(), column.key(), column),
                        typed(entry.getValue(), column.value().orElseThrow(), column));
                }
                return new Datum.Dict(entries.buildKeepingLast());
            }
        } else if (!column.isMap()) {
            if (datum instanceof Datum.Atom atom) {
                return typed(atom, column.key(), column);
            }
            final List<Datum.Atom> atoms = new ArrayList<>();
            for (Datum.Atom atom : ((Datum.Many) datum).atoms()) {
                atoms.add(typed(atom, column.key(), column));
            }
            return Datum.set(atoms);
        }
        throw new ProtocolException("column " + column.name() + " cannot be " + brief(json));
    }

    /** Reads a row of which no types are known. */
    static Row decodeRow(final JsonElement json) throws ProtocolException {
        if (!(json instanceof JsonObject object)) {
            throw new ProtocolException("not a row: " + brief(json));
        }
        final Map<String, Datum> columns = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
            columns.put(entry.getKey(), decode(entry.getValue()));
        }
        return Row.of(columns);
    }

    static Optional<UUID> parseUuid(final String text) {
        // UUID.fromString alone takes shorter groups too
        return UUID_FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    /** JSON for an error message, cut. */
    static String brief(final JsonElement json) {
        final String text = String.valueOf(json);
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static JsonElement encodeAtom(final Datum.Atom atom) {
        if (atom instanceof Datum.Text text) {
            return new JsonPrimitive(text.value());
        } else if (atom instanceof Datum.Int number) {
            return new JsonPrimitive(number.value());
        } else if (atom instanceof Datum.Real number) {
            return new JsonPrimitive(number.value());
        } else if (atom instanceof Datum.Bool bool) {
            return new JsonPrimitive(bool.value());
        } else if (atom instanceof Datum.Ref ref) {
            return tagged("uuid", new JsonPrimitive(ref.value().toString()));
        }
        return tagged("named-uuid", new JsonPrimitive(((Datum.NamedRef) atom).name()));
    }

    private static Datum.Atom decodeAtom(final JsonElement json) throws ProtocolException {
        if (json instanceof JsonPrimitive primitive) {
            try {
                if (primitive.isBoolean()) {
                    return Datum.of(primitive.getAsBoolean());
                }
                final String text = primitive.getAsString();
                if (primitive.isString()) {
                    return Datum.of(text);
                }
                final Long whole = Longs.tryParse(text);
                return whole != null ? Datum.of(whole) : Datum.of(Double.parseDouble(text));
            } catch (IllegalArgumentException e) {
                throw new ProtocolException("not a value: " + brief(json), e);
            }
        }
        if (json instanceof JsonArray array && array.size() == 2 && isTag(array, "uuid")
                && array.get(1) instanceof JsonPrimitive text) {
            return Datum.of(parseUuid(text.getAsString())
                .orElseThrow(() -> new ProtocolException("not a UUID: " + brief(json))));
        }
        throw new ProtocolException("not a value: " + brief(json));
    }

    private static Datum.Atom typed(final Datum.Atom atom, final AtomType type, final ColumnSchema column)
            throws ProtocolException {
        final boolean fits = switch (type) {
            case INTEGER -> atom instanceof Datum.Int;
            case REAL -> atom instanceof Datum.Real || atom instanceof Datum.Int;
            case BOOLEAN -> atom instanceof Datum.Bool;
            case STRING -> atom instanceof Datum.Text;
            case UUID -> atom instanceof Datum.Ref;
        };
        if (!fits) {
            throw new ProtocolException("column " + column.name() + " cannot be " + atom);
        }
        // a server writes 1.0 as 1
        return type == AtomType.REAL && atom instanceof Datum.Int number ? Datum.of((double) number.value()) : atom;
    }

    private static boolean isTag(final JsonArray array, final String tag) {
        return array.get(0) instanceof JsonPrimitive first && first.isString() && tag.equals(first.getAsString());
    }

    private static JsonArray tagged(final String tag, final JsonElement content) {
        final JsonArray result = new JsonArray(2);
        result.add(tag);
        result.add(content);
        return result;
    }
}
