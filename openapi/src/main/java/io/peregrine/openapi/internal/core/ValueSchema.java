/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.openapi.internal.core;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Function;
import org.opendaylight.yangtools.yang.model.api.TypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.BinaryTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.BooleanTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.DecimalTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.EmptyTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.EnumTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.Int64TypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.LeafrefTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.LengthConstraint;
import org.opendaylight.yangtools.yang.model.api.type.LengthRestrictedTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.PatternConstraint;
import org.opendaylight.yangtools.yang.model.api.type.RangeRestrictedTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.StringTypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.Uint32TypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.Uint64TypeDefinition;
import org.opendaylight.yangtools.yang.model.api.type.UnionTypeDefinition;

/**
 * The schema of a leaf's value, as RFC 7951, section 6, writes it in JSON.
 */
final class ValueSchema {
    private ValueSchema() {
        // hidden on purpose
    }

    /**
     * Describes a type.
     *
     * @param type the type
     * @param referred tells the type of the leaf that a leafref points to
     * @return its schema
     */
    static JsonObject of(final TypeDefinition<?> type,
            final Function<LeafrefTypeDefinition, TypeDefinition<?>> referred) {
        if (type instanceof LeafrefTypeDefinition leafref) {
            return of(referred.apply(leafref), referred);
        }
        final var schema = new JsonObject();
        if (type instanceof UnionTypeDefinition union) {
            final var members = new JsonArray();
            union.getTypes().forEach(member -> members.add(of(member, referred)));
            schema.add("anyOf", members);
        } else if (type instanceof BooleanTypeDefinition) {
            schema.addProperty("type", "boolean");
        } else if (type instanceof EmptyTypeDefinition) {
            empty(schema);
        } else if (type instanceof EnumTypeDefinition enumeration) {
            schema.addProperty("type", "string");
            final var values = new JsonArray();
            enumeration.getValues().forEach(value -> values.add(value.getName()));
            schema.add("enum", values);
        } else if (type instanceof RangeRestrictedTypeDefinition<?, ?> number) {
            number(schema, number);
        } else {
            text(schema, type);
        }
        return schema;
    }

    /** {@code [null]}, RFC 7951, section 6.9. */
    private static void empty(final JsonObject schema) {
        schema.addProperty("type", "array");
        final var nothing = new JsonObject();
        final var values = new JsonArray();
        values.add(JsonNull.INSTANCE);
        nothing.add("enum", values);
        nothing.addProperty("nullable", true);
        schema.add("items", nothing);
        schema.addProperty("minItems", 1);
        schema.addProperty("maxItems", 1);
    }

    private static void number(final JsonObject schema, final RangeRestrictedTypeDefinition<?, ?> type) {
        if (type instanceof DecimalTypeDefinition || type instanceof Int64TypeDefinition
                || type instanceof Uint64TypeDefinition) {
            // RFC 7951, section 6.1: what a double cannot hold is a string
            schema.addProperty("type", "string");
            schema.addProperty("pattern", type instanceof Uint64TypeDefinition ? "^[0-9]+$"
                : type instanceof Int64TypeDefinition ? "^-?[0-9]+$" : "^-?[0-9]+(\\.[0-9]+)?$");
        } else {
            schema.addProperty("type", "integer");
            if (type instanceof Uint32TypeDefinition) {
                // What makes clients of it would take 32 bits with a sign
                schema.addProperty("format", "int64");
            }
            type.getRangeConstraint().ifPresent(range -> {
                final var span = range.getAllowedRanges().span();
                schema.add("minimum", new JsonPrimitive(new BigDecimal(span.lowerEndpoint().toString())));
                schema.add("maximum", new JsonPrimitive(new BigDecimal(span.upperEndpoint().toString())));
            });
        }
    }

    private static void text(final JsonObject schema, final TypeDefinition<?> type) {
        schema.addProperty("type", "string");
        if (type instanceof BinaryTypeDefinition) {
            schema.addProperty("format", "byte");
        } else if (type instanceof LengthRestrictedTypeDefinition<?> restricted) {
            restricted.getLengthConstraint().ifPresent(length -> length(schema, length));
        }
        if (type instanceof StringTypeDefinition string) {
            final var patterns = string.getPatternConstraints().stream().map(ValueSchema::pattern)
                .flatMap(Optional::stream).toList();
            if (patterns.size() == 1) {
                schema.addProperty("pattern", patterns.get(0));
            } else if (patterns.size() > 1) {
                final var all = new JsonArray();
                patterns.forEach(pattern -> {
                    final var one = new JsonObject();
                    one.addProperty("pattern", pattern);
                    all.add(one);
                });
                schema.add("allOf", all);
            }
        }
    }

    private static void length(final JsonObject schema, final LengthConstraint length) {
        final var span = length.getAllowedRanges().span();
        if (span.lowerEndpoint() > 0) {
            schema.addProperty("minLength", span.lowerEndpoint());
        }
        if (span.upperEndpoint() < Integer.MAX_VALUE) {
            schema.addProperty("maxLength", span.upperEndpoint());
        }
    }

    /** None if it is one that only some understand: OpenAPI has ECMAScript's dialect, YANG XML Schema's. */
    private static Optional<String> pattern(final PatternConstraint constraint) {
        final var pattern = constraint.getRegularExpressionString();
        return constraint.getModifier().isPresent() || pattern.contains("\\p") || pattern.contains("\\i")
            || pattern.contains("\\c") || pattern.contains("&&") || pattern.contains("-[") ? Optional.empty()
            : Optional.of("^(?:" + pattern + ")$");
    }
}
