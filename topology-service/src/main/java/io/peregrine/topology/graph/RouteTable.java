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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The routes from every switch to every target, that is a switch with hosts: all links with which a shortest path
 * begins.
 *
 * <pre>
 *            [2]
 *         1 /   \ 1        next hops of 1 to 4:  1-&gt;2, 1-&gt;3   distance 2
 *        [1]     [4]       alternates of 2 to 4: 2-&gt;1          if 2-&gt;4 fails
 *         1 \   / 1
 *            [3]
 * </pre>
 *
 * <p>
 * A snapshot for any thread: graph and routes fit each other. It holds one distance per switch and target; which links
 * are next hops follows from that and the graph. Distances to switches that are no targets are found when alternates or
 * paths ask for them, and kept.
 */
public final class RouteTable {
    private final Graph graph;
    private final Set<NodeId> targets;
    /** By slot of the destination: the distances to it; null if it is not a target. */
    private final int[][] trees;
    /** The same for destinations that are no targets, as far as somebody has asked for them. */
    private final AtomicReferenceArray<int[]> others;

    private RouteTable(final Graph graph, final Set<NodeId> targets) {
        this.graph = graph;
        this.targets = targets;
        trees = new int[graph.index().capacity()][];
        others = new AtomicReferenceArray<>(trees.length);
    }

    /**
     * Computes all routes.
     *
     * @param graph the graph
     * @param targets the destinations; those that are not in the graph have no routes
     * @return the routes
     */
    public static RouteTable compute(final Graph graph, final Collection<NodeId> targets) {
        final var table = new RouteTable(graph, ordered(targets));
        final var queue = new NodeQueue();
        for (final var target : table.targets) {
            final int slot = graph.index().slot(target);
            if (slot >= 0) {
                table.trees[slot] = Distances.compute(graph, slot, queue);
            }
        }
        return table;
    }

    private static Set<NodeId> ordered(final Collection<NodeId> targets) {
        return Collections.unmodifiableSet(new TreeSet<>(targets));
    }

    /**
     * The routes after a change. It takes the less time the less differs: after one change of a link only the switches
     * whose distance to a target it affects are looked at.
     *
     * @param newGraph the graph as it is now, made from this table's graph or not
     * @param newTargets the destinations as they are now
     * @return the new routes, and which of them differ from this table's
     */
    public RouteUpdate update(final Graph newGraph, final Collection<NodeId> newTargets) {
        final var aligned = newGraph.alignedTo(graph);
        return new Update(this, new RouteTable(aligned, ordered(newTargets))).run();
    }

    /**
     * The graph.
     *
     * @return the graph of which these are the routes
     */
    public Graph graph() {
        return graph;
    }

    /**
     * The destinations.
     *
     * @return the targets in their order, also those that are not in the graph
     */
    public Set<NodeId> targets() {
        return targets;
    }

    /**
     * The links with which a shortest path from a switch to a target begins.
     *
     * @param node a switch
     * @param target a target
     * @return the links in the order of their ends; none if there is no path, the target is the switch itself, or one
     *         of them is not known
     */
    public List<Link> nextHops(final NodeId node, final NodeId target) {
        final int slot = graph.index().slot(node);
        final int[] tree = tree(target);
        return slot < 0 || tree == null ? List.of() : Collections.unmodifiableList(nextHops(slot, tree));
    }

    private List<Link> nextHops(final int node, final int[] tree) {
        final var hops = new ArrayList<Link>();
        final int distance = at(tree, node);
        final var out = graph.out(node);
        for (int i = 0; i < out.size(); i++) {
            if (isShortest(distance, out.costs[i], at(tree, out.peers[i]))) {
                hops.add(out.links[i]);
            }
        }
        return hops;
    }

    /**
     * What the shortest path costs.
     *
     * @param node a switch
     * @param target a target
     * @return the sum of the links' costs; empty if there is no path, or one of them is not known
     */
    public OptionalInt distance(final NodeId node, final NodeId target) {
        final int slot = graph.index().slot(node);
        final int[] tree = tree(target);
        return slot < 0 || tree == null || at(tree, slot) == UNREACHABLE ? OptionalInt.empty()
            : OptionalInt.of(tree[slot]);
    }

    /**
     * The links over which a switch may send to a target when its next hops fail, without their ends sending it back:
     * loop-free alternates (RFC 5286, inequality 1). They change whenever distances near the switch do, also where its
     * next hops stay.
     *
     * @param node a switch
     * @param target a target
     * @return the links that are no next hops and whose other end is nearer to the target than by way of the switch,
     *         the shortest way first
     */
    public List<Link> alternates(final NodeId node, final NodeId target) {
        final int slot = graph.index().slot(node);
        final int[] tree = tree(target);
        if (slot < 0 || tree == null || at(tree, slot) == UNREACHABLE || tree[slot] == 0) {
            return List.of();
        }
        final int distance = tree[slot];
        final int[] back = distancesTo(slot);
        final var out = graph.out(slot);
        final var found = new ArrayList<Alternate>();
        for (int i = 0; i < out.size(); i++) {
            final int peer = out.peers[i];
            final int offered = at(tree, peer);
            if (offered != UNREACHABLE && !isShortest(distance, out.costs[i], offered)
                    && offered < (long) at(back, peer) + distance) {
                found.add(new Alternate(out.links[i], (long) offered + out.costs[i]));
            }
        }
        found.sort(Comparator.comparingLong(Alternate::distance));
        return found.stream().map(Alternate::link).toList();
    }

    private record Alternate(Link link, long distance) {
    }

