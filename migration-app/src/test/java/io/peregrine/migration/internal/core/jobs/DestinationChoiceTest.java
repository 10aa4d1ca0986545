/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.migration.internal.core.jobs.DestinationChoice.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationChoiceTest {
    @Test
    void prefersWhereMostIsLeft() {
        assertEquals(List.of("hv3", "hv1", "hv2"), DestinationChoice.ranked(List.of(new Candidate("hv1", 600, 0),
            new Candidate("hv2", 500, 0), new Candidate("hv3", 700, 0)), 100));
    }

    @Test
    void countsWhatIsPromised() {
        assertEquals(List.of("hv1", "hv3"), DestinationChoice.ranked(List.of(new Candidate("hv1", 600, 0),
            new Candidate("hv2", 900, 850), new Candidate("hv3", 700, 101)), 100));
    }

    @Test
    void takesTheFirstOfEqualsByName() {
        assertEquals(List.of("hv1", "hv2"), DestinationChoice.ranked(List.of(new Candidate("hv2", 500, 0),
            new Candidate("hv1", 600, 100)), 500));
    }

    @Test
    void findsNoneWhereAllAreFull() {
        assertEquals(List.of(), DestinationChoice.ranked(List.of(new Candidate("hv1", 100, 200),
            new Candidate("hv2", 99, 0)), 100));
    }
}
