/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The links as they were known at one time. Immutable.
 *
 * @param all each direction of each link with what is known of it, in the links' order
 */
public record Links(Map<Link, Status> all) {
    /** No link is known. */
    public static final Links NONE = new Links(Map.of());

    /**
     * What is known of a link.
     *
     * @param state the state
     * @param since when the link came into this state, nanoseconds of the clock that the discovery is told
     */
    public record Status(LinkState state, long since) {
        public Status {
            requireNonNull(state);
        }
    }

    public Links {
        all = Collections.unmodifiableMap(new TreeMap<>(all));
    }

    /**
     * Tells whether a link works both ways, as far as it is known.
     *
     * @param link the link
     * @return true if the link and its reverse are both known, in whatever state
     */
    public boolean bidirectional(final Link link) {
        return all.containsKey(link) && all.containsKey(link.reverse());
    }

    /**
     * Tells whether a link can be relied on. An unconfirmed link can: what is unknown is not absent, and a restart of
     * the controller must move no packet off its path.
     *
     * @param link the link
     * @return true if it is known, not damped, and leads to another switch
     */
    public boolean usable(final Link link) {
        return all.containsKey(link) && !damped(link) && !link.withinOneSwitch();
    }

    /**
     * Tells whether a link has come and gone lately: it is for where no other leads.
     *
     * @param link the link
     * @return true if it is known, and damped
     */
    public boolean damped(final Link link) {
        final var status = all.get(link);
        return status != null && status.state() == LinkState.DAMPED;
    }
}
