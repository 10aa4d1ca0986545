/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.opendaylight.yangtools.yang.common.Uint32;

class FoundTest {
    @Test
    void whatTheLimitCutsOffIsCounted() {
        final var found = Found.of(IntStream.range(0, 3).boxed(), Uint32.TWO);
        assertEquals(Uint32.valueOf(3), found.matched());
        assertEquals(List.of(0, 1), found.entries());
    }

    @Test
    void aHundredAreEnoughForWhoSaysNothing() {
        final var found = Found.of(IntStream.range(0, 101).boxed(), null);
        assertEquals(Uint32.valueOf(101), found.matched());
        assertEquals(100, found.entries().size());
        assertEquals(Uint32.ZERO, Found.of(IntStream.empty().boxed(), null).matched());
    }
}
