/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import java.util.concurrent.CompletableFuture;

/**
 * What is answered later.
 */
final class Answers {
    private Answers() {
        // Static methods only
    }

    /**
     * Answers a question as another one is answered, on the thread that this happens on.
     *
     * @param from the other one
     * @param to what is completed as it is, unless it has been before
     * @param <T> the answer
     */
    static <T> void pass(final CompletableFuture<? extends T> from, final CompletableFuture<T> to) {
        from.whenComplete((answer, failure) -> complete(to, answer, failure));
    }

    /**
     * Answers a question with what {@link CompletableFuture#whenComplete} tells.
     *
     * @param to what is completed, unless it has been before
     * @param answer the answer, if there is no failure
     * @param failure the failure, null if there is none
     * @param <T> the answer
     */
    static <T> void complete(final CompletableFuture<T> to, final T answer, final Throwable failure) {
        if (failure == null) {
            to.complete(answer);
        } else {
            to.completeExceptionally(failure);
        }
    }
}
