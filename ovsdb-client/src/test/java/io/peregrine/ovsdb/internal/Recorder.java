/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.awaitility.Awaitility.await;

import io.peregrine.ovsdb.MonitorListener;
import io.peregrine.ovsdb.OvsdbException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RowChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Writes down what a monitor says, and applies it to a content of its own, strictly. */
final class Recorder implements MonitorListener {
    private final List<String> signals = new ArrayList<>();
    private final List<RowChange> changes = new ArrayList<>();
    private final List<OvsdbException> failures = new ArrayList<>();
    private final Map<String, Map<UUID, Row>> content = new HashMap<>();
    private final List<String> errors = new ArrayList<>();

    @Override
    public synchronized void changed(final List<RowChange> news) {
        signals.add("changed");
        changes.addAll(news);
        for (RowChange change : news) {
            final Map<UUID, Row> rows = content.computeIfAbsent(change.table(), name -> new HashMap<>());
            if (!Optional.ofNullable(rows.get(change.uuid())).equals(change.before())) {
                errors.add(change + " does not start from " + rows.get(change.uuid()));
            }
            if (change.before().equals(change.after())) {
                errors.add(change + " changes nothing");
            }
            change.after().ifPresentOrElse(row -> rows.put(change.uuid(), row), () -> rows.remove(change.uuid()));
        }
    }

    @Override
    public synchronized void synced() {
        signals.add("synced");
    }

    @Override
    public synchronized void disconnected(final Throwable cause) {
        signals.add("disconnected");
    }

    @Override
    public synchronized void failed(final OvsdbException cause) {
        failures.add(cause);
    }

    synchronized List<String> signals() {
        return List.copyOf(signals);
    }

    synchronized List<RowChange> changes() {
        return List.copyOf(changes);
    }

    synchronized List<OvsdbException> failures() {
        return List.copyOf(failures);
    }

    synchronized List<String> errors() {
        return List.copyOf(errors);
    }

    synchronized Map<UUID, Row> content(final String table) {
        return Map.copyOf(content.getOrDefault(table, Map.of()));
    }

    synchronized void forgetChanges() {
        changes.clear();
    }

    synchronized long count(final String signal) {
        return signals.stream().filter(signal::equals).count();
    }

    /** Waits for the nth {@code synced}. */
    void awaitSynced(final int times) {
        await().atMost(RealServer.HANG).until(() -> count("synced") >= times);
    }
}
