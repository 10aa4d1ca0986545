/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal.core;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Counts values by how large they are. Not thread-safe.
 */
public final class Tally {
    /**
     * What has been counted. Immutable.
     *
     * @param bounds upper bounds, included, rising; the last is infinite
     * @param counts how many values lie up to each bound and above the one before
     * @param sum the sum of all values
     */
    public record Counts(List<Double> bounds, List<Long> counts, double sum) {
        public Counts {
            bounds = List.copyOf(bounds);
            counts = List.copyOf(counts);
        }
    }

    private final double[] bounds;
    private final long[] counts;
    private double sum;

    /**
     * Nothing counted.
     *
     * @param finite the bounds that are finite, rising
     */
    Tally(final double... finite) {
        bounds = Arrays.copyOf(finite, finite.length + 1);
        bounds[finite.length] = Double.POSITIVE_INFINITY;
        counts = new long[bounds.length];
    }

    void add(final double value) {
        int bucket = 0;
        while (value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket]++;
        sum += value;
    }

    Counts counts() {
        return new Counts(Arrays.stream(bounds).boxed().toList(), LongStream.of(counts).boxed().toList(), sum);
    }
}
