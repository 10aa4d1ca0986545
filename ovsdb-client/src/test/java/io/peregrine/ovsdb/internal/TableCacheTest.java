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
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.peregrine.ovsdb.AtomType;
import io.peregrine.ovsdb.ColumnSchema;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.ProtocolException;
import io.peregrine.ovsdb.Row;
import io.peregrine.ovsdb.RowChange;
import io.peregrine.ovsdb.internal.TableCache.Notation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableCacheTest {
    private static final UUID A = new UUID(0xa, 0xa);
    private static final UUID B = new UUID(0xb, 0xb);
    private static final UUID C = new UUID(0xc, 0xc);
    private static final ColumnSchema TAGS = DatumCodecTest.column(AtomType.STRING, null, 0, Integer.MAX_VALUE);
    private static final ColumnSchema OPTIONAL = DatumCodecTest.column(AtomType.INTEGER, null, 0, 1);
    private static final ColumnSchema MAP =
        DatumCodecTest.column(AtomType.STRING, AtomType.STRING, 0, Integer.MAX_VALUE);

    private final TableCache cache = new TableCache();

    @BeforeEach
    void columns() {
        cache.columns(Map.of("T", Map.of("name", DatumCodecTest.column(AtomType.STRING, null, 1, 1), "tags", TAGS,
            "n", OPTIONAL, "m", MAP), "U", Map.of("b", DatumCodecTest.column(AtomType.BOOLEAN, null, 1, 1))));
    }

    @Test
    void columnsLeftOutHaveTheirDefaults() throws ProtocolException {
        final List<RowChange> changes =
            cache.replace(json("{'T':{'" + A + "':{'initial':{'name':'x'}}},'U':{'" + B + "':{'initial':{}}}}"),
                Notation.DIFF);
        assertEquals(2, changes.size());
        final Row row = cache.row("T", A).orElseThrow();
        assertEquals(A, row.uuid());
        assertEquals("x", row.string("name"));
        assertEquals(Set.of(), row.strings("tags"));
        assertEquals(OptionalLong.empty(), row.optionalInteger("n"));
        assertEquals(Map.of(), row.stringMap("m"));
        assertEquals(false, cache.row("U", B).orElseThrow().bool("b"));
    }

    @Test
    void aModificationIsADifferenceForSetsAndMapsAndAValueForTheRest() throws ProtocolException {
        cache.replace(json("{'T':{'" + A + "':{'initial':{'name':'x','n':1,'tags':['set',['a','b']],"
            + "'m':['map',[['k','1'],['l','2'],['z','9']]]}}}}"), Notation.DIFF);
        final Row before = cache.row("T", A).orElseThrow();
        final List<RowChange> changes = cache.update(json("{'T':{'" + A + "':{'modify':{'name':'y','n':2,"
            + "'tags':['set',['b','c']],'m':['map',[['k','1'],['l','3'],['n','4']]]}}}}"), Notation.DIFF);
        final Row after = cache.row("T", A).orElseThrow();
        assertEquals(List.of(new RowChange.Modified("T", before, after)), changes);
        assertEquals("y", after.string("name"));
        assertEquals(OptionalLong.of(2), after.optionalInteger("n"));
        assertEquals(Set.of("a", "c"), after.strings("tags"));
        assertEquals(Map.of("l", "3", "n", "4", "z", "9"), after.stringMap("m"));
        cache.update(json("{'T':{'" + A + "':{'modify':{'n':['set',[]],'tags':'a'}}}}"), Notation.DIFF);
        assertEquals(OptionalLong.empty(), cache.row("T", A).orElseThrow().optionalInteger("n"));
        assertEquals(Set.of("c"), cache.row("T", A).orElseThrow().strings("tags"));
    }

    @Test
    void randomDifferencesOfSetsLeadFromOldToNew() {
        final Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            final Set<String> before = strings(random);
            final Set<String> after = strings(random);
            final Set<String> diff = new HashSet<>(before);
            diff.addAll(after);
            diff.removeIf(item -> before.contains(item) && after.contains(item));
            assertEquals(Datum.strings(after),
                TableCache.applyDiff(TAGS, Datum.strings(before), Datum.strings(diff)));
        }
    }

    @Test
    void randomDifferencesOfMapsLeadFromOldToNew() {
        final Random random = new Random(8);
        for (int i = 0; i < 2000; i++) {
            final Map<String, String> before = map(random);
            final Map<String, String> after = map(random);
            final Map<String, String> diff = new HashMap<>();
            before.forEach((key, value) -> {
                if (!after.containsKey(key)) {
                    diff.put(key, value);
                }
            });
            after.forEach((key, value) -> {
                if (!value.equals(before.get(key))) {
                    diff.put(key, value);
                }
            });
            assertEquals(Datum.map(after), TableCache.applyDiff(MAP, Datum.map(before), Datum.map(diff)));
        }
    }

    @Test
    void theRfcsNotationIsUnderstood() throws ProtocolException {
        assertEquals(1, cache.replace(json("{'T':{'" + A + "':{'new':{'name':'x','tags':['set',['a','b']]}}}}"),
            Notation.RFC).size());
        final Row before = cache.row("T", A).orElseThrow();
        final List<RowChange> changes = cache.update(json("{'T':{'" + A + "':{'old':{'tags':['set',['a','b']]},"
            + "'new':{'name':'x','tags':'c'}},'" + B + "':{'new':{'name':'b'}}}}"), Notation.RFC);
        assertEquals(Set.of("c"), cache.row("T", A).orElseThrow().strings("tags"));
        assertEquals(Set.of(new RowChange.Modified("T", before, cache.row("T", A).orElseThrow()),
            new RowChange.Inserted("T", cache.row("T", B).orElseThrow())), Set.copyOf(changes));
        final Row last = cache.row("T", A).orElseThrow();
        assertEquals(List.of(new RowChange.Deleted("T", last)),
            cache.update(json("{'T':{'" + A + "':{'old':{'name':'x'}}}}"), Notation.RFC));
        assertEquals(Optional.empty(), cache.row("T", A));
    }

    @Test
    void aFullDumpIsComparedWithWhatWasKnown() throws ProtocolException {
        cache.replace(json("{'T':{'" + A + "':{'initial':{'name':'same'}},'" + B + "':{'initial':{'name':'old'}},'"
            + C + "':{'initial':{'name':'goes'}}}}"), Notation.DIFF);
        final Row gone = cache.row("T", C).orElseThrow();
        final Row old = cache.row("T", B).orElseThrow();
        final List<RowChange> changes = cache.replace(json("{'T':{'" + A + "':{'initial':{'name':'same'}},'" + B
            + "':{'initial':{'name':'new'}}},'U':{'" + C + "':{'initial':{'b':true}}}}"), Notation.DIFF);
        assertEquals(Set.of(new RowChange.Deleted("T", gone),
            new RowChange.Modified("T", old, cache.row("T", B).orElseThrow()),
            new RowChange.Inserted("U", cache.row("U", C).orElseThrow())), Set.copyOf(changes));
        assertEquals(3, cache.replace(json("{}"), Notation.DIFF).size());
        assertEquals(List.of(), cache.replace(json("{}"), Notation.DIFF));
    }

    @Test
    void whatMakesNoSenseChangesNothing() throws ProtocolException {
        cache.replace(json("{'T':{'" + A + "':{'initial':{'name':'x'}}}}"), Notation.DIFF);
        final var before = cache.copy();
        for (String wrong : List.of("'T':{'" + B + "':{'modify':{'name':'y'}}}", "'X':{'" + B + "':{'insert':{}}}",
                "'T':{'nonsense':{'insert':{}}}", "'T':{'" + B + "':{'insert':{'other':1}}}",
                "'T':{'" + B + "':{'insert':{'name':1}}}", "'T':{'" + B + "':{}}", "'T':1")) {
            assertThrows(ProtocolException.class, () -> cache.update(
                json("{'U':{'" + C + "':{'insert':{}}}," + wrong + "}"), Notation.DIFF), wrong);
            assertEquals(before, cache.copy(), wrong);
        }
        assertThrows(ProtocolException.class, () -> cache.update(json("{'T':{'" + A + "':{}}}"), Notation.RFC));
        assertThrows(ProtocolException.class,
            () -> cache.replace(json("{'T':{'" + A + "':{'modify':{'name':'y'}}}}"), Notation.DIFF));
        assertEquals(before, cache.copy());
    }

    @Test
    void otherColumnsAreNoticed() {
        final var now = Map.of("T", Map.of("tags", TAGS));
        assertEquals(false, cache.columns(now));
        assertTrue(cache.columns(Map.of("T", Map.of("tags", TAGS))));
        assertEquals(false, cache.columns(Map.of("T", Map.of("tags", OPTIONAL))));
    }

    private static JsonObject json(final String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }

    private static Set<String> strings(final Random random) {
        return random.ints(random.nextInt(5), 0, 6).mapToObj(Integer::toString).collect(Collectors.toSet());
    }

    private static Map<String, String> map(final Random random) {
        return strings(random).stream().collect(Collectors.toMap(key -> key, key -> "" + random.nextInt(3)));
    }
}
