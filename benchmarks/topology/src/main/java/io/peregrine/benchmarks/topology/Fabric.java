/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.benchmarks.topology;

import io.peregrine.topology.graph.Graph;
import io.peregrine.topology.graph.Link;
import io.peregrine.topology.graph.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * A network to compute routes for; the same one each time for the same name.
 *
 * @param graph its switches and links
 * @param targets the switches with hosts
 * @param cables one direction of each cable, in random order
 */
record Fabric(Graph graph, List<NodeId> targets, List<Link> cables) {
    private static final int SEED = 20260;
    private static final int RANDOM_DEGREE = 6;
    private static final int RANDOM_MAX_COST = 10;

    /** Collects cables, with new ports for each. */
    private static final class Cabling {
        private final List<NodeId> nodes;
        private final List<Link> cables = new ArrayList<>();
        private final int[] ports;

        Cabling(final int nodes) {
            this.nodes = LongStream.range(0, nodes).mapToObj(NodeId::new).toList();
            ports = new int[nodes];
        }

        void cable(final int left, final int right, final int cost) {
            cables.add(new Link(nodes.get(left), ++ports[left], nodes.get(right), ++ports[right], cost));
        }

        Fabric toFabric(final List<NodeId> targets, final Random random) {
            final var links = new ArrayList<>(cables);
            cables.forEach(cable -> links.add(reverse(cable)));
            Collections.shuffle(cables, random);
            return new Fabric(Graph.of(nodes, links), targets, List.copyOf(cables));
        }
    }

    /**
     * Makes a network.
     *
     * @param name {@code fat-tree-K} (K ports per switch, hosts at the lowest layer), {@code random-N} (N switches with
     *        six cables each on average, costs 1 to 10, hosts at all) or {@code ring-N} (N switches, hosts at all)
     * @return the network
     */
    static Fabric of(final String name) {
        final int dash = name.lastIndexOf('-');
        final int size = Integer.parseInt(name.substring(dash + 1));
        return switch (name.substring(0, dash)) {
            case "fat-tree" -> fatTree(size);
            case "random" -> random(size);
            case "ring" -> ring(size);
            default -> throw new IllegalArgumentException("unknown network: " + name);
        };
    }

    private static Fabric fatTree(final int ports) {
        final int half = ports / 2;
        final int edges = ports * half;
        final var cabling = new Cabling(2 * edges + half * half);
        for (int pod = 0; pod < ports; pod++) {
            for (int i = 0; i < half; i++) {
                final int aggregation = edges + pod * half + i;
                for (int j = 0; j < half; j++) {
                    cabling.cable(pod * half + j, aggregation, 1);
                    cabling.cable(aggregation, 2 * edges + i * half + j, 1);
                }
            }
        }
        return cabling.toFabric(cabling.nodes.subList(0, edges), new Random(SEED));
    }

    private static Fabric random(final int size) {
        final var random = new Random(SEED);
        final var cabling = new Cabling(size);
        for (int i = 1; i < size; i++) {
            cabling.cable(i, random.nextInt(i), 1 + random.nextInt(RANDOM_MAX_COST));
        }
        while (cabling.cables.size() < size * RANDOM_DEGREE / 2) {
            final int left = random.nextInt(size);
            final int right = random.nextInt(size);
            if (left != right) {
                cabling.cable(left, right, 1 + random.nextInt(RANDOM_MAX_COST));
            }
        }
        return cabling.toFabric(cabling.nodes, random);
    }

    private static Fabric ring(final int size) {
        final var cabling = new Cabling(size);
        for (int i = 0; i < size; i++) {
            cabling.cable(i, (i + 1) % size, 1);
        }
        return cabling.toFabric(cabling.nodes, new Random(SEED));
    }

    static Link reverse(final Link link) {
        return new Link(link.target(), link.targetPort(), link.source(), link.sourcePort(), link.cost());
    }

    /** The graph when a cable is out. */
    Graph without(final Link cable) {
        return graph.withoutLink(cable).withoutLink(reverse(cable));
    }
}
