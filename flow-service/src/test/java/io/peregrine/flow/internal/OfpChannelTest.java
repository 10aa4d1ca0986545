/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfpChannelTest {
    /** The pieces' sizes if each sixteenth has so many flows. */
    private static List<Integer> sizes(final int inEach) {
        final var sizes = new ArrayList<Integer>();
        int first = 0;
        while (first < OfpChannel.PARTS) {
            final int count = OfpChannel.partsAtOnce(first, first * inEach);
            assertEquals(0, first % count, "one mask cannot select " + count + " from " + first);
            sizes.add(count);
            first += count;
        }
        assertEquals(OfpChannel.PARTS, first);
        return sizes;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 32})
    void fewFlowsAreReadInFewPieces(final int inEach) {
        assertEquals(List.of(1, 1, 2, 4, 8), sizes(inEach));
    }

    @ParameterizedTest
    @ValueSource(ints = {129, 10_000, 10_000_000})
    void manyFlowsAreReadInAllPieces(final int inEach) {
        assertEquals(OfpChannel.PARTS, sizes(inEach).size());
    }

    @Test
    void whatIsInBetweenIsReadInPiecesThatAreNotTooBig() {
        assertEquals(List.of(1, 1, 2, 2, 2, 2, 2, 2, 2), sizes(128));
        assertEquals(List.of(1, 1, 2, 4, 4, 4), sizes(64));
    }
}
