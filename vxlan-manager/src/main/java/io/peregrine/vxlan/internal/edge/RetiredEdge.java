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
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * A bridge that was an edge of intent and has to be let go of. Immutable.
 *
 * @param edge the edge's name then, with which the bridge is marked
 * @param ovsdb where its ovsdb-server listens
 * @param bridge the bridge's name
 * @param since when it went out of intent
 */
public record RetiredEdge(String edge, Endpoint ovsdb, String bridge, Instant since) {
    public RetiredEdge {
        requireNonNull(edge);
        requireNonNull(ovsdb);
        requireNonNull(bridge);
        requireNonNull(since);
    }

    /** Whether an edge of intent uses the same bridge, under whatever name. */
    boolean isBridgeOf(final EdgeIntent intent) {
        return ovsdb.equals(intent.ovsdb()) && bridge.equals(intent.bridge());
    }

    /** A line for a journal. None of the parts can have a blank in it. */
    String toLine() {
        return since + " " + edge + " " + ovsdb + " " + bridge;
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if {@link #toLine} does not make such a line
     */
    static RetiredEdge parseLine(final String line) {
        final var parts = line.split(" ", -1);
        if (parts.length != 4) {
            throw new IllegalArgumentException("'" + line + "' does not have four parts");
        }
        try {
            return new RetiredEdge(parts[1], Endpoint.parseActive(parts[2]), parts[3], Instant.parse(parts[0]));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'" + line + "' does not begin with a time", e);
        }
    }
}
