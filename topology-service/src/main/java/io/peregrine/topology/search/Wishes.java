/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;

/**
 * What those who choose from a list wish, read in the same way for each list. What is not given leaves the choice open.
 */
public final class Wishes {
    private Wishes() {
        // Static methods only
    }

    /**
     * Whether a guest is the one that is wanted.
     *
     * @param wanted a name or a UUID, null if any will do
     * @param name the guest's name
     * @param uuid the guest's UUID
     * @return whether it is
     */
    public static boolean isGuest(final @Nullable String wanted, final @Nullable String name,
            final @Nullable Uuid uuid) {
        return wanted == null || wanted.equals(name) || uuid != null && wanted.equalsIgnoreCase(uuid.getValue());
    }

    /**
     * Whether a value is one of those that are wanted.
     *
     * @param wanted those, null or none if any will do
     * @param value the value
     * @return whether it is
     */
    public static boolean isOneOf(final @Nullable Set<?> wanted, final @Nullable Object value) {
        return wanted == null || wanted.isEmpty() || value != null && wanted.contains(value);
    }

    /**
     * A time. The model lets pass times that are on no calendar or clock, such as the 30th of February.
     *
     * @param field the name of the input, for the refusal
     * @param given the time, null if none is given
     * @param otherwise what it is then
     * @return the time
     * @throws IllegalArgumentException if there is no such time
     */
    public static Instant time(final String field, final @Nullable DateAndTime given, final Instant otherwise) {
        if (given == null) {
            return otherwise;
        }
        try {
            return OffsetDateTime.parse(given.getValue()).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(field + ": there is no time " + given.getValue()
                + "; give one such as 2026-11-25T12:00:00Z", e);
        }
    }
}
