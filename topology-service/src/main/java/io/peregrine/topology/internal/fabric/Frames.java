/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What has to be known of a received frame to tell who wants it.
 */
final class Frames {
    /** LLDP (IEEE 802.1AB). */
    static final int LLDP = 0x88CC;
    /** ARP (RFC 826). */
    static final int ARP = 0x0806;
    /** IPv4 over Ethernet (RFC 894). */
    static final int IPV4 = 0x0800;
    /** Where what the Ethernet header carries begins. */
    static final int PAYLOAD = 14;

    private static final int TYPE = 12;
    private static final int IPV4_HEADER = 20;
    private static final int IPV4_DESTINATION = 16;
    private static final int NONE = -1;

    private Frames() {
        // static methods only
    }

    /**
     * A frame's EtherType.
     *
     * @param frame a frame of whatever content
     * @return the type, or a negative number if there is none
     */
    static int etherType(final byte[] frame) {
        return frame.length < PAYLOAD ? NONE : Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(TYPE));
    }

    /**
     * An IPv4 packet's destination.
     *
     * @param frame a frame of that type
     * @return the destination; empty if the frame is too short
     */
    static Optional<Inet4Address> ipv4Destination(final byte[] frame) {
        return frame.length < PAYLOAD + IPV4_HEADER ? Optional.empty()
            : Optional.of(InetAddresses.fromInteger(ByteBuffer.wrap(frame).getInt(PAYLOAD + IPV4_DESTINATION)));
    }
}
