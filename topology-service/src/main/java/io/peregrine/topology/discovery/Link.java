/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static java.util.Objects.requireNonNull;

import io.peregrine.topology.PortId;
import java.util.Comparator;

/**
 * One direction of a wire: what is sent out of one port is received at the other.
 *
 * @param from the sending port
 * @param to the receiving port, another one
 */
public record Link(PortId from, PortId to) implements Comparable<Link> {
    private static final Comparator<Link> ORDER = Comparator.comparing(Link::from).thenComparing(Link::to);

    public Link {
        requireNonNull(from);
        requireNonNull(to);
        if (from.equals(to)) {
            throw new IllegalArgumentException("a port is not linked to itself: " + from);
        }
    }

    /**
     * The other direction.
     *
     * @return the link with its ends exchanged
     */
    public Link reverse() {
        return new Link(to, from);
    }

    /**
     * Tells whether both ends are ports of one switch.
     *
     * @return true for such a cable, over which nothing is ever routed
     */
    public boolean withinOneSwitch() {
        return from.datapath().equals(to.datapath());
    }

    @Override
    public int compareTo(final Link other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return from + " -> " + to;
    }
}
