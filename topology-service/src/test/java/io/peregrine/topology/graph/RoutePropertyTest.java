/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.jgrapht.GraphPath;
import org.jgrapht.alg.shortestpath.AllDirectedPaths;
import org.jgrapht.alg.shortestpath.DijkstraShortestPath;
import org.jgrapht.graph.DirectedWeightedPseudograph;

/**
 * Any graph, against JGraphT: distances against its Dijkstra, next hops, paths and alternates against the list of all
 * simple paths. And any sequence of changes against a computation from scratch.
 */
class RoutePropertyTest {
    private static final int SMALL = 6;
    private static final int LARGE = 40;

    /** A change of the graph, or of the targets. */
    private enum Kind { LINK, COST, NO_LINK, NODE, NO_NODE, TARGET, REMADE }

    private record Step(Kind kind, Link link) {
    }

    /** The state of a network while steps are applied to it. */
    private static final class Network {
        private final Set<NodeId> targets = new TreeSet<>();
        private Graph graph = Graph.empty();

        void apply(final Step step) {
            final var link = step.link();
            switch (step.kind()) {
                case LINK -> graph = graph.withNode(link.source()).withNode(link.target()).withLink(link);
                case COST -> graph = graph.find(link).isPresent() ? graph.withCost(link, link.cost()) : graph;
                case NO_LINK -> graph = graph.withoutLink(link);
                case NODE -> graph = graph.withNode(link.source());
                case NO_NODE -> graph = graph.withoutNode(link.source());
                case TARGET -> {
                    if (!targets.remove(link.source())) {
                        targets.add(link.source());
                    }
                }
                default -> graph = Graph.of(graph.nodes(), graph.links());
            }
        }
    }

    private static Arbitrary<Link> link(final int nodes, final int maxCost) {
        final var node = Arbitraries.longs().between(1, nodes).map(NodeId::new);
        final var port = Arbitraries.longs().between(1, 2);
        return Combinators.combine(node, port, node, Arbitraries.integers().between(1, maxCost))
            .as((source, plane, target, cost) ->
                new Link(source, plane * LARGE + target.bits(), target, plane * LARGE + source.bits(), cost));
    }

    private static Arbitrary<Graph> graph(final int nodes, final int links) {
        return link(nodes, 4).list().ofMaxSize(links).map(list -> {
            final var ids = new TreeSet<NodeId>();
            for (int i = 1; i <= nodes; i++) {
                ids.add(new NodeId(i));
            }
            return Graph.of(ids, list);
        });
    }

    @Provide
    Arbitrary<Graph> smallGraphs() {
        return graph(SMALL, 14);
    }

    @Provide
    Arbitrary<Graph> largeGraphs() {
        return graph(LARGE, 160);
    }

    /** Batches of steps; more links come than go, so that graphs hang together. */
    @Provide
    Arbitrary<Tuple2<Graph, List<List<Step>>>> histories() {
        final var kind = Arbitraries.frequency(Tuple.of(6, Kind.LINK), Tuple.of(4, Kind.COST),
            Tuple.of(6, Kind.NO_LINK), Tuple.of(1, Kind.NODE), Tuple.of(1, Kind.NO_NODE), Tuple.of(1, Kind.TARGET),
            Tuple.of(1, Kind.REMADE));
        final var steps = Combinators.combine(kind, link(SMALL * 2, 4)).as(Step::new).list().ofMinSize(1).ofMaxSize(3);
        return Combinators.combine(graph(SMALL * 2, 50), steps.list().ofMaxSize(20)).as(Tuple::of);
    }

    private static DirectedWeightedPseudograph<NodeId, Link> jgrapht(final Graph graph) {
        final var copy = new DirectedWeightedPseudograph<NodeId, Link>(Link.class);
        graph.nodes().forEach(copy::addVertex);
        graph.links().forEach(link -> {
            copy.addEdge(link.source(), link.target(), link);
            copy.setEdgeWeight(link, link.cost());
        });
        return copy;
    }

    private static OptionalInt distance(final double weight) {
        return Double.isInfinite(weight) ? OptionalInt.empty() : OptionalInt.of((int) weight);
    }

