/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

/**
 * A node of the graph: a fabric switch. What the number means is its owner's affair; nodes are in the order of their
 * numbers.
 *
 * @param bits an unsigned 64-bit identifier, such as an OpenFlow datapath id
 */
public record NodeId(long bits) implements Comparable<NodeId> {
    @Override
    public int compareTo(final NodeId other) {
        return Long.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return Long.toHexString(bits);
    }
}
