/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TurnTimeTest {
    private final TurnTime time = new TurnTime();

    @Test
    void theLongestTimeIsForgottenSlowly() {
        assertEquals(0, time.getAsLong());
        time.took(80);
        assertEquals(80, time.getAsLong());
        time.took(20);
        assertEquals(60, time.getAsLong());
        time.took(20);
        assertEquals(45, time.getAsLong());
        time.took(50);
        assertEquals(50, time.getAsLong());
    }

    @Test
    void aSwitchThatHangsDoesNotCountForLong() {
        time.took(60_000_000_000L);
        assertEquals(100_000_000, time.getAsLong());
        time.took(1_000_000);
        assertEquals(75_000_000, time.getAsLong());
    }
}
