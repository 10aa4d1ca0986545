/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackOffTest {
    @Test
    void doublesUpToItsLimitAndStartsAnew() {
        final var backOff = new BackOff(Duration.ofMillis(100), Duration.ofMillis(350), () -> 1);
        assertEquals(Duration.ofMillis(100), backOff.next());
        assertEquals(Duration.ofMillis(200), backOff.next());
        assertEquals(Duration.ofMillis(350), backOff.next());
        assertEquals(Duration.ofMillis(350), backOff.next());
        backOff.reset();
        assertEquals(Duration.ofMillis(100), backOff.next());
    }

    @Test
    void spreads() {
        assertEquals(Duration.ofMillis(75), new BackOff(Duration.ofMillis(100), Duration.ofSeconds(1), () -> 0).next());
    }
}
