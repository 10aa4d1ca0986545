/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static java.util.Objects.requireNonNull;

/**
 * One direction of a link between two switches. Its ends tell it from other links; the cost is a property of it.
 *
 * @param source the switch that sends
 * @param sourcePort the port it sends from
 * @param target the switch that receives
 * @param targetPort the port it receives at
 * @param cost what it costs to use the link, 1 to {@value #MAX_COST} (the range of OSPF's metric, RFC 2328)
 */
public record Link(NodeId source, long sourcePort, NodeId target, long targetPort, int cost)
        implements Comparable<Link> {
    /** The highest cost of a link. */
    public static final int MAX_COST = 0xffff;

    public Link {
        requireNonNull(source);
        requireNonNull(target);
        if (cost < 1 || cost > MAX_COST) {
            throw new IllegalArgumentException("cost of a link must be 1 to " + MAX_COST + ": " + cost);
        }
    }

    /**
     * The same link at another cost.
     *
     * @param newCost the cost, 1 to {@value #MAX_COST}
     * @return a link with the same ends
     * @throws IllegalArgumentException if the cost is out of range
     */
    public Link withCost(final int newCost) {
        return newCost == cost ? this : new Link(source, sourcePort, target, targetPort, newCost);
    }

    /**
     * Compares the ends alone: source, its port, target, its port.
     *
     * @param other another link
     * @return zero if both are the same link, whatever they cost
     */
    int compareEnds(final Link other) {
        int order = source.compareTo(other.source);
        if (order == 0) {
            order = Long.compare(sourcePort, other.sourcePort);
        }
        if (order == 0) {
            order = target.compareTo(other.target);
        }
        return order == 0 ? Long.compare(targetPort, other.targetPort) : order;
    }

    @Override
    public int compareTo(final Link other) {
        final int order = compareEnds(other);
        return order == 0 ? Integer.compare(cost, other.cost) : order;
    }

    @Override
    public String toString() {
        return source + ":" + sourcePort + "->" + target + ":" + targetPort + "/" + cost;
    }
}
