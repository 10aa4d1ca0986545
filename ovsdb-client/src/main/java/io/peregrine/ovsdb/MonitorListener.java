/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.List;

/**
 * Hears a monitor's one stream of changes: applied in order they give the server's content, over any number of
 * connections. The calls come as {@code changed* synced changed* disconnected}, and so on. What it throws is logged
 * and otherwise ignored.
 */
public interface MonitorListener {
    /**
     * Rows changed. After a (re)connect it is the difference to what was known before, then each call is one or several
     * whole transactions.
     *
     * @param changes never empty, each row at most once, in no particular order
     */
    void changed(List<RowChange> changes);

    /** The content is the server's now, at first and after each reconnect. */
    void synced();

    /** What was told so far is stale from now on, until {@link #synced()}. Called only after that. */
    void disconnected(Throwable cause);

    /**
     * The server refused the monitor, or its schema lacks a table or column. It is tried again with the next
     * connection. Does nothing unless overridden (the failure is logged).
     */
    default void failed(final OvsdbException cause) {
        // the log has it
    }
}
