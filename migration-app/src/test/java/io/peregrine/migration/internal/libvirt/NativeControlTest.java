/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.jobs.Facts.Namesake;
import io.peregrine.migration.internal.core.jobs.GuestNeeds.Disk;
import io.peregrine.migration.internal.core.jobs.GuestNeeds.Volume;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.SharedStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;

/**
 * A connection for changes with the real libvirt library and its test driver, which has a domain called test.
 */
class NativeControlTest {
    private static final UUID TEST = UUID.fromString("6695eb01-f6a4-8304-79aa-97f2502e193f");
    private static final UUID NOBODY = new UUID(0, 5);

    private final NativeDriver driver = new NativeDriver();
    private final Controls controls = new Controls(driver);
    private Control control;

    @BeforeAll
    static void libvirtIsThere() {
        boolean there = true;
        try {
            NativeLibrary.getInstance("virt");
        } catch (UnsatisfiedLinkError e) {
            there = false;
        }
        assumeTrue(there, "libvirt.so.0 is not installed (package libvirt0)");
    }

    @BeforeEach
    void open() throws IOException {
        controls.follow(Map.of("h1", LibvirtUri.parse("test:///default")));
        control = controls.open("h1");
    }

    @AfterEach
    void close() {
        control.close();
        driver.close();
    }

    @Test
    void tellsWhatADomainNeeds() throws IOException {
        final var needs = control.needs(TEST);
        assertEquals("test", needs.name());
        assertEquals(8L << 30, needs.memory());
        assertEquals("test", needs.virtType());
        assertTrue(assertThrows(IOException.class, () -> control.needs(NOBODY)).getMessage()
            .startsWith("Domain not found"));
    }

    @Test
    void tellsWhoHasANameOrUuid() throws IOException {
        assertEquals(List.of(new Namesake(true, true, true)), control.namesakes(TEST, "test"));
        assertEquals(List.of(new Namesake(true, false, true)), control.namesakes(TEST, "other"));
        assertEquals(List.of(new Namesake(false, true, true)), control.namesakes(NOBODY, "test"));
        assertEquals(List.of(), control.namesakes(NOBODY, "other"));
    }

    @Test
    void tellsFreeMemory() throws IOException {
        assertTrue(control.availableMemory() > 0);
    }

    @Test
    void tellsWhichPoolADiskIsIn() throws IOException, LibvirtException {
        final var libvirt = new Connect("test:///default");
        try {
            final var made = libvirt.storagePoolLookupByName("default-pool");
            made.storageVolCreateXML("<volume><name>a.img</name><capacity>1</capacity></volume>", 0);
            libvirt.storagePoolDefineXML("<pool type='dir'><name>idle</name><target><path>/idle</path></target></pool>",
                0);
            for (final var place : List.of(storage("/default-pool/a.img"), storage("default-pool", "a.img"))) {
                assertEquals("default-pool", place.orElseThrow().pool().name());
                assertTrue(place.orElseThrow().pool().active());
                assertTrue(place.orElseThrow().listed());
            }
            for (final var place : List.of(storage("/default-pool/b.img"), storage("default-pool", "b.img"))) {
                assertEquals("default-pool", place.orElseThrow().pool().name());
                assertFalse(place.orElseThrow().listed());
            }
            for (final var place : List.of(storage("/idle/a.img"), storage("idle", "a.img"))) {
                assertEquals("idle", place.orElseThrow().pool().name());
                assertFalse(place.orElseThrow().pool().active());
            }
            assertEquals(Optional.empty(), storage("/no/such/volume"));
            assertEquals(Optional.empty(), storage("nobody", "a.img"));
        } finally {
            libvirt.close();
        }
    }

    private Optional<SharedStorage.Place> storage(final String path) throws IOException {
        return control.storage(new Disk("vda", path, false, List.of(), false));
    }

    private Optional<SharedStorage.Place> storage(final String pool, final String volume) throws IOException {
        return control.storage(new Disk("vda", pool + "/" + volume, false, List.of(), false,
            Optional.of(new Volume(pool, volume))));
    }

    @Test
    void tellsWhatAServerExports() throws IOException {
        // The test driver has one for every server
        assertEquals(List.of("/testshare"), control.exports("nas.example.net"));
        assertEquals(List.of("/testshare"), controls.exports("h1", "2001:db8::1"));
        assertTrue(assertThrows(IOException.class, () -> control.exports("--help")).getMessage()
            .contains("no name of a server"));
        assertTrue(assertThrows(IOException.class, () -> controls.exports("h9", "nas")).getMessage()
            .startsWith("h9: "));
    }

    @Test
    void hasNoProgressWithoutAJob() throws IOException {
        assertEquals(Optional.empty(), control.progress(NOBODY));
    }

    @Test
    void passesLibvirtsWordsOn() {
        // The test driver can neither move domains nor compare CPUs
        final var options = new MoveOptions(true, false, false, false, false, false, false, OptionalInt.of(7),
            Optional.of(Duration.ofSeconds(1)), Optional.of("tcp://192.0.2.2"));
        assertFalse(assertThrows(IOException.class, () -> control.migrate(TEST, "test:///default", options))
            .getMessage().isEmpty());
        assertTrue(assertThrows(IOException.class, () -> control.abort(NOBODY)).getMessage()
            .startsWith("Domain not found"));
        assertTrue(assertThrows(IOException.class, () -> control.startPostCopy(TEST)).getMessage()
            .contains("not supported"));
    }

    @Test
    void saysWhichHostItIs() {
        assertTrue(assertThrows(IOException.class, () -> controls.open("h9")).getMessage().startsWith("h9: "));
        controls.follow(Map.of("h2", LibvirtUri.parse("test:///no/such/file")));
        final var message = assertThrows(IOException.class, () -> controls.open("h2")).getMessage();
        assertTrue(message.startsWith("h2: ") && message.contains("/no/such/file"), message);
    }
}
