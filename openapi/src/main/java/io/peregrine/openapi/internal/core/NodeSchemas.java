/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.openapi.internal.core;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.opendaylight.yangtools.yang.common.QName;
import org.opendaylight.yangtools.yang.common.QNameModule;
import org.opendaylight.yangtools.yang.model.api.ChoiceSchemaNode;
import org.opendaylight.yangtools.yang.model.api.ContainerLike;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.DataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.DocumentedNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.ElementCountConstraintAware;
import org.opendaylight.yangtools.yang.model.api.LeafListSchemaNode;
import org.opendaylight.yangtools.yang.model.api.LeafSchemaNode;
import org.opendaylight.yangtools.yang.model.api.ListSchemaNode;
import org.opendaylight.yangtools.yang.model.api.MandatoryAware;
import org.opendaylight.yangtools.yang.model.api.SchemaNode;
import org.opendaylight.yangtools.yang.model.api.Status;
import org.opendaylight.yangtools.yang.model.api.TypeDefinition;
import org.opendaylight.yangtools.yang.model.api.TypedDataSchemaNode;
import org.opendaylight.yangtools.yang.model.util.SchemaInferenceStack;

/**
 * Schemas of containers and list entries, each under a name of its own.
 */
final class NodeSchemas {
    /** How the models begin the description of what the datastore does not ask for, but those who check intent do. */
    private static final String REQUIRED = "Required.";

    private final EffectiveModelContext context;
    private final JsonObject schemas = new JsonObject();

    /**
     * None yet.
     *
     * @param context the models
     */
    NodeSchemas(final EffectiveModelContext context) {
        this.context = context;
    }

    /**
     * All that has been described.
     *
     * @return schemas by name
     */
    JsonObject schemas() {
        return schemas;
    }

    /**
     * A node's name in JSON (RFC 7951, section 4).
     *
     * @param name the node's name
     * @param parent the module of the node above it, null if there is none
     * @return the name, with its module's in front unless that is the parent's
     */
    String nameOf(final QName name, final QNameModule parent) {
        return name.getModule().equals(parent) ? name.getLocalName()
            : context.findModuleStatement(name.getModule()).orElseThrow().argument().getLocalName() + ":"
                + name.getLocalName();
    }

    /**
     * Describes a container, a list's entry, or an RPC's input or output.
     *
     * @param id a name nothing else has
     * @param node the node
     * @param at where the node is; as before in the end
     * @return a reference to the description
     */
    JsonObject of(final String id, final DataNodeContainer node, final SchemaInferenceStack at) {
        if (!schemas.has(id)) {
            final var schema = new JsonObject();
            schemas.add(id, schema);
            schema.addProperty("type", "object");
            describe(schema, (DocumentedNode) node);
            final var properties = new JsonObject();
            final var required = new JsonArray();
            if (node instanceof ListSchemaNode list) {
                list.getKeyDefinition().forEach(key -> required.add(key.getLocalName()));
            }
            children(id, node, ((SchemaNode) node).getQName().getModule(), at, properties, required);
            if (!required.isEmpty()) {
                schema.add("required", required);
            }
            schema.add("properties", properties);
            schema.addProperty("additionalProperties", false);
        }
        return reference("schemas", id);
    }

    private void children(final String id, final DataNodeContainer node, final QNameModule module,
            final SchemaInferenceStack at, final JsonObject properties, final JsonArray required) {
        for (final var child : node.getChildNodes()) {
            at.enterSchemaTree(child.getQName());
            if (child instanceof ChoiceSchemaNode choice) {
                // RFC 7951 does not show choices and cases
                for (final var each : choice.getCases()) {
                    at.enterSchemaTree(each.getQName());
                    children(id, each, module, at, properties, new JsonArray());
                    at.exit();
                }
            } else {
                final var name = nameOf(child.getQName(), module);
                properties.add(name, property(id + "." + child.getQName().getLocalName(), child, at));
                if (isRequired(child) && !required.contains(new JsonPrimitive(name))) {
                    required.add(name);
                }
            }
            at.exit();
        }
    }

