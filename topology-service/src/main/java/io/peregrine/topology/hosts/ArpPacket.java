/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import java.net.Inet4Address;
import java.nio.ByteBuffer;

/**
 * An ARP packet (RFC 826) for IPv4 in an untagged Ethernet frame, whose source is the packet's sender.
 *
 * @param destination the frame's destination
 * @param operation what it is
 * @param senderMac the sender's MAC address, a station's
 * @param sender the sender's IPv4 address; 0.0.0.0 in an address probe (RFC 5227)
 * @param targetMac the target's MAC address, of no meaning in a request
 * @param target the target's IPv4 address
 */
public record ArpPacket(MacAddress destination, Operation operation, MacAddress senderMac, Inet4Address sender,
        MacAddress targetMac, Inet4Address target) implements ArpFrame {
    /** What a packet is. */
    public enum Operation {
        REQUEST(1),
        REPLY(2);

        private final int code;

        Operation(final int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    static final int ETHERTYPE_ARP = 0x0806;
    static final int ETHERTYPE_VLAN = 0x8100;
    static final int ETHERTYPE_SERVICE_VLAN = 0x88A8;
    /** Octets of Ethernet header and packet. */
    static final int LENGTH = 42;
    /** Octets of the longest frame without its check sequence. */
    static final int MAX_FRAME = 1514;
    /** Hardware type, protocol type and the lengths of their addresses. */
    static final long FORMAT = 0x0001_0800_0604L;

    private static final int MIN_FRAME = 60;
    private static final MacAddress NO_MAC = new MacAddress(0);
    private static final int ANY = 0;

    public ArpPacket {
        requireNonNull(destination);
        requireNonNull(operation);
        requireNonNull(sender);
        requireNonNull(targetMac);
        requireNonNull(target);
        if (!isStation(senderMac)) {
            throw new IllegalArgumentException("not a station's MAC address: " + senderMac);
        }
    }

    /**
     * A request to all.
     *
     * @param senderMac the asking station
     * @param sender its address
     * @param target whose MAC address is asked for
     * @return the packet
     */
    public static ArpPacket request(final MacAddress senderMac, final Inet4Address sender,
            final Inet4Address target) {
        return request(senderMac, sender, MacAddress.BROADCAST, target);
    }

    /**
     * A request to one station.
     *
     * @param senderMac the asking station
     * @param sender its address
     * @param destination who gets the frame
     * @param target whose MAC address is asked for
     * @return the packet
     */
    public static ArpPacket request(final MacAddress senderMac, final Inet4Address sender,
            final MacAddress destination, final Inet4Address target) {
        return new ArpPacket(destination, Operation.REQUEST, senderMac, sender, NO_MAC, target);
    }

    /**
     * A reply.
     *
     * @param senderMac the MAC address asked for
     * @param sender the address asked for
     * @param targetMac the station that asked
     * @param target its address
     * @return the packet
     */
    public static ArpPacket reply(final MacAddress senderMac, final Inet4Address sender, final MacAddress targetMac,
            final Inet4Address target) {
        return new ArpPacket(targetMac, Operation.REPLY, senderMac, sender, targetMac, target);
    }

    /**
     * The same packet in a frame to another station.
     *
     * @param station who gets the frame
     * @return the packet
     */
    public ArpPacket to(final MacAddress station) {
        return new ArpPacket(station, operation, senderMac, sender, targetMac, target);
    }

    /**
     * Tells whether the sender only wants to know if somebody has the address (RFC 5227, 2.1.1).
     *
     * @return true if the sender has no address
     */
    public boolean isProbe() {
        return InetAddresses.coerceToInteger(sender) == ANY;
    }

    /**
     * Tells whether the packet only makes its sender known (RFC 5227, 2.3; gratuitous ARP).
     *
     * @return true if sender and target are the same
     */
    public boolean isAnnouncement() {
        return sender.equals(target);
    }

    /**
     * Writes the frame, padded to Ethernet's least length.
     *
     * @return the frame without its check sequence
     */
    public byte[] toFrame() {
        final var out = ByteBuffer.allocate(MIN_FRAME);
        put(out, destination);
        put(out, senderMac);
        out.putShort((short) ETHERTYPE_ARP).putShort((short) (FORMAT >> Integer.SIZE)).putInt((int) FORMAT)
            .putShort((short) operation.code());
        put(out, senderMac);
        out.put(sender.getAddress());
        put(out, targetMac);
        out.put(target.getAddress());
        return out.array();
    }

    /** Tells whether a station may have the address. */
    static boolean isStation(final MacAddress mac) {
        return !mac.isGroup() && !mac.equals(NO_MAC);
    }

    static MacAddress mac(final ByteBuffer in) {
        final long high = Short.toUnsignedLong(in.getShort());
        return new MacAddress(high << Integer.SIZE | Integer.toUnsignedLong(in.getInt()));
    }

    private static void put(final ByteBuffer out, final MacAddress mac) {
        out.putShort((short) (mac.bits() >> Integer.SIZE)).putInt((int) mac.bits());
    }
}
