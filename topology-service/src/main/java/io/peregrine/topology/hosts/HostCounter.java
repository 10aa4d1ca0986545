/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import io.peregrine.topology.PortId;
import java.util.Locale;
import java.util.Optional;

/**
 * What the tracker counts.
 */
public enum HostCounter {
    /** Hosts that became known. */
    LEARNED,
    /** Hosts taken over from an earlier run. */
    RESTORED,
    /** Hosts that went to another port. */
    MOVED,
    /** Hosts that moved without a word of the old place, because its switch is not connected. */
    MOVED_UNVERIFIED,
    /** Addresses that another station behind the same port has now. */
    MAC_CHANGED,
    /** Hosts that no longer answered. */
    REMOVED_SILENT,
    /** Hosts whose port stayed down. */
    REMOVED_PORT_DOWN,
    /** Hosts whose port or switch went, or is not for hosts any more. */
    REMOVED_PORT,
    /** Hosts whose segment went. */
    REMOVED_SEGMENT,
    /** Conflicts: an address that two places have. */
    CONFLICT,
    /** Conflicts that are over. */
    CONFLICT_ENDED,

    /** Frames that are no ARP packet for IPv4 over Ethernet. */
    FRAME_MALFORMED,
    /** Frames with a VLAN tag. */
    FRAME_TAGGED,
    /** Frames whose source is not the packet's sender. */
    FRAME_SPOOFED,
    /** Packets from a port to another switch. */
    FABRIC_PORT,
    /** Packets from a port that is down. */
    PORT_DOWN,
    /** Packets from a port that is not (yet) one for hosts, or whose switch is not connected. */
    NOT_HOST_PORT,
    /** Packets of a sender with the gateway's MAC address: a loop, or a forgery. */
    GATEWAY_MAC,
    /** Packets of a sender with a gateway's IP address. */
    GATEWAY_ADDRESS,
    /** Packets of a sender in no segment. */
    OUTSIDE_SEGMENTS,
    /** Packets of a sender with a network, broadcast, multicast or loopback address. */
    NOT_UNICAST,
    /** Probes of stations that want to know if an address is free (RFC 5227): answered, not learned. */
    ADDRESS_PROBE,
    /** Hosts not learned: the port has as many as it may have. */
    LIMIT_PORT,
    /** Hosts not learned: the network has as many as it may have. */
    LIMIT_TOTAL,
    /** Packets of a third place that claims an address in dispute. */
    THIRD_CLAIM,
    /** Requests and replies between hosts that were not passed on: the sender's address is in dispute. */
    SENDER_DISPUTED,
    /** Requests for another segment's gateway. */
    OTHER_GATEWAY,
    /** Requests for what is no host's address in the sender's segment. */
    TARGET_OUTSIDE,
    /** Replies to nobody who is known to have asked. */
    REPLY_UNCLAIMED,

    /** Addresses that were looked for because somebody wanted them. */
    GLEAN,
    /** Addresses found that way. */
    GLEAN_FOUND,
    /** Wanted while being looked for. */
    GLEAN_COALESCED,
    /** Wanted shortly after having been looked for in vain. */
    GLEAN_HELD_DOWN,
    /** Wanted while as many as allowed were being looked for. */
    GLEAN_LIMIT,
    /** Wanted while there was no port to look behind. */
    GLEAN_NO_PORT,
    /** Wanted, but no host can have the address. */
    GLEAN_OUTSIDE,
    /** Wanted, but known. */
    GLEAN_KNOWN,

    /** Probes of known hosts sent. */
    PROBE_SENT,
    /** Requests sent to find an expected host. */
    SEARCH_SENT,
    /** Replies sent for the gateway. */
    GATEWAY_REPLY,
    /** Requests and replies of hosts passed on to one port. */
    PASSED_ON;

    /**
     * A counter's state.
     *
     * @param count how often it happened
     * @param lastPort where it happened last, if it has a place
     */
    public record Tally(long count, Optional<PortId> lastPort) {
        static final Tally NONE = new Tally(0, Optional.empty());

        Tally plus(final Optional<PortId> port) {
            return new Tally(count + 1, port.or(this::lastPort));
        }
    }

    static HostCounter of(final ArpFrame.Fault fault) {
        return switch (fault) {
            case LENGTH, NOT_ARP -> FRAME_MALFORMED;
            case TAGGED -> FRAME_TAGGED;
            case SPOOFED -> FRAME_SPOOFED;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
