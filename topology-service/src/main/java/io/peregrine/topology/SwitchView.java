/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A connected switch. Immutable.
 *
 * @param datapath its identifier
 * @param address the IP address it connects from, if known
 * @param manufacturer its manufacturer, if it says (OFPMP_DESC)
 * @param software its software version, if it says (OFPMP_DESC)
 * @param connectedSince when its present session was first seen
 * @param ports its ports by number, in the numbers' order
 */
public record SwitchView(DatapathId datapath, Optional<String> address, Optional<String> manufacturer,
        Optional<String> software, Instant connectedSince, Map<Long, PortView> ports) {
    public SwitchView {
        requireNonNull(datapath);
        requireNonNull(address);
        requireNonNull(manufacturer);
        requireNonNull(software);
        requireNonNull(connectedSince);
        ports = Collections.unmodifiableMap(new TreeMap<>(ports));
    }

    /**
     * The port of a number.
     *
     * @param number an OpenFlow port number
     * @return the port, empty if the switch does not have it
     */
    public Optional<PortView> port(final long number) {
        return Optional.ofNullable(ports.get(number));
    }
}
