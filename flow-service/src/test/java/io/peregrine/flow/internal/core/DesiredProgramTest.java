/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import static io.peregrine.flow.internal.core.Samples.G1;
import static io.peregrine.flow.internal.core.Samples.all;
import static io.peregrine.flow.internal.core.Samples.flow;
import static io.peregrine.flow.internal.core.Samples.fragment;
import static io.peregrine.flow.internal.core.Samples.key;
import static io.peregrine.flow.internal.core.Samples.lease;
import static io.peregrine.flow.internal.core.Samples.out;
import static io.peregrine.flow.internal.core.Samples.own;
import static io.peregrine.flow.internal.core.Samples.via;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DesiredProgramTest {
    private final DesiredProgram program = new DesiredProgram();

    @Test
    void onlyTheDifferenceComesOut() {
        program.replace(Map.of("a", fragment(all(G1, out(1)), flow(0, 1, via(G1)), flow(0, 2, out(2)))));
        final var change = program.replace(Map.of("a",
            fragment(all(G1, out(1), out(2)), flow(0, 1, via(G1)), flow(0, 3, out(2)))));

        assertEquals(Map.of(G1, all(G1, out(1), out(2))), change.groups());
        assertEquals(Map.of(key(0, 3), own("a", flow(0, 3, out(2)))), change.flows());
        assertEquals(Set.of(key(0, 2)), change.droppedFlows());
        assertEquals(Set.of(), change.droppedGroups());
    }

    @Test
    void anEmptyFragmentIsGone() {
        program.replace(Map.of("a", fragment(all(G1), flow(0, 1))));
        final var change = program.replace(Map.of("a", Fragment.EMPTY));

        assertEquals(Set.of(G1), change.droppedGroups());
        assertEquals(Set.of(key(0, 1)), change.droppedFlows());
        assertEquals(Map.of(), program.fragments());
    }

    @Test
    void anEntryBelongsToOneFragmentOnly() {
        program.replace(Map.of("a", fragment(all(G1), flow(0, 1))));

        final var wrong = assertThrows(IllegalArgumentException.class,
            () -> program.replace(Map.of("a", Fragment.EMPTY, "b", fragment(flow(0, 2)), "c", fragment(flow(0, 2)))));
        assertTrue(wrong.getMessage().contains("in_port=0x2"), wrong.getMessage());
        assertThrows(IllegalArgumentException.class, () -> program.replace(Map.of("b", fragment(flow(0, 1)))));
        assertThrows(IllegalArgumentException.class, () -> program.replace(Map.of("b", fragment(all(G1)))));
        assertEquals(Map.of("a", fragment(all(G1), flow(0, 1))), program.fragments());
    }

    @Test
    void anEntryMovesBetweenFragmentsInOneChange() {
        program.replace(Map.of("a", fragment(flow(0, 1))));
        final var change = program.replace(Map.of("a", Fragment.EMPTY, "b", fragment(flow(0, 1))));

        assertEquals(Map.of(key(0, 1), own("b", flow(0, 1))), change.flows());
        assertEquals(Set.of(), change.droppedFlows());
    }

    @Test
    void leasesAreTheTimedEntries() {
        program.replace(Map.of("a", fragment(flow(0, 1), lease(0, 2, 30))));
        assertEquals(Set.of(key(0, 2)), program.leasesOf("a"));
        assertEquals(Set.of(), program.leasesOf("b"));
    }

    static List<Fragment> whatNoSwitchTakes() {
        return List.of(
            fragment(all(5, out(1))),
            fragment(new Group(G1, Group.Type.ALL, List.of(new Group.Bucket(List.of(out(1)), 0, 3)))),
            fragment(new Group(G1, Group.Type.ALL, List.of(new Group.Bucket(List.of(out(1)), 2,
                Group.Bucket.NO_WATCH)))),
            fragment(flow(0, 1, new Action.SetField(OxmField.ETH_TYPE, FieldValue.of(0x800)))),
            fragment(flow(0, 1, new Action.SetField(OxmField.ARP_OP, FieldValue.of(0x10000)))),
            fragment(new Flow(5, 1, Match.ANY, Instructions.toTable(5))),
            matching(Match.builder().exact(OxmField.ARP_OP, 1)),
            matching(Match.builder().ethType(0x0800).exact(OxmField.TCP_DST, 80)),
            matching(Match.builder().masked(OxmField.ETH_TYPE, FieldValue.ZERO, FieldValue.of(0xFF))),
            matching(Match.builder().exact(OxmField.VLAN_VID, 0x1000)),
            matching(Match.builder().ethType(0x0800).masked(OxmField.IPV4_DST, FieldValue.of(1), FieldValue.of(1))));
    }

    private static Fragment matching(final Match.Builder match) {
        return fragment(new Flow(0, 1, match.build(), Instructions.DROP));
    }

    @ParameterizedTest
    @MethodSource("whatNoSwitchTakes")
    void whatNoSwitchTakesIsRefusedAtOnce(final Fragment fragment) {
        assertThrows(IllegalArgumentException.class, () -> program.replace(Map.of("a", fragment)));
        assertEquals(Map.of(), program.fragments());
    }

    @Test
    void cookiesTellWhoseAnEntryIs() {
        assertTrue(OwnRange.isOwnCookie(OwnRange.cookieOf("")));
        assertTrue(OwnRange.isOwnCookie(OwnRange.cookieOf("guest/1")));
        assertEquals(false, OwnRange.isOwnCookie(0));
        assertEquals(false, OwnRange.cookieOf("guest/1") == OwnRange.cookieOf("guest/2"));
    }
}
