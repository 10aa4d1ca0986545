/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Throwables;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Objects;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifierWithPredicates;
import org.opendaylight.yangtools.yang.data.api.schema.MapNode;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.data.codec.gson.JSONCodecFactorySupplier;
import org.opendaylight.yangtools.yang.data.codec.gson.JsonParserStream;
import org.opendaylight.yangtools.yang.data.impl.codec.TypeDefinitionAwareCodec;
import org.opendaylight.yangtools.yang.data.impl.schema.ImmutableNodes;
import org.opendaylight.yangtools.yang.data.impl.schema.ImmutableNormalizedNodeStreamWriter;
import org.opendaylight.yangtools.yang.data.impl.schema.NormalizationResultHolder;
import org.opendaylight.yangtools.yang.model.api.ConstraintMetaDefinition;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.DataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.LeafListSchemaNode;
import org.opendaylight.yangtools.yang.model.api.LeafSchemaNode;
import org.opendaylight.yangtools.yang.model.api.ListSchemaNode;
import org.opendaylight.yangtools.yang.model.api.TypedDataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.type.EnumTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.LengthRestrictedTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.RangeRestrictedTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.StringTypeDefinition;
import org.opendaylight.yangtools.yang.model.util.SchemaInferenceStack;

/**
 * Reads what the user wants to be at a place: JSON as RESTCONF has it, or only what is inside; of a leaf the value is
 * enough.
 */
final class IntentContent {
    /** Deeper than any model. */
    private static final int DEEPEST = 32;

    private final EffectiveModelContext context;

    IntentContent(final EffectiveModelContext context) {
        this.context = requireNonNull(context);
    }

    /**
     * Reads content.
     *
     * @param place where it is to be
     * @param written the content
     * @return what to write there
     * @throws IllegalArgumentException if it cannot be meant; the message names the field
     */
    NormalizedNode read(final DataPath place, final String written) {
        final var text = written.strip();
        final var schema = place.schema();
        if (schema instanceof LeafSchemaNode leaf && !text.startsWith("{")) {
            return ImmutableNodes.leafNode(leaf.getQName(), value(leaf, unquoted(text), place.text()));
        }
        return read(place, json(text));
    }

    /**
     * The same, of JSON that has been read already.
     *
     * @param place where it is to be
     * @param json the content
     * @return what to write there
     * @throws IllegalArgumentException if it cannot be meant; the message names the field
     */
    NormalizedNode read(final DataPath place, final JsonElement json) {
        final var schema = place.schema();
        final var name = Json.qualified(context, schema.getQName());
        final var content = unwrapped(json, name, schema.getQName().getLocalName());
        final var object = new JsonObject();
        if (schema instanceof ListSchemaNode list) {
            final var entry = keyed(list, place, content);
            check(entry, list, place.text());
            final var entries = new JsonArray(1);
            entries.add(entry);
            object.add(name, entries);
        } else {
            check(content, schema, place.text());
            object.add(name, content);
        }
        final var stack = SchemaInferenceStack.of(context);
        place.parents().forEach(stack::enterDataTree);
        final var holder = new NormalizationResultHolder();
        try (var parser = JsonParserStream.create(ImmutableNormalizedNodeStreamWriter.from(holder),
                JSONCodecFactorySupplier.RFC7951.getShared(context), stack.toInference())) {
            parser.parse(new JsonReader(new StringReader(object.toString())));
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        final var node = holder.getResult().data();
        return node instanceof MapNode map ? map.body().iterator().next() : node;
    }

    /**
     * Reads JSON.
     *
     * @param text the text
     * @return an object, or what else it is
     * @throws IllegalArgumentException if it is none
     */
    static JsonElement json(final String text) {
        try (var reader = new JsonReader(new StringReader(text))) {
            final var json = element(reader, 0);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IOException("something follows it");
            }
            return json;
        } catch (IOException | IllegalStateException | JsonParseException e) {
            final var why = Objects.requireNonNullElse(Throwables.getRootCause(e).getMessage(), "")
                .replace("Use JsonReader.setLenient(true) to accept malformed JSON", "it cannot be read");
            throw new IllegalArgumentException("content: it is no JSON: " + why
                + "; put it between ' and ', or give it by standard input with -", e);
        }
    }

