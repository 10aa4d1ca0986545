/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * What an RPC that chooses entries of a list answers with.
 *
 * @param matched how many have been chosen
 * @param entries the first of them, as many as the limit allows
 * @param <T> an entry
 */
public record Found<T>(Uint32 matched, List<T> entries) {
    /** What the models say. */
    private static final Uint32 DEFAULT_LIMIT = Uint32.valueOf(100);

    public Found {
        requireNonNull(matched);
        entries = List.copyOf(entries);
    }

    /**
     * Cuts what has been chosen.
     *
     * @param chosen all of it, in order
     * @param limit how many entries there may be, null for what the models say
     * @param <T> an entry
     * @return what to answer with
     */
    public static <T> Found<T> of(final Stream<T> chosen, final @Nullable Uint32 limit) {
        final var all = chosen.toList();
        final long most = (limit == null ? DEFAULT_LIMIT : limit).toJava();
        return new Found<>(Uint32.valueOf(all.size()), all.stream().limit(most).toList());
    }

    /**
     * Chooses from a list of the operational datastore as it is at this moment: those who change it do not wait. What a
     * reader of the whole list would see is found, no more and no less.
     *
     * @param broker the datastore
     * @param container has the list
     * @param list gives its entries
     * @param wanted chooses
     * @param order the order of the answer
     * @param limit how many entries there may be, null for what the models say
     * @param answer makes the RPC's output
     * @param <C> the container
     * @param <T> an entry
     * @param <O> the output
     * @return the answer; fails if the datastore cannot be read
     */
    public static <C extends ChildOf<? extends DataRoot>, T, O> ListenableFuture<RpcResult<O>> in(
            final DataBroker broker, final Class<C> container, final Function<C, ? extends Map<?, T>> list,
            final Predicate<? super T> wanted, final Comparator<? super T> order, final @Nullable Uint32 limit,
            final Function<Found<T>, O> answer) {
        return Published.ask(broker, container).transform(found -> RpcResultBuilder.success(answer.apply(of(
            found.stream().flatMap(all -> list.apply(all).values().stream()).filter(wanted).sorted(order), limit)))
            .build(), MoreExecutors.directExecutor());
    }
}
