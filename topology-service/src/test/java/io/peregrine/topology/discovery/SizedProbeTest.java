/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizedProbeTest {
    private static final UUID SECRET = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private final ProbeCodec codec = new ProbeCodec(new byte[ProbeCodec.KEY_LENGTH]);

    @Test
    void isLldpThatEndsAndThenIsPadded() {
        final byte[] frame = SizedProbe.frame(SECRET, SizedProbe.SHORTEST + 3);
        assertEquals("0180c200000e" + "025067000000" + "88cc"
            + "020a07" + "706572656772696e65" + "040507" + "73697a65" + "06020001"
            + "fe14" + "02506702" + "00112233445566778899aabbccddeeff" + "0000" + "000000",
            HexFormat.of().formatHex(frame));
    }

    @ParameterizedTest
    @ValueSource(ints = {SizedProbe.SHORTEST, 1514, 65_000})
    void hasTheLengthAndTellsItsSecret(final int length) {
        final byte[] frame = SizedProbe.frame(SECRET, length);
        assertEquals(length, frame.length);
        assertEquals(Optional.of(SECRET), SizedProbe.secret(frame));
    }

    @Test
    void anythingElseHasNone() {
        final byte[] frame = SizedProbe.frame(SECRET, SizedProbe.SHORTEST);
        assertEquals(Optional.empty(), SizedProbe.secret(Arrays.copyOf(frame, frame.length - 1)));
        assertEquals(Optional.empty(), SizedProbe.secret(new byte[0]));
        for (int i = 0; i < frame.length - 2 * Long.BYTES - 2; i++) {
            frame[i] ^= 1;
            assertEquals(Optional.empty(), SizedProbe.secret(frame), "octet " + i);
            frame[i] ^= 1;
        }
        assertEquals(Optional.empty(), SizedProbe.secret(codec.template(new PortId(new DatapathId(1), 2),
            new MacAddress(3), 4).frame(5)));
        assertThrows(IllegalArgumentException.class, () -> SizedProbe.frame(SECRET, SizedProbe.SHORTEST - 1));
    }

    @Test
    void tellsNothingOfLinks() {
        assertEquals(Decoded.Rejected.FOREIGN, codec.decode(SizedProbe.frame(SECRET, 1514)));
    }
}
