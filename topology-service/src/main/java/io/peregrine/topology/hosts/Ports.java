/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of the ports: which are for hosts, which lead to other switches, which are down, and whose switch is
 * connected. A switch is not connected until it is said to be; a port is up until it is said to be down.
 */
final class Ports {
    private final Set<DatapathId> connected = new HashSet<>();
    private final Set<PortId> down = new HashSet<>();
    private Set<PortId> host = Set.of();
    private Set<PortId> fabric = Set.of();
    private ImmutableSet<PortId> open;

    Set<PortId> host() {
        return host;
    }

    Set<PortId> fabric() {
        return fabric;
    }

    void setHost(final Set<PortId> ports) {
        host = ImmutableSet.copyOf(ports);
        open = null;
    }

    void setFabric(final Set<PortId> ports) {
        fabric = ImmutableSet.copyOf(ports);
        open = null;
    }

    boolean connect(final DatapathId datapath) {
        open = null;
        return connected.add(datapath);
    }

    /** What a switch that is away had said of its ports is not known any more. */
    boolean disconnect(final DatapathId datapath) {
        open = null;
        down.removeIf(port -> port.datapath().equals(datapath));
        return connected.remove(datapath);
    }

    boolean setDown(final PortId port) {
        open = null;
        return down.add(port);
    }

    boolean setUp(final PortId port) {
        open = null;
        return down.remove(port);
    }

    boolean isConnected(final PortId port) {
        return connected.contains(port.datapath());
    }

    boolean isDown(final PortId port) {
        return down.contains(port);
    }

    /** Tells whether an answer from behind a port could be heard. */
    boolean isAudible(final PortId port) {
        return isConnected(port) && !isDown(port);
    }

    /** The ports behind which hosts can be heard, in order. */
    ImmutableSet<PortId> open() {
        if (open == null) {
            open = ImmutableSortedSet.copyOf(host.stream().filter(port -> !refusal(port).isPresent()).toList());
        }
        return open;
    }

    /** Why nothing is learned from what a port lets in. */
    Optional<HostCounter> refusal(final PortId port) {
        if (fabric.contains(port)) {
            return Optional.of(HostCounter.FABRIC_PORT);
        }
        if (isDown(port)) {
            return Optional.of(HostCounter.PORT_DOWN);
        }
        return isConnected(port) && host.contains(port) ? Optional.empty() : Optional.of(HostCounter.NOT_HOST_PORT);
    }
}
