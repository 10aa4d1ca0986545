/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataContainer;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.Notification;
import org.opendaylight.yangtools.yang.common.QName;
import org.opendaylight.yangtools.yang.common.XMLNamespace;
import org.opendaylight.yangtools.yang.common.YangConstants;
import org.opendaylight.yangtools.yang.data.api.schema.DataContainerNode;
import org.opendaylight.yangtools.yang.data.api.schema.MapEntryNode;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.data.api.schema.stream.NormalizedNodeWriter;
import org.opendaylight.yangtools.yang.data.codec.gson.JSONCodecFactorySupplier;
import org.opendaylight.yangtools.yang.data.codec.gson.JSONNormalizedNodeStreamWriter;
import org.opendaylight.yangtools.yang.data.impl.schema.ImmutableNodes;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.DataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.LeafListSchemaNode;
import org.opendaylight.yangtools.yang.model.api.ListSchemaNode;
import org.opendaylight.yangtools.yang.model.util.SchemaInferenceStack;

/**
 * Data as RESTCONF has it (RFC 7951), in the order of the models: members as the model has them, entries of lists by
 * their keys where the model leaves the order open.
 */
final class Json {
    private static final Gson PRETTY = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

    private final BindingNormalizedNodeSerializer serializer;
    private final EffectiveModelContext context;

    Json(final BindingNormalizedNodeSerializer serializer, final EffectiveModelContext context) {
        this.serializer = requireNonNull(serializer);
        this.context = requireNonNull(context);
    }

    /** On several lines, for people, too. */
    static String pretty(final JsonObject object) {
        return PRETTY.toJson(object);
    }

    /** On one line. */
    static String line(final JsonObject object) {
        return LINE.toJson(object);
    }

    /**
     * A node of a datastore.
     *
     * @param parents what leads to it, from the top
     * @param node the node
     * @return an object that has the node, by module and name
     */
    JsonObject data(final List<QName> parents, final NormalizedNode node) {
        final var stack = SchemaInferenceStack.of(context);
        parents.forEach(stack::enterDataTree);
        return write(stack, null, List.of(node instanceof MapEntryNode entry
            ? ImmutableNodes.mapNodeBuilder(entry.name().getNodeType()).withChild(entry).build() : node));
    }

    /**
     * A top-level container.
     *
     * @param type which
     * @param data what it holds, null for nothing
     * @return an object that has the container, by module and name
     */
    <T extends ChildOf<? extends DataRoot>> JsonObject container(final Class<T> type, final @Nullable T data) {
        final var path = InstanceIdentifier.create(type);
        final var object = data == null ? new JsonObject()
            : data(List.of(), serializer.toNormalizedDataObject(path, data).node());
        if (object.isEmpty()) {
            object.add(qualified(context,
                serializer.toYangInstanceIdentifier(path).getLastPathArgument().getNodeType()), new JsonObject());
        }
        return object;
    }

    /**
     * What an RPC has answered.
     *
     * @param rpc its name
     * @param output the answer
     * @return an object that has the output, by module
     */
    JsonObject output(final QName rpc, final DataContainer output) {
        final var stack = SchemaInferenceStack.of(context);
        stack.enterSchemaTree(rpc);
        return content(stack, YangConstants.operationOutputQName(rpc.getModule()),
            serializer.toNormalizedNodeRpcData(output));
    }

    /**
     * A notification.
     *
     * @param notification the notification
     * @return an object that has it, by module and name
     */
    JsonObject notification(final Notification<?> notification) {
        final var node = serializer.toNormalizedNodeNotification(notification);
        return content(SchemaInferenceStack.of(context), node.name().getNodeType(), node);
    }

    /** What is no data of a datastore can only be written child by child. */
    private JsonObject content(final SchemaInferenceStack stack, final QName name, final DataContainerNode node) {
        stack.enterSchemaTree(name);
        final var object = new JsonObject();
        object.add(qualified(context, name), write(stack, name.getNamespace(), node.body()));
        return object;
    }

    /** A node's name with its module's before it. */
    static String qualified(final EffectiveModelContext context, final QName name) {
        return context.findModule(name.getModule()).orElseThrow().getName() + ":" + name.getLocalName();
    }

    private JsonObject write(final SchemaInferenceStack stack, final @Nullable XMLNamespace namespace,
            final Collection<? extends NormalizedNode> nodes) {
        final var text = new StringWriter();
        try (var writer = new JsonWriter(text)) {
            writer.beginObject();
            final var nested = NormalizedNodeWriter.forStreamWriter(JSONNormalizedNodeStreamWriter.createNestedWriter(
                JSONCodecFactorySupplier.RFC7951.getShared(context), stack.toInference(), namespace, writer));
            for (var node : nodes) {
                nested.write(node);
            }
            writer.endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        final var object = JsonParser.parseString(text.toString()).getAsJsonObject();
        if (stack.isEmpty()) {
            // Other modules may have containers of the same names
            nodes.forEach(node -> sortChild(object.get(qualified(context, node.name().getNodeType())),
                context.getDataChildByName(node.name().getNodeType())));
        } else {
            sort(object, stack.currentStatement());
        }
        return object;
    }

    private static void sort(final JsonElement element, final Object schema) {
        if (!(schema instanceof DataNodeContainer container) || !element.isJsonObject()) {
            return;
        }
        final var object = element.getAsJsonObject();
        final var names = new HashMap<String, String>();
        object.keySet().forEach(name -> names.put(name.substring(name.indexOf(':') + 1), name));
        for (var child : container.getChildNodes()) {
            final var name = names.get(child.getQName().getLocalName());
            if (name != null) {
                // What is added again comes last: members are in the order of the model in the end
                final var value = object.remove(name);
                sortChild(value, child);
                object.add(name, value);
            }
        }
    }

    private static void sortChild(final @Nullable JsonElement value, final DataSchemaNode child) {
        if (value == null) {
            return;
        }
        if (!value.isJsonArray()) {
            sort(value, child);
        } else if (child instanceof ListSchemaNode list) {
            value.getAsJsonArray().forEach(item -> sort(item, list));
            if (!list.isUserOrdered()) {
                order(value.getAsJsonArray(), list.getKeyDefinition().stream().map(QName::getLocalName)
                    .map(key -> by(item -> item.getAsJsonObject().get(key)))
                    .reduce(Comparator::thenComparing).orElse((one, other) -> 0));
            }
        } else if (child instanceof LeafListSchemaNode list && !list.isUserOrdered()) {
            order(value.getAsJsonArray(), by(Function.identity()));
        }
    }

    private static Comparator<JsonElement> by(final Function<JsonElement, JsonElement> key) {
        return (one, other) -> {
            final var left = key.apply(one).getAsJsonPrimitive();
            final var right = key.apply(other).getAsJsonPrimitive();
            return left.isNumber() && right.isNumber() ? Long.compare(left.getAsLong(), right.getAsLong())
                : left.getAsString().compareTo(right.getAsString());
        };
    }

    private static void order(final JsonArray array, final Comparator<JsonElement> order) {
        final var items = array.asList().stream().sorted(order).toList();
        for (int i = 0; i < items.size(); i++) {
            array.set(i, items.get(i));
        }
    }
}
