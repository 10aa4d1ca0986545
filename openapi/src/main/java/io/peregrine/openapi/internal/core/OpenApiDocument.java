/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.openapi.internal.core;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.opendaylight.yangtools.yang.common.QName;
import org.opendaylight.yangtools.yang.model.api.ChoiceSchemaNode;
import org.opendaylight.yangtools.yang.model.api.ContainerLike;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.DataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.ListSchemaNode;
import org.opendaylight.yangtools.yang.model.api.Module;
import org.opendaylight.yangtools.yang.model.api.RpcDefinition;
import org.opendaylight.yangtools.yang.model.api.TypedDataSchemaNode;
import org.opendaylight.yangtools.yang.model.util.SchemaInferenceStack;

/**
 * An OpenAPI 3.0 document of what RESTCONF (RFC 8040) offers for some models: reading all containers and list entries,
 * replacing and deleting those that are configuration, changing a part of those that may be given in part, and calling
 * RPCs.
 */
public final class OpenApiDocument {
    private static final String PARTIAL = " What is not chosen is left out, even if it is required otherwise.";
    private static final String MEDIA_TYPE = "application/yang-data+json";

    private final EffectiveModelContext context;
    private final NodeSchemas nodes;
    private final JsonObject paths = new JsonObject();

    private OpenApiDocument(final EffectiveModelContext context) {
        this.context = context;
        nodes = new NodeSchemas(context);
    }

    /**
     * Makes the document.
     *
     * @param context the models
     * @param namespaces what the namespaces of the models to describe begin with
     * @param title what is described
     * @param version its version
     * @return the document
     */
    public static JsonObject of(final EffectiveModelContext context, final String namespaces, final String title,
            final String version) {
        return new OpenApiDocument(context).describe(namespaces, title, version);
    }

    private JsonObject describe(final String namespaces, final String title, final String version) {
        final var modules = context.getModules().stream()
            .filter(module -> module.getNamespace().toString().startsWith(namespaces))
            .sorted(Comparator.comparing(Module::getName)).toList();
        final var tags = new JsonArray();
        for (final var module : modules) {
            module(module);
            final var tag = new JsonObject();
            tag.addProperty("name", module.getName());
            NodeSchemas.textOf(module).ifPresent(text -> tag.addProperty("description", text));
            tags.add(tag);
        }
        final var info = new JsonObject();
        info.addProperty("title", title);
        info.addProperty("version", version);
        info.addProperty("description", "Made from the YANG models of this controller. RESTCONF (RFC 8040) offers more "
            + "than is described here: each leaf is a resource, too, and POST creates what must not be there yet.");
        final var server = new JsonObject();
        server.addProperty("url", "/rests");
        final var document = new JsonObject();
        document.addProperty("openapi", "3.0.3");
        document.add("info", info);
        document.add("servers", array(server));
        document.add("security", array(object("login", new JsonArray())));
        document.add("tags", tags);
        document.add("paths", paths);
        document.add("components", components());
        return document;
    }

    private void module(final Module module) {
        for (final var node : module.getChildNodes()) {
            final var at = SchemaInferenceStack.of(context);
            at.enterSchemaTree(node.getQName());
            resource(node, new Place(module.getName(), "/data", "", List.of()), at);
        }
        for (final var rpc : module.getRpcs()) {
            rpc(module.getName(), rpc);
        }
    }

    /**
     * Where a resource's parent is.
     *
     * @param module the name of the module
     * @param path its path
     * @param id the name of its schema, empty if there is none
     * @param parameters of the path
     */
    private record Place(String module, String path, String id, List<JsonObject> parameters) {
    }

    private void resource(final DataSchemaNode node, final Place parent, final SchemaInferenceStack at) {
        if (node instanceof ChoiceSchemaNode choice) {
            choice.getCases().forEach(each -> {
                at.enterSchemaTree(each.getQName());
                children(each, parent, at);
                at.exit();
            });
        } else if (node instanceof ListSchemaNode list && !list.getKeyDefinition().isEmpty()) {
            final var parameters = new ArrayList<>(parent.parameters);
            final var keys = list.getKeyDefinition().stream()
                .map(key -> "{" + parameter(list, key, parameters, at) + "}").collect(Collectors.joining(","));
            final var place = place(parent, list, "=" + keys, List.copyOf(parameters));
            operations(list, place, oneOf(nodes.of(place.id, list, at)));
            children(list, place, at);
        } else if (node instanceof ContainerLike container) {
            final var place = place(parent, container, "", parent.parameters);
            operations(container, place, nodes.of(place.id, container, at));
            children(container, place, at);
        }
    }

