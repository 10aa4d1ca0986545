/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import io.peregrine.flow.DatapathId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What an edge's OVSDB says. Immutable. After a disconnect the last snapshot stays true until the next one: unknown
 * is not absent.
 *
 * @param datapath the bridge's datapath identifier, empty while Open vSwitch has not set it up
 * @param tunnels by the other edge's name
 * @param taps by {@code iface-id}
 * @param borderPorts OpenFlow port number by interface name, of those that have one
 * @param problems what is wrong, one sentence each
 */
public record EdgeSnapshot(Optional<DatapathId> datapath, Map<String, TunnelPort> tunnels, Map<String, Tap> taps,
        Map<String, Long> borderPorts, List<String> problems) {
    /** Nothing known, nothing there. */
    public static final EdgeSnapshot NONE = new EdgeSnapshot(Optional.empty(), Map.of(), Map.of(), Map.of(),
        List.of());

    /** Whether a tunnel carries traffic. */
    public enum Liveness {
        UP, DOWN, UNKNOWN
    }

    /**
     * A tunnel port.
     *
     * @param name its name on the bridge
     * @param port its OpenFlow port number, empty while it has none
     * @param liveness what BFD says
     * @param problem why Open vSwitch could not set it up, if so
     */
    public record TunnelPort(String name, OptionalLong port, Liveness liveness, Optional<String> problem) {
    }

    /**
     * A guest's tap.
     *
     * @param row its Interface row
     * @param name its name
     * @param port its OpenFlow port number, above zero
     * @param linkUp whether it has link
     */
    public record Tap(UUID row, String name, long port, boolean linkUp) {
    }

    public EdgeSnapshot {
        tunnels = Map.copyOf(tunnels);
        taps = Map.copyOf(taps);
        borderPorts = Map.copyOf(borderPorts);
        problems = List.copyOf(problems);
    }
}
