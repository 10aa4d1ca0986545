/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonPrimitive;
import io.peregrine.ovsdb.ConnectionListener;
import io.peregrine.ovsdb.ConnectionState;
import io.peregrine.ovsdb.DatabaseSchema;
import io.peregrine.ovsdb.DisconnectedException;
import io.peregrine.ovsdb.Monitor;
import io.peregrine.ovsdb.MonitorListener;
import io.peregrine.ovsdb.MonitorSpec;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OperationResult;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Subscription;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's client, given one connection after the other by whoever makes them. Monitors and listeners belong to the
 * strand; the lock guards only which connection is the present one.
 */
final class ManagedClient implements OvsdbClient, Connection.Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedClient.class);

    private final String name;
    private final OvsdbOptions options;
    private final Strand strand;
    private final Requests requests;
    private final Requests ownRequests;
    private final Runnable onClose;

    private volatile Connection connection;
    private volatile ConnectionState state = new ConnectionState.Disconnected(0, Optional.empty());
    private volatile boolean closed;

    // strand
    private final Set<ConnectionListener> listeners = new LinkedHashSet<>();
    private final Set<ReplicaMonitor> monitors = new LinkedHashSet<>();
    private final Map<String, ReplicaMonitor> active = new HashMap<>();
    private final Map<String, CompletableFuture<DatabaseSchema>> schemas = new HashMap<>();
    private Connection current;
    private ConnectionState told = new ConnectionState.Disconnected(0, Optional.empty());
    private long monitorIds;

    ManagedClient(final String name, final OvsdbOptions options, final Runnable onClose) {
        this.name = name;
        this.options = options;
        this.onClose = onClose;
        strand = new Strand(name, options);
        requests = new Requests(name, strand, options.requestTimeout(), true, () -> connection);
        ownRequests = new Requests(name, strand, options.requestTimeout(), false, () -> connection);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ConnectionState state() {
        return state;
    }

    @Override
    public CompletableFuture<List<String>> listDatabases() {
        return requests.listDatabases();
    }

    @Override
    public CompletableFuture<DatabaseSchema> getSchema(final String database) {
        return requests.getSchema(database);
    }

    @Override
    public CompletableFuture<List<OperationResult>> transact(final String database, final List<Operation> operations) {
        return requests.transact(database, operations);
    }

    @Override
    public CompletableFuture<List<OperationResult>> transact(final String database, final List<Operation> operations,
            final Duration timeout) {
        return requests.transact(database, operations, timeout);
    }

    @Override
    public Subscription addConnectionListener(final ConnectionListener listener) {
        final ListenerSubscription subscription = new ListenerSubscription(listener);
        strand.post(() -> {
            listeners.add(subscription);
            subscription.stateChanged(told);
        });
        return subscription;
    }

    @Override
    public Monitor monitor(final MonitorSpec spec, final MonitorListener listener) {
        final ReplicaMonitor monitor = new ReplicaMonitor(this, spec, listener);
        strand.post(() -> {
            monitors.add(monitor);
            if (current != null) {
                monitor.start(current);
            }
        });
        return monitor;
    }

    @Override
    public void close() {
        final Connection last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            last = connection;
            connection = null;
            state = new ConnectionState.Closed();
        }
        LOG.debug("{}: closed", name);
        if (last == null) {
            strand.post(strand::shutdown);
        } else {
            // outstanding futures fail on the strand before its thread ends
            last.fail(new DisconnectedException("client closed", null));
            last.channel().closeFuture().addListener(done -> strand.post(strand::shutdown));
        }
        onClose.run();
    }

    /** Takes a connection that is ready, on its event loop. */
    void attach(final Connection fresh) {
        final Connection replaced;
        synchronized (this) {
            if (closed) {
                fresh.fail(new DisconnectedException("client closed", null));
                return;
            }
            replaced = connection;
            connection = fresh;
            state = new ConnectionState.Connected(fresh.local(), fresh.remote());
        }
        fresh.attach(strand, this);
        if (replaced != null) {
            replaced.fail(new DisconnectedException("the peer has connected anew", null));
        }
        LOG.info("{}: connected to {}", name, fresh.remote());
        strand.post(() -> {
            if (current != null) {
                leave(new DisconnectedException("the peer has connected anew", null));
            }
            current = fresh;
            tell(new ConnectionState.Connected(fresh.local(), fresh.remote()));
            List.copyOf(monitors).forEach(monitor -> monitor.start(fresh));
        });
    }

    /** A connection that was attached ended. */
    void detach(final Connection gone, final OvsdbException cause) {
        final ConnectionState next = new ConnectionState.Disconnected(0, Optional.of(cause));
        synchronized (this) {
            if (closed || connection != gone) {
                return;
            }
            connection = null;
            state = next;
        }
        LOG.warn("{}: connection lost: {}", name, cause.getMessage());
        strand.post(() -> {
            if (current == gone) {
                current = null;
                leave(cause);
                tell(next);
            }
        });
    }

    /** Another attempt to connect failed. */
    void attemptFailed(final int failures, final Throwable cause) {
        final ConnectionState next = new ConnectionState.Disconnected(failures, Optional.of(cause));
        synchronized (this) {
            if (closed) {
                return;
            }
            state = next;
        }
        if (failures == 1) {
            LOG.warn("{}: cannot connect, trying on: {}", name, cause.getMessage());
        } else {
            LOG.debug("{}: attempt {} to connect failed: {}", name, failures, cause.getMessage());
        }
        strand.post(() -> tell(next));
    }

    @Override
    public void notified(final Connection from, final String method, final JsonArray params) {
        if (closed || from != current) {
            return;
        }
        switch (method) {
            case "update", "update2", "update3" -> {
                final ReplicaMonitor monitor = params.size() > 1 && params.get(0) instanceof JsonPrimitive id
                    ? active.get(id.getAsString()) : null;
                if (monitor == null) {
                    LOG.debug("{}: {} of a monitor that has ended", name, method);
                } else {
                    monitor.updated(method, params);
                }
            }
            case "monitor_canceled" -> from.fail(new ProtocolException("the server cancelled a monitor"));
            default -> LOG.debug("{}: {} is of no interest", name, method);
        }
    }

    boolean isClosed() {
        return closed;
    }

    OvsdbOptions options() {
        return options;
    }

    Strand strand() {
        return strand;
    }

    /** The schema over the present connection, asked for once. On the strand. */
    CompletableFuture<DatabaseSchema> schema(final String database) {
        final CompletableFuture<DatabaseSchema> known = schemas.get(database);
        if (known != null && !known.isCompletedExceptionally()) {
            return known;
        }
        final CompletableFuture<DatabaseSchema> asked = ownRequests.getSchema(database);
        schemas.put(database, asked);
        return asked;
    }

    /** Names a monitor for the wire. On the strand. */
    String activate(final ReplicaMonitor monitor) {
        final String id = "monitor-" + ++monitorIds;
        active.put(id, monitor);
        return id;
    }

    void deactivate(final String id) {
        active.remove(id);
    }

    void forget(final ReplicaMonitor monitor) {
        monitors.remove(monitor);
    }

    private void leave(final OvsdbException cause) {
        active.clear();
        schemas.clear();
        List.copyOf(monitors).forEach(monitor -> monitor.stop(cause));
    }

    private void tell(final ConnectionState news) {
        told = news;
        List.copyOf(listeners).forEach(listener -> listener.stateChanged(news));
    }

    private final class ListenerSubscription implements Subscription, ConnectionListener {
        private final ConnectionListener listener;
        private volatile boolean ended;

        ListenerSubscription(final ConnectionListener listener) {
            this.listener = listener;
        }

        @Override
        public void stateChanged(final ConnectionState news) {
            if (!ended && !closed) {
                strand.call(() -> listener.stateChanged(news));
            }
        }

        @Override
        public void close() {
            ended = true;
            strand.post(() -> listeners.remove(this));
        }
    }
}
