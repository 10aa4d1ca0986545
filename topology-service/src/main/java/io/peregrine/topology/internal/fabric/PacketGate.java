/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import io.peregrine.topology.PortId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says which packets may wait for the fabric's thread: not so many that they fill the memory, and not so many of one
 * port that a host that floods it drowns the probes of all others. Thread-safe.
 */
final class PacketGate {
    private final int most;
    private final int mostOfPort;
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentMap<PortId, Integer> waitingOf = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    /**
     * A gate.
     *
     * @param most how many may wait
     * @param mostOfPort how many of those may have come in by the same port
     */
    PacketGate(final int most, final int mostOfPort) {
        this.most = most;
        this.mostOfPort = mostOfPort;
    }

    /**
     * A packet has come.
     *
     * @param port by which
     * @return whether it may wait; if so, {@link #leave} has to be called
     */
    boolean enter(final PortId port) {
        if (waiting.incrementAndGet() > most) {
            waiting.decrementAndGet();
            refused.incrementAndGet();
            return false;
        }
        if (waitingOf.merge(port, 1, Integer::sum) > mostOfPort) {
            leave(port);
            refused.incrementAndGet();
            return false;
        }
        return true;
    }

    /**
     * A packet waits no longer.
     *
     * @param port by which it had come
     */
    void leave(final PortId port) {
        waitingOf.computeIfPresent(port, (key, count) -> count == 1 ? null : count - 1);
        waiting.decrementAndGet();
    }

    /**
     * How many could not wait.
     *
     * @return the count since the start
     */
    long refused() {
        return refused.get();
    }
}
