/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;

/**
 * The distances of all nodes to one node: an array by slot, {@link #UNREACHABLE} where there is no path. Nodes beyond
 * the array's end, that is younger ones, are unreachable too.
 */
final class Distances {
    static final int UNREACHABLE = Integer.MAX_VALUE;

    private Distances() {
        // Hidden on purpose
    }

    /**
     * Dijkstra's algorithm backwards from the destination.
     *
     * @param graph the graph
     * @param target the destination's slot
     * @param queue an empty queue; empty again afterwards
     * @return the distances
     */
    static int[] compute(final Graph graph, final int target, final NodeQueue queue) {
        final int[] distances = new int[graph.index().capacity()];
        Arrays.fill(distances, UNREACHABLE);
        distances[target] = 0;
        queue.add(0, target);
        settle(graph, distances, queue, null);
        return distances;
    }

    /**
     * Empties the queue, and passes on what it means for the nodes behind.
     *
     * @param graph the graph
     * @param distances those so far, none of them too short
     * @param queue nodes whose distance has become shorter
     * @param touched also gets each node whose distance becomes shorter here; may be null
     */
    static void settle(final Graph graph, final int[] distances, final NodeQueue queue, final SlotSet touched) {
        while (!queue.isEmpty()) {
            final long entry = queue.take();
            final int node = NodeQueue.slot(entry);
            final int distance = NodeQueue.distance(entry);
            if (distance > distances[node]) {
                continue;
            }
            final var in = graph.in(node);
            final int[] peers = in.peers;
            final int[] costs = in.costs;
            for (int i = 0; i < peers.length; i++) {
                final int longer = distance + costs[i];
                if (longer < distances[peers[i]]) {
                    distances[peers[i]] = longer;
                    queue.add(longer, peers[i]);
                    if (touched != null) {
                        touched.add(peers[i]);
                    }
                }
            }
        }
    }

    static int at(final int[] distances, final int slot) {
        return slot < distances.length ? distances[slot] : UNREACHABLE;
    }

    /** Whether a link is on a shortest path, by the distances of its ends. */
    static boolean isShortest(final int source, final int cost, final int target) {
        return target != UNREACHABLE && source == target + cost;
    }
}
