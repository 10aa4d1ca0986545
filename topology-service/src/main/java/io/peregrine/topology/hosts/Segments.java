/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The fabric's segments, found by address. Immutable.
 */
final class Segments {
    private static final int FIRST_MULTICAST = 224;
    private static final int LOOPBACK = 127;

    private final TreeMap<Long, Segment> byBase = new TreeMap<>();

    /**
     * Creates the set.
     *
     * @throws IllegalArgumentException if segments overlap
     */
    Segments(final Collection<Segment> segments) {
        segments.forEach(segment -> byBase.put(unsigned(segment.base()), segment));
        Segment before = null;
        for (final var segment : byBase.values()) {
            if (before != null && before.overlaps(segment)) {
                throw new IllegalArgumentException("segments overlap: " + before + ", " + segment);
            }
            before = segment;
        }
        if (byBase.size() < segments.size()) {
            throw new IllegalArgumentException("segments overlap: " + segments);
        }
    }

    /** The segment that an address is in. */
    Optional<Segment> of(final Inet4Address address) {
        final var floor = byBase.floorEntry(unsigned(address));
        return floor == null ? Optional.empty() : Optional.of(floor.getValue()).filter(it -> it.contains(address));
    }

    /** The segment in which a host can have the address. */
    Optional<Segment> ofHost(final Inet4Address address) {
        return of(address).filter(segment -> segment.hasHost(address));
    }

    /** Why no host can have the address. */
    HostCounter refusal(final Inet4Address address) {
        final int first = Byte.toUnsignedInt(address.getAddress()[0]);
        if (first == 0 || first == LOOPBACK || first >= FIRST_MULTICAST) {
            return HostCounter.NOT_UNICAST;
        }
        return of(address)
            .map(it -> it.gateway().equals(address) ? HostCounter.GATEWAY_ADDRESS : HostCounter.NOT_UNICAST)
            .orElse(HostCounter.OUTSIDE_SEGMENTS);
    }

    private static long unsigned(final Inet4Address address) {
        return Integer.toUnsignedLong(InetAddresses.coerceToInteger(address));
    }
}
