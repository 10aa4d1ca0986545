/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Maps;
import com.google.common.collect.Multiset;
import io.peregrine.topology.PortId;
import java.net.Inet4Address;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Looks for addresses of which nobody knows where they are: those somebody wants, a few times and then not for a
 * while; and those that are expected, for as long as it takes.
 */
final class Searches {
    /**
     * A host's request that waits for its target to be found.
     *
     * @param port where it came from
     * @param packet the request
     */
    record Waiting(PortId port, ArpPacket packet) {
    }

    private final class Glean implements Timers.Alarm {
        final Inet4Address target;
        final PortId port;
        Optional<Waiting> waiting;
        int sent;

        Glean(final Inet4Address target, final PortId port, final Optional<Waiting> waiting) {
            this.target = target;
            this.port = port;
            this.waiting = waiting;
        }

        @Override
        public void ring(final long now) {
            if (sent == settings.gleanTries()) {
                end(this);
                heldDown.put(target, now + settings.gleanHoldDown().toNanos());
            } else {
                // Without a port to ask this try is lost
                ask.test(target);
                sent++;
                timers.set(this, now + settings.gleanRetry().toNanos());
            }
        }
    }

    private final class Expected implements Timers.Alarm {
        final Inet4Address target;
        long pause = settings.gleanHoldDown().toNanos();
        int sent;
        long lastSent;
        boolean hasSlot;

        Expected(final Inet4Address target) {
            this.target = target;
        }

        @Override
        public void ring(final long now) {
            if (!hasSlot) {
                final long slot = slots++ == 0 || nextSlot - now < 0 ? now : nextSlot;
                nextSlot = slot + settings.searchPace().toNanos();
                if (slot != now) {
                    hasSlot = true;
                    timers.set(this, slot);
                    return;
                }
            }
            hasSlot = false;
            if (!missing.test(target) || !ask.test(target)) {
                // Woken when it is missing, or can be asked for
                return;
            }
            counters.count(HostCounter.SEARCH_SENT);
            sent++;
            lastSent = now;
            if (sent % settings.gleanTries() == 0) {
                timers.set(this, now + pause);
                pause = Math.min(2 * pause, settings.searchPause().toNanos());
            } else {
                timers.set(this, now + settings.gleanRetry().toNanos());
            }
        }

        void wake(final long now) {
            if (hasSlot || !missing.test(target)) {
                return;
            }
            pause = Math.min(settings.gleanHoldDown().toNanos(), settings.searchPause().toNanos());
            final long soonest = lastSent + settings.gleanRetry().toNanos();
            timers.setEarlier(this, sent == 0 || soonest - now < 0 ? now : soonest);
        }
    }

    private final HostTrackerSettings settings;
    private final Timers timers;
    private final Counters counters;
    private final Predicate<Inet4Address> missing;
    private final Predicate<Inet4Address> ask;
    private final Map<Inet4Address, Glean> gleans = new HashMap<>();
    private final Multiset<PortId> gleansOfPort = HashMultiset.create();
    /** Until when, the earliest first. Each was a glean for some seconds, so there are only a few times as many. */
    private final Map<Inet4Address, Long> heldDown = new LinkedHashMap<>();
    private Map<Inet4Address, Expected> expected = Map.of();
    private long slots;
    private long nextSlot;

    /**
     * Creates it with nothing to look for.
     *
     * @param missing tells whether an expected address is to be looked for
     * @param ask sends a request to all who might have an address; false if it cannot
     */
    Searches(final HostTrackerSettings settings, final Timers timers, final Counters counters,
            final Predicate<Inet4Address> missing, final Predicate<Inet4Address> ask) {
        this.settings = settings;
        this.timers = timers;
        this.counters = counters;
        this.missing = missing;
        this.ask = ask;
    }

    /** Looks for an address on behalf of a port. */
    void glean(final PortId port, final Inet4Address target, final Optional<Waiting> waiting, final long now) {
        forgetOld(now);
        final var running = gleans.get(target);
        if (running != null) {
            running.waiting = waiting.or(() -> running.waiting);
            counters.count(HostCounter.GLEAN_COALESCED, port);
        } else if (heldDown.containsKey(target)) {
            counters.count(HostCounter.GLEAN_HELD_DOWN, port);
        } else if (gleans.size() >= settings.gleans() || gleansOfPort.count(port) >= settings.gleansPort()) {
            counters.count(HostCounter.GLEAN_LIMIT, port);
        } else if (!ask.test(target)) {
            counters.count(HostCounter.GLEAN_NO_PORT, port);
        } else {
            counters.count(HostCounter.GLEAN, port);
            final var glean = new Glean(target, port, waiting);
            glean.sent = 1;
            gleans.put(target, glean);
            gleansOfPort.add(port);
            timers.set(glean, now + settings.gleanRetry().toNanos());
        }
    }

    /** Replaces the expected addresses. */
    void expect(final Set<Inet4Address> targets, final long now) {
        final var before = expected;
        expected = Maps.toMap(targets, target -> before.containsKey(target) ? before.get(target)
            : new Expected(target));
        before.forEach((target, search) -> {
            if (!expected.containsKey(target)) {
                timers.cancel(search);
            }
        });
        wake(now);
    }

    boolean isExpected(final Inet4Address target) {
        return expected.containsKey(target);
    }

    /** Looks for all expected addresses soon: there are more ports or segments. */
    void wake(final long now) {
        expected.values().forEach(search -> search.wake(now));
    }

    /** An address is not where it was. */
    void lost(final Inet4Address target, final long now) {
        final var search = expected.get(target);
        if (search != null) {
            search.wake(now);
        }
    }

    /**
     * An address has been heard.
     *
     * @return the request that waits for it
     */
    Optional<Waiting> found(final Inet4Address target) {
        heldDown.remove(target);
        final var search = expected.get(target);
        if (search != null) {
            search.hasSlot = false;
            timers.cancel(search);
        }
        final var glean = gleans.get(target);
        if (glean == null) {
            return Optional.empty();
        }
        counters.count(HostCounter.GLEAN_FOUND);
        end(glean);
        return glean.waiting;
    }

    /** How many addresses are remembered. */
    int size() {
        return gleans.size() + heldDown.size();
    }

    private void end(final Glean glean) {
        timers.cancel(glean);
        gleans.remove(glean.target);
        gleansOfPort.remove(glean.port);
    }

    private void forgetOld(final long now) {
        final var each = heldDown.values().iterator();
        while (each.hasNext() && each.next() - now <= 0) {
            each.remove();
        }
    }
}
