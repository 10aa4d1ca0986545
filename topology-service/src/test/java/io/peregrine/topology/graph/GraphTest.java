/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static io.peregrine.topology.graph.Drawing.graph;
import static io.peregrine.topology.graph.Drawing.link;
import static io.peregrine.topology.graph.Drawing.names;
import static io.peregrine.topology.graph.Drawing.node;
import static io.peregrine.topology.graph.Drawing.nodes;
import static io.peregrine.topology.graph.Drawing.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphTest {
    /*
     *   A ==== B      two links each way
     *    \    /
     *      C
     */
    private static final Graph TRIANGLE = graph("A-B-C-A", "A-B");

    @Test
    void nodesAndLinksComeInOrder() {
        assertEquals(nodes("ABC"), graph("C", "B", "A").nodes());
        assertEquals("AB AC AB' BA BC BA' CA CB", names(TRIANGLE.links()));
        assertEquals("AB AC AB'", names(TRIANGLE.linksFrom(node('A'))));
        assertEquals("BA BA' CA", names(TRIANGLE.linksTo(node('A'))));
    }

    @Test
    void howAGraphWasMadeDoesNotMatter() {
        final var links = new ArrayList<>(TRIANGLE.links());
        Collections.reverse(links);
        final var other = Graph.of(nodes("CAB"), links);
        assertEquals(TRIANGLE, other);
        assertEquals(TRIANGLE.hashCode(), other.hashCode());
        assertEquals(TRIANGLE.toString(), other.toString());
        assertEquals(TRIANGLE, without(graph("D-A-B-C-A", "A-B", "E").withoutNode(node('D')).withoutNode(node('E'))));
    }

    @Test
    void eachDirectionIsALinkOfItsOwn() {
        final var oneWay = without(graph("A-B"), "BA");
        assertEquals("AB", names(oneWay.links()));
        assertEquals("", names(oneWay.linksFrom(node('B'))));
    }

    @Test
    void theEndsTellLinksApartNotTheCost() {
        final var dearer = TRIANGLE.withLink(link("AB").withCost(7));
        assertEquals(8, dearer.links().size());
        assertEquals(7, dearer.find(link("AB")).orElseThrow().cost());
        assertEquals(1, dearer.find(link("AB'")).orElseThrow().cost());
        assertEquals(dearer, TRIANGLE.withCost(link("AB").withCost(3), 7));
        assertNotEquals(dearer, TRIANGLE);
        assertEquals(TRIANGLE, dearer.withLink(link("AB")));
    }

    @Test
    void ofLinksWithTheSameEndsTheLastOneCounts() {
        final var graph = Graph.of(nodes("AB"), List.of(link("AB").withCost(2), link("AB").withCost(3)));
        assertEquals(List.of(link("AB").withCost(3)), graph.links());
    }

    @Test
    void aNodeTakesItsLinksAlong() {
        assertEquals("AC CA", names(TRIANGLE.withoutNode(node('B')).links()));
        assertFalse(TRIANGLE.withoutNode(node('B')).contains(node('B')));
    }

    @Test
    void aChangeLeavesTheGraphItCameFromAlone() {
        final var text = TRIANGLE.toString();
        TRIANGLE.withNode(node('D'));
        TRIANGLE.withoutNode(node('A'));
        TRIANGLE.withoutLink(link("AB"));
        TRIANGLE.withLink(link("CB'"));
        TRIANGLE.withCost(link("AB"), 9);
        assertEquals(text, TRIANGLE.toString());
    }

    @Test
    void whatAChangeDoesNotTouchIsShared() {
        final var changed = TRIANGLE.withCost(link("AB"), 9);
        final int other = TRIANGLE.index().slot(node('C'));
        assertSame(TRIANGLE.out(other), changed.out(other));
        assertSame(TRIANGLE.in(other), changed.in(other));
        assertSame(TRIANGLE.index(), changed.index());
    }

    @Test
    void aChangeThatChangesNothingIsNone() {
        assertSame(TRIANGLE, TRIANGLE.withNode(node('A')));
        assertSame(TRIANGLE, TRIANGLE.withoutNode(node('Z')));
        assertSame(TRIANGLE, TRIANGLE.withLink(link("AB")));
        assertSame(TRIANGLE, TRIANGLE.withoutLink(link("CB'")));
        assertSame(TRIANGLE, TRIANGLE.withoutLink(link("ZA")));
        assertSame(TRIANGLE, TRIANGLE.withCost(link("AB"), 1));
    }

    @Test
    void endsOfLinksAreNodes() {
        assertThrows(IllegalArgumentException.class, () -> TRIANGLE.withLink(link("AZ")));
        assertThrows(IllegalArgumentException.class, () -> TRIANGLE.withLink(link("ZA")));
        assertThrows(IllegalArgumentException.class, () -> TRIANGLE.withCost(link("CB'"), 2));
        assertThrows(IllegalArgumentException.class, () -> Graph.of(nodes("A"), List.of(link("AB"))));
    }

    @Test
    void costsArePositiveAndBounded() {
        assertThrows(IllegalArgumentException.class, () -> link("AB").withCost(0));
        assertThrows(IllegalArgumentException.class, () -> link("AB").withCost(Link.MAX_COST + 1));
        assertEquals(Link.MAX_COST, link("AB").withCost(Link.MAX_COST).cost());
    }

    @Test
    void theLongestPathThereCanBeIsMeasured() {
        final var ids = new ArrayList<NodeId>();
        final var links = new ArrayList<Link>();
        for (int i = 0; i < Graph.MAX_NODES; i++) {
            ids.add(new NodeId(i));
            if (i > 0) {
                links.add(new Link(ids.get(i), 1, ids.get(i - 1), 2, Link.MAX_COST));
            }
        }
        final var line = Graph.of(ids, links);
        final var end = ids.get(Graph.MAX_NODES - 1);
        final var table = RouteTable.compute(line, List.of(ids.get(0)));
        assertEquals(0x7fff * 0xffff, table.distance(end, ids.get(0)).orElseThrow());
        assertEquals(0x7fff, table.paths(end, ids.get(0), 1).get(0).size());
        assertThrows(IllegalArgumentException.class, () -> line.withNode(new NodeId(-1)));
    }
}
