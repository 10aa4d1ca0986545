/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofNanos(100), Duration.ofNanos(1000), new Random(1));

    @Test
    void theWaitDoublesUpToItsBound() {
        for (long ceiling : new long[] {100, 200, 400, 800, 1000, 1000, 1000}) {
            final long wait = backoff.next();
            assertTrue(wait >= ceiling / 2 && wait <= ceiling, wait + " of " + ceiling);
        }
    }

    @Test
    void theWaitIsRandom() {
        final Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            waits.add(backoff.next());
        }
        assertTrue(waits.size() > 50, waits.toString());
    }

    @Test
    void onlyALongLivedConnectionIsASuccess() {
        backoff.next();
        backoff.next();
        backoff.connectionLived(399);
        assertTrue(backoff.next() >= 200);
        backoff.connectionLived(800);
        assertTrue(backoff.next() <= 100);
    }

    @Test
    void equalBoundsAreFine() {
        final Backoff constant = new Backoff(Duration.ofNanos(1), Duration.ofNanos(1), new Random(1));
        for (int i = 0; i < 10; i++) {
            final long wait = constant.next();
            assertEquals(true, wait == 0 || wait == 1);
        }
    }
}