    @Property(tries = 200)
    void distancesAreThoseOfDijkstra(@ForAll("largeGraphs") final Graph graph) {
        final var table = RouteTable.compute(graph, graph.nodes());
        final var dijkstra = new DijkstraShortestPath<>(jgrapht(graph));
        for (final var node : graph.nodes()) {
            final var tree = dijkstra.getPaths(node);
            for (final var target : graph.nodes()) {
                assertEquals(distance(tree.getWeight(target)), table.distance(node, target));
            }
        }
    }

    @Property(tries = 300)
    void routesAreThoseAmongAllPaths(@ForAll("smallGraphs") final Graph graph) {
        final var table = RouteTable.compute(graph, graph.nodes());
        final var all = new AllDirectedPaths<>(jgrapht(graph));
        for (final var node : graph.nodes()) {
            for (final var target : graph.nodes()) {
                final var shortest = shortest(all, node, target);
                assertEquals(shortest.stream().map(GraphPath::getEdgeList).collect(Collectors.toSet()),
                    new HashSet<>(table.paths(node, target, Integer.MAX_VALUE)));
                assertEquals(shortest.size(), table.paths(node, target, Integer.MAX_VALUE).size());
                if (node.equals(target)) {
                    continue;
                }
                final var hops = shortest.stream().map(path -> path.getEdgeList().get(0)).collect(Collectors.toSet());
                assertEquals(hops, Set.copyOf(table.nextHops(node, target)));
                final var alternates = new HashSet<Link>();
                for (final var link : graph.linksFrom(node)) {
                    final var ways = shortest(all, link.target(), target);
                    if (!hops.contains(link) && !ways.isEmpty()
                            && ways.stream().noneMatch(path -> path.getVertexList().contains(node))) {
                        alternates.add(link);
                    }
                }
                assertEquals(alternates, Set.copyOf(table.alternates(node, target)));
            }
        }
    }

    private static List<GraphPath<NodeId, Link>> shortest(final AllDirectedPaths<NodeId, Link> all, final NodeId from,
            final NodeId to) {
        final var paths = all.getAllPaths(from, to, true, null);
        final var least = paths.stream().map(GraphPath::getWeight).min(Comparator.naturalOrder());
        return paths.stream().filter(path -> path.getWeight() == least.orElseThrow()).toList();
    }

    @Property(tries = 500)
    void anUpdateIsAsGoodAsANewComputation(
            @ForAll("histories") final Tuple2<Graph, List<List<Step>>> history) {
        final var network = new Network();
        network.graph = history.get1();
        network.targets.addAll(List.of(new NodeId(1), new NodeId(2), new NodeId(3)));
        var table = RouteTable.compute(network.graph, network.targets);
        for (final var batch : history.get2()) {
            batch.forEach(network::apply);
            // What a table has found out on the way is carried over too
            table.alternates(new NodeId(4), new NodeId(1));
            final var update = table.update(network.graph, network.targets);
            final var fresh = RouteTable.compute(network.graph, network.targets);
            final var expected = new HashSet<RouteKey>();
            for (final var route : allRoutes()) {
                final var node = route.node();
                final var target = route.target();
                assertEquals(fresh.distance(node, target), update.table().distance(node, target));
                assertEquals(fresh.nextHops(node, target), update.table().nextHops(node, target));
                assertEquals(fresh.alternates(node, target), update.table().alternates(node, target));
                assertEquals(fresh.paths(node, target, 3), update.table().paths(node, target, 3));
                if (!ends(table.nextHops(node, target)).equals(ends(fresh.nextHops(node, target)))) {
                    expected.add(route);
                }
            }
            assertEquals(expected, update.changed());
            assertEquals(new ArrayList<>(new TreeSet<>(nodes(expected))), update.changed().nodes());
            assertEquals(network.graph, update.table().graph());
            table = update.table();
        }
    }

    private static List<RouteKey> allRoutes() {
        final var all = new ArrayList<RouteKey>();
        for (int i = 1; i <= SMALL * 2; i++) {
            for (int j = 1; j <= SMALL * 2; j++) {
                all.add(new RouteKey(new NodeId(i), new NodeId(j)));
            }
        }
        return all;
    }

    private static Set<NodeId> nodes(final Set<RouteKey> routes) {
        return routes.stream().map(RouteKey::node).collect(Collectors.toSet());
    }

    private static List<Link> ends(final List<Link> links) {
        return links.stream().map(link -> link.withCost(1)).toList();
    }
}