    /** As strict as RESTCONF: of two members with one name none is silently dropped. */
    private static JsonElement element(final JsonReader reader, final int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("it is nested more than " + DEEPEST + " deep");
        }
        final var next = reader.peek();
        if (next == JsonToken.BEGIN_OBJECT) {
            final var object = new JsonObject();
            reader.beginObject();
            while (reader.hasNext()) {
                final var name = reader.nextName();
                if (object.has(name)) {
                    throw new IllegalArgumentException("content: '" + name + "' is there twice, the second time at "
                        + reader.getPath() + "; make one of both");
                }
                object.add(name, element(reader, depth + 1));
            }
            reader.endObject();
            return object;
        }
        if (next == JsonToken.BEGIN_ARRAY) {
            final var array = new JsonArray();
            reader.beginArray();
            while (reader.hasNext()) {
                array.add(element(reader, depth + 1));
            }
            reader.endArray();
            return array;
        }
        return JsonParser.parseReader(reader);
    }

    private static String unquoted(final String text) {
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
            ? text.substring(1, text.length() - 1) : text;
    }

    private static JsonElement unwrapped(final JsonElement json, final String name, final String localName) {
        if (json.isJsonObject() && json.getAsJsonObject().size() == 1) {
            final var member = json.getAsJsonObject().entrySet().iterator().next();
            if (member.getKey().equals(name) || member.getKey().equals(localName)) {
                return member.getValue();
            }
        }
        return json;
    }

    /** One entry of a list, with the keys that the path has. */
    private JsonObject keyed(final ListSchemaNode list, final DataPath place, final JsonElement json) {
        if (json.isJsonArray() && json.getAsJsonArray().size() != 1) {
            throw new IllegalArgumentException(place.text() + ": give one entry; there are "
                + json.getAsJsonArray().size());
        }
        final var entry = json.isJsonArray() ? json.getAsJsonArray().get(0) : json;
        if (!entry.isJsonObject()) {
            throw new IllegalArgumentException(place.text() + ": give an object, such as {...}, not " + entry);
        }
        final var object = entry.getAsJsonObject();
        final var keys = (NodeIdentifierWithPredicates) place.id().getLastPathArgument();
        for (var name : list.getKeyDefinition()) {
            final var wanted = keys.getValue(name).toString();
            final var given = object.get(name.getLocalName());
            if (given == null) {
                object.addProperty(name.getLocalName(), wanted);
            } else if (!given.isJsonPrimitive() || !given.getAsString().equals(wanted)) {
                throw new IllegalArgumentException(place.text() + "/" + name.getLocalName() + ": " + given
                    + " is not what the path says; give " + wanted + ", or leave it out");
            }
        }
        return object;
    }

    /** Finds mistakes by name; what reads the JSON says only that there are some. */
    private static void check(final JsonElement json, final DataSchemaNode schema, final String where) {
        if (schema instanceof LeafSchemaNode leaf) {
            if (!json.isJsonPrimitive()) {
                throw new IllegalArgumentException(where + ": give one value, not " + json);
            }
            value(leaf, json.getAsString(), where);
        } else if (schema instanceof LeafListSchemaNode leaves) {
            array(json, where).forEach(item -> {
                if (!item.isJsonPrimitive()) {
                    throw new IllegalArgumentException(where + ": give values, not " + item);
                }
                value(leaves, item.getAsString(), where);
            });
        } else if (schema instanceof ListSchemaNode list && json.isJsonArray()) {
            json.getAsJsonArray().forEach(entry -> check(entry, list, where + entryName(list, entry, where)));
        } else if (schema instanceof DataNodeContainer container) {
            if (!json.isJsonObject()) {
                throw new IllegalArgumentException(where + ": give an object, such as {...}, not " + json);
            }
            for (var member : json.getAsJsonObject().entrySet()) {
                final var name = member.getKey().substring(member.getKey().indexOf(':') + 1);
                final var child = container.getChildNodes().stream()
                    .filter(one -> one.getQName().getLocalName().equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(where + ": it has no '" + name + "'; there is "
                        + DataPath.names(container.getChildNodes())));
                final var below = where + "/" + name;
                check(child instanceof ListSchemaNode ? array(member.getValue(), below) : member.getValue(), child,
                    below);
            }
        }
    }

    private static JsonArray array(final JsonElement json, final String where) {
        if (!json.isJsonArray()) {
            throw new IllegalArgumentException(where + ": give an array, such as [...], not " + json);
        }
        return json.getAsJsonArray();
    }

    private static String entryName(final ListSchemaNode list, final JsonElement entry, final String where) {
        final var names = new StringBuilder();
        for (var key : list.getKeyDefinition()) {
            final var value = entry.isJsonObject() ? entry.getAsJsonObject().get(key.getLocalName()) : null;
            if (value == null) {
                throw new IllegalArgumentException(where + ": an entry has no " + key.getLocalName()
                    + "; give it one");
            }
            names.append(names.isEmpty() ? "=" : ",").append(value.isJsonPrimitive() ? value.getAsString() : value);
        }
        return names.toString();
    }

    private static Object value(final TypedDataSchemaNode leaf, final String text, final String where) {
        try {
            return TypeDefinitionAwareCodec.from(leaf.getType()).deserialize(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + ": '" + text + "' cannot be meant; " + rule(leaf), e);
        }
    }

    /** What the model says of values that a leaf cannot have, or else what the leaf is. */
    static String rule(final TypedDataSchemaNode leaf) {
        final var constraints = new ArrayList<ConstraintMetaDefinition>();
        if (leaf.getType() instanceof LengthRestrictedTypeDefinition<?> type) {
            type.getLengthConstraint().ifPresent(constraints::add);
        }
        if (leaf.getType() instanceof RangeRestrictedTypeDefinition<?, ?> type) {
            type.getRangeConstraint().ifPresent(constraints::add);
        }
        if (leaf.getType() instanceof StringTypeDefinition type) {
            constraints.addAll(type.getPatternConstraints());
        }
        final var rules = constraints.stream().flatMap(one -> one.getErrorMessage().stream()).toList();
        return rules.isEmpty() ? meaning(leaf) : String.join("; ", rules);
    }

    /** What a leaf may be, in one line. */
    static String meaning(final TypedDataSchemaNode leaf) {
        final var description = leaf.getDescription().orElse("").replaceAll("\\s+", " ");
        return leaf.getType() instanceof EnumTypeDefinition type ? "choose " + String.join(", ", type.getValues()
            .stream().map(EnumTypeDefinition.EnumPair::getName).toList()) + ": " + description : description;
    }
}
