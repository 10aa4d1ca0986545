/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortId;
import org.junit.jupiter.api.Test;

class PacketGateTest {
    private static final PortId LOUD = new PortId(new DatapathId(1), 1);
    private static final PortId QUIET = new PortId(new DatapathId(1), 2);

    @Test
    void aPortThatFloodsLeavesRoomForOthers() {
        final var gate = new PacketGate(10, 3);
        for (int i = 0; i < 3; i++) {
            assertTrue(gate.enter(LOUD));
        }
        assertFalse(gate.enter(LOUD));
        assertTrue(gate.enter(QUIET));
        gate.leave(LOUD);
        assertTrue(gate.enter(LOUD));
        assertFalse(gate.enter(LOUD));
        assertEquals(2, gate.refused());
    }

    @Test
    void allTogetherAreLimitedToo() {
        final var gate = new PacketGate(10, 3);
        for (int port = 1; port <= 10; port++) {
            assertTrue(gate.enter(new PortId(new DatapathId(2), port)));
        }
        assertFalse(gate.enter(LOUD));
        gate.leave(new PortId(new DatapathId(2), 5));
        assertTrue(gate.enter(LOUD));
        assertFalse(gate.enter(QUIET));
        assertEquals(2, gate.refused());
    }

    @Test
    void whoeverHasLeftLeavesNothingBehind() {
        final var gate = new PacketGate(2, 2);
        for (int i = 0; i < 100; i++) {
            assertTrue(gate.enter(LOUD));
            assertTrue(gate.enter(QUIET));
            gate.leave(QUIET);
            gate.leave(LOUD);
        }
        assertEquals(0, gate.refused());
    }
}
