/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TypedParametersTest {
    @Test
    void readsTheNumbersItHasWritten() {
        final var written = TypedParameters.write(new TreeMap<>(Map.of("bandwidth", 7L, "migrate_uri", "tcp://h")));
        assertEquals(2, written.count());
        assertEquals(Map.of("bandwidth", 7L), TypedParameters.numbers(written.array(), written.count()));
        assertEquals("tcp://h", written.texts().get(0).getString(0));
    }

    @Test
    void noParametersAreNoArray() {
        assertNull(TypedParameters.write(Map.of()).array());
    }
}
