/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.hosts.ArpPacket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Frames that ask a guest for an answer and for nothing else.
 */
public final class ProbeFrames {
    private static final int ADDRESSES = 2 * 6;
    private static final int ETHERNET = ADDRESSES + 2;
    private static final int IPV6_HEADER = 40;
    private static final int SOLICITATION = 32;
    private static final int ADDRESS = 16;
    private static final int HOP_LIMIT = 255;
    private static final int TYPE_SOLICITATION = 135;
    private static final int OPTION_SOURCE = 1;
    /** fe80::5067: no host makes itself an address like that, which has no MAC address in it. */
    private static final byte[] SENDER = InetAddresses.forString("fe80::5067").getAddress();

    private ProbeFrames() {
        // static methods only
    }

    /**
     * A probe.
     *
     * @param from who asks and gets the answer
     * @param guest who is asked
     * @param address its address
     * @return a frame without its check sequence
     */
    public static byte[] probe(final ProbeAddress from, final MacAddress guest, final InetAddress address) {
        // No sender's address (RFC 5227, 1.1): an answer goes to the frame's source, and nobody learns anything.
        return address instanceof Inet4Address target
            ? ArpPacket.request(from.mac(), InetAddresses.fromInteger(0), guest, target).toFrame()
            : solicitation(from.mac(), guest, address.getAddress());
    }

    /**
     * A neighbour solicitation (RFC 4861, 4.3) to the guest alone. Without a sender's address the answer would be for
     * all of the network, so there is one, the same always: what the guest remembers of us is one entry that ages.
     */
    private static byte[] solicitation(final MacAddress from, final MacAddress guest, final byte[] target) {
        final var out = ByteBuffer.allocate(ETHERNET + IPV6_HEADER + SOLICITATION);
        put(out, guest);
        put(out, from);
        out.putShort((short) Tables.ETHERTYPE_IPV6);
        out.putInt(0x6000_0000).putShort((short) SOLICITATION).put((byte) Tables.PROTOCOL_ICMPV6).put((byte) HOP_LIMIT)
            .put(SENDER).put(target);
        final int message = out.position();
        out.putInt(TYPE_SOLICITATION << 24).putInt(0).put(target).put((byte) OPTION_SOURCE).put((byte) 1);
        put(out, from);
        // The sum covers a header of its own (RFC 8200, 8.1): addresses, length and next header
        out.putShort(message + 2, (short) ~sum(out, message - 2 * ADDRESS, SOLICITATION + Tables.PROTOCOL_ICMPV6));
        return out.array();
    }

    private static int sum(final ByteBuffer in, final int from, final int begin) {
        int sum = begin;
        for (int at = from; at < in.capacity(); at += Short.BYTES) {
            sum += Short.toUnsignedInt(in.getShort(at));
        }
        while (sum >> Short.SIZE != 0) {
            sum = (sum & 0xFFFF) + (sum >> Short.SIZE);
        }
        return sum;
    }

    private static void put(final ByteBuffer out, final MacAddress mac) {
        for (int shift = 40; shift >= 0; shift -= Byte.SIZE) {
            out.put((byte) (mac.bits() >> shift));
        }
    }

    /**
     * Whether a frame is somebody's answer to a probe.
     *
     * @param frame a frame of whatever content
     * @return what it says, empty if it is none
     */
    public static Optional<Answer> answer(final byte[] frame) {
        if (frame.length < ETHERNET) {
            return Optional.empty();
        }
        final var in = ByteBuffer.wrap(frame);
        return ProbeAddress.of(mac(in)).map(probe -> new Answer(probe, mac(in)));
    }

    private static MacAddress mac(final ByteBuffer in) {
        return new MacAddress((long) Short.toUnsignedInt(in.getShort()) << Integer.SIZE
            | Integer.toUnsignedLong(in.getInt()));
    }

    /**
     * An answer.
     *
     * @param probe what was answered
     * @param guest who answered
     */
    public record Answer(ProbeAddress probe, MacAddress guest) {
    }
}
