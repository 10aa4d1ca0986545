/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A snapshot of the fabric: switches and the links between them, each direction on its own, several links between the
 * same two switches welcome. The ends of each link are nodes of the graph.
 *
 * <pre>
 *         +----- 1:1->2:1 -----&gt;+
 *       [1]                     [2]     two nodes, one link each way
 *         +&lt;---- 2:1->1:1 ------+
 * </pre>
 *
 * <p>
 * Immutable. A changed graph shares with its origin all that the change does not touch; everything is iterated in the
 * order of nodes and of links' ends.
 */
public final class Graph {
    /** The highest number of nodes: with it and {@link Link#MAX_COST}, distances are less than 2<sup>31</sup>. */
    public static final int MAX_NODES = 0x8000;

    private static final Graph EMPTY = new Graph(NodeIndex.EMPTY, new Adjacency[0], new Adjacency[0]);

    private final NodeIndex index;
    /** By slot. */
    private final Adjacency[] out;
    private final Adjacency[] in;

    private Graph(final NodeIndex index, final Adjacency[] out, final Adjacency[] in) {
        if (index.size() > MAX_NODES) {
            throw new IllegalArgumentException("more than " + MAX_NODES + " nodes");
        }
        this.index = index;
        this.out = out;
        this.in = in;
    }

    /**
     * A graph without nodes.
     *
     * @return the empty graph
     */
    public static Graph empty() {
        return EMPTY;
    }

    /**
     * A graph made in one go.
     *
     * @param nodes its nodes
     * @param links its links; of links with the same ends the last one counts
     * @return the graph
     * @throws IllegalArgumentException if an end of a link is not among the nodes, or there are more than
     *         {@value #MAX_NODES} nodes
     */
    public static Graph of(final Collection<NodeId> nodes, final Collection<Link> links) {
        return assemble(NodeIndex.of(nodes), links);
    }

    private static Graph assemble(final NodeIndex index, final Collection<Link> links) {
        final var ordered = new TreeMap<Link, Link>(Link::compareEnds);
        links.forEach(link -> ordered.put(link, link));
        final var outgoing = new ArrayList<List<Link>>();
        final var incoming = new ArrayList<List<Link>>();
        for (int i = 0; i < index.capacity(); i++) {
            outgoing.add(new ArrayList<>());
            incoming.add(new ArrayList<>());
        }
        ordered.values().forEach(link -> {
            outgoing.get(slotOf(index, link.source())).add(link);
            incoming.get(slotOf(index, link.target())).add(link);
        });
        final var out = new Adjacency[index.capacity()];
        final var in = new Adjacency[index.capacity()];
        for (int i = 0; i < index.capacity(); i++) {
            out[i] = Adjacency.of(outgoing.get(i),
                outgoing.get(i).stream().mapToInt(link -> index.slot(link.target())).toArray());
            in[i] = Adjacency.of(incoming.get(i),
                incoming.get(i).stream().mapToInt(link -> index.slot(link.source())).toArray());
        }
        return new Graph(index, out, in);
    }

    private static int slotOf(final NodeIndex index, final NodeId node) {
        final int slot = index.slot(node);
        if (slot < 0) {
            throw new IllegalArgumentException("no such node: " + node);
        }
        return slot;
    }

    /**
     * The nodes.
     *
     * @return all nodes in their order
     */
    public List<NodeId> nodes() {
        return Collections.unmodifiableList(Arrays.asList(index.ids()));
    }

    /**
     * Whether a node is there.
     *
     * @param node a node
     * @return true if it is in the graph
     */
    public boolean contains(final NodeId node) {
        return index.slot(node) >= 0;
    }

