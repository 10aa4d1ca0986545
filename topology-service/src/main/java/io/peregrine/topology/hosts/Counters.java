/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import io.peregrine.topology.PortId;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tracker's counters.
 */
final class Counters {
    private final Map<HostCounter, HostCounter.Tally> tallies = new EnumMap<>(HostCounter.class);

    void count(final HostCounter counter) {
        count(counter, Optional.empty());
    }

    void count(final HostCounter counter, final PortId port) {
        count(counter, Optional.of(port));
    }

    private void count(final HostCounter counter, final Optional<PortId> port) {
        tallies.put(counter, tallies.getOrDefault(counter, HostCounter.Tally.NONE).plus(port));
    }

    Map<HostCounter, HostCounter.Tally> snapshot() {
        return Collections.unmodifiableMap(new EnumMap<>(tallies));
    }
}
