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
 * A network of intent.
 *
 * @param name its name
 * @param vni its VXLAN network identifier
 * @param ports guests' interfaces known beforehand: MAC address to IP addresses
 */
public record Network(String name, int vni, Map<MacAddress, List<InetAddress>> ports) {
    public Network {
        requireNonNull(name);
        ports = Map.copyOf(ports);
    }
}
