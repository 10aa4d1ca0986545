/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.opendaylight.yangtools.concepts.Registration;

/**
 * Serves guests' ports at edges. Who calls knows from libvirt where guests are; this service makes the switches follow.
 * All methods are thread-safe and return at once; calls take effect in their order. Interfaces of one guest are moved
 * together. What cannot be done yet because an edge is away, its tap has not appeared or a network is not in intent
 * is done as soon as it can be; the placement is what is wanted.
 *
 * <p>The returned futures give the number of flow and group entries changed, by edge. They complete when every switch
 * concerned has confirmed, and exceptionally with a {@link CompletionException} whose cause
 * tells which edge could not confirm; the change is not undone then, it reaches that edge when it comes back.
 */
public interface GuestPorts {
    /**
     * Hears what edges report about taps. Called on the overlay's thread, which must not be blocked.
     */
    interface Listener {
        /**
         * A tap appeared, changed or went. A tap alone does not prove that a guest runs there.
         *
         * @param interfaceId the port
         * @param edge the edge
         * @param present whether the edge has it with a port number
         */
        void onTap(String interfaceId, String edge, boolean present);

        /**
         * A guest's port has been heard at an edge where it was awaited: for each kind, the first frame. Called on a
         * thread of the flow programmer's, which must not be blocked.
         *
         * @param interfaceId the port
         * @param edge the edge
         * @param frame what was heard
         * @param at when, nanoseconds of {@link System#nanoTime()}
         */
        void onFirstFrame(String interfaceId, String edge, FirstFrame frame, long at);

        /**
         * An edge may be able now to confirm a step that it could not confirm before. Must not block.
         *
         * @param edge the edge
         */
        void onInLine(String edge);
    }

    /**
     * What is heard first of a guest at a new place.
     */
    enum FirstFrame {
        /**
         * A RARP, which QEMU sends for its guest when it has all of its memory. The guest does not run yet, and may
         * still be given up there.
         */
        ANNOUNCEMENT,
        /** An ARP packet or a neighbour advertisement of the guest itself: it runs there. */
        OWN
    }

    /**
     * Makes a port known, or changes what is known of it. Its placement stays.
     *
     * @param port the port
     */
    void declare(GuestPort port);

    /**
     * Forgets ports that exist nowhere any more, with all their entries.
     *
     * @param interfaceIds the ports
     * @return changes by edge
     */
    CompletableFuture<Map<String, Integer>> withdraw(Collection<String> interfaceIds);

    /**
     * Serves ports at one edge and nowhere else: the guest runs there.
     *
     * @param interfaceIds the ports
     * @param edge the edge
     * @return changes by edge
     */
    CompletableFuture<Map<String, Integer>> attach(Collection<String> interfaceIds, String edge);

    /**
     * Prepares a move: first the destination's entries behind a closed gate; when its switch has confirmed, every other
     * edge sends to both places. Waits for the taps to appear at the destination.
     *
     * @param interfaceIds the ports
     * @param destination the edge to move to
     * @return changes by edge, complete when every edge has confirmed that it sends to both places
     */
    CompletableFuture<Map<String, Integer>> prepare(Collection<String> interfaceIds, String destination);

    /**
     * Makes a destination ready for senders to be turned to it in one step each: its entries with the gate open, while
     * all still send to where they did. Waits for the taps to appear at the destination. The other way to prepare a
     * move than {@link #prepare}: nothing is copied, and no gate has to be opened.
     *
     * @param interfaceIds the ports
     * @param destination the edge to move to
     * @return changes by edge, complete when the destination has confirmed
     */
    CompletableFuture<Map<String, Integer>> makeReady(Collection<String> interfaceIds, String destination);

    /**
     * Turns every sender to one edge, each with one change that no frame falls through or is copied by: to a ready
     * destination shortly before the source pauses the guest, or back if that does not come. At the other edge of the
     * move what still arrives is delivered, and it stays ready. Flooded frames go to where the guest runs as before,
     * until {@link #open}.
     *
     * @param interfaceIds the ports
     * @param edge the edge
     * @return changes by edge
     */
    CompletableFuture<Map<String, Integer>> turnTo(Collection<String> interfaceIds, String edge);

    /**
     * Opens the gate, and lets flooded frames in: the source has paused the guest. Changes the destination's switch
     * only. Where senders have been turned, flooded frames are let in some time later: those that the guest has had at
     * the source may be under way to the destination still.
     *
     * @param interfaceIds the ports
     * @param destination the edge moved to
     * @return changes by edge
     */
    CompletableFuture<Map<String, Integer>> open(Collection<String> interfaceIds, String destination);

    /**
     * Makes every edge send to the destination only, and opens its gate if that is still closed: the guest has run
     * there. To be called again until it is confirmed; what is done already is not done anew.
     *
     * @param interfaceIds the ports
     * @param destination the edge moved to
     * @return changes by edge, complete when the destination's switch has its open gate and every edge of the network
     *     sends there; an edge that intent does not have any more does not count
     */
    CompletableFuture<Map<String, Integer>> commit(Collection<String> interfaceIds, String destination);

    /**
     * Stops serving ports at an edge: the source after a move, or the destination of a move that failed. May be called
     * again until it is confirmed, as {@link #commit}.
     *
     * @param interfaceIds the ports
     * @param edge the edge that they have left
     * @return changes by edge, complete when the edge has nothing of them any more
     */
    CompletableFuture<Map<String, Integer>> detach(Collection<String> interfaceIds, String edge);

    /**
     * Starts the lease of closed gates anew. A gate whose lease is not renewed opens by itself.
     *
     * @param interfaceIds the ports
     * @param destination the edge moved to
     * @return nothing of interest
     */
    CompletableFuture<Void> renewLease(Collection<String> interfaceIds, String destination);

    /**
     * Says whether a hypervisor's guests have all been reported since this process started. Until every hypervisor's
     * have, nothing that is merely unknown is removed from switches.
     *
     * @param hypervisor the hypervisor
     * @param heard true if its inventory has been declared and attached
     */
    void setHeard(String hypervisor, boolean heard);

    /**
     * Where a port is wanted.
     *
     * @param interfaceId the port
     * @return its placement, empty if it is not declared
     */
    Optional<Placement> placement(String interfaceId);

    /**
     * How a declared port is.
     *
     * @param interfaceId the port
     * @return its status, empty if it is not declared
     */
    Optional<Status> status(String interfaceId);

    /**
     * Registers a listener for taps; it is first told of all present ones.
     *
     * @param listener the listener
     * @return closing it ends the calls
     */
    Registration listen(Listener listener);

    /**
     * How a port is.
     *
     * @param network its network, empty if none in intent fits
     * @param addresses its known IP addresses
     * @param attached whether every edge of its placement has its tap and its network
     * @param problem why it is not served, empty if it is
     */
    record Status(Optional<String> network, Collection<InetAddress> addresses, boolean attached,
            Optional<String> problem) {
    }
}