    /**
     * The links.
     *
     * @return all links in the order of their ends
     */
    public List<Link> links() {
        final var all = new ArrayList<Link>();
        for (final var node : index.ids()) {
            Collections.addAll(all, out[index.slot(node)].links);
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * The links that leave a node.
     *
     * @param node a node
     * @return the links in the order of their ends; none if the node is not there
     */
    public List<Link> linksFrom(final NodeId node) {
        return linksAt(out, node);
    }

    /**
     * The links that lead to a node.
     *
     * @param node a node
     * @return the links in the order of their ends; none if the node is not there
     */
    public List<Link> linksTo(final NodeId node) {
        return linksAt(in, node);
    }

    private List<Link> linksAt(final Adjacency[] side, final NodeId node) {
        final int slot = index.slot(node);
        return slot < 0 ? List.of() : Collections.unmodifiableList(Arrays.asList(side[slot].links));
    }

    /**
     * The link as it is in this graph.
     *
     * @param link a link, whatever its cost
     * @return the link with these ends and the cost it has here; empty if there is none
     */
    public Optional<Link> find(final Link link) {
        final int slot = index.slot(link.source());
        if (slot < 0) {
            return Optional.empty();
        }
        final int found = out[slot].find(link);
        return found < 0 ? Optional.empty() : Optional.of(out[slot].links[found]);
    }

    /**
     * With a node.
     *
     * @param node a node
     * @return a graph that has it; this one if it is there already
     * @throws IllegalArgumentException if that were more than {@value #MAX_NODES} nodes
     */
    public Graph withNode(final NodeId node) {
        if (contains(requireNonNull(node))) {
            return this;
        }
        final var newIndex = index.with(node);
        return new Graph(newIndex, grown(out, newIndex.capacity()), grown(in, newIndex.capacity()));
    }

    private static Adjacency[] grown(final Adjacency[] side, final int capacity) {
        final var all = Arrays.copyOf(side, capacity);
        Arrays.fill(all, side.length, capacity, Adjacency.EMPTY);
        return all;
    }

    /**
     * Without a node and the links that touch it.
     *
     * @param node a node
     * @return a graph that does not have it; this one if it is not there
     */
    public Graph withoutNode(final NodeId node) {
        final int slot = index.slot(node);
        if (slot < 0) {
            return this;
        }
        final var newOut = out.clone();
        final var newIn = in.clone();
        Arrays.stream(out[slot].peers).distinct().forEach(peer -> newIn[peer] = in[peer].withoutPeer(slot));
        Arrays.stream(in[slot].peers).distinct().forEach(peer -> newOut[peer] = out[peer].withoutPeer(slot));
        newOut[slot] = Adjacency.EMPTY;
        newIn[slot] = Adjacency.EMPTY;
        return new Graph(index.without(node), newOut, newIn);
    }

    /**
     * With a link, which takes the place of the one with the same ends.
     *
     * @param link a link
     * @return a graph that has it; this one if it is there already, at the same cost
     * @throws IllegalArgumentException if one of its ends is not a node of the graph
     */
    public Graph withLink(final Link link) {
        final int source = slotOf(index, link.source());
        final int target = slotOf(index, link.target());
        if (find(link).filter(link::equals).isPresent()) {
            return this;
        }
        return with(source, out[source].with(link, target), target, in[target].with(link, source));
    }

    /**
     * Without a link.
     *
     * @param link a link, whatever its cost
     * @return a graph that does not have a link with these ends; this one if it is not there
     */
    public Graph withoutLink(final Link link) {
        if (find(link).isEmpty()) {
            return this;
        }
        final int source = index.slot(link.source());
        final int target = index.slot(link.target());
        return with(source, out[source].without(link), target, in[target].without(link));
    }

    /**
     * With another cost of a link.
     *
     * @param link a link, whatever its cost
     * @param cost the cost it shall have
     * @return a graph where it has this cost
     * @throws IllegalArgumentException if there is no such link, or the cost is out of range
     */
    public Graph withCost(final Link link, final int cost) {
        if (find(link).isEmpty()) {
            throw new IllegalArgumentException("no such link: " + link);
        }
        return withLink(link.withCost(cost));
    }

    private Graph with(final int source, final Adjacency outgoing, final int target, final Adjacency incoming) {
        final var newOut = out.clone();
        final var newIn = in.clone();
        newOut[source] = outgoing;
        newIn[target] = incoming;
        return new Graph(index, newOut, newIn);
    }

    NodeIndex index() {
        return index;
    }

    Adjacency out(final int slot) {
        return slot < out.length ? out[slot] : Adjacency.EMPTY;
    }

    Adjacency in(final int slot) {
        return slot < in.length ? in[slot] : Adjacency.EMPTY;
    }

    /** This graph, where the nodes that another one has too are in the same slots as there. */
    Graph alignedTo(final Graph other) {
        return index.agreesWith(other.index) ? this : assemble(other.index.holding(nodes()), links());
    }

    @Override
    public int hashCode() {
        return Objects.hash(nodes(), links());
    }

    @Override
    public boolean equals(final Object obj) {
        return this == obj
            || obj instanceof Graph other && nodes().equals(other.nodes()) && links().equals(other.links());
    }

    @Override
    public String toString() {
        return "Graph" + nodes() + links();
    }
}
