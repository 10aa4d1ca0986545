/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses where a guest goes.
 */
public final class DestinationChoice {
    /**
     * A hypervisor that may take a guest.
     *
     * @param name the hypervisor
     * @param available memory that is free there, bytes
     * @param promised memory of guests that are on the way there, bytes
     */
    public record Candidate(String name, long available, long promised) {
        /**
         * What is left for another guest.
         *
         * @return bytes; negative if more is promised than there is
         */
        public long left() {
            return available - promised;
        }
    }

    private DestinationChoice() {
        // Static methods only
    }

    /**
     * The hypervisors with enough memory, the best first: the one with most left, of equals the first by name.
     *
     * @param candidates all that may take the guest
     * @param need the guest's memory, bytes
     * @return names, empty if there is none
     */
    public static List<String> ranked(final Collection<Candidate> candidates, final long need) {
        return candidates.stream().filter(candidate -> candidate.left() >= need)
            .sorted(Comparator.comparingLong(Candidate::left).reversed().thenComparing(Candidate::name))
            .map(Candidate::name).toList();
    }
}
