/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.net.InetAddress;

/**
 * An unsigned value of up to 128 bits, in network bit order.
 *
 * @param high bits 127 to 64
 * @param low bits 63 to 0
 */
public record FieldValue(long high, long low) implements Comparable<FieldValue> {
    public static final FieldValue ZERO = new FieldValue(0, 0);

    /**
     * A value of at most 64 bits.
     *
     * @param value the unsigned value
     * @return the field value
     */
    public static FieldValue of(final long value) {
        return new FieldValue(0, value);
    }

    /**
     * A MAC address as a value.
     *
     * @param mac the address
     * @return the field value
     */
    public static FieldValue of(final MacAddress mac) {
        return of(mac.bits());
    }

    /**
     * An IPv4 or IPv6 address as a value.
     *
     * @param address the address
     * @return the field value, 32 or 128 bits wide
     */
    public static FieldValue of(final InetAddress address) {
        long high = 0;
        long low = 0;
        for (byte octet : address.getAddress()) {
            high = high << 8 | low >>> 56;
            low = low << 8 | octet & 0xFF;
        }
        return new FieldValue(high, low);
    }

    /**
     * A value whose lowest bits are set.
     *
     * @param bits how many, 0 to 128
     * @return the value
     */
    public static FieldValue ones(final int bits) {
        return new FieldValue(bits <= 64 ? 0 : lowOnes(bits - 64), lowOnes(Math.min(bits, 64)));
    }

    /**
     * The mask of an address prefix.
     *
     * @param width the address' width in bits, 32 or 128
     * @param length the prefix length in bits, at most {@code width}
     * @return the mask
     */
    public static FieldValue prefixMask(final int width, final int length) {
        if (length < 0 || length > width) {
            throw new IllegalArgumentException("prefix length " + length + " of an address of " + width + " bits");
        }
        final var all = ones(width);
        final var host = ones(width - length);
        return new FieldValue(all.high & ~host.high, all.low & ~host.low);
    }

    /**
     * The bitwise conjunction.
     *
     * @param mask the other value
     * @return the bits set in both
     */
    public FieldValue and(final FieldValue mask) {
        return new FieldValue(high & mask.high, low & mask.low);
    }

    /**
     * Replaces the bits that a mask names.
     *
     * @param value where the new bits come from
     * @param mask which bits to replace
     * @return this value with the masked bits taken from {@code value}
     */
    public FieldValue with(final FieldValue value, final FieldValue mask) {
        return new FieldValue(high & ~mask.high | value.high & mask.high, low & ~mask.low | value.low & mask.low);
    }

    private static long lowOnes(final int bits) {
        return bits == 0 ? 0 : -1L >>> 64 - bits;
    }

    @Override
    public int compareTo(final FieldValue other) {
        final int cmp = Long.compareUnsigned(high, other.high);
        return cmp != 0 ? cmp : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return high == 0 ? "0x" + Long.toHexString(low)
            : "0x" + Long.toHexString(high) + String.format("%016x", low);
    }
}
