/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a record of a migration says at one moment. Immutable. Words are the model's.
 *
 * @param mode how the network is made to follow
 * @param phase how far it is
 * @param finished when it ended; empty while it lasts
 * @param pause how long QEMU says the guest was paused, milliseconds
 * @param probing what probes have shown, empty until that is known
 * @param steps what was seen and done, microseconds after the first sign
 */
public record Move(String mode, String phase, Optional<Instant> finished, OptionalLong pause,
        Optional<Probing> probing, Map<String, Long> steps) {
    /**
     * What probes have shown.
     *
     * @param outcome what came of probing
     * @param lost how many probes were not answered
     * @param duplicated how many answers came beyond the first
     * @param gap the longest time without an answer, milliseconds
     */
    public record Probing(String outcome, OptionalLong lost, long duplicated, OptionalLong gap) {
        public Probing {
            requireNonNull(outcome);
            requireNonNull(lost);
            requireNonNull(gap);
        }
    }

    public Move {
        requireNonNull(mode);
        requireNonNull(phase);
        requireNonNull(finished);
        requireNonNull(pause);
        requireNonNull(probing);
        steps = Map.copyOf(steps);
    }
}
