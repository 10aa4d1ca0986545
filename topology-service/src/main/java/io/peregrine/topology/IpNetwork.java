/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import com.google.common.net.InetAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An IP subnet.
 *
 * @param base its lowest address
 * @param length how many leading bits of the address tell the subnet
 */
public record IpNetwork(InetAddress base, int length) {
    private static final int IPV6_OCTETS = 16;
    private static final int NO_SCOPE = -1;

    /**
     * Checks the length and the host bits.
     *
     * @throws IllegalArgumentException if the length does not fit the address, or a host bit is set; the message says
     *     the right form
     */
    public IpNetwork {
        final var bytes = base.getAddress();
        final int width = bytes.length * Byte.SIZE;
        if (length < 0 || length > width) {
            throw new IllegalArgumentException("prefix length " + length + " is not between 0 and " + width);
        }
        final var masked = masked(bytes.clone(), length);
        if (!Arrays.equals(masked, bytes)) {
            throw new IllegalArgumentException(InetAddresses.toAddrString(base) + "/" + length
                + " has host bits set; use " + InetAddresses.toAddrString(address(masked)) + "/" + length);
        }
    }

    /**
     * Tells whether an address is in the subnet.
     *
     * @param address the address
     * @return false also if it is of the other IP version
     */
    public boolean contains(final InetAddress address) {
        return Arrays.equals(masked(address.getAddress(), length), base.getAddress());
    }

    /**
     * Tells whether subnets have an address in common.
     *
     * @param other the other subnet
     * @return true if they have
     */
    public boolean overlaps(final IpNetwork other) {
        return length <= other.length ? contains(other.base) : other.contains(base);
    }

    /**
     * Tells whether an address of this subnet can be that of a host: not the network's own or the broadcast address
     * (RFC 919), not the subnet-router anycast address (RFC 4291, 2.6.1). Subnets of one or two addresses have hosts
     * only (RFC 3021, RFC 6164).
     *
     * @param address an address
     * @return true if it is in the subnet and can be a host's
     */
    public boolean hasHost(final InetAddress address) {
        if (!contains(address)) {
            return false;
        }
        final int width = base.getAddress().length * Byte.SIZE;
        if (width - length < 2) {
            return true;
        }
        return !address.equals(base) && (width != Integer.SIZE || !address.equals(last()));
    }

    /**
     * The highest address; for IPv4 the broadcast address.
     *
     * @return the address
     */
    public InetAddress last() {
        final var bytes = base.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] |= (byte) ~mask(length, i);
        }
        return address(bytes);
    }

    @Override
    public String toString() {
        return InetAddresses.toAddrString(base) + "/" + length;
    }

    /**
     * Makes an address. Unlike {@link InetAddress#getByAddress(byte[])} it leaves IPv4-mapped addresses IPv6.
     *
     * @param bytes 4 or 16 octets
     * @return the address
     * @throws IllegalArgumentException if there are not so many
     */
    public static InetAddress address(final byte[] bytes) {
        try {
            return bytes.length == IPV6_OCTETS ? Inet6Address.getByAddress(null, bytes, NO_SCOPE)
                : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + Arrays.toString(bytes), e);
        }
    }

    private static byte[] masked(final byte[] bytes, final int length) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] &= mask(length, i);
        }
        return bytes;
    }

    /** The bits of an octet that belong to a prefix. */
    private static byte mask(final int length, final int octet) {
        final int hostBits = Byte.SIZE - Math.max(0, Math.min(Byte.SIZE, length - octet * Byte.SIZE));
        return (byte) (0xFF << hostBits);
    }
}
