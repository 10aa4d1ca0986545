/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a guest and the hypervisor it is to be moved to.
 *
 * @param place where the guest is and is to go
 * @param network what the overlay says
 * @param domain what libvirt at both ends says
 * @param options how the guest is to be moved
 */
public record Facts(Place place, Net network, Domain domain, MoveOptions options) {
    /** What a guest does. */
    public enum Activity {
        /** It runs, or is paused. */
        SETTLED,
        /** It is being moved. */
        MOVING,
        /** It is not known where it is. */
        UNKNOWN
    }

    /** Whether a tunnel carries traffic. */
    public enum Liveness {
        /** BFD is up. */
        UP,
        /** BFD is down. */
        DOWN,
        /** Not known. */
        UNKNOWN
    }

    /**
     * Where the guest is and is to go.
     *
     * @param guest its name
     * @param activity what it does
     * @param source where it is, empty if that is not known
     * @param destination where it is to go
     * @param hypervisors those of intent
     * @param disconnected the hypervisors whose libvirt is not connected, with the reason
     */
    public record Place(String guest, Activity activity, Optional<String> source, String destination,
            Set<String> hypervisors, Map<String, String> disconnected) {
        public Place {
            hypervisors = Set.copyOf(hypervisors);
            disconnected = Map.copyOf(disconnected);
        }
    }

    /**
     * What the overlay says.
     *
     * @param unready why the destination's edge is not ready, empty if it is
     * @param there the tunnel from the source, empty if there is none
     * @param back the tunnel to the source, empty if there is none
     * @param cutOff edges with others of the guest's networks that reach the source, and not the destination
     * @param interfaces how many interfaces the guest has
     * @param problems what is wrong with them, one clause each
     * @param addressed whether an IP address of one is known
     * @param frames which frames pass between the two edges
     */
    public record Net(Optional<String> unready, Optional<Liveness> there, Optional<Liveness> back,
            List<String> cutOff, int interfaces, List<String> problems, boolean addressed, Answer<FrameSizes> frames) {
        public Net {
            cutOff = List.copyOf(cutOff);
            problems = List.copyOf(problems);
        }
    }

    /**
     * What libvirt at both ends says.
     *
     * @param needs what the guest needs
     * @param peer the URI by which the source's libvirt is to reach the destination's, empty if there is none
     * @param namesakes domains of the guest's name or UUID at the destination
     * @param available memory that is free at the destination, bytes
     * @param promised memory of guests on the way to the destination, bytes
     * @param lacks what the destination's CPU lacks, in libvirt's words; an empty text if it has what the guest sees
     * @param poolsHere where the source has a disk that is not reached over the network, by the disk's source, for
     *     those that are in a storage pool
     * @param poolsThere the same of the destination
     * @param exports what is heard of the exports of NFS servers, by the target of each disk for which one was asked
     */
    public record Domain(Answer<GuestNeeds> needs, Optional<String> peer, Answer<List<Namesake>> namesakes,
            Answer<Long> available, long promised, Answer<String> lacks,
            Answer<Map<String, SharedStorage.Place>> poolsHere, Answer<Map<String, SharedStorage.Place>> poolsThere,
            Map<String, Exports> exports) {
        public Domain {
            exports = Map.copyOf(exports);
        }

        /**
         * Nothing, because libvirt was not asked.
         *
         * @param why the reason
         * @return the answers
         */
        public static Domain none(final String why) {
            return new Domain(Answer.none(why), Optional.empty(), Answer.none(why), Answer.none(why), 0,
                Answer.none(why), Answer.none(why), Answer.none(why), Map.of());
        }
    }

    /**
     * A domain that the destination has already.
     *
     * @param sameUuid whether it has the guest's UUID
     * @param sameName whether it has the guest's name
     * @param active whether it is active
     */
    public record Namesake(boolean sameUuid, boolean sameName, boolean active) {
    }
}
