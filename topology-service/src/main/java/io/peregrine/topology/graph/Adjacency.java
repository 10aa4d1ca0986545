/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The links on one side of a node, in the order of their ends, and beside them what computing needs. Immutable.
 */
final class Adjacency {
    static final Adjacency EMPTY = new Adjacency(new Link[0], new int[0]);

    final Link[] links;
    /** Per link, the slot of the node at its other end. */
    final int[] peers;
    /** Per link, its cost. */
    final int[] costs;

    private Adjacency(final Link[] links, final int[] peers) {
        this.links = links;
        this.peers = peers;
        costs = new int[links.length];
        for (int i = 0; i < links.length; i++) {
            costs[i] = links[i].cost();
        }
    }

    /** Links in the order of their ends. */
    static Adjacency of(final List<Link> ordered, final int[] peers) {
        return ordered.isEmpty() ? EMPTY : new Adjacency(ordered.toArray(Link[]::new), peers);
    }

    int size() {
        return links.length;
    }

    /** The place of the link with these ends; if there is none, {@code -1 - } the place where it belongs. */
    int find(final Link link) {
        return Arrays.binarySearch(links, link, Link::compareEnds);
    }

    /** With a link instead of the one with the same ends, or in addition. */
    Adjacency with(final Link link, final int peer) {
        final int found = find(link);
        if (found >= 0) {
            final var newLinks = links.clone();
            newLinks[found] = link;
            return new Adjacency(newLinks, peers);
        }
        final int place = -1 - found;
        return new Adjacency(SortedArrays.with(links, place, link), SortedArrays.with(peers, place, peer));
    }

    /** Without those links that lead to or come from a peer. */
    Adjacency withoutPeer(final int peer) {
        return keep(place -> peers[place] != peer);
    }

    Adjacency without(final Link link) {
        final int found = find(link);
        return found < 0 ? this : keep(place -> place != found);
    }

    private Adjacency keep(final IntPredicate kept) {
        final var newLinks = new Link[links.length];
        final var newPeers = new int[links.length];
        int count = 0;
        for (int i = 0; i < links.length; i++) {
            if (kept.test(i)) {
                newLinks[count] = links[i];
                newPeers[count++] = peers[i];
            }
        }
        return count == 0 ? EMPTY : new Adjacency(Arrays.copyOf(newLinks, count), Arrays.copyOf(newPeers, count));
    }
}
