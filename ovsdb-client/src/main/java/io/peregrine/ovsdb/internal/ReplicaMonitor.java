/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.peregrine.ovsdb.ColumnSchema;
import io.peregrine.ovsdb.DatabaseSchema;
import io.peregrine.ovsdb.DisconnectedException;
import io.peregrine.ovsdb.ErrorKind;
import io.peregrine.ovsdb.Monitor;
import io.peregrine.ovsdb.MonitorListener;
import io.peregrine.ovsdb.MonitorSnapshot;
import io.peregrine.ovsdb.MonitorSpec;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RowChange;
import io.peregrine.ovsdb.RpcException;
import io.peregrine.ovsdb.SchemaException;
import io.peregrine.ovsdb.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A monitor through all its connections. Everything is on the client's strand, except for what the caller reads.
 *
 * <p>With each connection: schema, then the best monitor method the server takes, then its first content as a
 * difference to the cache. Anything that does not fit closes the connection and gives up the transaction id, so that
 * the next connection starts from a full dump.
 */
final class ReplicaMonitor implements Monitor {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMonitor.class);
    private static final String COND_SINCE = "monitor_cond_since";
    private static final String COND = "monitor_cond";
    private static final String PLAIN = "monitor";
    /** The best first: ovsdb-server(7) sections 4.1.16 and 4.1.12, RFC 7047 section 4.1.5. */
    private static final List<String> METHODS = List.of(COND_SINCE, COND, PLAIN);
    /** Asks for everything: no transaction has it. */
    private static final String NO_TRANSACTION = new UUID(0, 0).toString();

    private final ManagedClient client;
    private final MonitorSpec spec;
    private final MonitorListener listener;
    private final TableCache cache = new TableCache();

    private volatile boolean synced;
    private volatile boolean everSynced;
    private volatile boolean closed;

    private Connection connection;
    private String id;
    private String lastTransaction = NO_TRANSACTION;

    ReplicaMonitor(final ManagedClient client, final MonitorSpec spec, final MonitorListener listener) {
        this.client = client;
        this.spec = spec;
        this.listener = listener;
    }

    @Override
    public boolean isSynced() {
        return synced;
    }

    @Override
    public Optional<Row> row(final String table, final UUID uuid) {
        return cache.row(table, uuid);
    }

    @Override
    public MonitorSnapshot snapshot() {
        return new MonitorSnapshot(synced, everSynced, cache.copy());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        client.strand().post(() -> {
            client.forget(this);
            synced = false;
            if (id != null) {
                client.deactivate(id);
                final JsonArray params = new JsonArray();
                params.add(id);
                request("monitor_cancel", params);
                id = null;
            }
            connection = null;
        });
    }

    /** There is a connection. */
    void start(final Connection fresh) {
        connection = fresh;
        client.schema(spec.database()).whenComplete((schema, failure) -> {
            if (closed || connection != fresh) {
                return;
            }
            if (failure != null) {
                refused(fresh, failure);
                return;
            }
            try {
                if (!cache.columns(resolve(schema))) {
                    lastTransaction = NO_TRANSACTION;
                }
                attempt(fresh, 0, null);
            } catch (SchemaException e) {
                failed(e);
            }
        });
    }

    /** The connection is gone. */
    void stop(final OvsdbException cause) {
        connection = null;
        id = null;
        if (synced) {
            synced = false;
            callback(() -> listener.disconnected(cause));
        }
    }

    /** A notification with this monitor's id. */
    void updated(final String method, final JsonArray params) {
        try {
            final List<RowChange> changes = switch (method) {
                case "update3" -> {
                    final List<RowChange> result = cache.update(object(params, 2), TableCache.Notation.DIFF);
                    lastTransaction = string(params.get(1));
                    yield result;
                }
                case "update2" -> cache.update(object(params, 1), TableCache.Notation.DIFF);
                default -> cache.update(object(params, 1), TableCache.Notation.RFC);
            };
            changed(changes);
        } catch (ProtocolException e) {
            broken(connection, e);
        }
    }

    private void attempt(final Connection fresh, final int method, final RpcException earlier) {
        final String name = METHODS.get(method);
        if (PLAIN.equals(name) && spec.tables().values().stream().anyMatch(table -> !table.where().isEmpty())) {
            failed(earlier == null || earlier.kind() == ErrorKind.UNKNOWN_METHOD
                ? new SchemaException("the server cannot monitor with conditions") : earlier);
            return;
        }
        id = client.activate(this);
        final String mine = id;
        final JsonArray params = new JsonArray();
        params.add(spec.database());
        params.add(id);
        params.add(tables());
        if (COND_SINCE.equals(name)) {
            params.add(lastTransaction);
        }
        request(name, params).reply().whenComplete((reply, failure) -> {
            if (closed || connection != fresh) {
                return;
            }
            if (failure == null) {
                started(fresh, name, reply);
                return;
            }
            client.deactivate(mine);
            id = null;
            if (failure instanceof RpcException refusal && method + 1 < METHODS.size()) {
                LOG.debug("{}: trying the next method, {}", client.name(), refusal.getMessage());
                // what says more than that the method is unknown is worth keeping
                attempt(fresh, method + 1,
                    earlier == null || earlier.kind() == ErrorKind.UNKNOWN_METHOD ? refusal : earlier);
            } else {
                refused(fresh, failure instanceof RpcException && earlier != null
                    && earlier.kind() != ErrorKind.UNKNOWN_METHOD ? earlier : failure);
            }
        });
    }

    private void started(final Connection fresh, final String method, final JsonElement reply) {
        final List<RowChange> changes;
        try {
            if (COND_SINCE.equals(method)) {
                final JsonArray parts = ReplyCodec.array(reply);
                if (parts.size() != 3 || !(parts.get(0) instanceof JsonPrimitive found) || !found.isBoolean()) {
                    throw new ProtocolException("not an answer to " + method + ": " + DatumCodec.brief(reply));
                }
                LOG.debug("{}: monitor by {} {}", client.name(), method,
                    found.getAsBoolean() ? "continues after " + lastTransaction : "starts over");
                changes = found.getAsBoolean() ? cache.update(object(parts, 2), TableCache.Notation.DIFF)
                    : cache.replace(object(parts, 2), TableCache.Notation.DIFF);
                lastTransaction = string(parts.get(1));
            } else {
                changes = cache.replace(ReplyCodec.object(reply),
                    COND.equals(method) ? TableCache.Notation.DIFF : TableCache.Notation.RFC);
                lastTransaction = NO_TRANSACTION;
            }
        } catch (ProtocolException e) {
            broken(fresh, e);
            return;
        }
        everSynced = true;
        synced = true;
        changed(changes);
        callback(listener::synced);
    }

    private void changed(final List<RowChange> changes) {
        if (!changes.isEmpty()) {
            final List<RowChange> copy = List.copyOf(changes);
            callback(() -> listener.changed(copy));
        }
    }

    /** There is no usable answer. */
    private void refused(final Connection fresh, final Throwable failure) {
        if (failure instanceof RpcException refusal) {
            failed(refusal);
        } else if (failure instanceof OvsdbException other && !(failure instanceof DisconnectedException)) {
            // a lost connection says nothing against the cache
            broken(fresh, other);
        }
    }

    private void broken(final Connection where, final OvsdbException cause) {
        lastTransaction = NO_TRANSACTION;
        where.fail(cause);
    }

    private void failed(final OvsdbException cause) {
        LOG.warn("{}: cannot monitor {}: {}", client.name(), spec.database(), cause.getMessage());
        callback(() -> listener.failed(cause));
    }

    private void callback(final Runnable callback) {
        if (!closed && !client.isClosed()) {
            client.strand().call(callback);
        }
    }

    private Connection.Request request(final String method, final JsonArray params) {
        return connection.request(method, params, client.options().requestTimeout(), client.strand(), false);
    }

    private Map<String, Map<String, ColumnSchema>> resolve(final DatabaseSchema schema) throws SchemaException {
        final ImmutableMap.Builder<String, Map<String, ColumnSchema>> result = ImmutableMap.builder();
        for (Map.Entry<String, MonitorSpec.Table> entry : spec.tables().entrySet()) {
            final TableSchema table = schema.tables().get(entry.getKey());
            if (table == null) {
                throw new SchemaException("database " + spec.database() + " version " + schema.version()
                    + " has no table " + entry.getKey());
            }
            if (entry.getValue().columns().isEmpty()) {
                result.put(entry.getKey(), table.columns());
                continue;
            }
            final ImmutableMap.Builder<String, ColumnSchema> columns = ImmutableMap.builder();
            for (String name : entry.getValue().columns()) {
                final ColumnSchema column = "_version".equals(name) ? ColumnSchema.implicit(name)
                    : table.columns().get(name);
                if (column != null) {
                    columns.put(name, column);
                } else if (!Row.UUID_COLUMN.equals(name)) {
                    throw new SchemaException("table " + entry.getKey() + " of " + spec.database() + " version "
                        + schema.version() + " has no column " + name);
                }
            }
            result.put(entry.getKey(), columns.buildKeepingLast());
        }
        return result.build();
    }

    /** The {@code <monitor-requests>}: columns always by name, or {@code _version} would come with every change. */
    private JsonObject tables() {
        final JsonObject result = new JsonObject();
        cache.columns().forEach((table, columns) -> {
            final JsonObject request = new JsonObject();
            request.add("columns", OperationCodec.strings(columns.keySet()));
            final MonitorSpec.Table wanted = spec.tables().get(table);
            if (!wanted.where().isEmpty()) {
                request.add("where", OperationCodec.conditions(wanted.where()));
            }
            final JsonArray requests = new JsonArray(1);
            requests.add(request);
            result.add(table, requests);
        });
        return result;
    }

    private static JsonObject object(final JsonArray params, final int index) throws ProtocolException {
        return ReplyCodec.object(index < params.size() ? params.get(index) : null);
    }

    private static String string(final JsonElement json) throws ProtocolException {
        if (json instanceof JsonPrimitive text && text.isString()) {
            return text.getAsString();
        }
        throw new ProtocolException("not a transaction id: " + DatumCodec.brief(json));
    }
}
