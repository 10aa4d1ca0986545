/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.Decoded.Genuine;
import io.peregrine.topology.discovery.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeCodecTest {
    private static final byte[] KEY = key(1);
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
    private static final PortId PORT = new PortId(new DatapathId(0xAB), 12);
    private static final int OWN_TLV = 53;

    private final ProbeCodec codec = new ProbeCodec(KEY);
    private final byte[] probe = codec.template(PORT, MAC, 0x1122334455667788L).frame(9);

    private static byte[] key(final int content) {
        final byte[] key = new byte[ProbeCodec.KEY_LENGTH];
        Arrays.fill(key, (byte) content);
        return key;
    }

    private static byte[] hex(final String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    private static byte[] concat(final byte[]... parts) {
        int length = 0;
        for (var part : parts) {
            length += part.length;
        }
        final byte[] result = new byte[length];
        int at = 0;
        for (var part : parts) {
            System.arraycopy(part, 0, result, at, part.length);
            at += part.length;
        }
        return result;
    }

    @Test
    void aProbeLooksLikeThis() throws GeneralSecurityException {
        final byte[] plain = concat(
            hex("0180c200000e 525400000001 88cc"),
            hex("0211 07"), "00000000000000ab".getBytes(US_ASCII),
            hex("0403 07"), "12".getBytes(US_ASCII),
            hex("0602 000a"),
            hex("0a09"), "peregrine".getBytes(US_ASCII),
            hex("fe35 025067 01 01 1122334455667788 0000000000000009"));
        final var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        final byte[] digest = mac.doFinal(concat("Peregrine link probe 1".getBytes(US_ASCII),
            hex("00000000000000ab 000000000000000c 1122334455667788 0000000000000009")));
        assertArrayEquals(concat(plain, digest, hex("0000")), probe);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "-1, 4294967040", "1, 1000000000", "-9223372036854775808, 65279"})
    void whatIsEncodedIsGenuine(final long datapath, final long port) {
        final var from = new PortId(new DatapathId(datapath), port);
        assertEquals(new Genuine(from, -5, Long.MAX_VALUE),
            codec.decode(codec.template(from, MAC, -5).frame(Long.MAX_VALUE)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 0xFFFF_FFFEL})
    void onlyPortsThatMayHaveAWireHaveProbes(final long port) {
        final var from = new PortId(new DatapathId(1), port);
        assertThrows(IllegalArgumentException.class, () -> codec.template(from, MAC, 1));
    }

    @Test
    void aKeyHas32Octets() {
        assertThrows(IllegalArgumentException.class, () -> new ProbeCodec(new byte[31]));
    }

    @Test
    void paddingDoesNotMatter() {
        assertEquals(new Genuine(PORT, 0x1122334455667788L, 9), codec.decode(Arrays.copyOf(probe, 200)));
    }

    @Test
    void anotherInstallationsProbeIsForged() {
        assertEquals(Rejected.FORGED, new ProbeCodec(key(2)).decode(probe));
    }

    @Test
    void noBitCanBeChanged() {
        for (int bit = 0; bit < probe.length * 8; bit++) {
            final byte[] changed = probe.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            final var decoded = codec.decode(changed);
            // Only the source address may be another: it says nothing.
            final boolean source = bit / 8 >= 6 && bit / 8 < 12;
            assertEquals(source, decoded instanceof Genuine, "bit " + bit);
        }
    }

    @Test
    void everyDigestBitCounts() {
        final int digest = probe.length - 34;
        for (int bit = 0; bit < 256; bit++) {
            final byte[] changed = probe.clone();
            changed[digest + bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(Rejected.FORGED, codec.decode(changed), "bit " + bit);
        }
    }

    @Test
    void anAddedOrDoubledFieldIsForged() {
        final int end = probe.length - 2;
        final byte[] body = Arrays.copyOf(probe, end);
        final byte[] own = Arrays.copyOfRange(probe, end - OWN_TLV - 2, end);
        assertEquals(Rejected.FORGED, codec.decode(concat(body, own, hex("0000"))));
        assertEquals(Rejected.FORGED, codec.decode(concat(body, hex("0801 41 0000"))));
        assertEquals(Rejected.FORGED, codec.decode(body));
    }

    @Test
    void anEchoIsNoProbeAndAProbeNoEcho() {
        final byte[] echo = codec.template(PORT, MAC, 7).echo(5);
        assertEquals(Rejected.MALFORMED, codec.decode(echo), "not sent back");
        final var back = ByteBuffer.wrap(echo.clone()).putShort(4, (short) 3);
        assertEquals(new Decoded.Echo(PORT, 7, 5), codec.decode(back.array()));
        back.putShort(4, (short) 0xE).putShort(12, (short) 0x88CC);
        assertEquals(Rejected.FORGED, codec.decode(back.array()));
        final var other = ByteBuffer.wrap(probe.clone()).putShort(4, (short) 3).putShort(12, (short) 0x88B5);
        assertEquals(Rejected.FORGED, codec.decode(other.array()));
    }

    @Test
    void someoneElsesLldpIsForeign() {
        // Chassis id: a MAC address; port id: a name; TTL; organisationally specific of IEEE 802.1; end.
        final byte[] frame = hex("0180c200000e 525400000009 88cc 0207 04 525400000009 0405 05 65746830 0602 0078"
            + "fe06 0080c2 01 0001 0000");
        assertEquals(Rejected.FOREIGN, codec.decode(frame));
        assertEquals(Rejected.FOREIGN, codec.decode(Arrays.copyOf(frame, frame.length - 2)));
        assertEquals(Rejected.FOREIGN, codec.decode(Arrays.copyOf(frame, 60)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "0180c200000e 525400000009 88",
        "0180c200000e 525400000009 0800 0202 0441 0402 0541 0602 0078 0000",
        "0180c200000e 525400000009 88cc",
        "0180c200000e 525400000009 88cc 0000",
        "0180c200000e 525400000009 88cc 0402 0541 0202 0441 0602 0078 0000",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0000",
        "0180c200000e 525400000009 88cc 0201 04 0402 0541 0602 0078 0000",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0601 00 0000",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0602 0078 0202 0441 0000",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0602 0078 fe03 0080c2 0000",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0602 0078 fe20 0080c2",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0602 0078 00",
        "0180c200000e 525400000009 88cc 0202 0441 0402 0541 0602 0078 0001 00"})
    void whatIsNotLldpIsMalformed(final String frame) {
        assertEquals(Rejected.MALFORMED, codec.decode(hex(frame)));
    }

    @Test
    void aCutProbeIsNeverGenuine() {
        for (int length = 0; length < probe.length; length++) {
            assertNotEquals(Genuine.class, codec.decode(Arrays.copyOf(probe, length)).getClass(), "length " + length);
        }
    }

    @Test
    void rubbishIsRejected() {
        final var random = new Random(1);
        for (int run = 0; run < 200_000; run++) {
            byte[] frame;
            if (run % 2 == 0) {
                frame = new byte[random.nextInt(300)];
                random.nextBytes(frame);
                if (frame.length > 14) {
                    frame[12] = (byte) 0x88;
                    frame[13] = (byte) 0xCC;
                }
            } else {
                frame = Arrays.copyOf(probe, 15 + random.nextInt(probe.length));
                // Neither the source address nor padding, which say nothing.
                final int end = Math.min(frame.length, probe.length);
                for (int i = random.nextInt(6); i >= 0; i--) {
                    frame[14 + random.nextInt(end - 14)] += (byte) (1 + random.nextInt(10));
                }
            }
            assertNotEquals(Genuine.class, codec.decode(frame).getClass());
        }
    }

    @Test
    void threadsMayShareACodec() {
        final var template = codec.template(PORT, MAC, 1);
        final var expected = new ArrayList<byte[]>();
        for (int i = 0; i < 2000; i++) {
            expected.add(template.frame(i));
        }
        assertEquals(2000, IntStream.range(0, 2000).parallel()
            .filter(i -> Arrays.equals(expected.get(i), template.frame(i))
                && codec.decode(expected.get(i)).equals(new Genuine(PORT, 1, i)))
            .count());
    }
}
