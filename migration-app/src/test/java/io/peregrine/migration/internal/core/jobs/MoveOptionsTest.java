/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MoveOptionsTest {
    private static MoveOptions of(final boolean postCopy, final boolean tunnelled, final boolean copyStorage,
            final OptionalInt bandwidth, final Optional<String> uri) {
        return new MoveOptions(false, false, false, postCopy, false, tunnelled, copyStorage, bandwidth,
            Optional.empty(), uri);
    }

    /** The numbers of libvirt-domain.h. */
    @Test
    void flagsAreLibvirts() {
        assertEquals(0b11, MoveOptions.NONE.flags());
        assertEquals(0b1010_0000_0111_1111, new MoveOptions(true, true, true, true, true, true, true,
            OptionalInt.empty(), Optional.empty(), Optional.empty()).flags());
    }

    @Test
    void refusesWhatDoesNotGoTogether() {
        final var tcp = Optional.of("tcp://192.0.2.2");
        assertEquals(Optional.empty(), MoveOptions.NONE.contradiction());
        assertTrue(of(true, true, false, OptionalInt.empty(), Optional.empty()).contradiction().orElseThrow()
            .startsWith("post-copy: "));
        assertTrue(of(false, true, true, OptionalInt.empty(), Optional.empty()).contradiction().orElseThrow()
            .startsWith("copy-storage: "));
        assertTrue(of(false, true, false, OptionalInt.empty(), tcp).contradiction().orElseThrow()
            .startsWith("migration-uri: "));
        assertTrue(of(true, false, false, OptionalInt.of(5), Optional.empty()).contradiction().orElseThrow()
            .startsWith("bandwidth: "));
    }

    @Test
    void intentSaysWhereTheDataGoesUnlessTheCallDoes() {
        final var intent = Optional.of("tcp://192.0.2.2");
        final var call = Optional.of("tcp://192.0.2.9");
        assertEquals(intent, MoveOptions.NONE.orMigrationUri(intent).migrationUri());
        assertEquals(call, of(false, false, false, OptionalInt.empty(), call).orMigrationUri(intent).migrationUri());
        assertEquals(Optional.empty(), of(false, true, false, OptionalInt.empty(), Optional.empty())
            .orMigrationUri(intent).migrationUri());
    }
}
