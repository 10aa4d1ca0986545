/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;

/** What differs between the links of two graphs whose common nodes have the same slots. */
final class LinkChanges {
    /** Stands for the cost of a link that is not there. */
    private static final int NONE = 0;

    private final Graph before;
    private final Graph after;
    private int[] sources = new int[8];
    private int[] targets = new int[8];
    private int[] oldCosts = new int[8];
    private int[] newCosts = new int[8];
    private int size;

    LinkChanges(final Graph before, final Graph after) {
        this.before = before;
        this.after = after;
        final int capacity = Math.max(before.index().capacity(), after.index().capacity());
        for (int slot = 0; slot < capacity; slot++) {
            if (before.out(slot) != after.out(slot)) {
                compare(slot, before.out(slot), after.out(slot));
            }
        }
    }

    private void compare(final int slot, final Adjacency olds, final Adjacency news) {
        int left = 0;
        int right = 0;
        while (left < olds.size() || right < news.size()) {
            final int order = left == olds.size() ? 1 : right == news.size() ? -1
                : olds.links[left].compareEnds(news.links[right]);
            if (order < 0) {
                add(slot, olds.peers[left], olds.costs[left++], NONE);
            } else if (order > 0) {
                add(slot, news.peers[right], NONE, news.costs[right++]);
            } else {
                if (olds.costs[left] != news.costs[right]) {
                    add(slot, olds.peers[left], olds.costs[left], news.costs[right]);
                }
                left++;
                right++;
            }
        }
    }

    private void add(final int source, final int target, final int oldCost, final int newCost) {
        if (size == sources.length) {
            sources = Arrays.copyOf(sources, size * 2);
            targets = Arrays.copyOf(targets, size * 2);
            oldCosts = Arrays.copyOf(oldCosts, size * 2);
            newCosts = Arrays.copyOf(newCosts, size * 2);
        }
        sources[size] = source;
        targets[size] = target;
        oldCosts[size] = oldCost;
        newCosts[size++] = newCost;
    }

    Graph before() {
        return before;
    }

    Graph after() {
        return after;
    }

    int size() {
        return size;
    }

    int source(final int change) {
        return sources[change];
    }

    int target(final int change) {
        return targets[change];
    }

    /** Whether the link is gone or costs more. */
    boolean isWorse(final int change) {
        return oldCosts[change] != NONE && (newCosts[change] == NONE || newCosts[change] > oldCosts[change]);
    }

    /** Whether the link is new or costs less. */
    boolean isBetter(final int change) {
        return newCosts[change] != NONE && (oldCosts[change] == NONE || newCosts[change] < oldCosts[change]);
    }

    int newCost(final int change) {
        return newCosts[change];
    }

    /** Whether the link was on a shortest path before the change. */
    boolean wasShortest(final int change, final int[] distances) {
        return isShortest(change, oldCosts[change], distances);
    }

    /** Whether the link is on a shortest path after the change. */
    boolean becameShortest(final int change, final int[] distances) {
        return isShortest(change, newCosts[change], distances);
    }

    private boolean isShortest(final int change, final int cost, final int[] distances) {
        return cost != NONE && Distances.isShortest(Distances.at(distances, sources[change]), cost,
            Distances.at(distances, targets[change]));
    }
}
