/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * An edge of intent.
 *
 * @param name its name
 * @param hypervisor whether guests can run there
 * @param borderPorts by interface name
 */
public record Edge(String name, boolean hypervisor, Map<String, BorderPort> borderPorts) {
    /**
     * A port that leads to hosts outside.
     *
     * @param network the name of their network
     * @param hosts known hosts behind it: MAC address to IP addresses
     */
    public record BorderPort(String network, Map<MacAddress, List<InetAddress>> hosts) {
        public BorderPort {
            requireNonNull(network);
            hosts = Map.copyOf(hosts);
        }
    }

    public Edge {
        requireNonNull(name);
        borderPorts = Map.copyOf(borderPorts);
    }
}
