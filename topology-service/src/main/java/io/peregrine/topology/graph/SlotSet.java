/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;

/** A set of slots that is emptied quickly and iterated in the order of addition. For one thread. */
final class SlotSet {
    private final int[] rounds;
    private int[] members = new int[64];
    private int round = 1;
    private int size;

    SlotSet(final int capacity) {
        rounds = new int[capacity];
    }

    void clear() {
        round++;
        size = 0;
    }

    boolean contains(final int slot) {
        return rounds[slot] == round;
    }

    /** Adds a slot and says whether it is new. */
    boolean add(final int slot) {
        if (rounds[slot] == round) {
            return false;
        }
        rounds[slot] = round;
        if (size == members.length) {
            members = Arrays.copyOf(members, size * 2);
        }
        members[size++] = slot;
        return true;
    }

    int size() {
        return size;
    }

    int get(final int place) {
        return members[place];
    }
}
