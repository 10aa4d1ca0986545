/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Graphs as strings. Nodes are capitals, in chains: {@code A-B} is a link each way at cost 1, {@code A-5-B} at cost 5,
 * {@code A->B} and {@code A-5->B} are one way only. A second link between the same nodes is another, parallel link.
 */
final class Drawing {
    private static final Pattern NODE = Pattern.compile("([A-Z])(?:-(?:(\\d+)-)?(>)?)?");
    /** The port of a node's first link to a peer has the peer's number, that of the second is so much higher. */
    private static final int PARALLEL = 100;

    private Drawing() {
        // Hidden on purpose
    }

    static Graph graph(final String... chains) {
        var graph = Graph.empty();
        for (final var chain : chains) {
            final var matcher = NODE.matcher(chain);
            NodeId last = null;
            int cost = 0;
            boolean oneWay = false;
            while (matcher.find()) {
                final var node = node(matcher.group(1).charAt(0));
                graph = graph.withNode(node);
                if (last != null) {
                    graph = graph.withLink(unused(graph, last, node, cost));
                    if (!oneWay) {
                        graph = graph.withLink(unused(graph, node, last, cost));
                    }
                }
                last = node;
                cost = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
                oneWay = matcher.group(3) != null;
            }
        }
        return graph;
    }

    private static Link unused(final Graph graph, final NodeId from, final NodeId to, final int cost) {
        var link = link(from, to, 0, cost);
        for (int i = 1; graph.find(link).isPresent(); i++) {
            link = link(from, to, i, cost);
        }
        return link;
    }

    static NodeId node(final char letter) {
        return new NodeId(letter - 'A' + 1);
    }

    static List<NodeId> nodes(final String letters) {
        return letters.chars().mapToObj(letter -> node((char) letter)).toList();
    }

    /** The link between two nodes, as in {@code AB}; with a prime, as in {@code AB'}, the one parallel to it. */
    static Link link(final String name) {
        return link(node(name.charAt(0)), node(name.charAt(1)), name.length() - 2, 1);
    }

    private static Link link(final NodeId from, final NodeId to, final int parallel, final int cost) {
        return new Link(from, to.bits() + parallel * PARALLEL, to, from.bits() + parallel * PARALLEL, cost);
    }

    static Graph without(final Graph graph, final String... names) {
        var result = graph;
        for (final var name : names) {
            result = result.withoutLink(link(name));
        }
        return result;
    }

    static String name(final NodeId node) {
        return String.valueOf((char) ('A' + node.bits() - 1));
    }

    static String name(final Link link) {
        return name(link.source()) + name(link.target()) + "'".repeat((int) (link.sourcePort() / PARALLEL));
    }

    static String names(final Collection<Link> links) {
        return links.stream().map(Drawing::name).collect(Collectors.joining(" "));
    }

    /** Routes as in {@code A=>B}. */
    static String routes(final Collection<RouteKey> routes) {
        return routes.stream().map(route -> name(route.node()) + "=>" + name(route.target()))
            .collect(Collectors.joining(" "));
    }

    /** Paths as in {@code ABD}, with every node on the way. */
    static List<String> paths(final RouteTable table, final String ends, final int limit) {
        final var found = new ArrayList<String>();
        for (final var path : table.paths(node(ends.charAt(0)), node(ends.charAt(1)), limit)) {
            found.add(path.stream().map(link -> name(link).substring(1))
                .collect(Collectors.joining("", ends.substring(0, 1), "")));
        }
        return found;
    }

    static RouteTable routesOf(final Graph graph, final String targets) {
        return RouteTable.compute(graph, nodes(targets));
    }

    static String hops(final RouteTable table, final String ends) {
        return names(table.nextHops(node(ends.charAt(0)), node(ends.charAt(1))));
    }

    static String alternates(final RouteTable table, final String ends) {
        return names(table.alternates(node(ends.charAt(0)), node(ends.charAt(1))));
    }

    /** The distances to a target from several nodes, {@code -} where there is no path. */
    static String distances(final RouteTable table, final String nodes, final char target) {
        return Arrays.stream(nodes.split(""))
            .map(node -> table.distance(node(node.charAt(0)), node(target)))
            .map(distance -> distance.isPresent() ? String.valueOf(distance.getAsInt()) : "-")
            .collect(Collectors.joining(" "));
    }
}
