/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.internal.core.OwnRange;
import io.peregrine.flow.journal.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentGroupIdsTest {
    private static final String STRANGE = "a name with blanks,\nlines, 100% and ümlauts";

    @TempDir
    Path directory;

    private PersistentGroupIds open() {
        return new PersistentGroupIds(new Journal(directory));
    }

    private Path file() {
        return directory.resolve(PersistentGroupIds.FILE);
    }

    @Test
    void aNameKeepsItsNumber() {
        final long first;
        final long second;
        try (var ids = open()) {
            first = ids.idOf("a");
            second = ids.idOf(STRANGE);
            assertTrue(OwnRange.isOwnGroup(first));
            assertNotEquals(first, second);
            assertEquals(first, ids.idOf("a"));
        }
        try (var ids = open()) {
            assertEquals(first, ids.idOf("a"));
            assertEquals(second, ids.idOf(STRANGE));
            assertFalse(Set.of(first, second).contains(ids.idOf("b")));
        }
    }

    @Test
    void aNumberGivenBackIsNotMetAgainSoon() {
        final var met = new HashSet<Long>();
        for (int life = 0; life < 3; life++) {
            try (var ids = open()) {
                for (int i = 0; i < 100; i++) {
                    assertTrue(met.add(ids.idOf("a")));
                    ids.release("a");
                }
                ids.release("nobody");
            }
        }
    }

    @Test
    void aCrashMayLoseNamesButNoNumbers() throws IOException {
        final var copy = directory.resolve("copy");
        final var met = new HashSet<Long>();
        try (var ids = open()) {
            Files.copy(file(), copy);
            for (int i = 0; i < PersistentGroupIds.BLOCK / 2 - 1; i++) {
                met.add(ids.idOf("lost/" + i));
            }
        }
        Files.move(copy, file(), StandardCopyOption.REPLACE_EXISTING);
        try (var ids = open()) {
            assertTrue(met.add(ids.idOf("new")));
        }
    }

    @Test
    void theFileIsWrittenWithoutBeingAsked() {
        try (var ids = open()) {
            ids.idOf("a");
            Awaitility.await().until(() -> Files.readString(file()).contains(" a\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "rubbish", "peregrine-group-ids 1\nreserved 1342177290\n1342177280 a\n",
        "peregrine-group-ids 1\nreserved 1342177290\n1342177280 a\nend 2\n",
        "peregrine-group-ids 1\nreserved 1342177290\n1342177280 a\n1342177280 b\nend 2\n",
        "peregrine-group-ids 1\nreserved 1342177290\n7 a\nend 1\n",
        "peregrine-group-ids 1\nreserved x\n1342177280 a\nend 1\n" })
    void aBadFileIsSetAside(final String text) throws IOException {
        Files.writeString(file(), text);
        try (var ids = open(); var files = Files.list(directory)) {
            assertEquals(1, files.filter(path -> path.toString().contains(".bad-")).count());
            assertTrue(OwnRange.isOwnGroup(ids.idOf("a")));
        }
        try (var ids = open(); var files = Files.list(directory)) {
            assertEquals(1, files.filter(path -> path.toString().contains(".bad-")).count());
            ids.idOf("a");
        }
    }

    @Test
    void numbersSeenOnSwitchesAreLeftAlone() {
        try (var ids = open()) {
            final long first = ids.idOf("a");
            ids.seen(List.of(7L, first, first + 1, first + 2));
            assertEquals(first, ids.idOf("a"));
            assertEquals(first + 3, ids.idOf("b"));
        }
    }

    @Test
    void theRangeIsARing() throws IOException {
        Files.writeString(file(), "peregrine-group-ids 1\nreserved " + OwnRange.LAST_GROUP + "\n"
            + OwnRange.FIRST_GROUP + " a\nend 1\n");
        try (var ids = open()) {
            assertEquals(OwnRange.LAST_GROUP, ids.idOf("b"));
            assertEquals(OwnRange.FIRST_GROUP + 1, ids.idOf("c"));
        }
        try (var ids = open()) {
            assertEquals(OwnRange.LAST_GROUP, ids.idOf("b"));
            assertFalse(Set.of(OwnRange.FIRST_GROUP, OwnRange.FIRST_GROUP + 1).contains(ids.idOf("d")));
        }
    }
}
