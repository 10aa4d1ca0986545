/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jdt.annotation.Nullable;

/**
 * What somebody answered, or why there is no answer.
 *
 * @param <T> the answer
 */
public final class Answer<T> {
    private final @Nullable T value;
    private final String why;

    private Answer(final @Nullable T value, final String why) {
        this.value = value;
        this.why = requireNonNull(why);
    }

    /**
     * An answer.
     *
     * @param value what was answered
     * @param <T> its type
     * @return the answer
     */
    public static <T> Answer<T> of(final T value) {
        return new Answer<>(requireNonNull(value), "");
    }

    /**
     * No answer.
     *
     * @param why the reason, a clause
     * @param <T> the type of what was asked for
     * @return the reason
     */
    public static <T> Answer<T> none(final String why) {
        return new Answer<>(null, why);
    }

    /**
     * The answer.
     *
     * @return empty if there is none
     */
    public Optional<T> value() {
        return Optional.ofNullable(value);
    }

    /**
     * Why there is no answer.
     *
     * @return the reason, a clause; an empty text if there is an answer
     */
    public String why() {
        return why;
    }

    /**
     * Makes a point of the answer, or one that cannot be told.
     *
     * @param name the point's name
     * @param judge makes it of an answer
     * @return the point
     */
    Point judged(final String name, final Function<T, Point> judge) {
        return value().map(judge).orElseGet(() -> Point.unknown(name, why));
    }
}
