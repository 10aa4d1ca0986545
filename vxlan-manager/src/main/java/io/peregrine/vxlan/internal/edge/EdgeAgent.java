/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static java.util.Objects.requireNonNull;

import io.peregrine.ovsdb.ConnectionState;
import io.peregrine.ovsdb.Monitor;
import io.peregrine.ovsdb.MonitorListener;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.RowChange;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one edge's Open vSwitch as wanted and reports what it is like. Everything happens on one thread, the
 * executor's; nothing blocks it. The state is compared as a whole after each change (level-triggered), with one
 * transaction under way at a time.
 */
public final class EdgeAgent implements AutoCloseable {
    /** Whether the edge's database is known. */
    public enum Session {
        DISCONNECTED, SYNCING, IN_SYNC
    }

    /**
     * Hears of an edge. Called on the executor's thread.
     */
    public interface Listener {
        /**
         * The edge's state, when it has changed while the session is in sync.
         *
         * @param edge the edge
         * @param snapshot the state
         */
        void onSnapshot(String edge, EdgeSnapshot snapshot);

        /**
         * The session's state.
         *
         * @param edge the edge
         * @param session the state
         * @param problem why it is disconnected, if known
         */
        void onSession(String edge, Session session, Optional<String> problem);
    }

    private static final Logger LOG = LoggerFactory.getLogger(EdgeAgent.class);
    private static final int OPENFLOW_PORT = 6653;
    private static final long RETRY_MILLIS = 3000;

    private final ScheduledExecutorService executor;
    private final Listener listener;
    private final OvsdbClient client;
    private final Monitor monitor;
    private final EdgeIntent intent;

    // all below on the executor's thread only
    private Map<String, InetAddress> peers;
    private Optional<InetAddress> localAddress = Optional.empty();
    private boolean transacting;
    private boolean closed;
    private boolean retryPending;
    private Optional<String> transactionProblem = Optional.empty();
    private EdgeSnapshot reported;

    /**
     * Begins to connect.
     *
     * @param intent the edge
     * @param peers the other edges' underlay addresses by name
     * @param factory makes the connection
     * @param executor has one thread
     * @param listener hears of the edge
     */
    public EdgeAgent(final EdgeIntent intent, final Map<String, InetAddress> peers, final OvsdbClientFactory factory,
            final ScheduledExecutorService executor, final Listener listener) {
        this.intent = requireNonNull(intent);
        this.peers = Map.copyOf(peers);
        this.executor = requireNonNull(executor);
        this.listener = requireNonNull(listener);
        client = factory.connect(intent.ovsdb(), OvsdbOptions.builder().callbackExecutor(executor).build());
        client.addConnectionListener(this::onConnection);
        monitor = client.monitor(EdgeDatabase.SPEC, new MonitorListener() {
            @Override
            public void changed(final List<RowChange> changes) {
                evaluate();
            }

            @Override
            public void synced() {
                LOG.info("Edge {}: OVSDB {} in sync", intent.name(), intent.ovsdb());
                EdgeAgent.this.listener.onSession(intent.name(), Session.IN_SYNC, Optional.empty());
                evaluate();
            }

            @Override
            public void disconnected(final Throwable cause) {
                LOG.warn("Edge {}: OVSDB {} lost: {}", intent.name(), intent.ovsdb(), cause.getMessage());
            }

            @Override
            public void failed(final OvsdbException cause) {
                LOG.warn("Edge {}: OVSDB {} cannot be read: {}", intent.name(), intent.ovsdb(), cause.getMessage());
                EdgeAgent.this.listener.onSession(intent.name(), Session.SYNCING, Optional.of(cause.getMessage()));
            }
        });
    }

    public EdgeIntent intent() {
        return intent;
    }

    /**
     * Replaces the peers.
     *
     * @param newPeers the other edges' underlay addresses by name
     */
    public void setPeers(final Map<String, InetAddress> newPeers) {
        if (!newPeers.equals(peers)) {
            peers = Map.copyOf(newPeers);
            evaluate();
        }
    }

    /**
     * Removes our ports and our controller from the edge if it can be reached, then closes. To be called on the
     * executor's thread.
     */
    public void retire() {
        if (closed) {
            return;
        }
        closed = true;
        final var operations = monitor.isSynced()
            ? EdgeReconciler.retire(intent.bridge(), new EdgeDatabase(monitor.snapshot())) : List.<Operation>of();
        if (operations.isEmpty()) {
            client.close();
        } else {
            client.transact(EdgeDatabase.NAME, operations).whenComplete((ok, failure) -> {
                if (failure != null) {
                    LOG.warn("Edge {}: could not be cleaned up: {}", intent.name(), failure.getMessage());
                }
                client.close();
            });
        }
    }

    /** Closes the session and leaves the edge as it is. */
    @Override
    public void close() {
        closed = true;
        client.close();
    }

    private void onConnection(final ConnectionState state) {
        if (closed) {
            return;
        }
        if (state instanceof ConnectionState.Connected connected) {
            localAddress = connected.local() instanceof InetSocketAddress local ? Optional.of(local.getAddress())
                : Optional.empty();
            listener.onSession(intent.name(), Session.SYNCING, Optional.empty());
        } else if (state instanceof ConnectionState.Disconnected disconnected) {
            listener.onSession(intent.name(), Session.DISCONNECTED, disconnected.cause().map(Throwable::getMessage));
        }
    }

    private void evaluate() {
        if (closed || !monitor.isSynced()) {
            return;
        }
        final var database = new EdgeDatabase(monitor.snapshot());
        final var wish = wish();
        final var plan = EdgeReconciler.plan(wish, database);
        final var problems = new ArrayList<>(plan.problems());
        transactionProblem.ifPresent(problems::add);
        final var snapshot = EdgeReader.read(wish, database, problems);
        if (!snapshot.equals(reported)) {
            reported = snapshot;
            listener.onSnapshot(intent.name(), snapshot);
        }
        if (!plan.operations().isEmpty() && !transacting && !retryPending) {
            transact(plan.operations());
        }
    }

    private void transact(final List<Operation> operations) {
        transacting = true;
        LOG.debug("Edge {}: {}", intent.name(), operations);
        client.transact(EdgeDatabase.NAME, operations).whenComplete((ok, failure) -> {
            transacting = false;
            if (failure == null) {
                // a server tells of a change before it answers the transaction, so the monitor shows it already
                transactionProblem = Optional.empty();
                evaluate();
                return;
            }
            LOG.warn("Edge {}: change refused, trying again in {} ms: {}", intent.name(), RETRY_MILLIS,
                failure.getMessage());
            transactionProblem = Optional.of("OVSDB refused a change: " + failure.getMessage());
            retryPending = true;
            executor.schedule(() -> {
                retryPending = false;
                evaluate();
            }, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            evaluate();
        });
    }

    private EdgeWish wish() {
        return new EdgeWish(intent.name(), intent.bridge(), intent.datapath().ovsName(), intent.takeOver(),
            intent.controller().orElseGet(this::seenController), intent.underlay(), peers,
            intent.ports().stream().map(EdgeIntent.BorderPort::interfaceName).collect(Collectors.toSet()));
    }

    private String seenController() {
        final var address = localAddress.orElseThrow(() -> new IllegalStateException("not connected"));
        final var host = address.getHostAddress();
        return "tcp:" + (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + OPENFLOW_PORT;
    }
}
