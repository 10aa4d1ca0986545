/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.peregrine.ovsdb.Condition;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.Mutation;
import io.peregrine.ovsdb.Operation;
import java.util.List;

/** Operations to JSON, RFC 7047 section 5.2. */
final class OperationCodec {
    private OperationCodec() {
        // static methods only
    }

    /** The parameters of {@code transact}. */
    static JsonArray params(final String database, final List<Operation> operations) {
        final JsonArray params = new JsonArray(operations.size() + 1);
        params.add(database);
        operations.forEach(operation -> params.add(encode(operation)));
        return params;
    }

    static JsonObject encode(final Operation operation) {
        final JsonObject json = new JsonObject();
        json.addProperty("op", operation.op());
        if (!operation.table().isEmpty()) {
            json.addProperty("table", operation.table());
        }
        if (operation instanceof Operation.Insert insert) {
            insert.uuidName().ifPresent(named -> json.addProperty("uuid-name", named.name()));
            json.add("row", DatumCodec.encode(insert.row()));
        } else if (operation instanceof Operation.Select select) {
            json.add("where", conditions(select.where()));
            if (!select.columns().isEmpty()) {
                json.add("columns", strings(select.columns()));
            }
        } else if (operation instanceof Operation.Update update) {
            json.add("where", conditions(update.where()));
            json.add("row", DatumCodec.encode(update.row()));
        } else if (operation instanceof Operation.Mutate mutate) {
            json.add("where", conditions(mutate.where()));
            json.add("mutations", mutations(mutate.mutations()));
        } else if (operation instanceof Operation.Delete delete) {
            json.add("where", conditions(delete.where()));
        } else if (operation instanceof Operation.Wait wait) {
            json.add("where", conditions(wait.where()));
            json.add("columns", strings(wait.columns()));
            json.addProperty("until", wait.equal() ? "==" : "!=");
            json.addProperty("timeout", wait.timeout().toMillis());
            final JsonArray rows = new JsonArray();
            wait.rows().forEach(row -> rows.add(DatumCodec.encode(row)));
            json.add("rows", rows);
        } else if (operation instanceof Operation.Commit commit) {
            json.addProperty("durable", commit.durable());
        } else if (operation instanceof Operation.Comment comment) {
            json.addProperty("comment", comment.text());
        }
        return json;
    }

    static JsonArray conditions(final List<Condition> where) {
        final JsonArray result = new JsonArray();
        where.forEach(one -> result.add(triple(one.column(), one.function().wire(), one.value())));
        return result;
    }

    static JsonArray strings(final Iterable<String> values) {
        final JsonArray result = new JsonArray();
        values.forEach(result::add);
        return result;
    }

    private static JsonArray mutations(final List<Mutation> mutations) {
        final JsonArray result = new JsonArray();
        mutations.forEach(one -> result.add(triple(one.column(), one.mutator().wire(), one.value())));
        return result;
    }

    private static JsonArray triple(final String column, final String wire, final Datum value) {
        final JsonArray json = new JsonArray(3);
        json.add(column);
        json.add(wire);
        json.add(DatumCodec.encode(value));
        return json;
    }
}
