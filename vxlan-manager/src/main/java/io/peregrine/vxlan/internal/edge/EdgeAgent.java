/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static java.util.Objects.requireNonNull;

import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.ovsdb.Row;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/**
 * Keeps one edge's Open vSwitch as wanted and reports what it is like. Everything happens on one thread, the
 * executor's; nothing blocks it.
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

    private static final int OPENFLOW_PORT = 6653;
    private static final int OPENFLOW_TLS_PORT = 6654;

    private final EdgeIntent intent;
    private final Set<String> formerNames;
    private final Listener listener;
    private final Runnable onBridge;
    private final EdgeSession session;

    // all below on the executor's thread only
    private Map<String, InetAddress> peers;
    private boolean read;
    private Optional<UUID> bridge = Optional.empty();
    private EdgeSnapshot reported;

    /**
     * Begins to connect.
     *
     * @param intent the edge
     * @param peers the other edges' underlay addresses by name
     * @param formerNames names under which the bridge may be marked as ours from earlier
     * @param factory makes the connection
     * @param executor has one thread
     * @param listener hears of the edge
     * @param onBridge runs when {@link #isRead} or {@link #bridge} has changed
     */
    EdgeAgent(final EdgeIntent intent, final Map<String, InetAddress> peers, final Set<String> formerNames,
            final OvsdbClientFactory factory, final ScheduledExecutorService executor, final Listener listener,
            final Runnable onBridge) {
        this.intent = requireNonNull(intent);
        this.peers = Map.copyOf(peers);
        this.formerNames = Set.copyOf(formerNames);
        this.listener = requireNonNull(listener);
        this.onBridge = requireNonNull(onBridge);
        session = new EdgeSession(intent.name(), intent.ovsdb(), factory, executor, new EdgeSession.User() {
            @Override
            public void onSession(final Session state, final Optional<String> problem) {
                listener.onSession(intent.name(), state, problem);
            }

            @Override
            public List<Operation> evaluate(final EdgeDatabase database, final Optional<String> refusal) {
                return EdgeAgent.this.evaluate(database, refusal);
            }
        });
        session.open();
    }

    EdgeIntent intent() {
        return intent;
    }

    /** Whether the database has been read. */
    boolean isRead() {
        return read;
    }

    /** The row of the bridge that is marked as this edge's, as last seen. */
    Optional<UUID> bridge() {
        return bridge;
    }

    /**
     * Replaces the peers.
     *
     * @param newPeers the other edges' underlay addresses by name
     */
    void setPeers(final Map<String, InetAddress> newPeers) {
        if (!newPeers.equals(peers)) {
            peers = Map.copyOf(newPeers);
            session.evaluate();
        }
    }

    /** Closes the session and leaves the edge as it is. */
    @Override
    public void close() {
        session.close();
    }

    private List<Operation> evaluate(final EdgeDatabase database, final Optional<String> refusal) {
        final var wish = wish();
        final var plan = EdgeReconciler.plan(wish, database);
        final var problems = new ArrayList<>(plan.problems());
        refusal.ifPresent(problems::add);
        final var snapshot = EdgeReader.read(wish, database, problems);
        if (!snapshot.equals(reported)) {
            reported = snapshot;
            listener.onSnapshot(intent.name(), snapshot);
        }
        final var ours = database.bridgeOf(intent.name(), intent.bridge()).map(Row::uuid);
        if (!read || !ours.equals(bridge)) {
            read = true;
            bridge = ours;
            onBridge.run();
        }
        return plan.operations();
    }

    private EdgeWish wish() {
        return new EdgeWish(intent.name(), formerNames, intent.bridge(), intent.datapath().ovsName(), intent.takeOver(),
            intent.controller().orElseGet(this::seenController), intent.underlay(), peers,
            intent.ports().stream().map(EdgeIntent.BorderPort::interfaceName).collect(Collectors.toSet()));
    }

    private String seenController() {
        final var address = session.localAddress().orElseThrow(() -> new IllegalStateException("not connected"));
        final var host = address.getHostAddress();
        final boolean secure = intent.ovsdb().kind().secure();
        return new Endpoint(secure ? Endpoint.Kind.SSL : Endpoint.Kind.TCP, host,
            secure ? OPENFLOW_TLS_PORT : OPENFLOW_PORT).toString();
    }
}
