/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Probes as LLDP frames (IEEE 802.1AB), and echoes.
 *
 * <pre>
 *   Ethernet    01:80:c2:00:00:0e, the port's own MAC, 0x88cc
 *   chassis id  locally assigned: the datapath id, 16 hexadecimal digits
 *   port id     locally assigned: the port number in decimal
 *   TTL         10 s
 *   name        "peregrine"
 *   own TLV     02-50-67, subtype 1 | version 1 | epoch 8 | counter 8 | HMAC-SHA-256 32 octets
 *   end
 * </pre>
 * An echo has the same content with the EtherType 0x88b5 (IEEE 802, local experimental). A switch that receives it
 * sends it back by itself, with 01:80:c2:00:00:03 as the destination in place of 01:80:c2:00:00:0e.
 *
 * <p>The HMAC covers a label, datapath id, port number, epoch and counter, each of fixed length. Everything else but
 * the source address is constant, and a frame with anything else in it is taken for forged. Thread-safe.
 */
public final class ProbeCodec {
    /** EtherType of an echo. */
    public static final int ECHO_TYPE = 0x88B5;
    /** Where probes and echoes are sent to: no bridge forwards them (IEEE 802.1Q, table 8-1). */
    public static final MacAddress TO_NEIGHBOUR = new MacAddress(0x0180_C200_000EL);
    /** Where an echo is sent back to: no bridge forwards it either. */
    public static final MacAddress ECHOED = new MacAddress(0x0180_C200_0003L);
    /** Octets of a key. */
    public static final int KEY_LENGTH = 32;

    /** EtherType of LLDP. */
    static final int LLDP_TYPE = 0x88CC;
    /** The type of TLVs that organisations define (IEEE 802.1AB, 8.6). */
    static final int ORGANISATION = 127;
    /** Ours in them: an identifier with the local bit set. */
    static final int OWN_ORGANISATION = 0x025067;
    static final int CHASSIS_ID = 1;
    static final int PORT_ID = 2;
    static final int TIME_TO_LIVE = 3;
    static final int LOCALLY_ASSIGNED = 7;

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PROBE_LABEL = "Peregrine link probe 1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ECHO_LABEL = "Peregrine link echo  1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SYSTEM_NAME = "peregrine".getBytes(StandardCharsets.US_ASCII);

    private static final int SOURCE = 6;
    private static final int TYPE = 12;
    private static final int HEADER = 14;

    private static final int END = 0;
    private static final int NAME = 5;
    private static final int MAX_ID = 256;
    private static final int CHASSIS_DIGITS = 16;
    private static final int MAX_PORT_DIGITS = 10;
    private static final int SECONDS = 10;

    /** Our subtype for probes; {@link SizedProbe} has the next. */
    private static final int OWN = OWN_ORGANISATION << Byte.SIZE | 1;
    private static final int VERSION = 1;
    private static final int EPOCH = 5;
    private static final int COUNTER = EPOCH + Long.BYTES;
    private static final int DIGEST = COUNTER + Long.BYTES;
    private static final int DIGEST_LENGTH = 32;
    private static final int OWN_LENGTH = DIGEST + DIGEST_LENGTH;

    private final Mac mac;

