/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;

/**
 * The routes that have changed, grouped by the switch that forwards, as flows are. Immutable; in the order of nodes,
 * then of targets.
 */
public final class ChangedRoutes extends AbstractSet<RouteKey> {
    private final NodeId[] nodes;
    /** Per node, where its targets start, and at last where they all end. */
    private final int[] starts;
    private final NodeId[] targets;

    private ChangedRoutes(final NodeId[] nodes, final int[] starts, final NodeId[] targets) {
        this.nodes = nodes;
        this.starts = starts;
        this.targets = targets;
    }

    /**
     * The switches with changed routes.
     *
     * @return the switches in their order
     */
    public List<NodeId> nodes() {
        return Collections.unmodifiableList(Arrays.asList(nodes));
    }

    /**
     * Where the changed routes of a switch lead to.
     *
     * @param node a switch
     * @return the destinations in their order
     */
    public List<NodeId> targets(final NodeId node) {
        final int place = Arrays.binarySearch(nodes, node);
        return place < 0 ? List.of()
            : Collections.unmodifiableList(Arrays.asList(targets).subList(starts[place], starts[place + 1]));
    }

    @Override
    public int size() {
        return targets.length;
    }

    @Override
    public boolean contains(final Object obj) {
        return obj instanceof RouteKey key && Collections.binarySearch(targets(key.node()), key.target()) >= 0;
    }

    @Override
    public Iterator<RouteKey> iterator() {
        return new Iterator<>() {
            private int node;
            private int target;

            @Override
            public boolean hasNext() {
                return target < targets.length;
            }

            @Override
            public RouteKey next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                while (starts[node + 1] == target) {
                    node++;
                }
                return new RouteKey(nodes[node], targets[target++]);
            }
        };
    }

    /** Collects changed routes target by target, in the targets' order; a node by its slot or any other number. */
    static final class Collector {
        private final NodeId[] byNumber;
        private final int[] counts;
        private int[] numbers = new int[64];
        private NodeId[] targets = new NodeId[64];
        private int size;

        Collector(final NodeId[] byNumber) {
            this.byNumber = byNumber;
            counts = new int[byNumber.length];
        }

        void add(final int number, final NodeId target) {
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, size * 2);
                targets = Arrays.copyOf(targets, size * 2);
            }
            numbers[size] = number;
            targets[size++] = target;
            counts[number]++;
        }

        ChangedRoutes toRoutes() {
            final int[] ordered = IntStream.range(0, counts.length).filter(number -> counts[number] > 0).boxed()
                .sorted(Comparator.comparing(number -> byNumber[number]))
                .mapToInt(Integer::intValue).toArray();
            final var nodes = new NodeId[ordered.length];
            final var starts = new int[ordered.length + 1];
            final var ends = new int[counts.length];
            for (int i = 0; i < ordered.length; i++) {
                nodes[i] = byNumber[ordered[i]];
                ends[ordered[i]] = starts[i];
                starts[i + 1] = starts[i] + counts[ordered[i]];
            }
            final var grouped = new NodeId[size];
            for (int i = 0; i < size; i++) {
                grouped[ends[numbers[i]]++] = targets[i];
            }
            return new ChangedRoutes(nodes, starts, grouped);
        }
    }
}
