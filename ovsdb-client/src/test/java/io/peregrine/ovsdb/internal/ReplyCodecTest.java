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
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.ErrorKind;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OperationResult;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RpcException;
import io.peregrine.ovsdb.TransactionException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyCodecTest {
    private static final UUID UID = UUID.fromString("550e8400-e29b-41d4-a716-446655440000");
    private static final List<Operation> THREE =
        List.of(Operation.insert("Port"), Operation.deleteAll("Bridge"), Operation.comment("why"));

    @Test
    void eachOperationHasItsResult() throws OvsdbException {
        assertEquals(List.of(new OperationResult.Inserted(UID), new OperationResult.Counted(2),
            new OperationResult.Done()), results(THREE, "[{'uuid':['uuid','" + UID + "']},{'count':2},{}]"));
        final List<OperationResult> selected = results(List.of(Operation.select("T")), "[{'rows':[{'a':1},{}]}]");
        assertEquals(List.of(Row.of(Map.of("a", Datum.of(1))), Row.of(Map.of())), selected.get(0).rows());
        assertThrows(IllegalStateException.class, selected.get(0)::count);
        assertThrows(IllegalStateException.class, selected.get(0)::uuid);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[{'uuid':['uuid','550e8400-e29b-41d4-a716-446655440000']},{'error':'domain error','details':'d'},null]",
        "[{'uuid':['uuid','550e8400-e29b-41d4-a716-446655440000']},{'error':'domain error','details':'d'}]"})
    void theFailedOperationIsNamed(final String json) {
        final TransactionException thrown = assertThrows(TransactionException.class, () -> results(THREE, json));
        assertEquals(1, thrown.index());
        assertEquals("delete Bridge", thrown.operation());
        assertEquals(ErrorKind.DOMAIN, thrown.kind());
        assertEquals("d", thrown.details());
        assertEquals("operation 1 (delete Bridge) failed: domain error: d", thrown.getMessage());
    }

    @Test
    void aFailedCommitIsOneElementMore() {
        final TransactionException thrown = assertThrows(TransactionException.class,
            () -> results(THREE, "[{},{},{},{'error':'referential integrity violation'}]"));
        assertEquals(3, thrown.index());
        assertEquals("commit", thrown.operation());
        assertEquals(ErrorKind.REFERENTIAL_INTEGRITY, thrown.kind());
        assertEquals("", thrown.details());
    }

    @Test
    void unknownErrorsKeepTheirText() {
        final TransactionException thrown = assertThrows(TransactionException.class,
            () -> results(THREE, "[{'error':'new one','syntax':'{}'}]"));
        assertEquals(ErrorKind.OTHER, thrown.kind());
        assertEquals("new one", thrown.error());
        assertEquals("{}", thrown.details());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "[{},{'count':1}]", "[null,null,null]", "[{},{'count':1},{}]",
        "[{'uuid':['uuid','550e8400-e29b-41d4-a716-446655440000']},{'count':1},{},{}]",
        "[{'uuid':['uuid','550e8400-e29b-41d4-a716-446655440000']},{},{}]"})
    void otherResultsAreAgainstTheProtocol(final String json) {
        assertThrows(ProtocolException.class, () -> results(THREE, json));
    }

    @Test
    void anErrorMayBeATextOrAnObject() {
        final RpcException text = ReplyCodec.rpcError("m", JsonParser.parseString("\"unknown method\""));
        assertEquals(ErrorKind.UNKNOWN_METHOD, text.kind());
        final RpcException object = ReplyCodec.rpcError("m",
            JsonParser.parseString("{\"error\":\"unknown database\",\"details\":\"no x\"}"));
        assertEquals(ErrorKind.UNKNOWN_DATABASE, object.kind());
        assertEquals("m refused: unknown database: no x", object.getMessage());
        assertEquals(ErrorKind.OTHER, ReplyCodec.rpcError("m", JsonParser.parseString("[1]")).kind());
    }

    private static List<OperationResult> results(final List<Operation> operations, final String json)
            throws OvsdbException {
        return ReplyCodec.results(operations, JsonParser.parseString(json.replace('\'', '"')));
    }
}
