/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;

/**
 * An address that two places have at the same time. The owner, who was first, gets the traffic.
 *
 * @param owner the host as it is served
 * @param rivalMac the other place's station
 * @param rivalPort the other place
 * @param since when the owner first answered in spite of the rival, in nanoseconds of the tracker's clock
 * @param claims how often the rival has been heard without being asked
 */
public record Conflict(Host owner, MacAddress rivalMac, PortId rivalPort, long since, long claims) {
    public Conflict {
        requireNonNull(owner);
        requireNonNull(rivalMac);
        requireNonNull(rivalPort);
    }
}
