/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonParser;
import io.peregrine.ovsdb.Condition;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.Mutation;
import io.peregrine.ovsdb.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OperationCodecTest {
    private static final UUID UID = UUID.fromString("550e8400-e29b-41d4-a716-446655440000");

    @Test
    void operationsAreThoseOfTheRfc() {
        assertJson("{'op':'insert','table':'Port','uuid-name':'p','row':{'name':'vx1','tag':7,'up':true,"
            + "'interfaces':['named-uuid','i'],'external_ids':['map',[['k','v']]]}}",
            Operation.insert("Port").named("p").set("name", "vx1").set("tag", 7).set("up", true)
                .set("interfaces", Datum.named("i")).set("external_ids", Map.of("k", "v")));
        assertJson("{'op':'select','table':'Port','where':[]}", Operation.select("Port"));
        assertJson("{'op':'select','table':'Port','where':[['name','==','a']],'columns':['name','_uuid']}",
            Operation.select("Port", Condition.equal("name", "a")).columns("name", "_uuid"));
        assertJson("{'op':'update','table':'Port','where':[['_uuid','==',['uuid','" + UID + "']]],"
            + "'row':{'tag':['set',[]]}}", Operation.update("Port", Condition.uuid(UID)).set("tag", Datum.empty()));
        assertJson("{'op':'update','table':'Port','where':[],'row':{'name':'b'}}",
            Operation.updateAll("Port").set("name", "a").set("name", "b"));
        assertJson("{'op':'mutate','table':'Bridge','where':[['a','includes',1],['b','excludes',2]],"
            + "'mutations':[['ports','insert',['uuid','" + UID + "']],['n','+=',3],['m','delete','k']]}",
            Operation.mutate("Bridge", Condition.includes("a", Datum.of(1)), Condition.excludes("b", Datum.of(2)))
                .with(Mutation.insert("ports", Datum.of(UID))).with(Mutation.add("n", 3))
                .with(Mutation.delete("m", Datum.of("k"))));
        assertJson("{'op':'mutate','table':'T','where':[],'mutations':[]}", Operation.mutateAll("T"));
        assertJson("{'op':'delete','table':'T','where':[['n','<=',1]]}", Operation.delete("T",
            new Condition("n", Condition.Function.LESS_OR_EQUAL, Datum.of(1))));
        assertJson("{'op':'delete','table':'T','where':[]}", Operation.deleteAll("T"));
        assertJson("{'op':'wait','table':'T','where':[],'columns':['n'],'until':'!=','timeout':1500,'rows':[{'n':1}]}",
            new Operation.Wait("T", List.of(), List.of("n"), false, List.of(Map.of("n", Datum.of(1))),
                Duration.ofMillis(1500)));
        assertJson("{'op':'commit','durable':true}", Operation.commit(true));
        assertJson("{'op':'abort'}", Operation.abort());
        assertJson("{'op':'comment','comment':'why'}", Operation.comment("why"));
    }

    @Test
    void buildersLeaveTheirStartAlone() {
        final Operation.Insert start = Operation.insert("T");
        start.set("a", 1).named("x");
        assertEquals(Operation.insert("T"), start);
    }

    @Test
    void whatCannotBeSentIsRefusedAtOnce() {
        assertThrows(IllegalArgumentException.class, () -> Datum.named("1x"));
        assertThrows(IllegalArgumentException.class, () -> Operation.insert("T").named("a-b"));
        assertThrows(IllegalArgumentException.class, () -> Datum.of("a\u0000b"));
        assertThrows(IllegalArgumentException.class, () -> Datum.of("🚀".substring(1)));
        assertThrows(IllegalArgumentException.class, () -> Datum.of(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new Operation.Wait("T", List.of(), List.of(), true,
            List.of(), Duration.ofMillis(-1)));
    }

    private static void assertJson(final String json, final Operation operation) {
        assertEquals(JsonParser.parseString(json.replace('\'', '"')), OperationCodec.encode(operation));
    }
}
