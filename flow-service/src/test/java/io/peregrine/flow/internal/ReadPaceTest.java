/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.DatapathId;
import org.junit.jupiter.api.Test;

class ReadPaceTest {
    private static final DatapathId ONE = new DatapathId(1);
    private static final DatapathId TWO = new DatapathId(2);

    private final ReadPace pace = new ReadPace(30_000);

    @Test
    void asOftenAsIsWishedWhileReadingIsQuick() {
        assertEquals(30_000, pace.millis());
        pace.took(ONE, 1_500, 100_000);
        pace.took(TWO, 1_500, 100_000);
        assertEquals(30_000, pace.millis());
    }

    @Test
    void allSwitchesTogetherTakeATenthOfTheTime() {
        pace.took(ONE, 3_000, 100_000);
        pace.took(TWO, 4_000, 100_000);
        assertEquals(70_000, pace.millis());
        pace.took(ONE, 1_000, 100_000);
        assertEquals(50_000, pace.millis());
        pace.forget(TWO);
        assertEquals(30_000, pace.millis());
        pace.forget(TWO);
        pace.took(ONE, 5_000, 100_000);
        assertEquals(50_000, pace.millis());
    }

    @Test
    void aSwitchThatIsSlowToAnswerHoldsUpNobodyElse() {
        pace.took(ONE, 9_000, 20);
        pace.took(TWO, 4_000, 40_000);
        assertEquals(40_020, pace.millis());
    }

    @Test
    void aPaceTakesTime() {
        assertEquals("a read-back each 0 ms",
            assertThrows(IllegalArgumentException.class, () -> new ReadPace(0)).getMessage());
    }
}
