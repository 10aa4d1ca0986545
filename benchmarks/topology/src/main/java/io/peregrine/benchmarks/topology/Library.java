/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.benchmarks.topology;

import io.peregrine.topology.graph.Link;
import io.peregrine.topology.graph.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jgrapht.Graph;
import org.jgrapht.alg.interfaces.ShortestPathAlgorithm.SingleSourcePaths;
import org.jgrapht.alg.shortestpath.DijkstraShortestPath;
import org.jgrapht.alg.shortestpath.IntVertexDijkstraShortestPath;
import org.jgrapht.alg.util.Triple;
import org.jgrapht.graph.DirectedWeightedMultigraph;
import org.jgrapht.opt.graph.sparse.SparseIntDirectedWeightedGraph;

/**
 * The same with JGraphT: one tree of shortest paths per target, in the graph with all links turned round. A tree has
 * one next hop per switch; the other equal ones would have to be found from its distances.
 */
final class Library {
    private Library() {
        // Hidden on purpose
    }

    /** The usual graph, which can be changed. */
    static Graph<NodeId, Link> reversed(final io.peregrine.topology.graph.Graph graph) {
        final var copy = new DirectedWeightedMultigraph<NodeId, Link>(Link.class);
        graph.nodes().forEach(copy::addVertex);
        graph.links().forEach(link -> add(copy, link));
        return copy;
    }

    static void add(final Graph<NodeId, Link> graph, final Link link) {
        graph.addEdge(link.target(), link.source(), link);
        graph.setEdgeWeight(link, link.cost());
    }

    static List<SingleSourcePaths<NodeId, Link>> trees(final Graph<NodeId, Link> graph, final List<NodeId> targets) {
        final var dijkstra = new DijkstraShortestPath<>(graph);
        final var trees = new ArrayList<SingleSourcePaths<NodeId, Link>>();
        targets.forEach(target -> trees.add(dijkstra.getPaths(target)));
        return trees;
    }

    /** The fastest that the library has: nodes and links are numbers, the graph cannot be changed. */
    static SparseIntDirectedWeightedGraph sparse(final io.peregrine.topology.graph.Graph graph) {
        final var numbers = new HashMap<NodeId, Integer>();
        graph.nodes().forEach(node -> numbers.put(node, numbers.size()));
        final var edges = new ArrayList<Triple<Integer, Integer, Double>>();
        graph.links().forEach(link -> edges.add(Triple.of(numbers.get(link.target()), numbers.get(link.source()),
            (double) link.cost())));
        return new SparseIntDirectedWeightedGraph(numbers.size(), edges);
    }

    static List<SingleSourcePaths<Integer, Integer>> sparseTrees(final SparseIntDirectedWeightedGraph graph,
            final int[] targets) {
        final var dijkstra = new IntVertexDijkstraShortestPath<>(graph);
        final var trees = new ArrayList<SingleSourcePaths<Integer, Integer>>();
        for (final int target : targets) {
            trees.add(dijkstra.getPaths(target));
        }
        return trees;
    }
}
