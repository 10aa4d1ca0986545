/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which frames pass between two edges. A size is what a frame carries after its Ethernet header, as an MTU counts it.
 *
 * @param wanted the biggest that the guest sends
 * @param there those that passed from the source to the destination
 * @param back those that passed the other way
 */
public record FrameSizes(int wanted, Set<Integer> there, Set<Integer> back) {
    /** A size that passes wherever anything does. */
    static final int SMALL = 128;
    /** What a tunnel adds: the inner Ethernet header, VXLAN, UDP and IPv4. */
    static final int VXLAN = 50;

    /** What interfaces have that nobody has given an MTU. */
    private static final int USUAL = 1500;

    public FrameSizes {
        there = Set.copyOf(there);
        back = Set.copyOf(back);
    }

    /** Whether anything passed, both ways. */
    public boolean passable() {
        return !there.isEmpty() && !back.isEmpty();
    }

    /**
     * The biggest size that a guest sends, as far as libvirt can tell.
     *
     * @param needs the guest, empty if it is not known
     * @return its MTU, or the usual one
     */
    public static int wanted(final Optional<GuestNeeds> needs) {
        return needs.map(known -> Math.toIntExact(known.mtu().orElse(USUAL))).orElse(USUAL);
    }

    /**
     * The sizes to try. A small one tells a tunnel that carries nothing from one that carries too little; between them
     * is what passes where the underlay carries just the size that is wanted.
     *
     * @param wanted the biggest that the guest sends
     * @return the sizes
     */
    public static List<Integer> toTry(final int wanted) {
        return Stream.of(SMALL, Math.max(SMALL, wanted - VXLAN), wanted).distinct().toList();
    }
}
