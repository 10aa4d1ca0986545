/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An executor that knows how many tasks have been given to another and have not begun. Thread-safe.
 */
final class CountingExecutor implements Executor {
    private final Executor executor;
    private final AtomicInteger waiting = new AtomicInteger();

    CountingExecutor(final Executor executor) {
        this.executor = requireNonNull(executor);
    }

    @Override
    public void execute(final Runnable task) {
        requireNonNull(task);
        waiting.incrementAndGet();
        boolean taken = false;
        try {
            executor.execute(() -> {
                waiting.decrementAndGet();
                task.run();
            });
            taken = true;
        } finally {
            if (!taken) {
                waiting.decrementAndGet();
            }
        }
    }

    int waiting() {
        return waiting.get();
    }
}
