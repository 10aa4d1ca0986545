/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import io.peregrine.flow.MacAddress;
import java.util.Optional;

/**
 * A guest's network interface as its domain XML has it.
 *
 * @param mac its MAC address
 * @param type the interface's type, such as {@code bridge}
 * @param interfaceId the virtualport's {@code interfaceid}
 * @param network the virtualport's {@code profileid}, the network that it is to be in
 * @param target the tap's name on the host
 * @param model the device's model, such as {@code virtio}
 * @param problem why it cannot be served; empty if it can
 */
public record NetworkInterface(MacAddress mac, String type, Optional<String> interfaceId, Optional<String> network,
        Optional<String> target, Optional<String> model, Optional<String> problem) {
    /**
     * The same interface with a reason why it cannot be served.
     *
     * @param text the reason
     * @return the new value
     */
    public NetworkInterface withProblem(final String text) {
        return new NetworkInterface(mac, type, interfaceId, network, target, model, Optional.of(text));
    }
}
