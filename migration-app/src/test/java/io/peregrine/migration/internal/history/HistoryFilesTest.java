/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import static io.peregrine.migration.internal.history.Sample.record;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.journal.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;

class HistoryFilesTest {
    @TempDir
    private Path directory;
    private HistoryFiles files;
    private final History history = new History();

    @BeforeEach
    void before() {
        files = new HistoryFiles(new Journal(directory));
    }

    private Set<String> ids() {
        return history.records().keySet();
    }

    private List<String> setAside() throws IOException {
        try (var all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).filter(name -> name.contains(".bad-")).toList();
        }
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        files.write(0, List.of(Sample.whole()));
        files.write(12, List.of(record("b", 0, Phase.Interrupted)));
        assertEquals(Set.of(), files.read(history));
        assertEquals(Set.of("a", "b"), ids());
        assertEquals(Sample.whole(), history.records().get("a"));
        assertEquals(List.of(), setAside());
    }

    @Test
    void aSegmentWithoutRecordsHasNoFile() throws IOException {
        files.write(0, List.of(Sample.whole()));
        files.write(0, List.of());
        assertTrue(Files.notExists(directory.resolve("migrations-0")));
    }

    @Test
    void ofACutFileTheWholeRecordsAreTaken() throws IOException {
        files.write(0, List.of(record("a", 0, Phase.Lost), record("b", 0, Phase.Lost), record("c", 0, Phase.Lost)));
        files.write(1, List.of(record("d", 0, Phase.Lost)));
        final var file = directory.resolve("migrations-0");
        final var text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.indexOf("\"c\"") + 1));
        assertEquals(Set.of(0L), files.read(history));
        assertEquals(Set.of("a", "b", "d"), ids());
        assertEquals(1, setAside().size());
        assertTrue(Files.notExists(file));
    }

    @Test
    void aGarbledRecordCostsNoOther() throws IOException {
        files.write(0, List.of(record("a", 0, Phase.Lost), record("b", 0, Phase.Lost), record("c", 0, Phase.Lost)));
        final var file = directory.resolve("migrations-0");
        Files.writeString(file, Files.readString(file).replace("\"id\":\"b\"", "\"id\":\"b"));
        assertEquals(Set.of(0L), files.read(history));
        assertEquals(Set.of("a", "c"), ids());
        assertEquals(1, setAside().size());
    }

    @Test
    void aNewerVersionsFileIsKeptAside() throws IOException {
        files.write(0, List.of(record("a", 0, Phase.Lost)));
        final var file = directory.resolve("migrations-0");
        final var newer = Files.readString(file).replace("migrations-0 1", "migrations-0 2");
        Files.writeString(file, newer);
        assertEquals(Set.of(0L), files.read(history));
        assertEquals(Set.of(), ids());
        assertEquals(newer, Files.readString(directory.resolve(setAside().get(0))));
    }

    @Test
    void whatANewerVersionAddsIsPassedOver() {
        assertEquals(record("a", 0, Phase.Lost), RecordLine.parse(
            RecordLine.of(record("a", 0, Phase.Lost)).replace("{\"id\"", "{\"new\":{\"x\":[1]},\"id\"")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "7", "{\"id\":\"a\"}", "{\"id\":\"a\",\"phase\":\"lost\"}",
        "{\"id\":\"a\",\"phase\":\"flying\",\"started\":\"2026-11-25T12:00:00Z\"}",
        "{\"id\":\"a\",\"phase\":\"lost\",\"started\":\"noon\"}",
        "{\"id\":\"a\",\"phase\":\"lost\",\"started\":\"2026-11-25T12:00:00Z\",\"pause\":-1}",
        "{\"id\":\"a\",\"phase\":\"lost\",\"started\":\"2026-11-25T12:00:00Z\",\"step\":[7]}",
        "{\"id\":\"a\",\"phase\":\"lost\",\"started\":\"2026-11-25T12:00:00Z\",\"changes\":[]}"})
    void aLineThatIsNoRecordIsKnown(final String line) {
        assertThrows(IllegalArgumentException.class, () -> RecordLine.parse(line));
    }
}
