/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.benchmarks.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.topology.graph.RouteTable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is compared does the same work on the same networks. */
class FabricTest {
    @ParameterizedTest
    @CsvSource({ "fat-tree-4, 20, 64, 8", "fat-tree-8, 80, 512, 32", "random-50, 50, 300, 50", "ring-9, 9, 18, 9" })
    void allFindTheSameDistances(final String name, final int nodes, final int links, final int targets) {
        final var fabric = Fabric.of(name);
        final var graph = fabric.graph();
        assertEquals(nodes, graph.nodes().size());
        assertEquals(links, graph.links().size());
        assertEquals(targets, fabric.targets().size());

        final var routes = RouteTable.compute(graph, fabric.targets());
        final var trees = Library.trees(Library.reversed(graph), fabric.targets());
        final var numbers = fabric.targets().stream().mapToInt(graph.nodes()::indexOf).toArray();
        final var sparseTrees = Library.sparseTrees(Library.sparse(graph), numbers);
        for (int i = 0; i < targets; i++) {
            for (int j = 0; j < nodes; j++) {
                final var node = graph.nodes().get(j);
                final int distance = routes.distance(node, fabric.targets().get(i)).orElseThrow();
                assertEquals(distance, trees.get(i).getWeight(node));
                assertEquals(distance, sparseTrees.get(i).getWeight(j));
            }
        }
    }
}
