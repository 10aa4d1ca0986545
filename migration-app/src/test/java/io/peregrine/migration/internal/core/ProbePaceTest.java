/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProbePaceTest {
    private static final long MS = 1_000_000;

    @Test
    void aGuestIsProbedAsOftenAsWanted() {
        assertEquals(20 * MS, ProbePace.interval(50, 1, 0));
        assertEquals(1000 * MS, ProbePace.interval(1, 1, 0));
        assertEquals(20 * MS, ProbePace.interval(50, 10, ProbePace.QUICK - 1));
    }

    @Test
    void aLongCopyIsProbedSlowly() {
        assertEquals(500 * MS, ProbePace.interval(50, 1, ProbePace.QUICK));
        assertEquals(1000 * MS, ProbePace.interval(1, 1, ProbePace.QUICK));
    }

    @Test
    void allTogetherGetNoMoreThanTheBound() {
        for (int guests = 1; guests <= 4096; guests *= 2) {
            for (long quiet : new long[] {0, ProbePace.QUICK}) {
                assertTrue(guests * 1000.0 * MS / ProbePace.interval(50, guests, quiet) <= ProbePace.MOST_IN_ALL,
                    guests + " guests");
            }
        }
    }
}
