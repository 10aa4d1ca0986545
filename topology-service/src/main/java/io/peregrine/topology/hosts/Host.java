/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortId;
import java.net.Inet4Address;

/**
 * An IPv4 address and where it is. A station with several addresses is several hosts.
 *
 * @param address the address
 * @param mac the station that has it
 * @param port the port behind which the station is
 * @param status how sure this is
 */
public record Host(Inet4Address address, MacAddress mac, PortId port, Status status) {
    /** How sure a host's place is. */
    public enum Status {
        /** It has been heard there. */
        CONFIRMED,
        /** It was there in an earlier run and has not been heard since. */
        UNVERIFIED,
        /** Its port went down, and it has not been heard since: nothing reaches it. */
        UNREACHABLE
    }

    public Host {
        requireNonNull(address);
        requireNonNull(mac);
        requireNonNull(port);
        requireNonNull(status);
    }

    @Override
    public String toString() {
        return InetAddresses.toAddrString(address) + " " + mac + " at " + port + " " + status;
    }
}
