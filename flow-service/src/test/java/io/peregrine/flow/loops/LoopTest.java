/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private final Loop loop = new Loop("tested");
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @BeforeEach
    void occupy() throws Exception {
        loop.execute(() -> {
            busy.countDown();
            await(release);
        });
        busy.await();
    }

    @AfterEach
    void end() {
        release.countDown();
        loop.shutdownNow();
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void nothingWaitsWhileTheOneTaskRuns() {
        assertEquals(new Loops.Load("tested", 0, OptionalLong.of(0)), loop.load());
    }

    @Test
    void whatIsDueWaitsAndWhatIsForLaterDoesNot() {
        loop.schedule(() -> { }, 1, TimeUnit.HOURS);
        loop.execute(() -> { });
        loop.execute(() -> { });
        final var first = loop.load();
        assertEquals(2, first.waiting());
        assertTrue(first.late().orElseThrow() > 0);
        assertTrue(loop.load().late().orElseThrow() > first.late().orElseThrow(), "the first waits on");
    }

    @Test
    void whatIsCalledOffWaitsNoMore() {
        loop.submit(() -> { }).cancel(false);
        assertEquals(0, loop.load().waiting());
    }

    @Test
    void itsThreadIsNamedAndKeepsNoProcessAlive() throws Exception {
        final var thread = loop.submit(Thread::currentThread);
        release.countDown();
        assertEquals("peregrine-tested", thread.get().getName());
        assertTrue(thread.get().isDaemon());
    }

    @Test
    void whatIsStillToComeAtTheEndIsNotDone() throws Exception {
        final var late = loop.schedule(() -> { }, 1, TimeUnit.HOURS);
        final var due = loop.submit(() -> { });
        loop.shutdown();
        release.countDown();
        assertTrue(loop.awaitTermination(1, TimeUnit.HOURS));
        assertTrue(due.isDone());
        assertFalse(due.isCancelled());
        assertTrue(late.isCancelled());
    }
}
