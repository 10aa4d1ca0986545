/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;

/**
 * Which node has which slot, that is its place in arrays. A node keeps its slot as long as it is there, so that arrays
 * of one graph fit the graphs made from it; slots of nodes that went are used again. Immutable.
 */
final class NodeIndex {
    static final NodeIndex EMPTY = new NodeIndex(new NodeId[0], new int[0], new NodeId[0]);

    /** The nodes in their order, and the slot of each. */
    private final NodeId[] ids;
    private final int[] slots;
    /** The node of each slot, null where there is none. */
    private final NodeId[] bySlot;

    private NodeIndex(final NodeId[] ids, final int[] slots, final NodeId[] bySlot) {
        this.ids = ids;
        this.slots = slots;
        this.bySlot = bySlot;
    }

    static NodeIndex of(final Collection<NodeId> nodes) {
        return EMPTY.holding(nodes);
    }

    int size() {
        return ids.length;
    }

    /** One more than the highest slot there has been. */
    int capacity() {
        return bySlot.length;
    }

    NodeId[] ids() {
        return ids;
    }

    /** The node in a slot; null if there is none. */
    NodeId at(final int slot) {
        return slot < bySlot.length ? bySlot[slot] : null;
    }

    /** The slot of a node; negative if it is not there. */
    int slot(final NodeId id) {
        final int place = Arrays.binarySearch(ids, id);
        return place < 0 ? -1 : slots[place];
    }

    /** The slot of the node that is at a place in the nodes' order. */
    int slotInOrder(final int place) {
        return slots[place];
    }

    NodeIndex with(final NodeId id) {
        final int place = -1 - Arrays.binarySearch(ids, id);
        int free = 0;
        while (free < bySlot.length && bySlot[free] != null) {
            free++;
        }
        final var newBySlot = Arrays.copyOf(bySlot, Math.max(bySlot.length, free + 1));
        newBySlot[free] = id;
        return new NodeIndex(SortedArrays.with(ids, place, id), SortedArrays.with(slots, place, free), newBySlot);
    }

    NodeIndex without(final NodeId id) {
        final int place = Arrays.binarySearch(ids, id);
        final var newBySlot = bySlot.clone();
        newBySlot[slots[place]] = null;
        final var newIds = new NodeId[ids.length - 1];
        final var newSlots = new int[ids.length - 1];
        System.arraycopy(ids, 0, newIds, 0, place);
        System.arraycopy(slots, 0, newSlots, 0, place);
        System.arraycopy(ids, place + 1, newIds, place, newIds.length - place);
        System.arraycopy(slots, place + 1, newSlots, place, newIds.length - place);
        return new NodeIndex(newIds, newSlots, newBySlot);
    }

    /** An index of exactly these nodes, in which those of this one keep their slots. */
    NodeIndex holding(final Collection<NodeId> nodes) {
        final var newIds = new TreeSet<>(nodes).toArray(NodeId[]::new);
        final var newSlots = new int[newIds.length];
        final var newBySlot = new NodeId[Math.max(bySlot.length, newIds.length)];
        for (int i = 0; i < newIds.length; i++) {
            newSlots[i] = slot(newIds[i]);
            if (newSlots[i] >= 0) {
                newBySlot[newSlots[i]] = newIds[i];
            }
        }
        int free = 0;
        for (int i = 0; i < newIds.length; i++) {
            if (newSlots[i] < 0) {
                while (newBySlot[free] != null) {
                    free++;
                }
                newSlots[i] = free;
                newBySlot[free] = newIds[i];
            }
        }
        return new NodeIndex(newIds, newSlots, newBySlot);
    }

    /** Whether the nodes that are in both indexes have the same slots in both. */
    boolean agreesWith(final NodeIndex other) {
        if (this == other) {
            return true;
        }
        for (int i = 0; i < ids.length; i++) {
            final int slot = other.slot(ids[i]);
            if (slot >= 0 && slot != slots[i]) {
                return false;
            }
        }
        return true;
    }
}
