/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import java.util.List;

/**
 * Something that was asked for is not done. Each reason names the input that it is about, and says what to do.
 */
final class Refusal extends Exception {
    /** Why, in kind. */
    enum Kind {
        /** What an input says is wrong. */
        INVALID,
        /** What an input names is not there. */
        MISSING,
        /** It cannot be done as things are. */
        IMPOSSIBLE,
        /** It is busy with something else. */
        BUSY
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final List<String> reasons;

    Refusal(final Kind kind, final String reason) {
        this(kind, List.of(reason));
    }

    /** Somebody else has refused it. */
    Refusal(final String reason, final Throwable cause) {
        super(reason, cause);
        kind = Kind.IMPOSSIBLE;
        reasons = List.of(reason);
    }

    Refusal(final Kind kind, final List<String> reasons) {
        super(String.join("; ", reasons));
        this.kind = kind;
        this.reasons = List.copyOf(reasons);
    }

    Kind kind() {
        return kind;
    }

    List<String> reasons() {
        return reasons;
    }
}
