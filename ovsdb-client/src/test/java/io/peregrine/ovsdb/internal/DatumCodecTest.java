/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonParser;
import io.peregrine.ovsdb.AtomType;
import io.peregrine.ovsdb.ColumnSchema;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.ProtocolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatumCodecTest {
    private static final String ID = "550e8400-e29b-41d4-a716-446655440000";
    private static final UUID UID = UUID.fromString(ID);

    @Test
    void notationsAreThoseOfTheRfc() throws ProtocolException {
        assertNotation("\"a\\\"b\"", Datum.of("a\"b"));
        assertNotation("-9223372036854775808", Datum.of(Long.MIN_VALUE));
        assertNotation("9223372036854775807", Datum.of(Long.MAX_VALUE));
        assertNotation("1.5", Datum.of(1.5));
        assertNotation("true", Datum.of(true));
        assertNotation("[\"uuid\",\"" + ID + "\"]", Datum.of(UID));
        assertNotation("[\"set\",[]]", Datum.empty());
        assertNotation("[\"set\",[1,2]]", Datum.integers(List.of(1L, 2L)));
        assertNotation("[\"map\",[]]", Datum.map(Map.of()));
        assertNotation("[\"map\",[[\"k\",\"v\"]]]", Datum.map(Map.of("k", "v")));
        assertNotation("[\"map\",[[1,[\"uuid\",\"" + ID + "\"]]]]",
            new Datum.Dict(Map.of(Datum.of(1), Datum.of(UID))));
    }

    @Test
    void aNamedReferenceIsOnlyWritten() {
        assertEquals("[\"named-uuid\",\"row1\"]", DatumCodec.encode(Datum.named("row1")).toString());
        assertThrows(ProtocolException.class, () -> decode("[\"named-uuid\",\"row1\"]"));
    }

    @Test
    void aSetOfOneIsItsAtom() throws ProtocolException {
        assertEquals(Datum.of("x"), decode("[\"set\",[\"x\"]]"));
        assertEquals(Datum.of("x"), Datum.strings(List.of("x")));
        assertEquals("\"x\"", DatumCodec.encode(Datum.strings(List.of("x", "x"))).toString());
    }

    @Test
    void orderInSetsAndMapsMeansNothing() throws ProtocolException {
        assertEquals(decode("[\"set\",[1,2,3]]"), decode("[\"set\",[3,1,2]]"));
        assertEquals(decode("[\"map\",[[1,2],[3,4]]]"), decode("[\"map\",[[3,4],[1,2]]]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "[]", "[1]", "[\"set\"]", "[\"set\",1]", "[\"set\",[[\"set\",[]]]]",
        "[\"map\",[1]]", "[\"map\",[[1]]]", "[\"map\",[[1,2,3]]]", "[\"map\",[[1,[\"set\",[]]]]]", "[\"uuid\",1]",
        "[\"uuid\",\"1-1-1-1-1\"]", "[\"uuid\",\"550e8400-e29b-41d4-a716-44665544000g\"]", "[\"bag\",[]]", "1e999",
        "[1,[]]", "\"\\u0000\"", "\"\\ud800\""})
    void otherFormsAreRefused(final String json) {
        assertThrows(ProtocolException.class, () -> decode(json));
    }

    @Test
    void randomValuesSurviveTheWire() throws ProtocolException {
        final Random random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            final Datum datum = random(random);
            assertEquals(datum, decode(DatumCodec.encode(datum).toString()));
        }
    }

    @Test
    void theSchemaDecidesTheType() throws ProtocolException {
        final ColumnSchema real = column(AtomType.REAL, null, 0, Integer.MAX_VALUE);
        assertEquals(Datum.of(1.0), DatumCodec.decode(JsonParser.parseString("1"), real));
        assertEquals(Datum.set(List.of(Datum.of(1.0), Datum.of(2.5))),
            DatumCodec.decode(JsonParser.parseString("[\"set\",[1,2.5]]"), real));
        final ColumnSchema map = column(AtomType.INTEGER, AtomType.REAL, 0, Integer.MAX_VALUE);
        assertEquals(new Datum.Dict(Map.of(Datum.of(1), Datum.of(2.0))),
            DatumCodec.decode(JsonParser.parseString("[\"map\",[[1,2]]]"), map));
    }

    @Test
    void theServerIsHeldToItsSchema() {
        final ColumnSchema strings = column(AtomType.STRING, null, 0, Integer.MAX_VALUE);
        for (String wrong : List.of("1", "true", "1.5", "[\"uuid\",\"" + ID + "\"]", "[\"map\",[]]",
                "[\"set\",[\"a\",1]]")) {
            assertThrows(ProtocolException.class, () -> DatumCodec.decode(JsonParser.parseString(wrong), strings));
        }
        final ColumnSchema map = column(AtomType.STRING, AtomType.STRING, 0, Integer.MAX_VALUE);
        for (String wrong : List.of("\"a\"", "[\"set\",[]]", "[\"map\",[[\"a\",1]]]", "[\"map\",[[1,\"a\"]]]")) {
            assertThrows(ProtocolException.class, () -> DatumCodec.decode(JsonParser.parseString(wrong), map));
        }
    }

    static ColumnSchema column(final AtomType key, final AtomType value, final int min, final int max) {
        return new ColumnSchema("c", key, Optional.ofNullable(value), Optional.empty(), min, max, false, true);
    }

    private static void assertNotation(final String json, final Datum datum) throws ProtocolException {
        assertEquals(json, DatumCodec.encode(datum).toString());
        assertEquals(datum, decode(json));
    }

    private static Datum decode(final String json) throws ProtocolException {
        return DatumCodec.decode(JsonParser.parseString(json));
    }

    private static Datum random(final Random random) {
        final List<Datum.Atom> atoms = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            atoms.add(atom(random));
        }
        if (random.nextBoolean()) {
            return Datum.set(atoms);
        }
        final Map<Datum.Atom, Datum.Atom> entries = new LinkedHashMap<>();
        atoms.forEach(key -> entries.put(key, atom(random)));
        return new Datum.Dict(entries);
    }

    private static Datum.Atom atom(final Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> Datum.of(random.nextLong());
            case 1 -> Datum.of(random.nextDouble());
            case 2 -> Datum.of(random.nextBoolean());
            case 3 -> Datum.of(new UUID(random.nextLong(), random.nextLong()));
            default -> Datum.of("\"\\\nä🚀</script>".substring(0, random.nextInt(4)));
        };
    }
}
