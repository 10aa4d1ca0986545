/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

/**
 * The tables of an edge and the priorities used in them; higher wins.
 */
public final class Tables {
    /** Port or tunnel id to network. */
    public static final int INGRESS = 0;
    /** Port security. */
    public static final int GUARD = 1;
    /** ARP for known addresses. */
    public static final int NEIGHBOUR = 2;
    /** Between networks. */
    public static final int ROUTE = 3;
    /** Copies into tunnels. */
    public static final int REMOTE = 4;
    /** Copies to taps and border ports. */
    public static final int LOCAL = 5;

    /** Probes that come out of a tunnel, and those that ask guests with their answers. */
    static final int PRIORITY_PROBE = 310;
    /** Frames that no guest may send or receive, such as LLDP. */
    static final int PRIORITY_RESERVED = 300;
    /** A closed gate. */
    static final int PRIORITY_GATE = 200;
    /** Frames of an edge that has not heard of a move. */
    static final int PRIORITY_REDIRECT = 150;
    /** A guest's first frames at a new place. */
    static final int PRIORITY_FIRST_FRAMES = 110;
    /** An ARP announcement. */
    static final int PRIORITY_ANNOUNCEMENT = 110;
    /** An entry for one port or address. */
    static final int PRIORITY_EXACT = 100;
    /** Flooded frames: multicast and broadcast. */
    static final int PRIORITY_FLOOD = 90;
    /** A frame that was sent on, to an address that no entry knows; an answer to a probe that nobody waits for. */
    static final int PRIORITY_STRAY = 20;
    /** Unicast to an address that no entry knows. */
    static final int PRIORITY_UNKNOWN = 10;
    /** Table miss. */
    static final int PRIORITY_MISS = 0;

    /** The metadata bits that hold the network, as its VNI. */
    static final long NETWORK_MASK = 0xFF_FFFFL;

    /** The metadata bit of a frame that another edge has sent on; it is not sent on again. */
    static final long REDIRECTED = 0x100_0000L;

    /** LLDP (IEEE 802.1AB). */
    static final int ETHERTYPE_LLDP = 0x88CC;
    /** ARP (RFC 826). */
    static final int ETHERTYPE_ARP = 0x0806;

    /** RARP (RFC 903). */
    static final int ETHERTYPE_RARP = 0x8035;
    /** IPv6 (RFC 8200). */
    static final int ETHERTYPE_IPV6 = 0x86DD;
    /** ICMPv6 (RFC 4443) in IPv6's next header. */
    static final int PROTOCOL_ICMPV6 = 58;
    /** Neighbour advertisement (RFC 4861, 4.4), a type of ICMPv6. */
    static final int NEIGHBOUR_ADVERTISEMENT = 136;

    private Tables() {
        // constants
    }
}
