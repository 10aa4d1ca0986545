/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

/**
 * A flow entry's identity on a switch (OpenFlow 1.3.5, 5.2).
 *
 * @param table the table number, 0 to 254
 * @param priority the priority, 0 to 65535; higher wins
 * @param match the match
 */
public record FlowKey(int table, int priority, Match match) {
    public FlowKey {
        if (table < 0 || table > 254) {
            throw new IllegalArgumentException("table " + table);
        }
        if (priority < 0 || priority > 65535) {
            throw new IllegalArgumentException("priority " + priority);
        }
        requireNonNull(match);
    }

    @Override
    public String toString() {
        return "table=" + table + ",priority=" + priority + "," + match;
    }
}
