/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.util.regex.Pattern;

/**
 * A 48-bit IEEE 802 MAC address.
 *
 * @param bits the address, the first octet in bits 47 to 40
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
    public static final MacAddress BROADCAST = new MacAddress(0xFFFF_FFFF_FFFFL);

    private static final Pattern SYNTAX = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    public MacAddress {
        if (bits < 0 || bits > 0xFFFF_FFFF_FFFFL) {
            throw new IllegalArgumentException("not a 48-bit MAC address: 0x" + Long.toHexString(bits));
        }
    }

    /**
     * Parses the colon notation.
     *
     * @param text six colon-separated octets, such as {@code 52:54:00:12:34:56}
     * @return the address
     * @throws IllegalArgumentException if the text is anything else
     */
    public static MacAddress parse(final String text) {
        if (!SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException("not a MAC address (six colon-separated octets): " + text);
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    /**
     * Tells whether this is a group address: multicast or broadcast (IEEE 802-2014, 8.2.2).
     *
     * @return true if the I/G bit is set
     */
    public boolean isGroup() {
        return (bits & GROUP_BIT) != 0;
    }

    @Override
    public int compareTo(final MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        final var sb = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            if (shift < 40) {
                sb.append(':');
            }
            final long octet = bits >> shift & 0xFF;
            sb.append(Character.forDigit((int) (octet >> 4), 16)).append(Character.forDigit((int) (octet & 0xF), 16));
        }
        return sb.toString();
    }
}
