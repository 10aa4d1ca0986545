/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static java.util.Objects.requireNonNull;

import io.peregrine.ovsdb.CertificateFiles;
import io.peregrine.ovsdb.ConnectionState;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.ovsdb.Monitor;
import io.peregrine.ovsdb.MonitorListener;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OvsdbClient;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.OvsdbOptions;
import io.peregrine.ovsdb.RowChange;
import io.peregrine.vxlan.internal.edge.EdgeAgent.Session;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge's database as its user sees it: read as a whole after each change (level-triggered), with one transaction
 * under way at a time. Everything happens on one thread, the executor's; nothing blocks it.
 */
final class EdgeSession implements AutoCloseable {
    /**
     * Who uses the database.
     */
    interface User {
        /**
         * The session's state.
         *
         * @param state the state
         * @param problem why the database cannot be read, if known
         */
        void onSession(Session state, Optional<String> problem);

        /**
         * Looks at the database, which has changed.
         *
         * @param database how it is
         * @param refusal why the last transaction failed, if it did
         * @return one transaction, empty if all is as wanted; it is dropped while another one is under way, and this
         *     method is called again after that one
         */
        List<Operation> evaluate(EdgeDatabase database, Optional<String> refusal);
    }

    private static final Logger LOG = LoggerFactory.getLogger(EdgeSession.class);
    private static final long RETRY_MILLIS = 3000;
    private static final Path CERTIFICATES = Path.of(System.getProperty("karaf.etc", "etc"), "tls");

    private final String edge;
    private final Endpoint ovsdb;
    private final ScheduledExecutorService executor;
    private final User user;
    private final OvsdbClient client;

    private Monitor monitor;
    private Optional<InetAddress> localAddress = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private boolean transacting;
    private boolean retryPending;
    private boolean closed;

    EdgeSession(final String edge, final Endpoint ovsdb, final OvsdbClientFactory factory,
            final ScheduledExecutorService executor, final User user) {
        this.edge = requireNonNull(edge);
        this.ovsdb = requireNonNull(ovsdb);
        this.executor = requireNonNull(executor);
        this.user = requireNonNull(user);
        final var options = OvsdbOptions.builder().callbackExecutor(executor);
        if (ovsdb.kind().secure()) {
            options.tls(CertificateFiles.clientContext(CERTIFICATES));
        }
        client = factory.connect(ovsdb, options.build());
    }

    /** Lets the calls begin. */
    void open() {
        client.addConnectionListener(this::onConnection);
        monitor = client.monitor(EdgeDatabase.SPEC, new MonitorListener() {
            @Override
            public void changed(final List<RowChange> changes) {
                evaluate();
            }

            @Override
            public void synced() {
                LOG.info("Edge {}: OVSDB {} in sync", edge, ovsdb);
                user.onSession(Session.IN_SYNC, Optional.empty());
                evaluate();
            }

            @Override
            public void disconnected(final Throwable cause) {
                LOG.warn("Edge {}: OVSDB {} lost: {}", edge, ovsdb, cause.getMessage());
            }

            @Override
            public void failed(final OvsdbException cause) {
                LOG.warn("Edge {}: OVSDB {} cannot be read: {}", edge, ovsdb, cause.getMessage());
                user.onSession(Session.SYNCING, Optional.of(cause.getMessage()));
            }
        });
    }

    /** The address here that the server sees, of the present or the last connection. */
    Optional<InetAddress> localAddress() {
        return localAddress;
    }

    /** Has the user look at the database if it is known now: something else that counts has changed. */
    void evaluate() {
        if (closed || !monitor.isSynced()) {
            return;
        }
        final var operations = user.evaluate(new EdgeDatabase(monitor.snapshot()), refusal);
        if (!operations.isEmpty() && !closed && !transacting && !retryPending) {
            transact(operations);
        }
    }

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
            user.onSession(Session.SYNCING, Optional.empty());
        } else if (state instanceof ConnectionState.Disconnected disconnected) {
            user.onSession(Session.DISCONNECTED, disconnected.cause().map(Throwable::getMessage));
        }
    }

    private void transact(final List<Operation> operations) {
        transacting = true;
        LOG.debug("Edge {}: {}", edge, operations);
        client.transact(EdgeDatabase.NAME, operations).whenComplete((ok, failure) -> {
            transacting = false;
            if (closed) {
                return;
            }
            if (failure == null) {
                // a server tells of a change before it answers the transaction, so the monitor shows it already
                refusal = Optional.empty();
                evaluate();
                return;
            }
            LOG.warn("Edge {}: change refused, trying again in {} ms: {}", edge, RETRY_MILLIS, failure.getMessage());
            refusal = Optional.of("OVSDB refused a change: " + failure.getMessage());
            retryPending = true;
            executor.schedule(() -> {
                retryPending = false;
                evaluate();
            }, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            evaluate();
        });
    }
}
