/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import java.util.Locale;

/**
 * How far a session is.
 */
public enum Session {
    /** There is none. */
    DISCONNECTED,
    /** What is at the other end is being read or brought into line. */
    SYNCING,
    /** It is as it should be. */
    IN_SYNC;

    /**
     * The session state of the models.
     *
     * @param word what a model calls it
     * @return the state
     * @throws IllegalArgumentException if no state is called so
     */
    public static Session of(final String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /**
     * What the models call it.
     *
     * @return the word
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
