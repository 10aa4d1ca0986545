/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Sees how big the frames may be that go from edge to edge: sends some through the tunnel in both directions, and looks
 * which arrive. No guest sees them. All methods are thread-safe and return at once.
 */
public interface SizeProbes {
    /** The biggest size that can be asked for. */
    int LARGEST = 65_000;

    /**
     * Which sizes have passed.
     *
     * @param there from the first edge to the second
     * @param back from the second to the first
     */
    record Passed(Set<Integer> there, Set<Integer> back) {
        public Passed {
            there = Set.copyOf(there);
            back = Set.copyOf(back);
        }
    }

    /**
     * Sends frames of some sizes, each up to three times.
     *
     * @param from the name of an edge
     * @param to that of another
     * @param sizes octets that the frames carry, as an interface's MTU counts them, 64 to {@link #LARGEST}
     * @return completes when all have arrived, and otherwise after two seconds; exceptionally, with a reason for
     *     people, if they could not be sent
     */
    CompletableFuture<Passed> probe(String from, String to, Collection<Integer> sizes);
}
