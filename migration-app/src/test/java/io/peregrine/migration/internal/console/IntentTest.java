/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.peregrine.migration.internal.Datastores;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;

/**
 * Reading and changing data at places that the user names.
 */
class IntentTest {
    private static Datastores datastores;
    private static EffectiveModelContext models;
    private static Datastore datastore;
    private static Json json;

    @BeforeAll
    static void begin() throws Exception {
        datastores = new Datastores();
        models = datastores.models();
        datastore = new Datastore(datastores.domBroker());
        json = new Json(datastores.serializer(), models);
    }

    @AfterEach
    void clear() {
        for (var top : DataPath.tops(models, true)) {
            final var place = DataPath.of(models, true, top.getQName().getLocalName());
            if (datastore.read(LogicalDatastoreType.CONFIGURATION, place.id()).isPresent()) {
                datastore.delete(place);
            }
        }
    }

    private static void set(final String path, final String content) {
        datastore.put(SetCommand.contents(models, path, content), false);
    }

    private static String intent(final String path) {
        final var place = DataPath.of(models, true, path);
        return Json.line(json.data(place.parents(),
            datastore.read(LogicalDatastoreType.CONFIGURATION, place.id()).orElseThrow()));
    }

    private static String refused(final String path, final String content) {
        return assertThrows(IllegalArgumentException.class, () -> set(path, content)).getMessage();
    }

    @Test
    void contentIsAsRestconfHasItOrOnlyWhatIsInside() {
        final var expected = """
            {"peregrine-network:network":[{"name":"green","vni":5002,"subnet":[{"prefix":"10.0.0.0/8"}]}]}""";
        for (var content : List.of(expected, "{\"network\":[{\"vni\":5002,\"subnet\":[{\"prefix\":\"10.0.0.0/8\"}]}]}",
                "{\"vni\":5002,\"subnet\":[{\"prefix\":\"10.0.0.0/8\"}]}")) {
            set("peregrine-network:networks/network=green", content);
            assertEquals(JsonParser.parseString(expected), JsonParser.parseString(intent("networks/network=green")));
        }
    }

    @Test
    void aLeafTakesItsValue() {
        set("/migration-policy/predictive", "all");
        set("migration-policy/probe-rate", "20");
        assertEquals("{\"peregrine-migration:predictive\":\"all\"}", intent("migration-policy/predictive"));
        assertEquals("{\"peregrine-migration:probe-rate\":20}", intent("migration-policy/probe-rate"));
        set("migration-policy/predictive", "{\"peregrine-migration:predictive\":\"own\"}");
        set("migration-policy/probe-rate", "{\"probe-rate\":7}");
        assertEquals("{\"peregrine-migration:predictive\":\"own\"}", intent("migration-policy/predictive"));
        datastore.delete(DataPath.of(models, true, "migration-policy/predictive"));
        assertEquals("{\"peregrine-migration:migration-policy\":{\"probe-rate\":7}}", intent("migration-policy"));
    }

    @Test
    void whatIsShownCanBeSetAgain() {
        set("networks", "{\"network\":[{\"name\":\"b\",\"vni\":2},{\"name\":\"a\",\"vni\":1}]}");
        set("history-policy/size", "5");
        final var shown = "{\"peregrine-network:networks\":{\"network\":[{\"name\":\"a\",\"vni\":1},"
            + "{\"name\":\"b\",\"vni\":2}]},\"peregrine-migration:history-policy\":{\"size\":5}}";
        clear();
        set("/", shown);
        assertEquals("{\"peregrine-network:networks\":{\"network\":[{\"name\":\"a\",\"vni\":1},"
            + "{\"name\":\"b\",\"vni\":2}]}}", intent("networks"), "entries in the order of their keys");
        assertEquals("{\"peregrine-migration:history-policy\":{\"size\":5}}", intent("history-policy"));
    }

