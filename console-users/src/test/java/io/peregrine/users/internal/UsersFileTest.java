/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTest {
    private static final String HASH = PasswordLines.hashOf("secret");
    private static final String GROUPS = """

        # What the groups may do
        _g_\\:admingroup = group,admin,viewer,ssh
        _g_\\:viewergroup = group,viewer,ssh
        """;
    private static final String OLD = "admin = " + HASH + ",_g_:admingroup\n" + GROUPS;
    private static final String PLAIN = "olga = secret,_g_:viewergroup\n" + OLD;
    private static final String HASHED = "olga = " + HASH + ",_g_:viewergroup\n" + OLD;

    private final List<String> warnings = new ArrayList<>();
    private long nanos = -5;
    private Path etc;
    private Path file;
    private UsersFile users;

    @BeforeEach
    void setUp(@TempDir final Path dir) {
        etc = dir;
        file = dir.resolve("users.properties");
        users = new UsersFile(file, () -> nanos, warnings::add);
    }

    private void write(final String text) throws IOException {
        Files.writeString(file, text);
    }

    private String read() throws IOException {
        return Files.readString(file);
    }

    private void age(final Duration age) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    private void lookAfter(final Duration time) {
        nanos += time.toNanos();
        users.look();
    }

    private void lookOn() {
        for (var second = 0; second < 15; second++) {
            lookAfter(Duration.ofSeconds(1));
        }
    }

    private void assertNothingElse() throws IOException {
        try (Stream<Path> files = Files.list(etc)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void atStartWhatIsOldIsReplacedAtOnce() throws IOException {
        write(PLAIN);
        age(Duration.ofSeconds(20));
        users.look();
        assertEquals(HASHED, read());
        assertNothingElse();
    }

    @Test
    void atStartWhatIsBeingWrittenIsNotTouched() throws IOException {
        write(PLAIN);
        users.look();
        assertEquals(PLAIN, read());
        lookAfter(UsersFile.QUIET);
        assertEquals(HASHED, read());
    }

    @Test
    void aChangeIsLeftAloneForAWhile() throws IOException {
        write(OLD);
        users.look();
        lookAfter(UsersFile.QUIET);
        write(PLAIN);
        lookAfter(UsersFile.QUIET);
        assertEquals(PLAIN, read());
        lookAfter(UsersFile.QUIET.minusMillis(1));
        assertEquals(PLAIN, read());
        lookAfter(Duration.ofMillis(1));
        assertEquals(HASHED, read());
    }

    @Test
    void whileItIsWrittenNothingIsLost() throws IOException {
        write(OLD);
        users.look();
        lookAfter(UsersFile.QUIET);
        // Each piece comes too early to be quiet, up to the last
        for (var length = 0; length <= PLAIN.length(); length++) {
            write(PLAIN.substring(0, length));
            lookAfter(UsersFile.QUIET);
            assertEquals(PLAIN.substring(0, length), read());
        }
        lookAfter(UsersFile.QUIET);
        assertEquals(HASHED, read());
    }

    @Test
    void halfAFileStaysAsItIsHoweverLong() throws IOException {
        for (var length = 0; length <= OLD.length(); length++) {
            // Half a hash is none; half a name is no password
            write(OLD.substring(0, length));
            lookOn();
            assertEquals(OLD.substring(0, length), read());
        }
    }

    @Test
    void aLineWithoutEndMayGoOn() throws IOException {
        write(OLD);
        users.look();
        write(OLD + "olga = sec");
        users.look();
        lookAfter(UsersFile.QUIET_WITHOUT_END.minusMillis(1));
        assertEquals(OLD + "olga = sec", read());
        write(OLD + "olga = secret");
        users.look();
        lookAfter(UsersFile.QUIET_WITHOUT_END);
        assertEquals(OLD + "olga = " + HASH, read());
    }

    @Test
    void anotherFileInItsPlaceIsNoticed() throws IOException {
        write(OLD);
        age(Duration.ofMinutes(1));
        final var time = Files.getLastModifiedTime(file);
        users.look();
        // As sed -i does, even with the time of the old one
        final var other = etc.resolve("sed0001");
        Files.writeString(other, PLAIN);
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        lookOn();
        assertEquals(HASHED, read());
    }

    @Test
    void whatIsWrittenBetweenReadingAndReplacingWins() throws IOException {
        write(PLAIN);
        final var other = OLD + "ulf = other\n";
        final var racing = new UsersFile(file, () -> {
            if (nanos > 0) {
                // It has been read
                assertDoesNotThrow(() -> write(other));
            }
            return nanos;
        }, warnings::add);
        racing.look();
        nanos += UsersFile.QUIET.toNanos();
        racing.look();
        assertEquals(other, read());
        assertNothingElse();
    }

    @Test
    void keepsModeAndOwner() throws IOException {
        for (var mode : List.of("rw-------", "rw-r-----")) {
            write(PLAIN);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            final var owner = Files.getAttribute(file, "unix:uid");
            lookOn();
            assertEquals(HASHED, read());
            assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(owner, Files.getAttribute(file, "unix:uid"));
        }
    }

    @Test
    void followsALink() throws IOException {
        final var real = Files.writeString(Files.createDirectory(etc.resolve("real")).resolve("people"), PLAIN);
        Files.createSymbolicLink(file, real);
        lookOn();
        assertTrue(Files.isSymbolicLink(file));
        assertEquals(HASHED, Files.readString(real));
    }

    @Test
    void whatAnEndedOneHasLeftIsNoHindrance() throws IOException {
        Files.writeString(etc.resolve(".users.properties.new"), "half");
        write(PLAIN);
        lookOn();
        assertEquals(HASHED, read());
        assertNothingElse();
    }

    @Test
    void warnsOnceAndWithoutThePassword() throws IOException {
        write("olga = ge\\\\heim,_g_:viewergroup\nge\\\\heim\n" + PLAIN);
        lookOn();
        assertEquals(2, warnings.size());
        assertTrue(warnings.get(0).startsWith("Line 1 of " + file), warnings.get(0));
        assertFalse(warnings.toString().contains("heim"), warnings.toString());
        Files.writeString(file, "# Another line\n" + read());
        lookOn();
        assertEquals(2, warnings.size());
    }

    @Test
    void withoutAFileThereIsNothingToDo() throws IOException {
        lookOn();
        assertNothing();
        write(PLAIN);
        lookOn();
        assertEquals(HASHED, read());
    }

    private void assertNothing() throws IOException {
        try (Stream<Path> files = Files.list(etc)) {
            assertEquals(List.of(), files.toList());
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void whatFailsIsToldOnceAndTriedAgain() throws IOException {
        write(PLAIN);
        final var inTheWay = Files.createDirectories(etc.resolve(".users.properties.new/x"));
        lookOn();
        assertEquals(PLAIN, read());
        assertEquals(1, warnings.size());
        Files.delete(inTheWay);
        lookOn();
        assertEquals(HASHED, read());
        assertEquals(1, warnings.size());
    }
}
