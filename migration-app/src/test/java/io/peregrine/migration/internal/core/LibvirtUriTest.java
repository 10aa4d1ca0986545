/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LibvirtUriTest {
    @ParameterizedTest
    @CsvSource({
        "qemu+tcp://10.255.0.1/system, 10.255.0.1, 16509, true",
        "qemu+tcp://h1:17000/system, h1, 17000, true",
        "qemu://h1.example.net/system, h1.example.net, 16514, true",
        "qemu+tls://[2001:db8::1]/system?no_verify=1, 2001:db8::1, 16514, true",
        "qemu+ssh://admin@h1/system, , 16514, true",
        "qemu:///system, , 16514, true",
        "test:///default, , 16514, false",
    })
    void understandsWhatLibvirtDoes(final String text, final String host, final int port, final boolean remote) {
        final var uri = LibvirtUri.parse(text);
        assertEquals(Optional.ofNullable(host), uri.tcpHost());
        assertEquals(port, uri.tcpPort());
        assertEquals(remote, uri.remote());
        assertEquals(text, uri.toString());
        assertEquals(LibvirtUri.parse(text), uri);
        assertNotEquals(LibvirtUri.parse("qemu:///session"), uri);
    }

    @ParameterizedTest
    @CsvSource({
        "qemu+tls://h1/system, qemu+tls://h1/system?pkipath=%2Fa%20b%2Ftls",
        "qemu://h1/system?no_verify=1, qemu://h1/system?no_verify=1&pkipath=%2Fa%20b%2Ftls",
        "qemu+tls://h1/system?pkipath=/mine, qemu+tls://h1/system?pkipath=/mine",
        "qemu+tcp://h1/system, qemu+tcp://h1/system",
        "qemu:///system, qemu:///system",
    })
    void ourCertificatesAreForTlsOnly(final String text, final String opened) {
        assertEquals(opened, LibvirtUri.parse(text).with("%2Fa%20b%2Ftls"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "no uri at all             | does not parse: Illegal character in path at index 2",
        "''                        | has no driver",
        "system                    | has no driver",
        "qemu:system               | has no driver",
        "xen:///system             | driver is xen",
        "qemu+smoke://h1/system    | transport is smoke",
        "qemu+tcp:///system        | names no host",
        "qemu+tcp://h1/            | path is not /system",
        "qemu+tcp://h1             | path is not /system",
        "qemu+tcp://h_1:x/system   | host does not parse",
        "qemu+tcp://h1/system#part | fragment",
        "test:///                  | neither /default nor a file",
    })
    void saysWhatIsWrong(final String text, final String expected) {
        final var failure = assertThrows(IllegalArgumentException.class, () -> LibvirtUri.parse(text));
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "qemu+tcp://root:hunter2@h1/system",
        "qemu+tcp://h1/system?password=hunter2",
        "qemu+tcp://root:hunter2@h1/sys tem",
    })
    void refusesAPasswordAndDoesNotRepeatIt(final String text) {
        final var failure = assertThrows(IllegalArgumentException.class, () -> LibvirtUri.parse(text));
        assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
        assertNull(failure.getCause());
    }

    @Test
    void takesAUserWithoutAPassword() {
        assertEquals("qemu+ssh://root@h1/system", LibvirtUri.parse("qemu+ssh://root@h1/system").toString());
    }
}
