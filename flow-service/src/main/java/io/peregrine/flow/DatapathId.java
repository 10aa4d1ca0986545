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
 * An OpenFlow datapath identifier (OpenFlow 1.3.5, 7.3.1).
 *
 * @param bits the unsigned 64-bit identifier
 */
public record DatapathId(long bits) implements Comparable<DatapathId> {
    /** What no switch has. */
    public static final DatapathId NONE = new DatapathId(0);

    private static final String NODE_PREFIX = "openflow:";
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{16}");

    /**
     * Parses the sixteen hexadecimal digits that Open vSwitch shows as a bridge's {@code datapath_id}.
     *
     * @param text sixteen hexadecimal digits
     * @return the identifier
     * @throws IllegalArgumentException if the text is anything else
     */
    public static DatapathId parseHex(final String text) {
        if (!HEX.matcher(text).matches()) {
            throw new IllegalArgumentException("not a datapath id (16 hexadecimal digits): " + text);
        }
        return new DatapathId(Long.parseUnsignedLong(text, 16));
    }

    /**
     * Parses an OpenDaylight inventory node name.
     *
     * @param text {@code openflow:} and the identifier in decimal
     * @return the identifier
     * @throws IllegalArgumentException if the text is anything else
     */
    public static DatapathId parseNodeId(final String text) {
        if (!text.startsWith(NODE_PREFIX)) {
            throw new IllegalArgumentException("not an OpenFlow node: " + text);
        }
        return new DatapathId(Long.parseUnsignedLong(text.substring(NODE_PREFIX.length())));
    }

    /**
     * The name OpenDaylight's inventory gives to this switch.
     *
     * @return {@code openflow:} and the identifier in decimal
     */
    public String nodeId() {
        return NODE_PREFIX + Long.toUnsignedString(bits);
    }

    /**
     * The sixteen hexadecimal digits that Open vSwitch shows.
     *
     * @return the identifier in hexadecimal
     */
    public String hex() {
        return String.format("%016x", bits);
    }

    @Override
    public int compareTo(final DatapathId other) {
        return Long.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return hex();
    }
}
