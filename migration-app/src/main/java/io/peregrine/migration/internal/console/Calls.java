/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yangtools.yang.binding.EnumTypeObject;
import org.opendaylight.yangtools.yang.common.RpcError;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Calls RPCs for commands.
 */
final class Calls {
    private Calls() {
        // Static methods only
    }

    /**
     * Makes an input of what the user has given.
     *
     * @param name what it is called
     * @param text what was given, null if nothing was
     * @param maker makes a value of it
     * @param <T> the value's type
     * @return the value, null if nothing was given
     * @throws IllegalArgumentException if it cannot be meant; the message names the input
     */
    // The message of the cause is all that it says
    @SuppressWarnings("checkstyle:avoidHidingCauseException")
    static <T> @Nullable T input(final String name, final @Nullable String text, final Function<String, T> maker) {
        try {
            return text == null ? null : maker.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage());
        }
    }

    /**
     * Makes an input of a name that the user has chosen from a few.
     *
     * @param option the option, such as --phase
     * @param name what was given, null if nothing was
     * @param type has the names
     * @param <T> the value's type
     * @return the value, null if nothing was given
     * @throws IllegalArgumentException if there is none with that name; the message names the option and what there is
     */
    static <T extends Enum<T> & EnumTypeObject> @Nullable T named(final String option, final @Nullable String name,
            final Class<T> type) {
        if (name == null) {
            return null;
        }
        final var all = type.getEnumConstants();
        return Arrays.stream(all).filter(one -> one.getName().equals(name)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException(option + ": there is no " + option.substring(2) + " '"
                + name + "'; there are " + Arrays.stream(all).map(EnumTypeObject::getName)
                .collect(Collectors.joining(", "))));
    }

    /** The same for an option that can be given again; null if it was not given. */
    static <T extends Enum<T> & EnumTypeObject> @Nullable Set<T> named(final String option, final List<String> names,
            final Class<T> type) {
        return names.isEmpty() ? null
            : names.stream().map(name -> named(option, name, type)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * How many entries of a list the user wants at most.
     *
     * @param limit what was given, null if nothing was
     * @param most the most that can be
     * @return the limit, null if nothing was given
     * @throws IllegalArgumentException if there cannot be so many
     */
    static @Nullable Uint32 limit(final @Nullable Integer limit, final int most) {
        if (limit != null && (limit < 1 || limit > most)) {
            throw new IllegalArgumentException("--limit: " + limit + " is not a number from 1 to " + most);
        }
        return limit == null ? null : Uint32.valueOf(limit);
    }

    /**
     * Waits for an answer.
     *
     * @param call the call
     * @param seconds how long at most
     * @param who who is to answer, for the error
     * @param <T> the answer
     * @return the answer
     * @throws IllegalArgumentException if the call is refused, with the reasons
     * @throws IllegalStateException if there is no answer
     */
    static <T> T answer(final ListenableFuture<RpcResult<T>> call, final long seconds, final String who) {
        try {
            final var result = call.get(seconds, TimeUnit.SECONDS);
            if (!result.isSuccessful()) {
                throw new IllegalArgumentException(result.getErrors().stream().map(RpcError::getMessage)
                    .collect(Collectors.joining("; ")));
            }
            return result.getResult();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(who + " not answer: " + e.getMessage(), e);
        }
    }
}
