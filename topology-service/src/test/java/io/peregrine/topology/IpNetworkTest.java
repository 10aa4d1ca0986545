/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is in a subnet, and who of it can be a host.
 */
class IpNetworkTest {
    private static InetAddress ip(final String text) {
        return InetAddresses.forString(text);
    }

    private static IpNetwork network(final String text) {
        final int slash = text.indexOf('/');
        return new IpNetwork(ip(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.0/24, 10.1.2.255, 10.1.1.255, 10.1.3.0",
        "10.1.2.128/26, 10.1.2.191, 10.1.2.127, 10.1.2.192",
        "10.128.0.0/9, 10.255.255.255, 10.127.255.255, 11.0.0.0",
        "10.1.2.3/32, 10.1.2.3, 10.1.2.2, 10.1.2.4",
        "2001:db8::/61, 2001:db8:0:7:ffff:ffff:ffff:ffff, 2001:db7:ffff::, 2001:db8:0:8::",
    })
    void reachesFromItsFirstAddressToItsLast(final String text, final String last, final String before,
            final String after) {
        final var network = network(text);
        assertTrue(network.contains(network.base()));
        assertTrue(network.contains(ip(last)));
        assertEquals(ip(last), network.last());
        assertFalse(network.contains(ip(before)));
        assertFalse(network.contains(ip(after)));
        assertEquals(text, network.toString());
    }

    @Test
    void zeroBitsAreEveryAddressOfOneVersion() {
        assertTrue(network("0.0.0.0/0").contains(ip("255.255.255.255")));
        assertTrue(network("::/0").contains(ip("ffff::")));
        assertFalse(network("0.0.0.0/0").contains(ip("::1")));
        assertFalse(network("::/0").contains(ip("192.0.2.1")));
        assertFalse(network("0.0.0.0/0").overlaps(network("::/0")));
    }

    @Test
    void overlapsWhatItHoldsAndWhatHoldsIt() {
        final var wide = network("10.0.0.0/8");
        final var narrow = network("10.1.0.0/16");
        assertTrue(wide.overlaps(narrow));
        assertTrue(narrow.overlaps(wide));
        assertTrue(wide.overlaps(wide));
        assertFalse(narrow.overlaps(network("10.2.0.0/16")));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.0/24, 10.1.2.1, true",
        "10.1.2.0/24, 10.1.2.0, false",
        "10.1.2.0/24, 10.1.2.255, false",
        "10.1.2.0/24, 10.1.3.1, false",
        "10.1.2.0/31, 10.1.2.0, true",
        "10.1.2.0/31, 10.1.2.1, true",
        "10.1.2.0/32, 10.1.2.0, true",
        "2001:db8::/64, 2001:db8::, false",
        "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff, true",
        "2001:db8::/127, 2001:db8::, true",
    })
    void hasHostsWhereTheStandardsSaySo(final String text, final String address, final boolean host) {
        assertEquals(host, network(text).hasHost(ip(address)));
    }

    @Test
    void saysTheRightForm() {
        assertEquals("10.1.2.131/26 has host bits set; use 10.1.2.128/26",
            assertThrows(IllegalArgumentException.class, () -> network("10.1.2.131/26")).getMessage());
        assertEquals("2001:db8::1/64 has host bits set; use 2001:db8::/64",
            assertThrows(IllegalArgumentException.class, () -> network("2001:db8::1/64")).getMessage());
        assertEquals("prefix length 33 is not between 0 and 32",
            assertThrows(IllegalArgumentException.class, () -> network("10.0.0.0/33")).getMessage());
        assertEquals("prefix length -1 is not between 0 and 128",
            assertThrows(IllegalArgumentException.class, () -> network("::/-1")).getMessage());
    }

    @Test
    void anAddressThatMapsIpv4StaysIpv6() {
        final var bytes = new byte[16];
        bytes[10] = -1;
        bytes[11] = -1;
        bytes[12] = 10;
        assertInstanceOf(Inet6Address.class, IpNetwork.address(bytes));
        final var network = new IpNetwork(IpNetwork.address(bytes), 104);
        assertInstanceOf(Inet6Address.class, network.last());
        assertFalse(network.contains(ip("10.0.0.1")));
        assertThrows(IllegalArgumentException.class, () -> IpNetwork.address(new byte[5]));
    }
}
