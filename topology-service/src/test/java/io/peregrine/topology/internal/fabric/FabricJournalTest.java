/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.journal.Journal;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.hosts.Host;
import io.peregrine.topology.internal.fabric.FabricJournal.Remembered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FabricJournalTest {
    private static final PortId FAR = new PortId(DatapathId.parseHex("ffffffffffffff01"), 0xFFFF_FF00L);
    private static final Link LINK = new Link(SimulatedFabric.port("1:1"), FAR);
    private static final Host HOST = new Host(SimulatedFabric.address("10.1.0.10"), SimulatedFabric.mac("10.1.0.10"),
        FAR, Host.Status.CONFIRMED);
    private static final Remembered REMEMBERED = new Remembered(Map.of(LINK, 10, LINK.reverse(), 65535),
        List.of(FabricJournal.asRemembered(HOST)));

    @TempDir
    Path directory;

    private FabricJournal journal() {
        return new FabricJournal(new Journal(directory));
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString().replaceFirst("bad-.*", "bad")).sorted().toList();
        }
    }

    @Test
    void whatWasKnownIsRemembered() {
        assertEquals(Remembered.NOTHING, journal().read());
        journal().write(REMEMBERED);
        assertEquals(REMEMBERED, journal().read());
        assertEquals(Host.Status.UNVERIFIED, journal().read().hosts().get(0).status());
        journal().write(Remembered.NOTHING);
        assertEquals(Remembered.NOTHING, journal().read());
    }

    @Test
    void theFormatStays() throws IOException {
        journal().write(REMEMBERED);
        assertEquals("""
            peregrine-fabric 1
            link 0000000000000001:1 ffffffffffffff01:4294967040 10
            link ffffffffffffff01:4294967040 0000000000000001:1 65535
            host 10.1.0.10 52:54:0a:01:00:0a ffffffffffffff01:4294967040
            end 3
            """, Files.readString(directory.resolve("fabric")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"link 0000000000000001:1 0000000000000002:1",
        "link 0000000000000001:1 0000000000000001:1 5",
        "link 0000000000000001:1 0000000000000002:1 0", "link 0000000000000001:1 0000000000000002:1 65536",
        "link 0000000000000001:1 0000000000000002 5", "link 1:1 0000000000000002:1 5",
        "link 0000000000000001:x 0000000000000002:1 5", "host ::1 52:54:00:00:00:01 0000000000000001:1",
        "host 10.1.0 52:54:00:00:00:01 0000000000000001:1", "host 10.1.0.1 52:54:00:00:00 0000000000000001:1",
        "host 10.1.0.1 52:54:00:00:00:01", "guest a b c", "", "   "})
    void aDamagedFileIsSetAside(final String line) throws IOException {
        new Journal(directory).file("fabric", 0).write(List.of(line));
        assertEquals(Remembered.NOTHING, journal().read());
        assertEquals(List.of("fabric.bad"), names());
        journal().write(REMEMBERED);
        assertEquals(REMEMBERED, journal().read());
    }

    @Test
    void aKeyFileOfWhateverContentIsReplaced() throws IOException {
        Files.write(directory.resolve("probe-key"), new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF});
        assertArrayEquals(journal().key(), journal().key());
        Files.delete(directory.resolve("probe-key"));
        Files.createDirectory(directory.resolve("probe-key"));
        assertArrayEquals(journal().key(), journal().key());
        assertEquals(List.of("probe-key", "probe-key.bad", "probe-key.bad"), names());
    }

    @Test
    void withoutAPlaceForItTheKeyServesUntilTheNextStart() throws IOException {
        Files.createDirectories(directory.resolve("probe-key.new"));
        assertEquals(ProbeCodec.KEY_LENGTH, journal().key().length);
    }

    @Test
    void whatCannotBeWrittenIsSaid() throws IOException {
        Files.createDirectories(directory.resolve("fabric.new"));
        assertFalse(journal().write(REMEMBERED));
        Files.delete(directory.resolve("fabric.new"));
        assertTrue(journal().write(REMEMBERED));
    }

    @Test
    void theKeyIsKept() throws IOException {
        final byte[] key = journal().key();
        assertEquals(ProbeCodec.KEY_LENGTH, key.length);
        assertArrayEquals(key, journal().key());
        assertEquals("rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("probe-key"))));
    }

    @Test
    void everyInstallationHasItsOwnKey() throws IOException {
        final byte[] key = journal().key();
        Files.delete(directory.resolve("probe-key"));
        assertFalse(Arrays.equals(key, journal().key()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "no key"})
    void aKeyThatIsNoneIsReplaced(final String line) throws IOException {
        new Journal(directory).file("probe-key", 1).write(List.of(line));
        final byte[] key = journal().key();
        assertArrayEquals(key, journal().key());
        assertEquals(List.of("probe-key", "probe-key.bad"), names());
    }
}
