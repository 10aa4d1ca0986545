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
 * What an Ethernet frame turned out to be: an ARP packet, or none that this network takes.
 */
public sealed interface ArpFrame permits ArpPacket, ArpFrame.Refused {
    /** Why a frame is not taken. */
    enum Fault {
        /** Shorter than an ARP packet, or longer than an Ethernet frame. */
        LENGTH,
        /** It has a VLAN tag. */
        TAGGED,
        /** Not ARP, not for IPv4 over Ethernet, or neither request nor reply. */
        NOT_ARP,
        /** The frame's source is not the packet's sender, or is no station's address. */
        SPOOFED
    }

    /**
     * A frame that is not taken.
     *
     * @param fault why
     */
    record Refused(Fault fault) implements ArpFrame {
        public Refused {
            requireNonNull(fault);
        }
    }

    /**
     * Reads a frame. What follows the packet is padding.
     *
     * @param frame an Ethernet frame without its check sequence, whatever is in it
     * @return the packet, or why it is none
     */
    static ArpFrame parse(final byte[] frame) {
        if (frame.length < ArpPacket.LENGTH || frame.length > ArpPacket.MAX_FRAME) {
            return new Refused(Fault.LENGTH);
        }
        final var in = ByteBuffer.wrap(frame);
        final var destination = ArpPacket.mac(in);
        final var source = ArpPacket.mac(in);
        final int etherType = Short.toUnsignedInt(in.getShort());
        if (etherType == ArpPacket.ETHERTYPE_VLAN || etherType == ArpPacket.ETHERTYPE_SERVICE_VLAN) {
            return new Refused(Fault.TAGGED);
        }
        if (etherType != ArpPacket.ETHERTYPE_ARP || in.getLong(in.position()) >>> Short.SIZE != ArpPacket.FORMAT) {
            return new Refused(Fault.NOT_ARP);
        }
        final int code = in.position(in.position() + 6).getShort();
        if (code != ArpPacket.Operation.REQUEST.code() && code != ArpPacket.Operation.REPLY.code()) {
            return new Refused(Fault.NOT_ARP);
        }
        final var operation = code == ArpPacket.Operation.REPLY.code() ? ArpPacket.Operation.REPLY
            : ArpPacket.Operation.REQUEST;
        final MacAddress senderMac = ArpPacket.mac(in);
        final Inet4Address sender = InetAddresses.fromInteger(in.getInt());
        final MacAddress targetMac = ArpPacket.mac(in);
        final Inet4Address target = InetAddresses.fromInteger(in.getInt());
        if (!senderMac.equals(source) || !ArpPacket.isStation(source)) {
            return new Refused(Fault.SPOOFED);
        }
        return new ArpPacket(destination, operation, senderMac, sender, targetMac, target);
    }
}
