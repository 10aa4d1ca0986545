/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.Optional;
import java.util.UUID;

/**
 * A replica of tables. It keeps its content while the server is away: unknown is not absent. Reads are consistent with
 * whole transactions and may be ahead of what the listener has heard.
 */
public interface Monitor extends Subscription {
    /** Whether the content is the server's, as far as it told: false before the first content and while away. */
    boolean isSynced();

    /** One row. */
    Optional<Row> row(String table, UUID uuid);

    /** A copy of everything; costs time in proportion to it. */
    MonitorSnapshot snapshot();
}
