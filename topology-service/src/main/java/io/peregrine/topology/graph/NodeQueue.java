/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import java.util.Arrays;

/**
 * Nodes by distance, nearest first. While nodes come in the order of their distances, as they do where all links cost
 * the same, they wait in a plain queue; the others go to a binary heap beside it. For one thread.
 */
final class NodeQueue {
    private static final int DISTANCE_SHIFT = 32;

    /** Distance in the upper, slot in the lower half. */
    private long[] fifo = new long[64];
    private int head;
    private int tail;
    private long[] heap = new long[64];
    private int heapSize;

    boolean isEmpty() {
        return head == tail && heapSize == 0;
    }

    void add(final int distance, final int slot) {
        final long entry = (long) distance << DISTANCE_SHIFT | slot;
        if (head == tail) {
            head = 0;
            tail = 0;
        } else if (distance(fifo[tail - 1]) > distance) {
            push(entry);
            return;
        }
        if (tail == fifo.length) {
            fifo = Arrays.copyOf(fifo, tail * 2);
        }
        fifo[tail++] = entry;
    }

    /** Takes the nearest node; undefined if there is none. See {@link #distance(long)} and {@link #slot(long)}. */
    long take() {
        if (heapSize > 0 && (head == tail || distance(heap[0]) < distance(fifo[head]))) {
            return pop();
        }
        return fifo[head++];
    }

    static int distance(final long entry) {
        return (int) (entry >>> DISTANCE_SHIFT);
    }

    static int slot(final long entry) {
        return (int) entry;
    }

    private void push(final long entry) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        int place = heapSize++;
        while (place > 0 && heap[place - 1 >> 1] > entry) {
            heap[place] = heap[place - 1 >> 1];
            place = place - 1 >> 1;
        }
        heap[place] = entry;
    }

    private long pop() {
        final long top = heap[0];
        final long last = heap[--heapSize];
        int place = 0;
        int child = 1;
        while (child < heapSize) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[place] = heap[child];
            place = child;
            child = 2 * place + 1;
        }
        heap[place] = last;
        return top;
    }
}
