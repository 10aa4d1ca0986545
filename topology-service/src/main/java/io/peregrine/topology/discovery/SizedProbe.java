/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * Frames of a wanted length, to see whether a tunnel carries them: LLDP (IEEE 802.1AB), which edges give to the
 * controller where it comes out of a tunnel.
 *
 * <pre>
 *   Ethernet    01:80:c2:00:00:0e, 02:50:67:00:00:00, 0x88cc
 *   chassis id  locally assigned: "peregrine"
 *   port id     locally assigned: "size"
 *   TTL         1 s
 *   own TLV     02-50-67, subtype 2 | secret 16 octets
 *   end, then zeros
 * </pre>
 * The secret is the seal: it is random, one for each length and direction, and is forgotten by who has made it once the
 * frame cannot be under way any more. These frames tell nothing of links, as {@linkplain ProbeCodec probes} do.
 */
public final class SizedProbe {
    /** Octets of the shortest. */
    public static final int SHORTEST = 61;

    private static final int SECRET = 2 * Long.BYTES;
    private static final byte[] HEAD = head();

    private SizedProbe() {
        // static methods only
    }

    private static byte[] head() {
        final var out = ByteBuffer.allocate(64);
        out.putShort((short) (ProbeCodec.TO_NEIGHBOUR.bits() >> Integer.SIZE))
            .putInt((int) ProbeCodec.TO_NEIGHBOUR.bits());
        out.putShort((short) (ProbeCodec.OWN_ORGANISATION >> Byte.SIZE)).putInt(ProbeCodec.OWN_ORGANISATION << 24);
        out.putShort((short) ProbeCodec.LLDP_TYPE);
        identifier(out, ProbeCodec.CHASSIS_ID, "peregrine");
        identifier(out, ProbeCodec.PORT_ID, "size");
        header(out, ProbeCodec.TIME_TO_LIVE, Short.BYTES).putShort((short) 1);
        header(out, ProbeCodec.ORGANISATION, Integer.BYTES + SECRET)
            .putInt(ProbeCodec.OWN_ORGANISATION << Byte.SIZE | 2);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void identifier(final ByteBuffer out, final int type, final String text) {
        header(out, type, 1 + text.length()).put((byte) ProbeCodec.LOCALLY_ASSIGNED)
            .put(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer header(final ByteBuffer out, final int type, final int length) {
        return out.putShort((short) (type << 9 | length));
    }

    /**
     * Makes one.
     *
     * @param secret a random number that nobody else knows
     * @param length octets of the frame
     * @return an Ethernet frame without its checksum
     * @throws IllegalArgumentException if the length is less than {@link #SHORTEST}
     */
    public static byte[] frame(final UUID secret, final int length) {
        if (length < SHORTEST) {
            throw new IllegalArgumentException("it has at least " + SHORTEST + " octets, not " + length);
        }
        // What follows the secret is the end TLV, zeros as well
        return ByteBuffer.allocate(length).put(HEAD).putLong(secret.getMostSignificantBits())
            .putLong(secret.getLeastSignificantBits()).array();
    }

    /**
     * Reads a received frame.
     *
     * @param frame an Ethernet frame without its checksum, of whatever content
     * @return the secret; empty if it is none of these frames
     */
    public static Optional<UUID> secret(final byte[] frame) {
        if (frame.length < SHORTEST || !Arrays.equals(frame, 0, HEAD.length, HEAD, 0, HEAD.length)) {
            return Optional.empty();
        }
        final var in = ByteBuffer.wrap(frame, HEAD.length, SECRET);
        return Optional.of(new UUID(in.getLong(), in.getLong()));
    }
}
