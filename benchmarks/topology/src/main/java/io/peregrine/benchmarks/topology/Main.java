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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.Result;
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
        final var results = new HashMap<String, Map<String, Result<?>>>();
        final var names = new ArrayList<String>();
        for (final var result : new Runner(options.build()).run()) {
            final var name = result.getParams().getParam("network");
            if (!names.contains(name)) {
                names.add(name);
            }
            final var label = result.getPrimaryResult().getLabel();
            results.computeIfAbsent(name, key -> new HashMap<>()).put(label, result.getPrimaryResult());
        }
        printTimes(names, results);
        printMemory(names);
    }

    private void printTimes(final List<String> names, final Map<String, Map<String, Result<?>>> results) {
        out.println();
        out.println("All routes, ms (JGraphT finds one next hop each, ours all equal ones):");
        out.println();
        out.println("| network | switches | links | targets | ours | JGraphT | JGraphT sparse | ratios |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (final var name : names) {
            final var fabric = Fabric.of(name);
            final double ours = score(results, name, "full");
            final double library = score(results, name, "libraryFull");
            final double sparse = score(results, name, "librarySparseFull");
            out.printf("| %s | %d | %d | %d | %.2f | %.1f | %.1f | %.1f, %.1f |%n", name, fabric.graph().nodes().size(),
                fabric.graph().links().size(), fabric.targets().size(), ours, library, sparse, library / ours,
                sparse / ours);
        }
        out.println();
        out.println("All routes after one cable was pulled or put in, ms:");
        out.println();
        out.println("| network | ours: mean | p50 | p99 | max | ours from scratch | JGraphT | ratio of means |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (final var name : names) {
            final var change = results.get(name).get("change");
            final double library = score(results, name, "libraryChange");
            final var statistics = change.getStatistics();
            out.printf("| %s | %.3f | %.3f | %.3f | %.2f | %.2f | %.1f | %.0f |%n", name, change.getScore(),
                statistics.getPercentile(50), statistics.getPercentile(99), statistics.getMax(),
                score(results, name, "full"), library, library / change.getScore());
        }
    }

    private static double score(final Map<String, Map<String, Result<?>>> results, final String name,
            final String label) {
        return results.get(name).get(label).getScore();
    }

    private void printMemory(final List<String> names) {
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
