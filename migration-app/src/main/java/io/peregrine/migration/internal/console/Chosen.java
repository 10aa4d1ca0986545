/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.topology.Published;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * What a command shows of a list.
 *
 * @param entries the entries
 * @param matched how many of those that are wanted there are; more if they have been cut
 * @param <T> an entry
 */
record Chosen<T>(Collection<? extends T> entries, long matched) {
    private static final long ANSWER_SECONDS = 60;

    Chosen {
        requireNonNull(entries);
    }

    /** All that there are. */
    static <T> Chosen<T> all(final Collection<? extends T> entries) {
        return new Chosen<>(entries, entries.size());
    }

    /**
     * All entries of a list of the operational datastore. They may be more than fit into an answer of the RPC that
     * chooses from it.
     *
     * @param broker the datastore
     * @param container has the list
     * @param list gives its entries
     * @param <C> the container
     * @param <T> an entry
     * @return the entries, none if there is no container
     */
    static <C extends ChildOf<? extends DataRoot>, T> Chosen<T> all(final DataBroker broker, final Class<C> container,
            final Function<C, ? extends Map<?, ? extends T>> list) {
        return all(Published.read(broker, container).<Collection<? extends T>>map(found -> list.apply(found).values())
            .orElse(List.of()));
    }

    /**
     * Those that an RPC chooses.
     *
     * @param call the RPC's call
     * @param entries gives the entries that are in its output
     * @param matched gives how many there are
     * @param <O> the output
     * @param <T> an entry
     * @return the entries
     * @throws IllegalArgumentException if the RPC refuses
     * @throws IllegalStateException if there is no answer
     */
    static <O, T> Chosen<T> found(final ListenableFuture<RpcResult<O>> call,
            final Function<O, ? extends Collection<? extends T>> entries, final Function<O, Uint32> matched) {
        final var answer = Calls.answer(call, ANSWER_SECONDS, "the search does");
        return new Chosen<>(entries.apply(answer), matched.apply(answer).toJava());
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