    private void children(final DataNodeContainer node, final Place place, final SchemaInferenceStack at) {
        for (final var child : node.getChildNodes()) {
            at.enterSchemaTree(child.getQName());
            resource(child, place, at);
            at.exit();
        }
    }

    private Place place(final Place parent, final DataSchemaNode node, final String keys,
            final List<JsonObject> parameters) {
        final var name = node.getQName().getLocalName();
        return parent.id.isEmpty()
            ? new Place(parent.module, parent.path + "/" + parent.module + ":" + name + keys,
                parent.module + "." + name, parameters)
            : new Place(parent.module, parent.path + "/" + name + keys, parent.id + "." + name, parameters);
    }

    /** Adds a parameter for a list's key; gives its name. */
    private String parameter(final ListSchemaNode list, final QName key, final List<JsonObject> parameters,
            final SchemaInferenceStack at) {
        final var taken = parameters.stream().map(each -> each.get("name").getAsString()).toList();
        final var plain = list.getQName().getLocalName() + "-" + key.getLocalName();
        final var name = taken.contains(plain) ? plain + "-" + taken.size() : plain;
        final var leaf = (TypedDataSchemaNode) list.getDataChildByName(key);
        at.enterSchemaTree(key);
        final var schema = nodes.value(leaf, at);
        at.exit();
        schema.remove("readOnly");
        schema.remove("description");
        final var parameter = new JsonObject();
        parameter.addProperty("name", name);
        parameter.addProperty("in", "path");
        parameter.addProperty("required", true);
        NodeSchemas.textOf(leaf).ifPresent(text -> parameter.addProperty("description", text));
        parameter.add("schema", schema);
        parameters.add(parameter);
        return name;
    }

    private void operations(final DataNodeContainer node, final Place place, final JsonObject content) {
        final var data = (DataSchemaNode) node;
        final var body = wrapped(place.module + ":" + data.getQName().getLocalName(), content);
        final var resource = new JsonObject();
        if (!place.parameters.isEmpty()) {
            final var parameters = new JsonArray();
            place.parameters.forEach(parameters::add);
            resource.add("parameters", parameters);
        }
        final var get = operation(place, "get", data);
        final var query = new JsonArray();
        Stream.of("content", "depth", "fields").forEach(name -> query.add(NodeSchemas.reference("parameters", name)));
        get.add("parameters", query);
        get.add("responses", responses("200", "What is there.", body));
        resource.add("get", get);
        if (data.isConfiguration()) {
            final var put = operation(place, "put", data);
            put.add("requestBody", request(body));
            final var created = responses("201", "There was nothing before.", null);
            created.add("204", response("It has been replaced.", null));
            put.add("responses", created);
            resource.add("put", put);
            if (NodeSchemas.isOptional(node)) {
                final var patch = operation(place, "patch", data);
                patch.add("requestBody", request(body));
                patch.add("responses", responses("204", "What was given has been changed, and nothing else.", null));
                resource.add("patch", patch);
            }
            final var delete = operation(place, "delete", data);
            delete.add("responses", responses("204", "It is gone.", null));
            resource.add("delete", delete);
        }
        paths.add(place.path, resource);
    }

    private static JsonObject operation(final Place place, final String method, final DataSchemaNode node) {
        final var operation = new JsonObject();
        operation.addProperty("operationId", method + "." + place.id);
        operation.add("tags", strings(place.module));
        NodeSchemas.textOf(node).ifPresent(text -> operation.addProperty("description", text));
        return operation;
    }

    private void rpc(final String module, final RpcDefinition rpc) {
        final var name = rpc.getQName().getLocalName();
        final var operation = new JsonObject();
        operation.addProperty("operationId", module + "." + name);
        operation.add("tags", strings(module));
        NodeSchemas.textOf(rpc).ifPresent(text -> operation.addProperty("description", text));
        final var at = SchemaInferenceStack.of(context);
        at.enterSchemaTree(rpc.getQName());
        if (!rpc.getInput().getChildNodes().isEmpty()) {
            at.enterSchemaTree(rpc.getInput().getQName());
            operation.add("requestBody", request(wrapped(module + ":input",
                nodes.of(module + "." + name + ".input", rpc.getInput(), at))));
            at.exit();
        }
        if (rpc.getOutput().getChildNodes().isEmpty()) {
            operation.add("responses", responses("204", "It has been done.", null));
        } else {
            at.enterSchemaTree(rpc.getOutput().getQName());
            operation.add("responses", responses("200", "The answer.", wrapped(module + ":output",
                nodes.of(module + "." + name + ".output", rpc.getOutput(), at))));
        }
        final var path = new JsonObject();
        path.add("post", operation);
        paths.add("/operations/" + module + ":" + name, path);
    }

