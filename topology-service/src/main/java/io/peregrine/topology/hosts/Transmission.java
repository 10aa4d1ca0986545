/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.collect.ImmutableSet;
import io.peregrine.topology.PortId;
import java.util.Set;

/**
 * A packet to send.
 *
 * @param ports the ports to send it out of, of one or many switches, in order
 * @param packet the packet
 */
public record Transmission(Set<PortId> ports, ArpPacket packet) {
    public Transmission {
        ports = ImmutableSet.copyOf(ports);
    }
}
