/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class GuardedTest {
    private final Loop loop = new Loop("tested");
    private final Guarded guarded = new Guarded(loop, LoggerFactory.getLogger(GuardedTest.class));
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void end() {
        loop.shutdownNow();
    }

    private static void fail() {
        throw new IllegalStateException("a mistake");
    }

    @Test
    void aMistakeEndsNothingElse() throws Exception {
        guarded.execute(GuardedTest::fail);
        assertNull(guarded.schedule(GuardedTest::fail, 1).orElseThrow().get());
        guarded.execute(() -> done.add("next"));
        loop.shutdown();
        assertTrue(loop.awaitTermination(1, TimeUnit.HOURS));
        assertEquals(List.of("next"), done);
    }

    @Test
    void whatIsCalledOffIsNotDone() {
        guarded.schedule(() -> done.add("late"), TimeUnit.HOURS.toNanos(1)).orElseThrow().cancel(false);
        assertEquals(0, loop.getQueue().size());
    }

    @Test
    void onceTheThreadHasEndedNothingIsDone() {
        loop.shutdownNow();
        guarded.execute(() -> done.add("now"));
        assertEquals(Optional.empty(), guarded.schedule(() -> done.add("late"), 1));
        assertEquals(List.of(), done);
    }
}
