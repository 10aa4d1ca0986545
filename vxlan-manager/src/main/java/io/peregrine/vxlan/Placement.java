/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where a guest's port is served: at one edge, or at two while the guest moves. Immutable.
 *
 * @param attachments by edge name
 */
public record Placement(Map<String, Attachment> attachments) {
    /** Served nowhere. */
    public static final Placement NOWHERE = new Placement(Map.of());

    /**
     * How a port is served at an edge.
     *
     * @param gateOpen whether frames reach the tap
     * @param targeted whether senders, at this edge and at others, send here
     * @param awaited whether the guest has not run here yet, so that its first frame is news
     * @param flooded whether broadcast and multicast frames reach the tap
     */
    public record Attachment(boolean gateOpen, boolean targeted, boolean awaited, boolean flooded) {
        /** The guest runs here. */
        public static final Attachment SERVING = new Attachment(true, true, false, true);
        /** Local entries are there; nobody sends yet, and nothing reaches the tap. */
        public static final Attachment CLOSED = new Attachment(false, false, true, false);
        /** Everybody sends; the copies end at the closed gate. */
        public static final Attachment RECEIVING = new Attachment(false, true, true, false);
        /** Local entries are there, the gate is open, and nobody sends yet. */
        public static final Attachment READY = new Attachment(true, false, true, false);
        /** Everybody sends what is for the guest alone, and its frames wait in the tap's queue until it runs here. */
        public static final Attachment TURNED = new Attachment(true, true, true, false);
        /** Everybody sends, and frames wait in the tap's queue until the guest runs here. */
        public static final Attachment ARRIVING = new Attachment(true, true, true, true);
        /**
         * The guest is about to leave, and runs here still: nobody sends what is for it alone, but what is for all
         * reaches it. Two edges cannot change at the same moment whether it does, and a guest that stands still does
         * not mind.
         */
        public static final Attachment LEAVING = new Attachment(true, false, false, true);
        /** The guest has left; nobody sends here any more, but what still comes is delivered. */
        public static final Attachment LEFT = new Attachment(true, false, false, false);
    }

    public Placement {
        attachments = Map.copyOf(attachments);
    }

    public static Placement at(final String edge) {
        return new Placement(Map.of(edge, Attachment.SERVING));
    }

    /**
     * The placement with one attachment put or replaced.
     *
     * @param edge the edge
     * @param attachment how the port is served there
     * @return the new placement
     */
    public Placement with(final String edge, final Attachment attachment) {
        final var map = new TreeMap<>(attachments);
        map.put(edge, attachment);
        return new Placement(map);
    }

    /**
     * The placement with one attachment removed. If senders had been turned to that edge only, they are turned back to
     * what is left.
     *
     * @param edge the edge
     * @return the new placement
     */
    public Placement without(final String edge) {
        final var map = new TreeMap<>(attachments);
        map.remove(edge);
        if (map.values().stream().noneMatch(Attachment::targeted)) {
            map.replaceAll((other, attachment) -> attachment.equals(Attachment.LEFT)
                || attachment.equals(Attachment.LEAVING) ? Attachment.SERVING : attachment);
        }
        return new Placement(map);
    }

    /**
     * The placement with all senders turned to one edge, in one step of each: the others are left. Where the guest runs
     * it still gets what is flooded.
     *
     * @param edge the edge
     * @return the new placement
     */
    public Placement turnedTo(final String edge) {
        final var map = new TreeMap<String, Attachment>();
        attachments.forEach((other, attachment) -> map.put(other, attachment.awaited() ? Attachment.READY
            : attachment.flooded() ? Attachment.LEAVING : Attachment.LEFT));
        final var here = attachments.getOrDefault(edge, Attachment.CLOSED);
        map.put(edge, !here.awaited() ? Attachment.SERVING : here.flooded() ? Attachment.ARRIVING
            : Attachment.TURNED);
        return new Placement(map);
    }

    /**
     * The placement once the guest has run at an edge: that edge serves, the others have been left.
     *
     * @param edge where the guest runs
     * @return the new placement
     */
    public Placement committedTo(final String edge) {
        final var map = new TreeMap<String, Attachment>();
        attachments.keySet().forEach(other -> map.put(other, Attachment.LEFT));
        map.put(edge, Attachment.SERVING);
        return new Placement(map);
    }
}