    private JsonObject components() {
        final var parameters = new JsonObject();
        parameters.add("content", query("config: what was asked for; nonconfig: what is. Both if it is left out "
            + "(RFC 8040, section 4.8.1).", "string", "config", "nonconfig", "all"));
        parameters.add("depth", query("How many levels to show (RFC 8040, section 4.8.2)." + PARTIAL, "integer"));
        parameters.add("fields", query("Which leaves to show, such as guest(uuid;name) (RFC 8040, section 4.8.3)."
            + PARTIAL, "string"));
        parameters.entrySet().forEach(entry -> entry.getValue().getAsJsonObject().addProperty("name", entry.getKey()));
        final var login = new JsonObject();
        login.addProperty("type", "http");
        login.addProperty("scheme", "basic");
        nodes.schemas().add("errors", errors());
        final var components = new JsonObject();
        components.add("securitySchemes", object("login", login));
        components.add("parameters", parameters);
        components.add("responses", object("refused", response(
            "It was refused, and nothing has been changed. Each error's message begins with the field.",
            NodeSchemas.reference("schemas", "errors"))));
        components.add("schemas", nodes.schemas());
        return components;
    }

    private static JsonObject query(final String description, final String type, final String... values) {
        final var schema = object("type", new JsonPrimitive(type));
        if (values.length > 0) {
            schema.add("enum", strings(values));
        }
        final var parameter = new JsonObject();
        parameter.addProperty("in", "query");
        parameter.addProperty("description", description);
        parameter.add("schema", schema);
        return parameter;
    }

    /** The yang-data template of RFC 8040, section 8, as far as clients need it. */
    private static JsonObject errors() {
        final var error = new JsonObject();
        Stream.of("error-type", "error-tag", "error-app-tag", "error-path", "error-message")
            .forEach(name -> error.add(name, object("type", new JsonPrimitive("string"))));
        error.add("error-info", new JsonObject());
        final var one = typed(error, "error-type", "error-tag");
        final var many = new JsonObject();
        many.addProperty("type", "array");
        many.add("items", one);
        return wrapped("errors", wrapped("error", many));
    }

    private static JsonObject request(final JsonObject schema) {
        final var request = new JsonObject();
        request.addProperty("required", true);
        request.add("content", content(schema));
        return request;
    }

    private static JsonObject responses(final String code, final String description, final JsonObject schema) {
        final var responses = object(code, response(description, schema));
        responses.add("default", NodeSchemas.reference("responses", "refused"));
        return responses;
    }

    /** An answer; without a body if there is no schema. */
    private static JsonObject response(final String description, final JsonObject schema) {
        final var response = new JsonObject();
        response.addProperty("description", description);
        if (schema != null) {
            response.add("content", content(schema));
        }
        return response;
    }

    private static JsonObject content(final JsonObject schema) {
        return object(MEDIA_TYPE, object("schema", schema));
    }

    /** RESTCONF shows an entry of a list as a list of one. */
    private static JsonObject oneOf(final JsonObject entry) {
        final var schema = new JsonObject();
        schema.addProperty("type", "array");
        schema.add("items", entry);
        schema.addProperty("minItems", 1);
        schema.addProperty("maxItems", 1);
        return schema;
    }

    /** The schema of an object that has one property. */
    private static JsonObject wrapped(final String name, final JsonObject schema) {
        return typed(object(name, schema), name);
    }

    private static JsonObject typed(final JsonObject properties, final String... required) {
        final var schema = new JsonObject();
        schema.addProperty("type", "object");
        schema.add("required", strings(required));
        schema.add("properties", properties);
        return schema;
    }

    private static JsonObject object(final String name, final JsonElement value) {
        final var object = new JsonObject();
        object.add(name, value);
        return object;
    }

    private static JsonArray array(final JsonElement element) {
        final var array = new JsonArray();
        array.add(element);
        return array;
    }

    private static JsonArray strings(final String... texts) {
        final var array = new JsonArray();
        Stream.of(texts).forEach(array::add);
        return array;
    }
}
