/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.Optional;

/**
 * One thing that was looked at before a move.
 *
 * @param name what it is about
 * @param result how it is
 * @param found what was found, a clause without a full stop
 * @param fix what to do about it
 */
public record Point(String name, Result result, String found, Optional<String> fix) {
    /** How a point is. */
    public enum Result {
        /** As it has to be. */
        OK,
        /** A move would fail, or leave the guest without its network. */
        FAILED,
        /** It cannot be told; a move may be tried. */
        UNKNOWN
    }

    static Point ok(final String name, final String found) {
        return new Point(name, Result.OK, found, Optional.empty());
    }

    static Point failed(final String name, final String found, final String fix) {
        return new Point(name, Result.FAILED, found, Optional.of(fix));
    }

    static Point unknown(final String name, final String found) {
        return new Point(name, Result.UNKNOWN, found, Optional.empty());
    }

    static Point unknown(final String name, final String found, final String fix) {
        return new Point(name, Result.UNKNOWN, found, Optional.of(fix));
    }

    /**
     * The point in one line.
     *
     * @return its name, what was found, and the fix
     */
    public String text() {
        return name + ": " + found + fix.map(todo -> "; " + todo).orElse("");
    }
}
