/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OperationResult;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RpcException;
import io.peregrine.ovsdb.TransactionException;
import java.util.ArrayList;
import java.util.List;

/** What a server answers, from JSON. */
final class ReplyCodec {
    private ReplyCodec() {
        // static methods only
    }

    /** The {@code error} member of an answer: RFC 7047 section 3.1 has an object there, some servers a string. */
    static RpcException rpcError(final String method, final JsonElement error) {
        if (error instanceof JsonObject object) {
            return new RpcException(method, member(object, "error"), details(object));
        }
        return new RpcException(method, error instanceof JsonPrimitive text ? text.getAsString()
            : DatumCodec.brief(error), "");
    }

    static List<String> strings(final JsonElement json) throws ProtocolException {
        final List<String> result = new ArrayList<>();
        for (JsonElement element : array(json)) {
            if (!(element instanceof JsonPrimitive text) || !text.isString()) {
                throw new ProtocolException("not a string: " + DatumCodec.brief(element));
            }
            result.add(text.getAsString());
        }
        return result;
    }

    /**
     * The results of a transaction, RFC 7047 section 4.1.3. After a failed operation the array has {@code null} or
     * nothing; a failed commit adds an element.
     */
    static List<OperationResult> results(final List<Operation> operations, final JsonElement json)
            throws OvsdbException {
        final JsonArray array = array(json);
        for (int i = 0; i < array.size(); i++) {
            if (array.get(i) instanceof JsonObject object && object.has("error")) {
                throw new TransactionException(i, name(operations, i), member(object, "error"), details(object));
            }
        }
        if (array.size() != operations.size()) {
            throw new ProtocolException(array.size() + " results of " + operations.size() + " operations");
        }
        final List<OperationResult> results = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof JsonObject object)) {
                throw new ProtocolException("operation " + i + " (" + name(operations, i) + ") has no result");
            }
            results.add(result(operations.get(i), object));
        }
        return List.copyOf(results);
    }

    private static OperationResult result(final Operation operation, final JsonObject json)
            throws ProtocolException {
        if (operation instanceof Operation.Insert) {
            final Row row = DatumCodec.decodeRow(json);
            if (row.columns().get("uuid") instanceof Datum.Ref ref) {
                return new OperationResult.Inserted(ref.value());
            }
            throw new ProtocolException("insert without UUID: " + DatumCodec.brief(json));
        }
        if (operation instanceof Operation.Select) {
            final List<Row> rows = new ArrayList<>();
            for (JsonElement row : array(json.get("rows"))) {
                rows.add(DatumCodec.decodeRow(row));
            }
            return new OperationResult.Selected(rows);
        }
        if (operation instanceof Operation.Update || operation instanceof Operation.Mutate
                || operation instanceof Operation.Delete) {
            if (DatumCodec.decodeRow(json).columns().get("count") instanceof Datum.Int count) {
                return new OperationResult.Counted(count.value());
            }
            throw new ProtocolException(operation.op() + " without count: " + DatumCodec.brief(json));
        }
        return new OperationResult.Done();
    }

    static JsonArray array(final JsonElement json) throws ProtocolException {
        if (json instanceof JsonArray array) {
            return array;
        }
        throw new ProtocolException("not an array: " + DatumCodec.brief(json));
    }

    static JsonObject object(final JsonElement json) throws ProtocolException {
        if (json instanceof JsonObject object) {
            return object;
        }
        throw new ProtocolException("not an object: " + DatumCodec.brief(json));
    }

    private static String name(final List<Operation> operations, final int index) {
        if (index >= operations.size()) {
            return "commit";
        }
        final Operation operation = operations.get(index);
        return operation.table().isEmpty() ? operation.op() : operation.op() + " " + operation.table();
    }

    private static String details(final JsonObject error) {
        final String details = member(error, "details");
        final String syntax = member(error, "syntax");
        if (syntax.isEmpty()) {
            return details;
        }
        return details.isEmpty() ? syntax : details + " in " + syntax;
    }

    private static String member(final JsonObject object, final String name) {
        return object.get(name) instanceof JsonPrimitive text ? text.getAsString() : "";
    }
}
