/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.nio.ByteBuffer;

/**
 * An IP subnet of the underlay that the fabric joins to the others.
 *
 * @param network its lowest address
 * @param length the prefix length, bits
 * @param gateway the gateway's address in it, which the fabric answers for
 */
public record Segment(Inet4Address network, int length, Inet4Address gateway) {
    public Segment {
        requireNonNull(network);
        requireNonNull(gateway);
        if (length < 0 || length > Integer.SIZE) {
            throw new IllegalArgumentException("prefix length " + length);
        }
        if ((bits(network) & ~mask(length)) != 0) {
            throw new IllegalArgumentException(network.getHostAddress() + "/" + length + " has host bits set");
        }
        if ((bits(gateway) & mask(length)) != bits(network)) {
            throw new IllegalArgumentException("gateway " + gateway.getHostAddress() + " is not in "
                + network.getHostAddress() + "/" + length);
        }
    }

    /**
     * Whether an address lies in the segment.
     *
     * @param address an address
     * @return true if it does
     */
    public boolean contains(final Inet4Address address) {
        return (bits(address) & mask(length)) == bits(network);
    }

    private static int bits(final Inet4Address address) {
        return ByteBuffer.wrap(address.getAddress()).getInt();
    }

    private static int mask(final int length) {
        return length == 0 ? 0 : -1 << Integer.SIZE - length;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + length;
    }
}
