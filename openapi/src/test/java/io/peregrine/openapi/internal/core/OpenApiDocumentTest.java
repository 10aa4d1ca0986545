/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.openapi.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.runtime.spi.BindingRuntimeHelpers;

/** The document of Peregrine's own models. */
class OpenApiDocumentTest {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

    private static JsonObject document;

    @BeforeAll
    static void make() {
        document = OpenApiDocument.of(BindingRuntimeHelpers.createEffectiveModel(
            BindingRuntimeHelpers.loadModuleInfos()), "urn:peregrine:", "Peregrine",
            "1.2.3");
    }

    private static JsonObject at(final String... names) {
        var object = document;
        for (final var name : names) {
            assertTrue(object.has(name), () -> name + " of " + List.of(names));
            object = object.getAsJsonObject(name);
        }
        return object;
    }

    private static JsonObject schema(final String id) {
        return at("components", "schemas", id);
    }

    private static JsonObject property(final String id, final String name) {
        return at("components", "schemas", id, "properties", name);
    }

    private static JsonElement json(final String text) {
        return JsonParser.parseString(text.replace('\'', '"'));
    }

    @Test
    void othersCanReadIt() {
        final var options = new ParseOptions();
        options.setResolve(true);
        final var result = new OpenAPIV3Parser().readContents(
            new GsonBuilder().serializeNulls().create().toJson(document), null, options);
        assertEquals(List.of(), result.getMessages());
        assertEquals(at("paths").size(), result.getOpenAPI().getPaths().size());
        assertEquals("1.2.3", result.getOpenAPI().getInfo().getVersion());
    }

    @Test
    void allModelsAreInIt() {
        final var seen = new TreeSet<String>();
        at("paths").keySet().forEach(path -> seen.add(path.split("/")[2].split(":")[0]));
        assertEquals(Set.of("peregrine-audit", "peregrine-edge", "peregrine-fabric", "peregrine-guest",
            "peregrine-jobs", "peregrine-migration", "peregrine-network", "peregrine-switch"), seen);
    }

    @Test
    void whatIsReferredToIsThere() {
        final var references = new HashSet<String>();
        collect(document, references);
        assertFalse(references.isEmpty());
        references.forEach(reference -> at(reference.substring(2).split("/")));
    }

    private static void collect(final JsonElement element, final Set<String> references) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> collect(each, references));
        } else if (element.isJsonObject()) {
            element.getAsJsonObject().entrySet().forEach(entry -> {
                if ("$ref".equals(entry.getKey())) {
                    references.add(entry.getValue().getAsString());
                } else {
                    collect(entry.getValue(), references);
                }
            });
        }
    }

    @Test
    void eachOperationHasItsNameAndEachKeyItsParameter() {
        final var names = new HashSet<String>();
        at("paths").entrySet().forEach(path -> {
            final var used = new TreeSet<String>();
            PARAMETER.matcher(path.getKey()).results().forEach(found -> assertTrue(used.add(found.group(1)),
                path.getKey()));
            final var declared = new TreeSet<String>();
            final var resource = path.getValue().getAsJsonObject();
            if (resource.has("parameters")) {
                resource.getAsJsonArray("parameters").forEach(each -> declared.add(
                    each.getAsJsonObject().get("name").getAsString()));
            }
            assertEquals(used, declared, path.getKey());
            resource.entrySet().stream().filter(entry -> !"parameters".equals(entry.getKey())).forEach(entry ->
                assertTrue(names.add(entry.getValue().getAsJsonObject().get("operationId").getAsString())));
        });
    }

    @Test
    void intentCanBeReadReplacedAndDeleted() {
        final var port = at("paths",
            "/data/peregrine-network:networks/network={network-name}/port={port-mac-address}");
        assertEquals(Set.of("parameters", "get", "put", "patch", "delete"), port.keySet());
        assertEquals(json("""
            {'type': 'object', 'required': ['peregrine-network:port'], 'properties': {'peregrine-network:port':
              {'type': 'array', 'minItems': 1, 'maxItems': 1,
               'items': {'$ref': '#/components/schemas/peregrine-network.networks.network.port'}}}}"""),
            port.getAsJsonObject("put").getAsJsonObject("requestBody").getAsJsonObject("content")
                .getAsJsonObject("application/yang-data+json").get("schema"));
    }

    @Test
    void stateCanOnlyBeRead() {
        assertEquals(Set.of("parameters", "get"),
            at("paths", "/data/peregrine-edge:tunnels/tunnel={tunnel-source},{tunnel-destination}").keySet());
        assertTrue(property("peregrine-edge.tunnels.tunnel", "liveness").get("readOnly").getAsBoolean());
        assertNull(property("peregrine-network.networks.network", "vni").get("readOnly"));
    }

    @Test
    void whatHasToBeGivenIsRequiredAndCannotBePatched() {
        // the models say so in words, for the sake of better errors
        assertEquals(json("['name', 'vni']"), schema("peregrine-network.networks.network").get("required"));
        assertFalse(at("paths", "/data/peregrine-network:networks/network={network-name}").has("patch"));
        assertTrue(at("paths", "/data/peregrine-migration:migration-policy").has("patch"));
    }

    @Test
    void valuesAreAsInJson() {
        assertEquals(json("{'type': 'integer', 'format': 'int64', 'minimum': 0, 'maximum': 4294967295}"),
            without(property("peregrine-network.networks.network", "vni"), "description"));
        assertEquals("string", property("peregrine-migration.migrations.migration.step", "offset").get("type")
            .getAsString());
        final var name = property("peregrine-network.networks.network", "name");
        assertEquals("^(?:[A-Za-z0-9][A-Za-z0-9._-]*)$", name.get("pattern").getAsString());
        assertEquals(json("[1, 64]"), json("[" + name.get("minLength") + "," + name.get("maxLength") + "]"));
        assertTrue(property("peregrine-network.networks.network.subnet", "prefix").has("anyOf"));
        assertTrue(property("peregrine-migration.migrations.migration", "phase").getAsJsonArray("enum").contains(
            json("'completed'")));
    }

    @Test
    void rpcsAreCalledWithTheirInput() {
        final var call = at("paths", "/operations/peregrine-jobs:migrate-guest", "post");
        assertTrue(call.getAsJsonObject("requestBody").toString().contains(
            "#/components/schemas/peregrine-jobs.migrate-guest.input"));
        assertEquals(json("['guest', 'destination']"), schema("peregrine-jobs.migrate-guest.input").get("required"));
        assertTrue(call.getAsJsonObject("responses").has("200"));
    }

    private static JsonObject without(final JsonObject object, final String name) {
        final var copy = object.deepCopy();
        copy.remove(name);
        return copy;
    }
}
