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
import io.peregrine.flow.Packets;
import io.peregrine.topology.hosts.Segment;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Optional;

/**
 * Answers for the gateways what a router has to answer: echo requests to it, and packets whose time to live has run out
 * (ICMP, RFC 792; RFC 1812, 4.3). Answers go out of the port that the packet came in by: there the way back begins.
 * Limited in rate (RFC 1812, 4.3.2.8). Not thread-safe.
 */
final class IcmpResponder {
    /** Answers per second, and how many may follow each other at once. */
    static final int RATE = 100;

    private static final int ETHERNET = Frames.PAYLOAD;
    private static final int SOURCE_MAC = 6;
    private static final int GROUP = 1;
    private static final int MIN_HEADER = 20;
    private static final int PROTOCOL_ICMP = 1;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REPLY = 0;
    private static final int TIME_EXCEEDED = 11;
    private static final int TTL = 64;
    /** Of the packet that has expired, what is sent back: its header and eight octets more. */
    private static final int QUOTED = 8;
    private static final long NANOS = 1_000_000_000L;

    private long tokens = RATE;
    /** Up to when tokens have been handed out; of no meaning before the first answer. */
    private long filled;
    private boolean started;

    /**
     * Answers a packet.
     *
     * @param frame the frame, of whatever content
     * @param reason why the switch has sent it
     * @param segments the segments
     * @param gatewayMac the gateways' hardware address
     * @param now the time, nanoseconds of a monotonic clock
     * @return the answer; empty if none is due
     */
    Optional<byte[]> answer(final byte[] frame, final Packets.Reason reason, final Collection<Segment> segments,
            final MacAddress gatewayMac, final long now) {
        if (frame.length < ETHERNET + MIN_HEADER) {
            return Optional.empty();
        }
        final var in = ByteBuffer.wrap(frame);
        final int header = (in.get(ETHERNET) & 0xF) * Integer.BYTES;
        final int length = Short.toUnsignedInt(in.getShort(ETHERNET + 2));
        if (in.get(ETHERNET) >> 4 != 4 || header < MIN_HEADER || length < header || frame.length < ETHERNET + length) {
            return Optional.empty();
        }
        // The answer's destination is to be one station, and so is that of what is answered
        if (((in.get(0) | in.get(SOURCE_MAC)) & GROUP) != 0) {
            return Optional.empty();
        }
        final var source = InetAddresses.fromInteger(in.getInt(ETHERNET + 12));
        final var destination = InetAddresses.fromInteger(in.getInt(ETHERNET + 16));
        final boolean icmp = in.get(ETHERNET + 9) == PROTOCOL_ICMP;
        final int fragment = in.getShort(ETHERNET + 6) & 0x3FFF;
        if (icmp && fragment == 0 && length >= header + 8 && in.get(ETHERNET + header) == ECHO_REQUEST
                && segments.stream().anyMatch(segment -> segment.gateway().equals(destination))) {
            return take(now) ? Optional.of(echo(in, header, length, source, destination, gatewayMac))
                : Optional.empty();
        }
        // No error about an error, nor about any fragment but the first, nor to what is no host (RFC 1812, 4.3.2.7)
        final boolean error = icmp && length > header && in.get(ETHERNET + header) != ECHO_REQUEST
            && in.get(ETHERNET + header) != ECHO_REPLY;
        if (reason != Packets.Reason.INVALID_TTL || error || (fragment & 0x1FFF) != 0
                || destination.isMulticastAddress()) {
            return Optional.empty();
        }
        return segments.stream().filter(segment -> segment.hasHost(source)).findFirst()
            .filter(segment -> take(now))
            .map(segment -> expired(in, header, length, source, segment.gateway(), gatewayMac));
    }

    private boolean take(final long now) {
        if (!started) {
            started = true;
            filled = now;
        }
        final long earned = (now - filled) / (NANOS / RATE);
        tokens = Math.min(RATE, tokens + earned);
        filled += earned * (NANOS / RATE);
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }

    private static byte[] echo(final ByteBuffer in, final int header, final int length, final Inet4Address source,
            final Inet4Address gateway, final MacAddress gatewayMac) {
        final int data = length - header;
        final var out = packet(in, data, gateway, source, gatewayMac);
        out.put(ETHERNET + MIN_HEADER, in.array(), ETHERNET + header, data);
        out.put(ETHERNET + MIN_HEADER, (byte) ECHO_REPLY);
        return finished(out);
    }

    private static byte[] expired(final ByteBuffer in, final int header, final int length, final Inet4Address source,
            final Inet4Address gateway, final MacAddress gatewayMac) {
        final int quoted = Math.min(length, header + QUOTED);
        final var out = packet(in, 8 + quoted, gateway, source, gatewayMac);
        out.put(ETHERNET + MIN_HEADER, (byte) TIME_EXCEEDED);
        out.put(ETHERNET + MIN_HEADER + 8, in.array(), ETHERNET, quoted);
        return finished(out);
    }

    private static ByteBuffer packet(final ByteBuffer in, final int data, final Inet4Address source,
            final Inet4Address destination, final MacAddress gatewayMac) {
        final var out = ByteBuffer.allocate(ETHERNET + MIN_HEADER + data);
        out.put(0, in.array(), SOURCE_MAC, 6);
        out.putShort(SOURCE_MAC, (short) (gatewayMac.bits() >> Integer.SIZE)).putInt(8, (int) gatewayMac.bits());
        out.putShort(12, (short) Frames.IPV4);
        out.putShort(ETHERNET, (short) 0x4500).putShort(ETHERNET + 2, (short) (MIN_HEADER + data));
        out.put(ETHERNET + 8, (byte) TTL).put(ETHERNET + 9, (byte) PROTOCOL_ICMP);
        out.putInt(ETHERNET + 12, InetAddresses.coerceToInteger(source));
        out.putInt(ETHERNET + 16, InetAddresses.coerceToInteger(destination));
        out.putShort(ETHERNET + 10, checksum(out, ETHERNET, MIN_HEADER));
        return out;
    }

    private static byte[] finished(final ByteBuffer out) {
        final int start = ETHERNET + MIN_HEADER;
        out.putShort(start + 2, (short) 0);
        out.putShort(start + 2, checksum(out, start, out.capacity() - start));
        return out.array();
    }

    /** The Internet checksum (RFC 1071). */
    static short checksum(final ByteBuffer buffer, final int from, final int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += i + 1 < length ? Short.toUnsignedInt(buffer.getShort(from + i))
                : Byte.toUnsignedInt(buffer.get(from + i)) << Byte.SIZE;
        }
        while (sum >> Short.SIZE != 0) {
            sum = (sum & 0xFFFF) + (sum >> Short.SIZE);
        }
        return (short) ~sum;
    }
}
