/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import java.util.Optional;

/**
 * A guest's network interface, the same wherever the guest runs.
 *
 * @param interfaceId the {@code interfaceid} of its libvirt virtualport, which Open vSwitch has as {@code iface-id}
 * @param mac its MAC address
 * @param network the network that libvirt names for it (the virtualport's {@code profileid}), if any; intent that lists
 *     the MAC address in a network comes first
 * @param guest the guest's name, for messages
 */
public record GuestPort(String interfaceId, MacAddress mac, Optional<String> network, String guest) {
    public GuestPort {
        requireNonNull(interfaceId);
        requireNonNull(mac);
        requireNonNull(network);
        requireNonNull(guest);
    }
}
