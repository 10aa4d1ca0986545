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
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns(2);
    private final List<CompletableFuture<Integer>> begun = new ArrayList<>();

    private CompletableFuture<Integer> take() {
        return turns.take(() -> {
            final var task = new CompletableFuture<Integer>();
            begun.add(task);
            return task;
        });
    }

    @Test
    void noMoreThanAllowedRunAtATime() {
        final var results = List.of(take(), take(), take(), take());
        assertEquals(2, begun.size());
        begun.get(1).complete(1);
        assertEquals(1, results.get(1).join());
        assertEquals(3, begun.size());
        begun.get(0).complete(0);
        begun.get(2).complete(2);
        begun.get(3).complete(3);
        assertEquals(List.of(0, 1, 2, 3), results.stream().map(CompletableFuture::join).toList());

        take();
        take();
        take();
        assertEquals(6, begun.size());
    }

    @Test
    void aFailureEndsATurnToo() {
        final var first = take();
        take();
        final var third = take();
        begun.get(0).completeExceptionally(new IllegalStateException("gone"));
        assertThrows(CompletionException.class, first::join);
        begun.get(2).complete(2);
        assertTrue(third.isDone());
    }

    @Test
    void manyThatEndAtOnceDoNotPileUp() {
        take();
        take();
        final var results = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 10_000; i++) {
            results.add(turns.take(() -> CompletableFuture.completedFuture(1)));
        }
        begun.get(0).complete(0);
        assertTrue(results.stream().allMatch(result -> result.join() == 1));
    }
}
