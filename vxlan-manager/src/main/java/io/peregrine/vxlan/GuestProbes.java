/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/**
 * Asks guests for a sign of life through the data path, as a station elsewhere in their network would: by ARP requests
 * or neighbour solicitations that any guest answers, and that leave nothing in its caches. What that needs on switches
 * is there as long as a session, and goes away by itself if the controller does. All methods are thread-safe and return
 * at once.
 */
public interface GuestProbes {
    /** How many numbers a session's probes have; each may be used again. */
    int NUMBERS = 4096;

    /** Seconds after which a session's entries go by themselves, unless they are renewed. */
    int LEASE_SECONDS = 45;

    /** Hears of answers. */
    @FunctionalInterface
    interface AnswerListener {
        /**
         * A probe was answered. Called on a thread of the flow programmer's, which must not be blocked; for a probe
         * that was answered twice, twice.
         *
         * @param number the probe's number
         * @param at when, nanoseconds of {@link System#nanoTime()}
         */
        void onAnswer(int number, long at);
    }

    /** A port that can be probed. */
    interface Session extends AutoCloseable {
        /**
         * Where probes begin.
         *
         * @return the name of an edge
         */
        String edge();

        /**
         * Whom probes ask.
         *
         * @return an address of the port
         */
        InetAddress address();

        /**
         * Sends a probe.
         *
         * @param number its number, 0 to {@link #NUMBERS} - 1
         * @return completes when it has been given to the edge's session; exceptionally if there is none
         */
        CompletableFuture<Void> send(int number);

        /**
         * Sends a probe straight out of the port where it is attached, wherever others send to: an answer says that the
         * guest has taken what had come to it there before.
         *
         * @param number its number, 0 to {@link #NUMBERS} - 1
         * @param edge where the port is attached
         * @return completes when it has been given to the edge's session; exceptionally if there is none, or the port
         *     is not attached there
         */
        CompletableFuture<Void> sendBehind(int number, String edge);

        /**
         * Starts the lease of what is on switches anew; to be called every {@link #LEASE_SECONDS} / 3 or so.
         *
         * @return completes when the switches have confirmed
         */
        CompletableFuture<Void> renew();

        /** Ends it; answers that come later are dropped by switches. */
        @Override
        void close();
    }

    /**
     * Begins to probe a port, from an edge of its network where it is not served, if there is one, else from one where
     * it is. Several sessions for a port do not meet.
     *
     * @param interfaceId the port
     * @param listener hears of answers
     * @return completes when switches have confirmed that answers come back; exceptionally, with a reason for people,
     *     if the port has no known address, no edge can probe it, or a switch did not confirm
     */
    CompletableFuture<Session> probe(String interfaceId, AnswerListener listener);
}
