/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * What a command shows of a list.
 *
 * @param entries the entries
 * @param matched how many of those that are wanted there are; more if they have been cut
 * @param <T> an entry
 */
record Chosen<T>(Collection<? extends T> entries, long matched) {
    Chosen {
        requireNonNull(entries);
    }

    /** All that there are. */
    static <T> Chosen<T> all(final Collection<? extends T> entries) {
        return new Chosen<>(entries, entries.size());
    }

    boolean isCut() {
        return matched > entries.size();
    }

    /**
     * Says that there are more.
     *
     * @param which which of them these are, such as newest
     * @return a line for below the table, or none
     */
    List<String> cut(final String which) {
        return isCut() ? List.of("these are the " + which + " " + entries.size() + " of " + matched) : List.of();
    }

    /**
     * Fails if there are more, for programs do not read what people are told; unless so many have been asked for.
     *
     * @param limit how many have been asked for at most
     * @param which which of them these are
     * @throws IllegalStateException if there are more
     */
    void requireWhole(final @Nullable Uint32 limit, final String which) {
        if (isCut() && limit == null) {
            throw new IllegalStateException(cut(which).get(0)
                + "; choose fewer, or say that they are enough with --limit " + entries.size());
        }
    }
}