    @Test
    void whatIsMergedLeavesTheRest() {
        set("migration-policy/predictive", "all");
        datastore.put(SetCommand.contents(models, "migration-policy", "{\"probe-rate\":3}"), true);
        assertTrue(intent("migration-policy").contains("\"predictive\":\"all\""));
        set("migration-policy", "{\"probe-rate\":3}");
        assertEquals("{\"peregrine-migration:migration-policy\":{\"probe-rate\":3}}", intent("migration-policy"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        networks/network=red | {"vnx": 1} | networks/network=red: it has no 'vnx'; there is name, vni, subnet
        networks/network=red | {"vni": "x"} | networks/network=red/vni: 'x' cannot be meant; Required. The
        networks/network=red | {"vni": [1]} | networks/network=red/vni: give one value, not [1]
        networks/network=red | {"subnet": {}} | networks/network=red/subnet: give an array, such as [...], not {}
        networks/network=red | {"subnet": [{}]} | networks/network=red/subnet: an entry has no prefix; give it one
        networks/network=red | {"subnet": [{"prefix": "x"}]} | networks/network=red/subnet=x/prefix: 'x' cannot be
        networks/network=red | {"name": "green"} | networks/network=red/name: "green" is not what the path says; give
        networks/network=red | [{}, {}] | networks/network=red: give one entry; there are 2
        networks/network=red | 5 | networks/network=red: give an object, such as {...}, not 5
        networks/network=red | {" | content: it is no JSON: Unterminated string
        networks/network=red | {} {} | content: it is no JSON: it cannot be read at line 1 column 5
        networks/network=red | {"vni": 1, "vni": 2} | content: 'vni' is there twice, the second time at $.vni; make one
        networks | {"network": [{"name": "a"}], "network": []} | content: 'network' is there twice, the second time
        / | {"networks": {}, "peregrine-network:networks": {}} | peregrine-network:networks: it is there twice; make one
        networks/network=%zz | {} | networks/network=%zz: '%zz' cannot be a name; name of a network: it has
        networks/network=-x | {} | networks/network=-x: '-x' cannot be a name; name of a network: it has
        networks/network | {} | networks/network: name an entry, such as network=NAME
        networks/network=a,b | {} | networks/network=a,b: name an entry, such as network=NAME
        networks=3 | {} | networks=3: networks is no list; leave out what follows the '='
        networks/network=a/subnet=10.0.0.0/8 | {} | networks/network=a/subnet=10.0.0.0/8: there is no network a; set
        migration-policy/probe-rate | 99 | migration-policy/probe-rate: '99' cannot be meant; probe-rate: it is 0
        migration-policy/predictive | yes | migration-policy/predictive: 'yes' cannot be meant; choose off, own, all
        migration-policy/predictive/x | 1 | migration-policy/predictive: it has no 'x'; nothing is below it
        guests | {} | path: there is no 'guests'; there is borders, fabric, history-policy, hypervisors
        / | {"guests": {}} | path: there is no 'guests'; there is borders
        / | [] | content: give an object that has containers by their names, as peregrine:intent shows it
        """)
    void whatCannotBeMeantIsNamed(final String path, final String content, final String message) {
        final var refusal = refused(path, content);
        assertTrue(refusal.startsWith(message), refusal);
    }

    @Test
    void allOrNothing() {
        refused("/", "{\"networks\":{\"network\":[{\"name\":\"a\",\"vni\":1}]},"
            + "\"migration-policy\":{\"predictive\":1}}");
        assertTrue(datastore.read(LogicalDatastoreType.CONFIGURATION, DataPath.of(models, true, "networks").id())
            .isEmpty());
    }

    @Test
    void whatIsNotThereCannotBeDeleted() {
        assertEquals("networks/network=a: nothing is there; peregrine:intent shows what is",
            assertThrows(IllegalArgumentException.class,
                () -> datastore.delete(DataPath.of(models, true, "networks/network=a"))).getMessage());
    }

    @Test
    void keysOfStateMayBeNumbers() {
        assertEquals("links/link=0000000000000001,2,0000000000000003,4",
            DataPath.of(models, false, "links/link=0000000000000001,2,0000000000000003,4").text());
        assertThrows(IllegalArgumentException.class, () -> DataPath.of(models, false, "links/link=1,2,3"));
        assertThrows(IllegalArgumentException.class,
            () -> DataPath.of(models, false, "links/link=0000000000000001,x,0000000000000003,4"));
    }

    @Test
    void aSlashInAKeyMayBeWrittenEitherWay() {
        assertEquals(DataPath.of(models, true, "networks/network=a/subnet=10.0.0.0%2F8/gateway").id(),
            DataPath.of(models, true, "networks/network=a/subnet=10.0.0.0/8/gateway").id());
    }

    @Test
    void pathsAreCompleted() {
        set("networks", "{\"network\":[{\"name\":\"a\",\"vni\":1,\"subnet\":[{\"prefix\":\"10.0.0.0/8\"}]}]}");
        assertEquals(List.of("networks"), PathCompleter.paths(models, datastore, true, "netw"));
        assertEquals(List.of("networks/network=a", "networks/network="),
            PathCompleter.paths(models, datastore, true, "networks/"));
        assertEquals(List.of("networks/network=a/subnet=10.0.0.0/8", "networks/network=a/subnet="),
            PathCompleter.paths(models, datastore, true, "networks/network=a/s"));
        assertEquals(List.of("networks/network=a/subnet=10.0.0.0/8"),
            PathCompleter.paths(models, datastore, true, "networks/network=a/subnet=10.0.0.0/"));
        assertEquals(List.of("networks/network=a/subnet=10.0.0.0/8/gateway"),
            PathCompleter.paths(models, datastore, true, "networks/network=a/subnet=10.0.0.0/8/g"));
        assertEquals(List.of(), PathCompleter.paths(models, datastore, true, "nowhere/x"));
        assertTrue(PathCompleter.paths(models, datastore, false, "").contains("fabric-counters"));
    }

    @Test
    void aKeyThatWouldEndAtItsSlashIsCompletedWithoutOne() {
        set("fabric", "{\"switch\":[{\"name\":\"s1\",\"datapath-id\":\"0000000000000001\","
            + "\"port\":[{\"name\":\"1/1\"}]}]}");
        final var path = "fabric/switch=s1/port=1%2F1";
        assertEquals(List.of(path, "fabric/switch=s1/port="),
            PathCompleter.paths(models, datastore, true, "fabric/switch=s1/po"));
        assertTrue(datastore.read(LogicalDatastoreType.CONFIGURATION, DataPath.of(models, true, path).id())
            .isPresent());
    }

    @Test
    void nothingIsTooDeep() {
        assertTrue(refused("networks", "[".repeat(100_000)).startsWith("content: it is no JSON: it is nested more"));
    }

    @Test
    void policiesAreShownWithWhatTheyMean() {
        set("migration-policy/probe-rate", "20");
        final var bytes = new ByteArrayOutputStream();
        PolicyUtil.print(models, datastore, new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0,
            false, null));
        final var text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(text.matches("(?s).*\nmigration-policy/probe-rate +20 +50 .*"), text);
        assertTrue(text.contains("choose off, own, all: Which moves are"), text);
        bytes.reset();
        PolicyUtil.print(models, datastore, new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 0,
            false, json));
        final var object = JsonParser.parseString(bytes.toString(StandardCharsets.UTF_8)).getAsJsonObject();
        assertEquals("{\"predictive\":\"own\",\"probe-rate\":20}",
            object.get("peregrine-migration:migration-policy").toString());
    }
}
