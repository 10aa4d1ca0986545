/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.topology.hosts.ArpPacket;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FramesTest {
    private static final byte[] ECHO = IcmpPackets.echo(SimulatedFabric.mac("10.1.0.10"), SimulatedFabric.GATEWAY_MAC,
        "10.1.0.10", "200.2.0.10", 64);

    @Test
    void theTypeIsRead() {
        assertEquals(Frames.IPV4, Frames.etherType(ECHO));
        assertEquals(Frames.ARP, Frames.etherType(ArpPacket.request(SimulatedFabric.GATEWAY_MAC,
            SimulatedFabric.address("10.1.0.1"), SimulatedFabric.address("10.1.0.10")).toFrame()));
        final byte[] lldp = new byte[14];
        lldp[12] = (byte) 0x88;
        lldp[13] = (byte) 0xCC;
        assertEquals(Frames.LLDP, Frames.etherType(lldp));
        assertTrue(Frames.etherType(Arrays.copyOf(lldp, 13)) < 0);
        assertTrue(Frames.etherType(new byte[0]) < 0);
    }

    @Test
    void theDestinationIsRead() {
        assertEquals(Optional.of(SimulatedFabric.address("200.2.0.10")), Frames.ipv4Destination(ECHO));
        assertTrue(Frames.ipv4Destination(Arrays.copyOf(ECHO, 34)).isPresent());
        assertEquals(Optional.empty(), Frames.ipv4Destination(Arrays.copyOf(ECHO, 33)));
    }
}
