/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static io.peregrine.topology.graph.Distances.UNREACHABLE;
import static io.peregrine.topology.graph.Distances.at;
import static io.peregrine.topology.graph.Distances.isShortest;

import java.util.Arrays;

/**
 * Carries distances over from one graph to another, looking only at what the changed links affect (after Ramalingam
 * and Reps, "An incremental algorithm for a generalization of the shortest-path problem"):
 *
 * <ol>
 *   <li>From worse links on, in the order of the old distances, find the nodes that have no link left on which they
 *       keep their distance, and forget it.</li>
 *   <li>Give each of them the best that its neighbours offer, and each node at a better link what that offers.</li>
 *   <li>Settle these as Dijkstra's algorithm does.</li>
 * </ol>
 *
 * <p>
 * Costs are positive, so that a node keeps its distance only through nodes that are nearer to the destination, and
 * these have been judged before. For one thread; an instance repairs one set of distances after the other.
 */
final class TreeRepair {
    private final LinkChanges changes;
    private final Graph before;
    private final Graph after;
    private final int capacity;
    private final NodeQueue queue = new NodeQueue();
    private final SlotSet judged;
    private final SlotSet lost;
    private final SlotSet touched;
    private final SlotSet rerouted;
    private final boolean[] atChange;

    TreeRepair(final LinkChanges changes) {
        this.changes = changes;
        before = changes.before();
        after = changes.after();
        capacity = Math.max(before.index().capacity(), after.index().capacity());
        judged = new SlotSet(capacity);
        lost = new SlotSet(capacity);
        touched = new SlotSet(capacity);
        rerouted = new SlotSet(capacity);
        atChange = new boolean[capacity];
        for (int i = 0; i < changes.size(); i++) {
            atChange[changes.source(i)] = true;
        }
    }

    /**
     * Computes distances in the new graph from those in the old one.
     *
     * @param old distances to a node that has the same slot in both graphs; not changed
     * @return the distances in the new graph; the same array if they are the same
     */
    int[] repair(final int[] old) {
        findLost(old);
        touched.clear();
        int[] distances = old;
        if (lost.size() > 0) {
            distances = copy(old);
            reconnect(distances);
        }
        for (int i = 0; i < changes.size(); i++) {
            if (changes.isBetter(i)) {
                final int offered = at(distances, changes.target(i));
                final int source = changes.source(i);
                if (offered != UNREACHABLE && offered + changes.newCost(i) < at(distances, source)) {
                    distances = distances == old ? copy(old) : distances;
                    distances[source] = offered + changes.newCost(i);
                    touched.add(source);
                    queue.add(distances[source], source);
                }
            }
        }
        Distances.settle(after, distances, queue, touched);
        return isSame(old, distances) ? old : distances;
    }

    private int[] copy(final int[] old) {
        final int[] distances = Arrays.copyOf(old, capacity);
        if (old.length < capacity) {
            Arrays.fill(distances, old.length, capacity, UNREACHABLE);
        }
        return distances;
    }

    private void findLost(final int[] old) {
        judged.clear();
        lost.clear();
        for (int i = 0; i < changes.size(); i++) {
            if (changes.isWorse(i) && changes.wasShortest(i, old)) {
                queue.add(at(old, changes.source(i)), changes.source(i));
            }
        }
        while (!queue.isEmpty()) {
            final long entry = queue.take();
            final int node = NodeQueue.slot(entry);
            if (judged.add(node) && !keeps(old, node, NodeQueue.distance(entry))) {
                lost.add(node);
                final var in = before.in(node);
                for (int i = 0; i < in.size(); i++) {
                    final int distance = at(old, in.peers[i]);
                    if (isShortest(distance, in.costs[i], old[node])) {
                        queue.add(distance, in.peers[i]);
                    }
                }
            }
        }
    }

