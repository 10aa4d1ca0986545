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

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class CountingExecutorTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean closed;
    private final CountingExecutor executor = new CountingExecutor(task -> {
        if (closed) {
            throw new RejectedExecutionException();
        }
        tasks.add(task);
    });

    @Test
    void aTaskWaitsUntilItBegins() {
        executor.execute(() -> assertEquals(1, executor.waiting(), "the other one"));
        executor.execute(() -> { });
        assertEquals(2, executor.waiting());
        tasks.remove().run();
        assertEquals(1, executor.waiting());
        tasks.remove().run();
        assertEquals(0, executor.waiting());
    }

    @Test
    void aTaskThatIsRefusedDoesNotWait() {
        closed = true;
        assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> { }));
        assertEquals(0, executor.waiting());
    }
}
