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
import io.peregrine.topology.graph.RouteTable;
import io.peregrine.topology.graph.RouteUpdate;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jgrapht.Graph;
import org.jgrapht.alg.interfaces.ShortestPathAlgorithm.SingleSourcePaths;
import org.jgrapht.opt.graph.sparse.SparseIntDirectedWeightedGraph;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All routes of a network, from scratch and after a cable has been pulled out or put in again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgs = { "-Xms4g", "-Xmx4g" })
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
public class RouteBenchmark {
    /** Takes the processor time of operations, which other work on the machine disturbs less than the clock's. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Cpu {
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private double[] samples = new double[1024];
        private int size;

        /** Forgets the iteration before. */
        @Setup(Level.Iteration)
        public void clear() {
            size = 0;
        }

        <T> T time(final Supplier<T> operation) {
            final long start = threads.getCurrentThreadCpuTime();
            final T result = operation.get();
            final long nanos = threads.getCurrentThreadCpuTime() - start;
            if (size == samples.length) {
                samples = Arrays.copyOf(samples, size * 2);
            }
            samples[size++] = nanos / 1e6;
            return result;
        }

        /**
         * The mean of an iteration.
         *
         * @return milliseconds
         */
        public double cpuMean() {
            return Arrays.stream(samples, 0, size).average().orElse(0);
        }

        /**
         * The median of an iteration.
         *
         * @return milliseconds
         */
        public double cpuP50() {
            return percentile(50);
        }

        /**
         * The 99th percentile of an iteration.
         *
         * @return milliseconds
         */
        public double cpuP99() {
            return percentile(99);
        }

        /**
         * The longest operation of an iteration.
         *
         * @return milliseconds
         */
        public double cpuMax() {
            return percentile(100);
        }

        private double percentile(final int percent) {
            final double[] sorted = Arrays.copyOf(samples, size);
            Arrays.sort(sorted);
            return size == 0 ? 0 : sorted[Math.max(0, (size * percent + 99) / 100 - 1)];
        }
    }

    /** The network. */
    @Param({ "fat-tree-8", "fat-tree-16", "fat-tree-24", "fat-tree-28", "random-250", "random-1000", "ring-1000" })
    public String network;

    private Fabric fabric;
    private RouteTable routes;
    private Graph<NodeId, Link> library;
    private SparseIntDirectedWeightedGraph sparse;
    private int[] sparseTargets;
    private int cable;
    private boolean out;

    /** Makes the network. */
    @Setup
    public void prepare() {
        fabric = Fabric.of(network);
        routes = RouteTable.compute(fabric.graph(), fabric.targets());
        library = Library.reversed(fabric.graph());
        sparse = Library.sparse(fabric.graph());
        sparseTargets = fabric.targets().stream().mapToInt(fabric.graph().nodes()::indexOf).toArray();
    }

    /**
     * Ours from scratch.
     *
     * @param cpu takes the time
     * @return the routes
     */
    @Benchmark
    public RouteTable full(final Cpu cpu) {
        return cpu.time(() -> RouteTable.compute(fabric.graph(), fabric.targets()));
    }

    /**
     * Ours after a change: one cable after the other is pulled out, and put in again.
     *
     * @param cpu takes the time
     * @return the routes
     */
    @Benchmark
    public RouteUpdate change(final Cpu cpu) {
        final var link = nextCable();
        final var update = cpu.time(() ->
            routes.update(out ? fabric.without(link) : fabric.graph(), fabric.targets()));
        routes = update.table();
        return update;
    }

    /**
     * JGraphT from scratch.
     *
     * @param cpu takes the time
     * @return the routes
     */
    @Benchmark
    public List<SingleSourcePaths<NodeId, Link>> libraryFull(final Cpu cpu) {
        return cpu.time(() -> Library.trees(library, fabric.targets()));
    }

    /**
     * JGraphT from scratch, with numbers instead of objects.
     *
     * @param cpu takes the time
     * @return the routes
     */
    @Benchmark
    public List<SingleSourcePaths<Integer, Integer>> librarySparseFull(final Cpu cpu) {
        return cpu.time(() -> Library.sparseTrees(sparse, sparseTargets));
    }

    /**
     * JGraphT after a change: it has nothing for it but to start anew.
     *
     * @param cpu takes the time
     * @return the routes
     */
    @Benchmark
    public List<SingleSourcePaths<NodeId, Link>> libraryChange(final Cpu cpu) {
        final var link = nextCable();
        return cpu.time(() -> {
            if (out) {
                library.removeEdge(link);
                library.removeEdge(Fabric.reverse(link));
            } else {
                Library.add(library, link);
                Library.add(library, Fabric.reverse(link));
            }
            return Library.trees(library, fabric.targets());
        });
    }

    private Link nextCable() {
        out = !out;
        if (out) {
            cable = (cable + 1) % fabric.cables().size();
        }
        return fabric.cables().get(cable);
    }
}