    /** Whether a link of a node offers it a distance that it has already, or a better one. */
    private boolean keeps(final int[] old, final int node, final int distance) {
        final var out = after.out(node);
        for (int i = 0; i < out.size(); i++) {
            final int offered = at(old, out.peers[i]);
            if (offered < distance && offered + out.costs[i] <= distance && !lost.contains(out.peers[i])) {
                return true;
            }
        }
        return false;
    }

    private void reconnect(final int[] distances) {
        for (int i = 0; i < lost.size(); i++) {
            distances[lost.get(i)] = UNREACHABLE;
            touched.add(lost.get(i));
        }
        for (int i = 0; i < lost.size(); i++) {
            final int node = lost.get(i);
            final var out = after.out(node);
            int best = UNREACHABLE;
            for (int j = 0; j < out.size(); j++) {
                final int offered = distances[out.peers[j]];
                if (offered != UNREACHABLE) {
                    best = Math.min(best, offered + out.costs[j]);
                }
            }
            if (best != UNREACHABLE) {
                distances[node] = best;
                queue.add(best, node);
            }
        }
    }

    private boolean isSame(final int[] old, final int[] distances) {
        for (int i = 0; i < touched.size(); i++) {
            if (distances[touched.get(i)] != at(old, touched.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The slots whose set of next hops differs, of the distances that have been repaired last. A slot that has passed
     * from one node to another does not count.
     *
     * @param old the distances before
     * @param distances what {@link #repair} has returned
     * @return the slots, until the next call
     */
    SlotSet rerouted(final int[] old, final int[] distances) {
        rerouted.clear();
        for (int i = 0; i < changes.size(); i++) {
            final int source = changes.source(i);
            // Where no distance differs, sets differ by the changed links alone
            if (distances == old ? changes.wasShortest(i, old) != changes.becameShortest(i, old)
                : !rerouted.contains(source) && hopsDiffer(source, old, distances)) {
                rerouted.add(source);
            }
        }
        if (distances != old) {
            for (int i = 0; i < touched.size(); i++) {
                final int node = touched.get(i);
                if (distances[node] != at(old, node)) {
                    addAround(node, old, distances);
                }
            }
        }
        return rerouted;
    }

    /** Adds those for which a link from or to a node with a new distance has come to a shortest path, or left it. */
    private void addAround(final int node, final int[] old, final int[] distances) {
        final int oldDistance = at(old, node);
        final int distance = distances[node];
        final var in = after.in(node);
        for (int i = 0; i < in.size(); i++) {
            final int peer = in.peers[i];
            if (!atChange[peer] && isShortest(at(old, peer), in.costs[i], oldDistance)
                    != isShortest(distances[peer], in.costs[i], distance)) {
                rerouted.add(peer);
            }
        }
        if (atChange[node] || rerouted.contains(node)) {
            return;
        }
        final var out = after.out(node);
        for (int i = 0; i < out.size(); i++) {
            final int peer = out.peers[i];
            if (isShortest(oldDistance, out.costs[i], at(old, peer))
                    != isShortest(distance, out.costs[i], distances[peer])) {
                rerouted.add(node);
                return;
            }
        }
    }

    /** Compares the next hops of a node whose links may have changed, by the links' ends. */
    private boolean hopsDiffer(final int node, final int[] old, final int[] distances) {
        final var olds = before.out(node);
        final var news = after.out(node);
        int left = next(olds, 0, node, old);
        int right = next(news, 0, node, distances);
        while (left < olds.size() && right < news.size()) {
            if (olds.links[left].compareEnds(news.links[right]) != 0) {
                return true;
            }
            left = next(olds, left + 1, node, old);
            right = next(news, right + 1, node, distances);
        }
        return left < olds.size() || right < news.size();
    }

    /** The place of the first link from a place on that is on a shortest path. */
    private static int next(final Adjacency out, final int from, final int node, final int[] distances) {
        int place = from;
        while (place < out.size()
            && !isShortest(at(distances, node), out.costs[place], at(distances, out.peers[place]))) {
            place++;
        }
        return place;
    }
}
