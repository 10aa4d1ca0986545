/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads an array of libvirt's virTypedParameter (libvirt-common.h): a name of 80 bytes, an int that tells the type, and
 * a union of 8 bytes, aligned to 8.
 */
final class TypedParameters {
    private static final int NAME = 80;
    private static final int VALUE = 88;
    private static final int SIZE = 96;
    private static final int INT = 1;
    private static final int UINT = 2;
    private static final int LLONG = 3;
    private static final int ULLONG = 4;

    private TypedParameters() {
        // Static methods only
    }

    /**
     * Reads the whole numbers among the parameters.
     *
     * @param array where they begin
     * @param count how many there are
     * @return the numbers by name
     */
    static Map<String, Long> numbers(final Pointer array, final int count) {
        final var result = new HashMap<String, Long>();
        for (int i = 0; i < count; i++) {
            final long at = (long) i * SIZE;
            final String name = array.getString(at);
            switch (array.getInt(at + NAME)) {
                case INT -> result.put(name, (long) array.getInt(at + VALUE));
                case UINT -> result.put(name, Integer.toUnsignedLong(array.getInt(at + VALUE)));
                case LLONG, ULLONG -> result.put(name, array.getLong(at + VALUE));
                default -> {
                    // Not a whole number
                }
            }
        }
        return result;
    }
}
