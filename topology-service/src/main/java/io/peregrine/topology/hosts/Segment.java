/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.net.InetAddresses;
import io.peregrine.topology.IpNetwork;
import java.net.Inet4Address;

/**
 * An IPv4 subnet whose router the fabric is.
 *
 * @param prefix the subnet, of 2 addresses at least
 * @param gateway the fabric's own address in it
 */
public record Segment(IpNetwork prefix, Inet4Address gateway) {
    private static final int LONGEST = 31;

    /**
     * Checks the parts against each other.
     *
     * @throws IllegalArgumentException if the subnet is not one of IPv4, its length is out of range, or no host can
     *     have the gateway's address
     */
    public Segment {
        if (!(prefix.base() instanceof Inet4Address)) {
            throw new IllegalArgumentException(prefix + " is not IPv4; give an IPv4 subnet");
        }
        checkLength(prefix.length());
        if (!prefix.hasHost(gateway)) {
            throw new IllegalArgumentException("gateway " + InetAddresses.toAddrString(gateway)
                + " is not a host's address in " + prefix + "; give one between its first and its last");
        }
    }

    /**
     * A segment.
     *
     * @param base the subnet's lowest address
     * @param length how many leading bits of an address tell the subnet, 1 to 31
     * @param gateway the fabric's own address in it
     * @throws IllegalArgumentException if the length is out of range, a host bit of the base is set, or no host can
     *     have the gateway's address
     */
    public Segment(final Inet4Address base, final int length, final Inet4Address gateway) {
        this(new IpNetwork(base, checkLength(length)), gateway);
    }

    /**
     * The subnet's lowest address.
     *
     * @return the address
     */
    public Inet4Address base() {
        return InetAddresses.fromInteger(InetAddresses.coerceToInteger(prefix.base()));
    }

    /**
     * How many leading bits of an address tell the subnet.
     *
     * @return 1 to 31
     */
    public int length() {
        return prefix.length();
    }

    /**
     * Tells whether an address is in the subnet.
     *
     * @param address the address
     * @return true if it is
     */
    public boolean contains(final Inet4Address address) {
        return prefix.contains(address);
    }

    /**
     * Tells whether subnets have an address in common.
     *
     * @param other the other subnet
     * @return true if they have
     */
    public boolean overlaps(final Segment other) {
        return prefix.overlaps(other.prefix);
    }

    /**
     * Tells whether an address can be that of a host: one of the subnet's ({@link IpNetwork#hasHost}), but not the
     * gateway's.
     *
     * @param address the address
     * @return true if it can
     */
    public boolean hasHost(final Inet4Address address) {
        return !address.equals(gateway) && prefix.hasHost(address);
    }

    @Override
    public String toString() {
        return prefix + " gateway " + InetAddresses.toAddrString(gateway);
    }

    private static int checkLength(final int length) {
        if (length < 1 || length > LONGEST) {
            throw new IllegalArgumentException("prefix length " + length + " is not between 1 and " + LONGEST
                + "; give the subnet that the hosts share");
        }
        return length;
    }
}
