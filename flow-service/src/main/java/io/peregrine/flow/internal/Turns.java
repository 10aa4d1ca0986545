/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets so many tasks run at a time, in the order in which they came. Thread-safe.
 */
final class Turns {
    // Guarded by this
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int free;
    /** Whether somebody starts tasks; it starts those, too, that can be started meanwhile. */
    private boolean starting;

    Turns(final int atOnce) {
        free = atOnce;
    }

    /**
     * Runs a task when it is its turn, on this thread or one that ends or starts another.
     *
     * @param task begins and returns at once, with what completes when it has ended; throws nothing
     * @return completes as that does
     */
    <T> CompletableFuture<T> take(final Supplier<CompletableFuture<T>> task) {
        final var result = new CompletableFuture<T>();
        synchronized (this) {
            waiting.add(() -> task.get().whenComplete((value, failure) -> {
                // The next one first: who waits for the result may take its time
                synchronized (this) {
                    free++;
                }
                start();
                Answers.complete(result, value, failure);
            }));
        }
        start();
        return result;
    }

    private void start() {
        while (true) {
            final Runnable turn;
            synchronized (this) {
                if (starting || free == 0 || waiting.isEmpty()) {
                    return;
                }
                starting = true;
                free--;
                turn = waiting.remove();
            }
            turn.run();
            synchronized (this) {
                starting = false;
            }
        }
    }
}
