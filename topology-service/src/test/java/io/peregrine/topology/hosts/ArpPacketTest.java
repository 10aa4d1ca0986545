/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static io.peregrine.topology.hosts.Net.ip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.BaseEncoding;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.hosts.ArpFrame.Fault;
import io.peregrine.topology.hosts.ArpFrame.Refused;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArpPacketTest {
    private static final MacAddress HOST = MacAddress.parse("52:54:00:00:00:0a");
    private static final MacAddress ROUTER = MacAddress.parse("02:00:00:00:00:01");
    /** What Linux sends: who has 10.1.0.1, tell 10.1.0.10. */
    private static final byte[] FRAME = BaseEncoding.base16().lowerCase().decode("ffffffffffff" + "52540000000a"
        + "0806" + "0001" + "0800" + "06" + "04" + "0001" + "52540000000a" + "0a01000a" + "000000000000" + "0a010001");

    private static byte[] with(final int offset, final int... octets) {
        final var frame = FRAME.clone();
        for (int i = 0; i < octets.length; i++) {
            frame[offset + i] = (byte) octets[i];
        }
        return frame;
    }

    private static void assertFault(final Fault fault, final byte[] frame) {
        assertEquals(new Refused(fault), ArpFrame.parse(frame));
    }

    @Test
    void readsAndWritesARequest() {
        final var packet = ArpPacket.request(HOST, ip("10.1.0.10"), ip("10.1.0.1"));
        assertEquals(packet, ArpFrame.parse(FRAME));
        // Padded to the least length of a frame
        assertArrayEquals(Arrays.copyOf(FRAME, 60), packet.toFrame());
        assertEquals(packet, ArpFrame.parse(packet.toFrame()));
        assertFalse(packet.isProbe());
        assertFalse(packet.isAnnouncement());
    }

    @Test
    void readsWhatItWrites() {
        final var unicast = ArpPacket.request(ROUTER, ip("10.1.0.1"), HOST, ip("10.1.0.10"));
        assertEquals(HOST, unicast.destination());
        assertEquals(unicast, ArpFrame.parse(unicast.toFrame()));

        final var reply = ArpPacket.reply(ROUTER, ip("10.1.0.1"), HOST, ip("250.1.0.10"));
        assertEquals(HOST, reply.destination());
        assertEquals(reply, ArpFrame.parse(reply.toFrame()));
        assertEquals(reply.to(ROUTER), ArpFrame.parse(reply.to(ROUTER).toFrame()));

        assertTrue(ArpPacket.request(HOST, ip("0.0.0.0"), ip("10.1.0.10")).isProbe());
        assertTrue(ArpPacket.request(HOST, ip("10.1.0.10"), ip("10.1.0.10")).isAnnouncement());
        assertThrows(IllegalArgumentException.class,
            () -> ArpPacket.request(MacAddress.BROADCAST, ip("10.1.0.10"), ip("10.1.0.1")));
    }

    @Test
    void saysWhyAFrameIsRefused() {
        assertFault(Fault.LENGTH, new byte[0]);
        assertFault(Fault.LENGTH, new byte[1515]);
        assertFault(Fault.TAGGED, with(12, 0x81, 0));
        assertFault(Fault.TAGGED, with(12, 0x88, 0xA8));
        assertFault(Fault.NOT_ARP, with(12, 0x08, 0));
        assertFault(Fault.NOT_ARP, with(14, 0, 6));
        assertFault(Fault.NOT_ARP, with(16, 0x86, 0xDD));
        assertFault(Fault.NOT_ARP, with(18, 8));
        assertFault(Fault.NOT_ARP, with(19, 16));
        // RARP and InARP
        assertFault(Fault.NOT_ARP, with(20, 0, 3));
        assertFault(Fault.NOT_ARP, with(20, 0, 8));
        assertFault(Fault.NOT_ARP, with(20, 1, 1));
        // The frame's source is not the packet's sender; a group; none
        assertFault(Fault.SPOOFED, with(6, 0x52, 0x54, 0, 0, 0, 0x0B));
        final var group = with(6, 0x53);
        group[22] = 0x53;
        assertFault(Fault.SPOOFED, group);
        final var none = with(6, 0, 0, 0, 0, 0, 0);
        Arrays.fill(none, 22, 28, (byte) 0);
        assertFault(Fault.SPOOFED, none);
    }

    @Test
    void refusesEveryTruncatedFrame() {
        for (int length = 0; length < FRAME.length; length++) {
            assertFault(Fault.LENGTH, Arrays.copyOf(FRAME, length));
        }
    }

    @Test
    void neverThrowsOnRubbish() {
        final var random = new Random(7);
        int packets = 0;
        for (int i = 0; i < 50_000; i++) {
            final byte[] frame;
            if (i % 2 == 0) {
                frame = new byte[random.nextInt(100)];
                random.nextBytes(frame);
            } else {
                frame = with(random.nextInt(FRAME.length), random.nextInt());
            }
            if (ArpFrame.parse(frame) instanceof ArpPacket packet) {
                packets++;
                assertEquals(packet, ArpFrame.parse(packet.toFrame()));
            }
        }
        assertTrue(packets > 0);
    }
}
