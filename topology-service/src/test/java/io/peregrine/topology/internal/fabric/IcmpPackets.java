/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import java.nio.ByteBuffer;

/**
 * ICMP as a host sends and checks it.
 */
final class IcmpPackets {
    static final int ETHERNET = 14;
    static final int HEADER = 20;
    private static final int DATA = 13;

    private IcmpPackets() {
        // Static methods only
    }

    /** An echo request with 13 octets of data. */
    static byte[] echo(final MacAddress from, final MacAddress to, final String source, final String destination,
            final int ttl) {
        final var out = ByteBuffer.allocate(ETHERNET + HEADER + 8 + DATA);
        put(out, to);
        put(out, from);
        out.putShort((short) 0x0800);
        out.put((byte) 0x45).put((byte) 0).putShort((short) (HEADER + 8 + DATA)).putShort((short) 0x1234)
            .putShort((short) 0x4000).put((byte) ttl).put((byte) 1).putShort((short) 0)
            .put(InetAddresses.forString(source).getAddress()).put(InetAddresses.forString(destination).getAddress());
        out.put((byte) 8).put((byte) 0).putShort((short) 0).putShort((short) 0x4242).putShort((short) 7);
        for (int i = 0; i < DATA; i++) {
            out.put((byte) (0xE0 + i));
        }
        seal(out, ETHERNET + 10, ETHERNET, HEADER);
        seal(out, ETHERNET + HEADER + 2, ETHERNET + HEADER, 8 + DATA);
        return out.array();
    }

    private static void put(final ByteBuffer out, final MacAddress mac) {
        for (int shift = 40; shift >= 0; shift -= 8) {
            out.put((byte) (mac.bits() >> shift));
        }
    }

    private static void seal(final ByteBuffer out, final int at, final int from, final int length) {
        out.putShort(at, (short) (0xFFFF - sum(out, from, length)));
    }

    /**
     * The ones' complement sum of 16-bit words, octet by octet: 0xFFFF over something that has its right checksum.
     */
    static int sum(final ByteBuffer in, final int from, final int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (in.get(from + i) & 0xFF) << (i % 2 == 0 ? 8 : 0);
            if (sum > 0xFFFF) {
                sum -= 0xFFFF;
            }
        }
        return sum;
    }
}
