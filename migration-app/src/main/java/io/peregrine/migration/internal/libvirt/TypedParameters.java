/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jdt.annotation.Nullable;

/**
 * Reads and writes an array of libvirt's virTypedParameter (libvirt-common.h): a name of 80 bytes, an int that tells
 * the type, and a union of 8 bytes, aligned to 8.
 */
final class TypedParameters {
    private static final int NAME = 80;
    private static final int VALUE = 88;
    private static final int SIZE = 96;
    private static final int INT = 1;
    private static final int UINT = 2;
    private static final int LLONG = 3;
    private static final int ULLONG = 4;
    private static final int STRING = 7;

    /**
     * An array for libvirt to read.
     *
     * @param array where it begins, null if it is empty
     * @param count how many parameters there are
     * @param texts the memory of its texts, to be kept as long as the array is used
     */
    record Written(@Nullable Pointer array, int count, List<Memory> texts) {
    }

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

    /**
     * Writes parameters.
     *
     * @param values a {@link Long} for unsigned long long, a {@link String} for a text, by name
     * @return the array
     */
    static Written write(final Map<String, Object> values) {
        if (values.isEmpty()) {
            return new Written(null, 0, List.of());
        }
        final var array = new Memory((long) values.size() * SIZE);
        array.clear();
        final var texts = new ArrayList<Memory>();
        long at = 0;
        for (final var entry : values.entrySet()) {
            array.setString(at, entry.getKey(), StandardCharsets.US_ASCII.name());
            if (entry.getValue() instanceof Long number) {
                array.setInt(at + NAME, ULLONG);
                array.setLong(at + VALUE, number);
            } else {
                final byte[] bytes = entry.getValue().toString().getBytes(StandardCharsets.UTF_8);
                final var text = new Memory(bytes.length + 1L);
                text.write(0, bytes, 0, bytes.length);
                text.setByte(bytes.length, (byte) 0);
                texts.add(text);
                array.setInt(at + NAME, STRING);
                array.setPointer(at + VALUE, text);
            }
            at += SIZE;
        }
        return new Written(array, values.size(), texts);
    }
}
