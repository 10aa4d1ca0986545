/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.util.concurrent.CompletableFuture;

/**
 * Packets between controller and switches: OFPT_PACKET_IN and OFPT_PACKET_OUT (OpenFlow 1.3.5, 7.4.1 and 7.3.7). All
 * methods are thread-safe and return at once.
 */
public interface Packets {
    /** Why a switch sends a packet (OpenFlow 1.3.5, ofp_packet_in_reason). */
    enum Reason {
        /** A table-miss entry sent it. */
        NO_MATCH,
        /** An entry's output to the controller. */
        ACTION,
        /** Its TTL has run out in this switch; only where the switch was asked for such packets. */
        INVALID_TTL
    }

    /**
     * Hears of packets from switches whose master is this controller. Called on a thread of the programmer's that it
     * must not block, in the order of arrival for each switch.
     */
    @FunctionalInterface
    interface Listener {
        /**
         * A packet came.
         *
         * @param datapath the switch
         * @param port the port it came in by
         * @param reason why it was sent here
         * @param frame the whole Ethernet frame; not to be changed
         */
        void onPacket(DatapathId datapath, long port, Reason reason, byte[] frame);
    }

    /**
     * Registers a listener.
     *
     * @param listener hears of every packet
     * @return closing it ends the calls
     */
    Subscription listen(Listener listener);

    /**
     * Sends a frame out of a switch.
     *
     * @param datapath the switch
     * @param port the port, or a reserved one of {@link Action}
     * @param frame the whole Ethernet frame
     * @return completes when it has been given to the session; exceptionally if there is none
     */
    CompletableFuture<Void> send(DatapathId datapath, long port, byte[] frame);

    /**
     * Asks a switch to send packets here whose TTL has run out, as long as the session lasts (OFPT_SET_ASYNC, OpenFlow
     * 1.3.5, 7.3.10). Switches do not do so by themselves.
     *
     * @param datapath the switch
     * @return completes when the switch has been asked; exceptionally if there is no session or it refused
     */
    CompletableFuture<Void> askForExpired(DatapathId datapath);
}
