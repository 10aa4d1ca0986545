/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import io.peregrine.topology.PortId;

/**
 * Sends probes out of ports.
 */
@FunctionalInterface
public interface ProbeSender {
    /**
     * Has a frame sent. Called from within the discovery's methods, so it must neither block nor call back.
     *
     * @param port the port out of which it goes
     * @param frame an Ethernet frame without its checksum, the receiver's own
     */
    void send(PortId port, byte[] frame);
}
