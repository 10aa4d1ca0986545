/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static java.util.Objects.requireNonNull;

import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.vxlan.internal.edge.EdgeAgent.Session;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of a bridge, however long its database is away. Everything happens on the executor's thread.
 */
final class RetiringEdge implements AutoCloseable {
    /**
     * Knows the edges that are in use, and hears how it goes.
     */
    interface Surroundings {
        /** Whether the bridge is that of an edge of intent, which may be known by another address. */
        boolean isInUse(UUID bridge);

        /** Whether an edge of this name is in intent, and it is not known yet which bridge it has there. */
        boolean isUnread(String edge);

        /** {@link #waitsFor} has changed. */
        void onChange();

        /** There is nothing of ours on the bridge any more, or it is in use. */
        void onDone(RetiringEdge retiring);
    }

    private static final Logger LOG = LoggerFactory.getLogger(RetiringEdge.class);

    private final RetiredEdge what;
    private final Surroundings around;
    private final EdgeSession session;
    private String waitsFor;
    private boolean done;

    RetiringEdge(final RetiredEdge what, final OvsdbClientFactory factory, final ScheduledExecutorService executor,
            final Surroundings around) {
        this.what = requireNonNull(what);
        this.around = requireNonNull(around);
        waitsFor = "OVSDB " + what.ovsdb() + " to be reached";
        session = new EdgeSession(what.edge(), what.ovsdb(), factory, executor, new EdgeSession.User() {
            @Override
            public void onSession(final Session state, final Optional<String> problem) {
                RetiringEdge.this.onSession(state, problem);
            }

            @Override
            public List<Operation> evaluate(final EdgeDatabase database, final Optional<String> refusal) {
                return RetiringEdge.this.evaluate(database, refusal);
            }
        });
        session.open();
    }

    RetiredEdge what() {
        return what;
    }

    /** What has to happen next, in words that follow "waits for". */
    String waitsFor() {
        return waitsFor;
    }

    /** The surroundings have changed. */
    void review() {
        session.evaluate();
    }

    /** Ends without having let go of the bridge. */
    @Override
    public void close() {
        done = true;
        session.close();
    }

    private void onSession(final Session state, final Optional<String> problem) {
        if (state != Session.IN_SYNC) {
            waitFor("OVSDB " + what.ovsdb() + " to be " + (state == Session.DISCONNECTED ? "reached" : "read")
                + problem.map(text -> " (" + text + ")").orElse(""));
        }
    }

    private List<Operation> evaluate(final EdgeDatabase database, final Optional<String> refusal) {
        if (done) {
            return List.of();
        }
        final var bridge = database.bridgeOf(what.edge(), what.bridge());
        if (bridge.isEmpty()) {
            LOG.info("Edge {}: nothing of ours is on bridge {} at {} any more", what.edge(), what.bridge(),
                what.ovsdb());
            finish();
            return List.of();
        }
        final var row = bridge.orElseThrow();
        if (around.isInUse(row.uuid())) {
            LOG.info("Edge {}: bridge {} at {} is still in use by another address", what.edge(), what.bridge(),
                what.ovsdb());
            finish();
            return List.of();
        }
        if (around.isUnread(what.edge())) {
            waitFor("OVSDB of the present edge '" + what.edge() + "' to be read, which may have the same bridge");
            return List.of();
        }
        waitFor(refusal.orElse("the answer of OVSDB " + what.ovsdb()));
        return EdgeReconciler.retire(row, database);
    }

    private void waitFor(final String text) {
        if (!done && !text.equals(waitsFor)) {
            waitsFor = text;
            around.onChange();
        }
    }

    private void finish() {
        close();
        around.onDone(this);
    }
}
