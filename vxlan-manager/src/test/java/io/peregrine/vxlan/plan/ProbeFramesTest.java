/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.io.BaseEncoding;
import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProbeFramesTest {
    private static final MacAddress GUEST = MacAddress.parse("52:54:00:00:00:01");
    private static final ProbeAddress PROBE = new ProbeAddress(0xABC, 0x123);

    private static byte[] octets(final String hex) {
        return BaseEncoding.base16().decode(hex.replace(" ", "").toUpperCase(Locale.ROOT));
    }

    @Test
    void aMacAddressSaysWhichProbeItIs() {
        assertEquals(MacAddress.parse("06:50:67:ab:c1:23"), PROBE.mac());
        assertEquals(Optional.of(PROBE), ProbeAddress.of(PROBE.mac()));
        final var last = new ProbeAddress(4095, 4095);
        assertEquals(Optional.of(last), ProbeAddress.of(last.mac()));
        assertEquals(Optional.empty(), ProbeAddress.of(MacAddress.parse("06:50:68:00:00:00")));
        assertEquals(Optional.empty(), ProbeAddress.of(MacAddress.BROADCAST));
        assertThrows(IllegalArgumentException.class, () -> new ProbeAddress(4096, 0));
        assertThrows(IllegalArgumentException.class, () -> new ProbeAddress(0, -1));
    }

    @Test
    void anArpRequestHasNoSendersAddress() {
        assertArrayEquals(octets("525400000001 065067abc123 0806 0001 0800 06 04 0001 065067abc123 00000000"
            + "000000000000 c0000205" + "00".repeat(18)),
            ProbeFrames.probe(PROBE, GUEST, InetAddresses.forString("192.0.2.5")));
    }

    @Test
    void aNeighbourSolicitationAsksTheGuestAlone() {
        assertArrayEquals(octets("525400000001 065067abc123 86dd 60000000 0020 3a ff"
            + "fe800000000000000000000000005067 20010db8000000000000000000000005"
            + "8700 9e20 00000000 20010db8000000000000000000000005 0101 065067abc123"),
            ProbeFrames.probe(PROBE, GUEST, InetAddresses.forString("2001:db8::5")));
    }

    @Test
    void anAnswerIsKnownByItsDestination() {
        final var arp = octets("065067abc123 525400000001 0806 0001");
        assertEquals(Optional.of(new ProbeFrames.Answer(PROBE, GUEST)), ProbeFrames.answer(arp));
        assertEquals(Optional.empty(), ProbeFrames.answer(octets("065067abc123 5254000000 0806")));
        assertEquals(Optional.empty(), ProbeFrames.answer(octets("ffffffffffff 525400000001 0806 0001")));
        assertEquals(Optional.empty(), ProbeFrames.answer(new byte[0]));
    }
}
