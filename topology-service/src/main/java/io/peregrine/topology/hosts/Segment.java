/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;

/**
 * An IPv4 subnet whose router the fabric is.
 *
 * @param base its lowest address
 * @param length how many leading bits of an address tell the subnet, 1 to 31
 * @param gateway the fabric's own address in it
 */
public record Segment(Inet4Address base, int length, Inet4Address gateway) {
    private static final int LONGEST = 31;

    /**
     * Checks the parts against each other.
     *
     * @throws IllegalArgumentException if the length is out of range, a host bit of the base is set, or no host can
     *     have the gateway's address
     */
    public Segment {
        if (length < 1 || length > LONGEST) {
            throw new IllegalArgumentException("prefix length " + length + " is not between 1 and " + LONGEST
                + "; give the subnet that the hosts share");
        }
        final int bits = InetAddresses.coerceToInteger(base);
        if ((bits & hostMask(length)) != 0) {
            throw new IllegalArgumentException(InetAddresses.toAddrString(base) + "/" + length
                + " has host bits set; use " + InetAddresses.toAddrString(
                    InetAddresses.fromInteger(bits & ~hostMask(length))) + "/" + length);
        }
        if (!isHost(bits, length, InetAddresses.coerceToInteger(gateway))) {
            throw new IllegalArgumentException("gateway " + InetAddresses.toAddrString(gateway)
                + " is not a host's address in " + InetAddresses.toAddrString(base) + "/" + length
                + "; give one between its first and its last");
        }
    }

    /**
     * Tells whether an address is in the subnet.
     *
     * @param address the address
     * @return true if it is
     */
    public boolean contains(final Inet4Address address) {
        return isIn(InetAddresses.coerceToInteger(base), length, InetAddresses.coerceToInteger(address));
    }

    /**
     * Tells whether subnets have an address in common.
     *
     * @param other the other subnet
     * @return true if they have
     */
    public boolean overlaps(final Segment other) {
        return length <= other.length ? contains(other.base) : other.contains(base);
    }

    /**
     * Tells whether an address can be that of a host: in the subnet, neither its network nor its broadcast address
     * (RFC 919; subnets of two addresses have neither, RFC 3021), nor the gateway's.
     *
     * @param address the address
     * @return true if it can
     */
    public boolean hasHost(final Inet4Address address) {
        return !address.equals(gateway)
            && isHost(InetAddresses.coerceToInteger(base), length, InetAddresses.coerceToInteger(address));
    }

    @Override
    public String toString() {
        return InetAddresses.toAddrString(base) + "/" + length + " gateway " + InetAddresses.toAddrString(gateway);
    }

    private static boolean isIn(final int base, final int length, final int address) {
        return (address & ~hostMask(length)) == base;
    }

    private static boolean isHost(final int base, final int length, final int address) {
        return isIn(base, length, address)
            && (length == LONGEST || address != base && address != (base | hostMask(length)));
    }

    private static int hostMask(final int length) {
        return -1 >>> length;
    }
}