    private JsonObject property(final String id, final DataSchemaNode node, final SchemaInferenceStack at) {
        if (node instanceof ListSchemaNode list) {
            return array(of(id, list, at), list);
        }
        if (node instanceof ContainerLike container) {
            return of(id, container, at);
        }
        if (node instanceof LeafListSchemaNode list) {
            final var schema = array(value(list, at), list);
            describe(schema, list);
            return schema;
        }
        if (node instanceof LeafSchemaNode leaf) {
            return value(leaf, at);
        }
        // anydata and anyxml: anything
        final var schema = new JsonObject();
        describe(schema, node);
        return schema;
    }

    private static JsonObject array(final JsonObject items, final ElementCountConstraintAware node) {
        final var schema = new JsonObject();
        schema.addProperty("type", "array");
        schema.add("items", items);
        node.getElementCountConstraint().ifPresent(count -> {
            if (count.getMinElements() != null) {
                schema.addProperty("minItems", count.getMinElements());
            }
            if (count.getMaxElements() != null) {
                schema.addProperty("maxItems", count.getMaxElements());
            }
        });
        return schema;
    }

    /**
     * Describes the value of a leaf.
     *
     * @param leaf the leaf
     * @param at where the leaf is; as before in the end
     * @return its schema
     */
    JsonObject value(final TypedDataSchemaNode leaf, final SchemaInferenceStack at) {
        final var schema = ValueSchema.of(leaf.getType(), at::resolveLeafref);
        describe(schema, leaf);
        if (leaf instanceof LeafSchemaNode) {
            defaultOf(leaf.getType()).ifPresent(value -> {
                switch (schema.has("type") ? schema.get("type").getAsString() : "") {
                    case "integer" -> schema.addProperty("default", Long.valueOf(value));
                    case "boolean" -> schema.addProperty("default", Boolean.valueOf(value));
                    default -> schema.addProperty("default", value);
                }
            });
            if (!leaf.isConfiguration()) {
                schema.addProperty("readOnly", true);
            }
        }
        return schema;
    }

    private static Optional<String> defaultOf(final TypeDefinition<?> type) {
        return type.getDefaultValue().map(Objects::toString);
    }

    private static void describe(final JsonObject schema, final DocumentedNode node) {
        final var units = node instanceof TypedDataSchemaNode leaf ? leaf.getType().getUnits()
            : Optional.<String>empty();
        final var text = Stream.concat(textOf(node).stream(), units.stream().map(unit -> "Unit: " + unit + "."))
            .collect(Collectors.joining(" "));
        if (!text.isEmpty()) {
            schema.addProperty("description", text);
        }
        if (node instanceof DocumentedNode.WithStatus status && status.getStatus() != Status.CURRENT) {
            schema.addProperty("deprecated", true);
        }
    }

    /**
     * What a model says of a node, in one paragraph.
     *
     * @param node the node
     * @return its description, if it has one
     */
    static Optional<String> textOf(final DocumentedNode node) {
        return node.getDescription().map(text -> String.join(" ", text.strip().split("\\s+")));
    }

    /**
     * A reference to what is described elsewhere in the document.
     *
     * @param kind the kind of component
     * @param id its name
     * @return the reference
     */
    static JsonObject reference(final String kind, final String id) {
        final var reference = new JsonObject();
        reference.addProperty("$ref", "#/components/" + kind + "/" + id);
        return reference;
    }

    /**
     * Whether all that has to be given is a list's keys, so that a part of it may be left out.
     *
     * @param node a container or list
     * @return true if nothing in it is mandatory
     */
    static boolean isOptional(final DataNodeContainer node) {
        final Collection<? extends DataSchemaNode> children = node.getChildNodes();
        return children.stream().noneMatch(child -> isRequired(child)
            || child instanceof DataNodeContainer inner && !isOptional(inner));
    }

    private static boolean isRequired(final DataSchemaNode node) {
        return node instanceof MandatoryAware aware && aware.isMandatory()
            || textOf(node).filter(text -> text.startsWith(REQUIRED)).isPresent();
    }
}