    /**
     * Shortest paths between two switches, each of which need not be a target.
     *
     * @param from where they begin
     * @param to where they end
     * @param limit how many paths to return at most
     * @return paths that all cost the same, in the order of their links; none if there is no path; one without links
     *         from a switch to itself
     */
    public List<List<Link>> paths(final NodeId from, final NodeId to, final int limit) {
        final int source = graph.index().slot(from);
        final int target = graph.index().slot(to);
        if (source < 0 || target < 0) {
            return List.of();
        }
        final int[] tree = distancesTo(target);
        final var found = new ArrayList<List<Link>>();
        if (at(tree, source) == UNREACHABLE || limit <= 0) {
            return List.of();
        }
        // Depth first; every way down ends at the target. At each level, the links that are still to be followed
        final var path = new ArrayList<Link>();
        final var levels = new ArrayList<ArrayList<Link>>();
        int node = source;
        while (found.size() < limit) {
            if (node == target) {
                found.add(List.copyOf(path));
            } else {
                final var hops = new ArrayList<>(nextHops(node, tree));
                Collections.reverse(hops);
                levels.add(hops);
            }
            while (!levels.isEmpty() && levels.get(levels.size() - 1).isEmpty()) {
                levels.remove(levels.size() - 1);
            }
            if (levels.isEmpty()) {
                break;
            }
            while (path.size() >= levels.size()) {
                path.remove(path.size() - 1);
            }
            final var level = levels.get(levels.size() - 1);
            final var hop = level.remove(level.size() - 1);
            path.add(hop);
            node = graph.index().slot(hop.target());
        }
        return Collections.unmodifiableList(found);
    }

    private int[] tree(final NodeId target) {
        final int slot = graph.index().slot(target);
        return slot < 0 ? null : trees[slot];
    }

    /** The distances to a node, if they are known. */
    private int[] known(final int slot) {
        return slot >= trees.length ? null : trees[slot] != null ? trees[slot] : others.get(slot);
    }

    private int[] distancesTo(final int slot) {
        final int[] known = known(slot);
        if (known != null) {
            return known;
        }
        final int[] computed = Distances.compute(graph, slot, new NodeQueue());
        others.set(slot, computed);
        return computed;
    }

    /** Makes a table from another one, whose nodes have the same slots. */
    private static final class Update {
        private final RouteTable before;
        private final RouteTable after;
        private final NodeIndex olds;
        private final NodeIndex news;
        private final int capacity;
        private final TreeRepair repair;
        private final NodeQueue queue = new NodeQueue();
        /** By slot, whether another node has it now; and a list of these slots. */
        private final SlotSet passed;
        private final ChangedRoutes.Collector changed;

        Update(final RouteTable before, final RouteTable after) {
            this.before = before;
            this.after = after;
            olds = before.graph.index();
            news = after.graph.index();
            capacity = Math.max(olds.capacity(), news.capacity());
            repair = new TreeRepair(new LinkChanges(before.graph, after.graph));
            passed = new SlotSet(capacity);
            // Numbers from the capacity on are nodes that have gone
            final var numbers = new NodeId[2 * capacity];
            for (int slot = 0; slot < capacity; slot++) {
                final var oldNode = olds.at(slot);
                final var newNode = news.at(slot);
                numbers[slot] = newNode;
                numbers[capacity + slot] = oldNode;
                if (olds != news && oldNode != null && !oldNode.equals(newNode)) {
                    passed.add(slot);
                }
            }
            changed = new ChangedRoutes.Collector(numbers);
        }

        RouteUpdate run() {
            final var all = new TreeSet<>(before.targets);
            all.addAll(after.targets);
            for (final var target : all) {
                final int slot = after.targets.contains(target) ? news.slot(target) : -1;
                final int[] old = before.tree(target);
                final int oldSlot = olds.slot(target);
                if (slot < 0) {
                    if (old != null) {
                        addGone(target, oldSlot, old);
                    }
                } else if (old == null) {
                    final int[] other = oldSlot < 0 ? null : before.others.get(oldSlot);
                    after.trees[slot] = other == null ? Distances.compute(after.graph, slot, queue)
                        : repair.repair(other);
                    addNew(target, slot, after.trees[slot]);
                } else {
                    after.trees[slot] = repair.repair(old);
                    addRerouted(target, old, after.trees[slot]);
                }
            }
            // Distances to a slot, whoever has it now
            for (int slot = 0; slot < before.trees.length; slot++) {
                final int[] old = before.known(slot);
                if (old != null && after.known(slot) == null && news.at(slot) != null) {
                    after.others.set(slot, repair.repair(old));
                }
            }
            return new RouteUpdate(after, changed.toRoutes());
        }

        private void addRerouted(final NodeId target, final int[] old, final int[] tree) {
            final var rerouted = repair.rerouted(old, tree);
            for (int i = 0; i < rerouted.size(); i++) {
                if (!passed.contains(rerouted.get(i))) {
                    changed.add(rerouted.get(i), target);
                }
            }
            for (int i = 0; i < passed.size(); i++) {
                final int slot = passed.get(i);
                if (hasHops(slot, old)) {
                    changed.add(capacity + slot, target);
                }
                if (hasHops(slot, tree)) {
                    changed.add(slot, target);
                }
            }
        }

        private void addNew(final NodeId target, final int targetSlot, final int[] tree) {
            for (int slot = 0; slot < tree.length; slot++) {
                if (slot != targetSlot && hasHops(slot, tree)) {
                    changed.add(slot, target);
                }
            }
        }

        private void addGone(final NodeId target, final int targetSlot, final int[] old) {
            for (int slot = 0; slot < old.length; slot++) {
                if (slot != targetSlot && hasHops(slot, old)) {
                    changed.add(passed.contains(slot) ? capacity + slot : slot, target);
                }
            }
        }

        private static boolean hasHops(final int slot, final int[] tree) {
            return at(tree, slot) != UNREACHABLE;
        }
    }
}
