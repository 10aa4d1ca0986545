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
import io.peregrine.ovsdb.DatabaseSchema;
import io.peregrine.ovsdb.DisconnectedException;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OperationResult;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbSession;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Typed requests over whatever connection there is at the moment. */
final class Requests implements OvsdbSession {
    /**
     * Reads an answer.
     *
     * @param <T> what it is
     */
    @FunctionalInterface
    private interface Decoder<T> {
        T decode(JsonElement json) throws OvsdbException;
    }

    private final String name;
    private final Strand strand;
    private final Duration timeout;
    private final boolean limited;
    private final Supplier<Connection> connection;

    /**
     * Makes one.
     *
     * @param limited whether a request may be refused because too much is waiting
     * @param connection gives null while there is none
     */
    Requests(final String name, final Strand strand, final Duration timeout, final boolean limited,
            final Supplier<Connection> connection) {
        this.limited = limited;
        this.name = name;
        this.strand = strand;
        this.timeout = timeout;
        this.connection = connection;
    }

    @Override
    public CompletableFuture<List<String>> listDatabases() {
        return request("list_dbs", new JsonArray(), timeout, ReplyCodec::strings);
    }

    @Override
    public CompletableFuture<DatabaseSchema> getSchema(final String database) {
        final JsonArray params = new JsonArray();
        params.add(database);
        return request("get_schema", params, timeout, SchemaCodec::decode);
    }

    @Override
    public CompletableFuture<List<OperationResult>> transact(final String database, final List<Operation> operations) {
        return transact(database, operations, timeout);
    }

    @Override
    public CompletableFuture<List<OperationResult>> transact(final String database, final List<Operation> operations,
            final Duration limit) {
        final List<Operation> copy = List.copyOf(operations);
        return request("transact", OperationCodec.params(database, copy), limit,
            json -> ReplyCodec.results(copy, json));
    }

    private <T> CompletableFuture<T> request(final String method, final JsonArray params, final Duration limit,
            final Decoder<T> decoder) {
        final Connection target = connection.get();
        if (target == null) {
            return CompletableFuture.failedFuture(new DisconnectedException("no connection to " + name, null));
        }
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Connection.Request request = target.request(method, params, limit, strand, limited);
        request.reply().whenComplete((json, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            try {
                result.complete(decoder.decode(json));
            } catch (OvsdbException e) {
                result.completeExceptionally(e);
            }
        });
        result.whenComplete((value, failure) -> {
            if (result.isCancelled()) {
                target.abandon(request.id());
            }
        });
        return result;
    }
}
