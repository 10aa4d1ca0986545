/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static io.peregrine.topology.graph.Drawing.alternates;
import static io.peregrine.topology.graph.Drawing.distances;
import static io.peregrine.topology.graph.Drawing.graph;
import static io.peregrine.topology.graph.Drawing.hops;
import static io.peregrine.topology.graph.Drawing.link;
import static io.peregrine.topology.graph.Drawing.node;
import static io.peregrine.topology.graph.Drawing.nodes;
import static io.peregrine.topology.graph.Drawing.paths;
import static io.peregrine.topology.graph.Drawing.routes;
import static io.peregrine.topology.graph.Drawing.routesOf;
import static io.peregrine.topology.graph.Drawing.without;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    /*
     *       B
     *     /   \
     *   A       D --- E
     *     \   /
     *       C
     */
    private static final Graph DIAMOND = graph("A-B-D-E", "A-C-D");

    /*
     *   A -- B -- C
     *   |         |
     *   F -- E -- D
     */
    private static final Graph RING = graph("A-B-C-D-E-F-A");

    @Test
    void allShortestWaysCount() {
        final var table = routesOf(DIAMOND, "DE");
        assertEquals("AB AC", hops(table, "AD"));
        assertEquals("AB AC", hops(table, "AE"));
        assertEquals("BD", hops(table, "BE"));
        assertEquals("3 2 2 1 0", distances(table, "ABCDE", 'E'));
        assertEquals("", hops(table, "DD"));
    }

    @Test
    void onlyTargetsHaveRoutes() {
        final var table = routesOf(DIAMOND, "EZ");
        assertEquals("", hops(table, "AD"));
        assertEquals("-", distances(table, "A", 'D'));
        assertEquals("", hops(table, "AZ"));
        assertEquals("", hops(table, "ZE"));
        assertEquals("", alternates(table, "AZ"));
        assertEquals(Set.copyOf(nodes("EZ")), table.targets());
    }

    @Test
    void halfwayRoundARingBothWaysAreEqual() {
        final var table = routesOf(RING, "D");
        assertEquals("AB AF", hops(table, "AD"));
        assertEquals("BC", hops(table, "BD"));
        assertEquals("FE", hops(table, "FD"));
        assertEquals("3 2 1 0 1 2", distances(table, "ABCDEF", 'D'));
    }

    @Test
    void costsDecideNotHops() {
        //   A -9- B
        //    \   /
        //      C
        assertEquals("AC", hops(routesOf(graph("A-9-B", "A-C-B"), "B"), "AB"));
        assertEquals("AB AC", hops(routesOf(graph("A-2-B", "A-C-B"), "B"), "AB"));
    }

    @Test
    void parallelLinksOfEqualCostAreNextHopsEach() {
        //   A === B
        assertEquals("AB AB'", hops(routesOf(graph("A-B", "A-B"), "B"), "AB"));
        assertEquals("AB'", hops(routesOf(graph("A-2-B", "A-B"), "B"), "AB"));
    }

    @Test
    void oneWayLinksAreUsedOneWay() {
        //   A --> B --> C
        //   ^-----------+
        final var table = routesOf(graph("A->B->C->A"), "AC");
        assertEquals("0 2 1", distances(table, "ABC", 'A'));
        assertEquals("2 1 0", distances(table, "ABC", 'C'));
        assertEquals("BC", hops(table, "BA"));
    }

    @Test
    void aPartitionedSwitchHasNoRoutes() {
        //   A -- B    C -- D
        final var table = routesOf(graph("A-B", "C-D"), "BD");
        assertEquals("1 0 - -", distances(table, "ABCD", 'B'));
        assertEquals("", hops(table, "AD"));
        assertEquals("", alternates(table, "AD"));
        assertEquals(List.of(), paths(table, "AD", 9));
    }

    @Test
    void aCableFromASwitchToItselfDoesNotMatter() {
        final var loop = new Link(node('A'), 8, node('A'), 9, 1);
        final var table = routesOf(DIAMOND.withLink(loop), "E");
        assertEquals("AB AC", hops(table, "AE"));
        assertEquals("", alternates(table, "AE"));
        assertEquals("AB AC", hops(table.update(DIAMOND, nodes("E")).table(), "AE"));
    }

    @Test
    void pathsAreListedInOrderUpToALimit() {
        //   A - B - D - E - G
        //     \ C /   \ F /
        final var table = routesOf(graph("A-B-D-E-G", "A-C-D-F-G"), "");
        assertEquals(List.of("ABDEG", "ABDFG", "ACDEG", "ACDFG"), paths(table, "AG", 9));
        assertEquals(List.of("ABDEG", "ABDFG", "ACDEG"), paths(table, "AG", 3));
        assertEquals(List.of("ABDEG"), paths(table, "AG", 1));
        assertEquals(List.of(), paths(table, "AG", 0));
        assertEquals(List.of("A"), paths(table, "AA", 9));
        assertEquals(List.of("AB", "AB'"), paths(routesOf(graph("A-B", "A-B"), "B"), "AB", 9));
    }

    @Test
    void anAlternateDoesNotSendBack() {
        //   A -- B -- C       B is no help for A to C if A-C fails and B-C costs more than B-A-C
        //   +----1----+
        assertEquals("AB", alternates(routesOf(graph("A-B-C", "A-C"), "C"), "AC"));
        assertEquals("AB", alternates(routesOf(graph("A-B-2-C", "A-2-C"), "C"), "AC"));
        assertEquals("", alternates(routesOf(graph("A-B-2-C", "A-C"), "C"), "AC"));
        assertEquals("", alternates(routesOf(graph("A-B-3-C", "A-C"), "C"), "AC"));
    }

    @Test
    void alternatesInARingAreWhereTheOtherWayIsNotLonger() {
        final var table = routesOf(RING, "D");
        // A has two next hops; to B and C, the other way round is as long as theirs and back
        assertEquals("", alternates(table, "AD"));
        assertEquals("", alternates(table, "BD"));
        assertEquals("", alternates(table, "CD"));
        final var odd = routesOf(graph("A-B-C-D-E-A"), "D");
        // A goes by E, and B's way is by C
        assertEquals("AB", alternates(odd, "AD"));
        assertEquals("BA", alternates(odd, "BD"));
        assertEquals("", alternates(odd, "CD"));
    }

    @Test
    void theSecondBestParallelLinkIsAnAlternateAndTheBestComesFirst() {
        //   A =1,3= B,  A -2- C -1- B
        final var table = routesOf(graph("A-B", "A-3-B", "A-4-C-B"), "B");
        assertEquals("AB' AC", alternates(table, "AB"));
    }

    @Test
    void aNeighbourWithoutAWayBackIsAnAlternate() {
        //   A --> B --9-> C,  A --> C: from B, nothing can come back to A
        assertEquals("AB", alternates(routesOf(graph("A->B-9->C", "A->C"), "C"), "AC"));
    }

    @Test
    void aLostLinkWithASiblingChangesOneRouteAndNoDistance() {
        final var table = routesOf(DIAMOND, "E");
        final var update = table.update(without(DIAMOND, "AB"), nodes("E"));
        assertEquals("A=>E", routes(update.changed()));
        assertEquals("AC", hops(update.table(), "AE"));
        assertEquals("3 2 2 1 0", distances(update.table(), "ABCDE", 'E'));
    }

    @Test
    void aLostLinkReroutesThoseBehindIt() {
        final var table = routesOf(RING, "D");
        final var update = table.update(without(RING, "CD"), nodes("D"));
        assertEquals("3 4 5 0 1 2", distances(update.table(), "ABCDEF", 'D'));
        assertEquals("A=>D B=>D C=>D", routes(update.changed()));
        assertEquals("AF", hops(update.table(), "AD"));
        assertEquals("BA", hops(update.table(), "BD"));

        final var back = update.table().update(RING, nodes("D"));
        assertEquals(update.changed(), back.changed());
        assertEquals("AB AF", hops(back.table(), "AD"));
    }

    @Test
    void aBridgeThatFailsLeavesNoRoute() {
        final var update = routesOf(DIAMOND, "E").update(without(DIAMOND, "DE"), nodes("E"));
        assertEquals("- - - - 0", distances(update.table(), "ABCDE", 'E'));
        assertEquals("A=>E B=>E C=>E D=>E", routes(update.changed()));
    }

    @Test
    void aCostMovesRoutesExactlyWhenItMatters() {
        final var table = routesOf(DIAMOND, "D");
        final var dearer = table.update(DIAMOND.withCost(link("BD"), 2), nodes("D"));
        assertEquals("A=>D", routes(dearer.changed()));
        assertEquals("AC", hops(dearer.table(), "AD"));
        // B has no better way: it costs more, but is the same
        assertEquals("2 2 1 0 1", distances(dearer.table(), "ABCDE", 'D'));

        final var muchDearer = dearer.table().update(DIAMOND.withCost(link("BD"), 3), nodes("D"));
        assertEquals("B=>D", routes(muchDearer.changed()));
        assertEquals("BA BD", hops(muchDearer.table(), "BD"));
    }

    @Test
    void aNewSwitchGetsRoutesAndOneThatGoesLosesThem() {
        final var table = routesOf(DIAMOND, "E");
        final var larger = graph("A-B-D-E", "A-C-D", "F-A");
        final var joined = table.update(larger, nodes("E"));
        assertEquals("F=>E", routes(joined.changed()));
        assertEquals("4", distances(joined.table(), "F", 'E'));

        final var left = joined.table().update(larger.withoutNode(node('B')), nodes("E"));
        assertEquals("A=>E B=>E", routes(left.changed()));
        assertEquals("AC", hops(left.table(), "AE"));
    }

    @Test
    void aSwitchThatComesForAnotherIsNotTakenForIt() {
        //   A - B - C   becomes   A - D - C
        final var table = routesOf(graph("A-B-C"), "C");
        final var replaced = graph("A-B-C").withoutNode(node('B')).withNode(node('D'))
            .withLink(link("AD")).withLink(link("DC"));
        final var update = table.update(replaced, nodes("C"));
        assertEquals("A=>C B=>C D=>C", routes(update.changed()));
        assertEquals("AD", hops(update.table(), "AC"));
        assertEquals("DC", hops(update.table(), "DC"));
        assertEquals("", hops(update.table(), "BC"));
    }

    @Test
    void targetsComeAndGo() {
        final var table = routesOf(DIAMOND, "D");
        final var update = table.update(DIAMOND, nodes("E"));
        assertEquals("A=>D A=>E B=>D B=>E C=>D C=>E D=>E E=>D", routes(update.changed()));
        assertEquals("", hops(update.table(), "AD"));
        assertEquals("AB AC", hops(update.table(), "AE"));
    }

    @Test
    void changedRoutesAreGroupedBySwitch() {
        final var changed = routesOf(DIAMOND, "DE").update(without(DIAMOND, "AB"), nodes("DE")).changed();
        assertEquals(nodes("A"), changed.nodes());
        assertEquals(nodes("DE"), changed.targets(node('A')));
        assertEquals(List.of(), changed.targets(node('B')));
        assertTrue(changed.contains(new RouteKey(node('A'), node('E'))));
        assertEquals(Set.of(new RouteKey(node('A'), node('D')), new RouteKey(node('A'), node('E'))), changed);
        assertThrows(UnsupportedOperationException.class, changed::clear);
    }

    @Test
    void aSnapshotStaysAsItIs() {
        final var table = routesOf(RING, "D");
        final var update = table.update(without(RING, "CD"), nodes("D"));
        assertEquals("3 2 1 0 1 2", distances(table, "ABCDEF", 'D'));
        assertEquals("AB AF", hops(table, "AD"));
        assertSame(RING, table.graph());
        assertNotSame(table, update.table());
    }

    @Test
    void anEqualGraphChangesNothing() {
        final var table = routesOf(DIAMOND, "DE");
        final var same = Graph.of(DIAMOND.nodes(), DIAMOND.links());
        assertEquals(Set.of(), table.update(same, nodes("DE")).changed());
    }
}
