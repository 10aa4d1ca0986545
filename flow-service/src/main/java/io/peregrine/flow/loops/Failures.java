/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import java.util.concurrent.CompletionException;

/**
 * What is told of something that has failed on another thread.
 */
public final class Failures {
    private Failures() {
        // Static methods only
    }

    /**
     * Why it has failed, for people.
     *
     * @param failure as a {@link java.util.concurrent.CompletionStage} has it: perhaps wrapped
     * @return the message of what went wrong, or its type if it has none
     */
    public static String reason(final Throwable failure) {
        final var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause()
            : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
