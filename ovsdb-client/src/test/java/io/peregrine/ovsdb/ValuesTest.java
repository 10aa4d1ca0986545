/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static final UUID UID = new UUID(1, 2);
    private static final Row ROW = Row.of(Map.of("_uuid", Datum.of(UID), "s", Datum.of("x"), "i", Datum.of(7),
        "r", Datum.of(1.5), "b", Datum.of(true), "none", Datum.empty(), "two", Datum.strings(List.of("x", "y")),
        "ids", Datum.uuids(List.of(UID, new UUID(3, 4))), "m", Datum.map(Map.of("k", "v"))));

    @Test
    void accessorsGiveWhatIsThere() {
        assertEquals(UID, ROW.uuid());
        assertEquals("x", ROW.string("s"));
        assertEquals(7, ROW.integer("i"));
        assertEquals(1.5, ROW.real("r"));
        assertEquals(7.0, ROW.real("i"));
        assertTrue(ROW.bool("b"));
        assertEquals(Optional.of("x"), ROW.optionalString("s"));
        assertEquals(Optional.empty(), ROW.optionalString("none"));
        assertEquals(OptionalLong.of(7), ROW.optionalInteger("i"));
        assertEquals(OptionalLong.empty(), ROW.optionalInteger("none"));
        assertEquals(Optional.of(true), ROW.optionalBool("b"));
        assertEquals(Optional.of(UID), ROW.optionalUuid("_uuid"));
        assertEquals(Set.of("x"), ROW.strings("s"));
        assertEquals(Set.of("x", "y"), ROW.strings("two"));
        assertEquals(Set.of(), ROW.integers("none"));
        assertEquals(Set.of(UID, new UUID(3, 4)), ROW.uuids("ids"));
        assertEquals(Map.of("k", "v"), ROW.stringMap("m"));
        assertFalse(ROW.has("other"));
    }

    @Test
    void accessorsSayWhatIsWrong() {
        assertThrows(NoSuchElementException.class, () -> ROW.string("other"));
        for (String column : List.of("i", "none", "two", "m")) {
            final var thrown = assertThrows(IllegalArgumentException.class, () -> ROW.string(column));
            assertTrue(thrown.getMessage().contains("column " + column + " is no string"), thrown.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> ROW.optionalString("two"));
        assertThrows(IllegalArgumentException.class, () -> ROW.integers("two"));
        assertThrows(IllegalArgumentException.class, () -> ROW.stringMap("s"));
    }

    @Test
    void rowsAreImmutable() {
        final Map<String, Datum> columns = new HashMap<>(Map.of("a", Datum.of(1)));
        final Row row = Row.of(columns);
        columns.put("b", Datum.of(2));
        assertFalse(row.has("b"));
        assertThrows(UnsupportedOperationException.class, () -> row.columns().clear());
        assertThrows(UnsupportedOperationException.class, () -> ROW.strings("two").clear());
        assertThrows(UnsupportedOperationException.class, () -> ROW.map("m").clear());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:192.0.2.1:6640", "ssl:ovs1.example.org:1", "tcp:[2001:db8::1]:65535",
        "ptcp:0:127.0.0.1", "pssl:6640:[::1]"})
    void endpointsAreReadAndWritten(final String text) {
        assertEquals(text, Endpoint.parse(text).toString());
    }

    @Test
    void endpointsHaveTheirParts() {
        assertEquals(new Endpoint(Endpoint.Kind.TCP, "2001:db8::1", 6640), Endpoint.parse("tcp:[2001:db8::1]:6640"));
        assertEquals(new Endpoint(Endpoint.Kind.PTCP, "0.0.0.0", 6640), Endpoint.parse("ptcp:6640"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tcp", "tcp:192.0.2.1", "tcp:192.0.2.1:0", "tcp:192.0.2.1:65536", "tcp:a b:1",
        "udp:192.0.2.1:1", "unix:/tmp/x", "tcp:2001:db8::1:6640", "ptcp:x", "tcp::1", "TCP:192.0.2.1:1"})
    void otherEndpointsAreRefused(final String text) {
        assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "192.0.2.1:1|it is not of the form tcp:ADDRESS:PORT or ssl:ADDRESS:PORT (IPv6 addresses in brackets)",
        "tcp:2001:db8::1:1|it is not of the form tcp:ADDRESS:PORT or ssl:ADDRESS:PORT (IPv6 addresses in brackets)",
        "ptcp:1|it is not of the form tcp:ADDRESS:PORT or ssl:ADDRESS:PORT (IPv6 addresses in brackets)",
        "tcp:192.0.2.1:0|port 0 is not between 1 and 65535",
        "tcp::1|it has no host",
        "tcp:me@ovs:1|its host is not a name of letters, digits, '.', '-' and '_'",
        "tcp:höst:1|its host is not a name of letters, digits, '.', '-' and '_'",
        "tcp:192.0.2.256:1|its host is not an IPv4 address: that is four numbers from 0 to 255",
        "tcp:192.0.2:1|its host is not an IPv4 address: that is four numbers from 0 to 255",
        "tcp:[192.0.2.1]:1|what its brackets have is not an IPv6 address",
        "tcp:[2001:db8:::1]:1|its host has colons and is not an IPv6 address without a zone",
        "tcp:[fe80::1%eth0]:1|its host has colons and is not an IPv6 address without a zone",
    })
    void whatIsWrongWithAServersEndpointIsSaidWithoutRepeatingIt(final String text, final String message) {
        assertEquals(message,
            assertThrows(IllegalArgumentException.class, () -> Endpoint.parseActive(text)).getMessage());
    }

    @Test
    void endpointsMadeOfPartsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(Endpoint.Kind.TCP, "a b", 1));
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(Endpoint.Kind.TCP, "[::1]", 1));
        assertThrows(IllegalArgumentException.class, () -> new Endpoint(Endpoint.Kind.PTCP, "::1", -1));
    }

    @Test
    void optionsAreChecked() {
        final var builder = OvsdbOptions.builder().requestTimeout(Duration.ZERO);
        assertTrue(assertThrows(IllegalArgumentException.class, builder::build).getMessage().contains(
            "requestTimeout"));
        assertThrows(IllegalArgumentException.class, OvsdbOptions.builder().maxFrameBytes(0)::build);
        assertThrows(IllegalArgumentException.class,
            OvsdbOptions.builder().backoff(Duration.ofSeconds(2), Duration.ofSeconds(1))::build);
        assertThrows(IllegalArgumentException.class,
            OvsdbOptions.builder().connectTimeout(Duration.ofDays(30))::build);
    }
}
