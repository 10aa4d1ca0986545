/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.benchmarks.topology;

import io.peregrine.topology.graph.RouteTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jol.info.GraphLayout;

/** Runs the benchmarks and writes what they say as tables. */
public final class Main {
    /** Trees of JGraphT that are weighed; the others are taken to be as heavy. */
    private static final int WEIGHED = 10;
    private static final double MEBI = 1 << 20;
    private static final double KIBI = 1 << 10;

    private final PrintStream out;
    /** The iterations by network and benchmark. */
    private final Map<String, List<IterationResult>> results = new HashMap<>();

    private Main(final PrintStream out) {
        this.out = out;
    }

    /**
     * Runs all benchmarks.
     *
     * @param args the file for the tables, and the networks; none for all
     * @throws RunnerException if a benchmark fails
     * @throws IOException if the file cannot be written
     */
    public static void main(final String[] args) throws RunnerException, IOException {
        try (var out = new PrintStream(args[0], StandardCharsets.UTF_8)) {
            new Main(out).run(Arrays.copyOfRange(args, 1, args.length));
        }
    }

    private void run(final String[] networks) throws RunnerException {
        final var options = new OptionsBuilder().include(RouteBenchmark.class.getSimpleName()).shouldFailOnError(true);
        if (networks.length > 0) {
            options.param("network", networks);
        }
        final var names = new LinkedHashSet<String>();
        for (final var result : new Runner(options.build()).run()) {
            final var name = result.getParams().getParam("network");
            names.add(name);
            results.put(name + result.getPrimaryResult().getLabel(),
                result.getBenchmarkResults().stream().flatMap(run -> run.getIterationResults().stream()).toList());
        }
        printTimes(names);
        printMemory(names);
    }

    private void printTimes(final Collection<String> names) {
        out.println();
        out.println("All routes, ms of processor time (JGraphT finds one next hop each, ours all equal ones):");
        out.println();
        out.println("| network | switches | links | targets | ours | JGraphT | JGraphT sparse | ratios |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (final var name : names) {
            final var fabric = Fabric.of(name);
            final double ours = mean(name + "full", "cpuMean");
            final double library = mean(name + "libraryFull", "cpuMean");
            final double sparse = mean(name + "librarySparseFull", "cpuMean");
            out.printf("| %s | %d | %d | %d | %.2f | %.1f | %.1f | %.1f, %.1f |%n", name, fabric.graph().nodes().size(),
                fabric.graph().links().size(), fabric.targets().size(), ours, library, sparse, library / ours,
                sparse / ours);
        }
        out.println();
        out.println("All routes after one cable was pulled or put in, ms of processor time:");
        out.println();
        out.println("| network | ours: mean | p50 | p99 | max | ours from scratch | JGraphT | ratio of means |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (final var name : names) {
            final double ours = mean(name + "change", "cpuMean");
            final double library = mean(name + "libraryChange", "cpuMean");
            out.printf("| %s | %.3f | %.3f | %.3f | %.2f | %.2f | %.1f | %.0f |%n", name, ours,
                mean(name + "change", "cpuP50"), mean(name + "change", "cpuP99"),
                scores(name + "change", "cpuMax").max().orElseThrow(), mean(name + "full", "cpuMean"), library,
                library / ours);
        }
    }

    /** The mean of what the iterations of a benchmark say. */
    private double mean(final String benchmark, final String counter) {
        return scores(benchmark, counter).average().orElseThrow();
    }

    private DoubleStream scores(final String benchmark, final String counter) {
        return results.get(benchmark).stream()
            .mapToDouble(iteration -> iteration.getSecondaryResults().get(counter).getScore());
    }

    private void printMemory(final Collection<String> names) {
        out.println();
        out.println("Memory of graph and routes, MiB; what the snapshot after a change adds to the one before, KiB:");
        out.println();
        out.println("| network | ours | JGraphT | ratio | ours, added by a change: mean | max |");
        out.println("|---|---|---|---|---|---|");
        for (final var name : names) {
            final var fabric = Fabric.of(name);
            final var routes = RouteTable.compute(fabric.graph(), fabric.targets());
            final long ours = size(routes);
            final var graph = Library.reversed(fabric.graph());
            final long graphAlone = size(graph);
            final long weighed = size(graph, Library.trees(graph, fabric.targets().subList(0, WEIGHED)));
            final long library = graphAlone + (weighed - graphAlone) / WEIGHED * fabric.targets().size();
            long sum = 0;
            long max = 0;
            for (final var cable : fabric.cables().subList(0, WEIGHED)) {
                final var changed = routes.update(fabric.without(cable), fabric.targets()).table();
                final long added = size(routes, changed) - ours;
                sum += added;
                max = Math.max(max, added);
            }
            out.printf("| %s | %.2f | %.1f | %.0f | %.0f | %.0f |%n", name, ours / MEBI, library / MEBI,
                (double) library / ours, sum / WEIGHED / KIBI, max / KIBI);
        }
    }

    private static long size(final Object... roots) {
        return GraphLayout.parseInstance(roots).totalSize();
    }
}