    /**
     * A codec.
     *
     * @param key the installation's secret, {@link #KEY_LENGTH} octets
     * @throws IllegalArgumentException if the key has another length
     */
    public ProbeCodec(final byte[] key) {
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException("a key has " + KEY_LENGTH + " octets, not " + key.length);
        }
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }

    /**
     * Prepares the probes of a port.
     *
     * @param from the port
     * @param source the port's own MAC address
     * @param epoch the run of the controller
     * @return what makes the port's probes
     * @throws IllegalArgumentException if the port has no number of a physical or logical port
     */
    public Template template(final PortId from, final MacAddress source, final long epoch) {
        return new Template(from, source, epoch);
    }

    /**
     * Reads a received frame. Takes time in proportion to its length.
     *
     * @param frame an Ethernet frame without its checksum, of whatever content
     * @return what it is
     */
    public Decoded decode(final byte[] frame) {
        if (frame.length < HEADER) {
            return Decoded.Rejected.MALFORMED;
        }
        final long etherType = get(frame, TYPE, 2);
        if (etherType != LLDP_TYPE && (etherType != ECHO_TYPE || get(frame, 0, SOURCE) != ECHOED.bits())) {
            return Decoded.Rejected.MALFORMED;
        }
        int at = HEADER;
        int count = 0;
        int portId = 0;
        int own = 0;
        // The end TLV may be left out where the frame ends.
        while (at < frame.length) {
            if (frame.length - at < 2) {
                return Decoded.Rejected.MALFORMED;
            }
            final int type = type(frame, at);
            final int length = length(frame, at);
            if (length > frame.length - at - 2 || !allowed(type, length, count)) {
                return Decoded.Rejected.MALFORMED;
            }
            if (type == END) {
                break;
            }
            if (type == PORT_ID) {
                portId = at;
            } else if (type == ORGANISATION && get(frame, at + 2, Integer.BYTES) == OWN) {
                own = at;
            }
            count++;
            at += 2 + length;
        }
        if (count < TIME_TO_LIVE) {
            return Decoded.Rejected.MALFORMED;
        }
        return own == 0 ? Decoded.Rejected.FOREIGN : verify(frame, portId, own);
    }

    /** A probe is genuine if it is just what we would have made of the fields it has. */
    private Decoded verify(final byte[] frame, final int portId, final int own) {
        final int digits = length(frame, portId) - 1;
        if (length(frame, HEADER) != 1 + CHASSIS_DIGITS || digits > MAX_PORT_DIGITS
                || length(frame, own) != OWN_LENGTH) {
            return Decoded.Rejected.FORGED;
        }
        // What is no digit counts as some number: the comparison finds out.
        final long port = number(frame, portId + 3, digits, 10);
        if (port < 1 || port > PortView.MAX) {
            return Decoded.Rejected.FORGED;
        }
        final var from = new PortId(new DatapathId(number(frame, HEADER + 3, CHASSIS_DIGITS, 16)), port);
        final var source = new MacAddress(get(frame, SOURCE, 6));
        final long epoch = get(frame, own + 2 + EPOCH, Long.BYTES);
        final long counter = get(frame, own + 2 + COUNTER, Long.BYTES);
        final boolean echo = get(frame, TYPE, 2) == ECHO_TYPE;
        final var template = template(from, source, epoch);
        final byte[] expected = echo ? template.echo(counter) : template.frame(counter);
        if (echo) {
            put(expected, 0, SOURCE, ECHOED.bits());
        }
        // What follows the end is padding. The comparison takes the same time wherever they differ.
        if (frame.length < expected.length
                || !MessageDigest.isEqual(expected, Arrays.copyOf(frame, expected.length))) {
            return Decoded.Rejected.FORGED;
        }
        return echo ? new Decoded.Echo(from, epoch, counter) : new Decoded.Genuine(from, epoch, counter);
    }

    /** The first three have their places; the lengths are those of IEEE 802.1AB, 8.5. */
    private static boolean allowed(final int type, final int length, final int count) {
        if (count < TIME_TO_LIVE != (type >= CHASSIS_ID && type <= TIME_TO_LIVE)
                || count < TIME_TO_LIVE && type != count + 1) {
            return false;
        }
        return switch (type) {
            case END -> length == 0;
            case CHASSIS_ID, PORT_ID -> length >= 2 && length <= MAX_ID;
            case TIME_TO_LIVE -> length >= 2;
            case ORGANISATION -> length >= Integer.BYTES;
            default -> true;
        };
    }

    private static int type(final byte[] frame, final int at) {
        return (frame[at] & 0xFF) >> 1;
    }

    private static int length(final byte[] frame, final int at) {
        return (frame[at] & 1) << 8 | frame[at + 1] & 0xFF;
    }

    private static long number(final byte[] frame, final int at, final int digits, final int radix) {
        long value = 0;
        for (int i = at; i < at + digits; i++) {
            value = value * radix + Character.digit(frame[i], radix);
        }
        return value;
    }

    private static long get(final byte[] frame, final int at, final int octets) {
        long value = 0;
        for (int i = at; i < at + octets; i++) {
            value = value << 8 | frame[i] & 0xFF;
        }
        return value;
    }

    private static void put(final byte[] frame, final int at, final int octets, final long value) {
        for (int i = 0; i < octets; i++) {
            frame[at + i] = (byte) (value >> 8 * (octets - 1 - i));
        }
    }

    private byte[] digest(final byte[] signed) {
        synchronized (mac) {
            return mac.doFinal(signed);
        }
    }

    /**
     * Makes the probes of one port, of which only counter and HMAC differ. Thread-safe.
     */
    public final class Template {
        private final byte[] blank;
        private final byte[] signed;

        Template(final PortId from, final MacAddress source, final long epoch) {
            if (from.port() < 1 || from.port() > PortView.MAX) {
                throw new IllegalArgumentException("no probes for " + from);
            }
            final byte[] chassis = HexFormat.of().toHexDigits(from.datapath().bits())
                .getBytes(StandardCharsets.US_ASCII);
            final byte[] port = Long.toString(from.port()).getBytes(StandardCharsets.US_ASCII);
            final byte[] frame = new byte[1 << 8];
            put(frame, 0, SOURCE, TO_NEIGHBOUR.bits());
            put(frame, SOURCE, 6, source.bits());
            put(frame, TYPE, 2, LLDP_TYPE);
            int at = identifier(frame, HEADER, CHASSIS_ID, chassis);
            at = identifier(frame, at, PORT_ID, port);
            at = header(frame, at, TIME_TO_LIVE, 2);
            put(frame, at, 2, SECONDS);
            at = header(frame, at + 2, NAME, SYSTEM_NAME.length);
            System.arraycopy(SYSTEM_NAME, 0, frame, at, SYSTEM_NAME.length);
            at = header(frame, at + SYSTEM_NAME.length, ORGANISATION, OWN_LENGTH);
            put(frame, at, Integer.BYTES, OWN);
            frame[at + Integer.BYTES] = VERSION;
            put(frame, at + EPOCH, Long.BYTES, epoch);
            at = header(frame, at + OWN_LENGTH, END, 0);
            blank = Arrays.copyOf(frame, at);

            signed = Arrays.copyOf(PROBE_LABEL, PROBE_LABEL.length + 4 * Long.BYTES);
            put(signed, PROBE_LABEL.length, Long.BYTES, from.datapath().bits());
            put(signed, PROBE_LABEL.length + Long.BYTES, Long.BYTES, from.port());
            put(signed, PROBE_LABEL.length + 2 * Long.BYTES, Long.BYTES, epoch);
        }

        /**
         * Makes a probe.
         *
         * @param counter its number
         * @return an Ethernet frame without its checksum, the caller's own
         */
        public byte[] frame(final long counter) {
            return seal(blank.clone(), PROBE_LABEL, counter);
        }

        /**
         * Makes an echo.
         *
         * @param counter its number
         * @return an Ethernet frame without its checksum, the caller's own
         */
        public byte[] echo(final long counter) {
            final byte[] frame = blank.clone();
            put(frame, TYPE, 2, ECHO_TYPE);
            return seal(frame, ECHO_LABEL, counter);
        }

        private byte[] seal(final byte[] frame, final byte[] label, final long counter) {
            final int own = frame.length - 2 - OWN_LENGTH;
            final byte[] input = signed.clone();
            System.arraycopy(label, 0, input, 0, label.length);
            put(input, input.length - Long.BYTES, Long.BYTES, counter);
            put(frame, own + COUNTER, Long.BYTES, counter);
            System.arraycopy(digest(input), 0, frame, own + DIGEST, DIGEST_LENGTH);
            return frame;
        }

        private static int identifier(final byte[] frame, final int at, final int type, final byte[] text) {
            final int value = header(frame, at, type, 1 + text.length);
            frame[value] = LOCALLY_ASSIGNED;
            System.arraycopy(text, 0, frame, value + 1, text.length);
            return value + 1 + text.length;
        }

        private static int header(final byte[] frame, final int at, final int type, final int length) {
            put(frame, at, 2, type << 9 | length);
            return at + 2;
        }
    }
}
