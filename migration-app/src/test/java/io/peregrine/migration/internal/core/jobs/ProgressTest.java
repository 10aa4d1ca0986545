/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1000, 1000, 0",
        "1000, 995, 0",
        "1000, 990, 1",
        "1000, 1, 99",
        "1000, 0, 100",
        "1000, 2000, 0",
    })
    void percentIsWhatDoesNotRemain(final long total, final long remaining, final int percent) {
        assertEquals(percent, Progress.of(Map.of("data_total", total, "data_remaining", remaining)).percent());
    }

    @Test
    void readsLibvirtsNames() {
        assertEquals(new Progress(1200, 100, 60, 40, 20, 2, 7, 0, Optional.of(300L)), Progress.of(Map.of(
            "time_elapsed", 1200L, "data_total", 100L, "data_processed", 60L, "data_remaining", 40L,
            "memory_bps", 20L, "memory_iteration", 2L, "memory_dirty_rate", 7L, "downtime", 300L, "operation", 5L)));
    }
}
