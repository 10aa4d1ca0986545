/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;

/**
 * Copies of arrays that have one more.
 */
final class SortedArrays {
    private SortedArrays() {
        // Static methods only
    }

    /** With a value at a place, and those from there on behind it. */
    static <T> T[] with(final T[] array, final int place, final T value) {
        final var result = Arrays.copyOf(array, array.length + 1);
        System.arraycopy(array, place, result, place + 1, array.length - place);
        result[place] = value;
        return result;
    }

    /** With a value at a place, and those from there on behind it. */
    static int[] with(final int[] array, final int place, final int value) {
        final var result = Arrays.copyOf(array, array.length + 1);
        System.arraycopy(array, place, result, place + 1, array.length - place);
        result[place] = value;
        return result;
    }
}
