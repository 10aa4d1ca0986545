/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JournalFileTest {
    @TempDir
    Path directory;

    private JournalFile file;

    @BeforeEach
    void before() {
        file = new Journal(directory.resolve("not").resolve("there")).file("things", 1);
    }

    @Test
    void linesAreKept() throws IOException {
        assertEquals(Optional.empty(), file.read());
        file.write(List.of("setting", "one", "two"));
        assertEquals(Optional.of(List.of("setting", "one", "two")), file.read());
        assertEquals("peregrine-things 1\nsetting\none\ntwo\nend 2\n", Files.readString(file.path()));
        file.write(List.of("other"));
        assertEquals(Optional.of(List.of("other")), file.read());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "peregrine-things 1\nend 0\n", "peregrine-things 1\ns\none\nend 2\n",
        "peregrine-things 1\ns\none\ntwo\nend 1\n", "peregrine-things 1\ns\none\nend 1",
        "peregrine-things 1\ns\none\nend 1\nmore", "peregrine-things 2\ns\nend 0\n", "peregrine-others 1\ns\nend 0\n"})
    void aFileThatIsNotWholeIsKnown(final String text) throws IOException {
        file.write(List.of("setting"));
        Files.writeString(file.path(), text);
        assertThrows(IllegalArgumentException.class, file::read);
    }

    @ParameterizedTest
    @CsvSource({
        "'peregrine-things 1\\ns\\none\\ntw', 's one'", "'peregrine-things 1\\ns\\none\\nend 5\\n', 's one'",
        "'peregrine-things 1\\ns\\none\\ntwo\\n', 's one two'", "'peregrine-things 1\\n', ''",
        "'peregrine-things 1', ''",
        "'peregrine-things 2\\ns\\none\\nend 1\\n', ''", "'peregrine-others 1\\ns\\nend 0\\n', ''", "'', ''"})
    void whatIsWholeOfABadFileCanBeHad(final String text, final String expected) throws IOException {
        file.write(List.of("setting"));
        Files.writeString(file.path(), text.replace("\\n", "\n"));
        assertEquals(expected, String.join(" ", file.salvage()));
    }

    @Test
    void whatIsNoTextIsGarbledOnly() throws IOException {
        file.write(List.of("setting"));
        final byte[] bytes = "peregrine-things 1\ns\n?\none\nend 2\n".getBytes(StandardCharsets.UTF_8);
        bytes["peregrine-things 1\ns\n".length()] = -1;
        Files.write(file.path(), bytes);
        assertThrows(IllegalArgumentException.class, file::read);
        final var lines = file.salvage();
        assertEquals(3, lines.size());
        assertEquals(List.of("s", "one"), List.of(lines.get(0), lines.get(2)));
    }

    @Test
    void anotherVersionsFileIsCalledSo() throws IOException {
        file.write(List.of("setting"));
        Files.writeString(file.path(), "peregrine-things 2\nwhatever\n");
        assertTrue(assertThrows(IllegalArgumentException.class, file::read).getMessage().contains("another version"));
    }

    @Test
    void aSeriesIsFoundByItsNumbers() throws IOException {
        final var journal = new Journal(directory.resolve("series"));
        assertEquals(List.of(), journal.series("things"));
        for (var name : List.of("things-10", "things-9", "things", "things-x", "other-1", "things-3.bad-7")) {
            journal.file(name, 0).write(List.of());
        }
        assertEquals(List.of(9L, 10L), journal.series("things"));
        journal.file("things-9", 0).delete();
        journal.file("things-9", 0).delete();
        assertEquals(List.of(10L), journal.series("things"));
    }

    @Test
    void theOldFileStaysIfTheNewOneCannotBeWritten() throws IOException {
        file.write(List.of("setting"));
        Files.createDirectory(file.path().resolveSibling("things.new"));
        assertThrows(IOException.class, () -> file.write(List.of("other")));
        assertEquals(Optional.of(List.of("setting")), file.read());
    }

    @Test
    void onlyTheOwnerMayReadAndWrite() throws IOException {
        file.write(List.of("secret"));
        assertEquals("rw-------", permissions(file.path()));

        // What an earlier process has left
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));
        final var fresh = file.path().resolveSibling("things.new");
        Files.writeString(fresh, "half a line");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw-rw-"));
        file.write(List.of("other secret"));
        assertEquals("rw-------", permissions(file.path()));
        assertEquals(Optional.of(List.of("other secret")), file.read());
    }

    private static String permissions(final Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aBadFileIsSetAside() throws IOException {
        file.write(List.of("setting"));
        file.setAside(new IOException("test"), "Nothing follows");
        assertFalse(Files.exists(file.path()));
        try (var files = Files.list(file.path().getParent())) {
            assertEquals(1, files.filter(path -> path.toString().contains(".bad-")).count());
        }
    }

    @Test
    void ofEntriesWhatCanBeReadIsTaken() throws IOException {
        final var numbers = new Journal(directory).file("numbers", 0);
        final var taken = new ArrayList<Integer>();
        assertTrue(numbers.readEach(Integer::valueOf, taken, "It holds numbers"));
        numbers.write(List.of("1", "2"));
        assertTrue(numbers.readEach(Integer::valueOf, taken, "It holds numbers"));
        assertEquals(List.of(1, 2), taken);
        numbers.write(List.of("3", "x", "4"));
        assertFalse(numbers.readEach(Integer::valueOf, taken, "It holds numbers"));
        assertEquals(List.of(1, 2, 3, 4), taken);
        assertFalse(Files.exists(numbers.path()));
        Files.writeString(numbers.path(), "peregrine-numbers 1\n5\n6");
        assertFalse(numbers.readEach(Integer::valueOf, taken, "It holds numbers"));
        assertEquals(List.of(1, 2, 3, 4, 5), taken);
    }
}
