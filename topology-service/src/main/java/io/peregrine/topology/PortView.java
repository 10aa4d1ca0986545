/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.MacAddress;
import java.util.OptionalLong;

/**
 * A port of a switch. Immutable.
 *
 * @param number its OpenFlow number, 1 to {@link #MAX}, or {@link #LOCAL}
 * @param name its name
 * @param mac its hardware address
 * @param up whether it is administratively up and has link
 * @param speed its current bit rate in kbit/s, empty where the switch does not say
 */
public record PortView(long number, String name, MacAddress mac, boolean up, OptionalLong speed) {
    /** The highest number of a physical or logical port (OpenFlow 1.3.5, OFPP_MAX). */
    public static final long MAX = 0xFFFF_FF00L;
    /** The switch's own network stack (OFPP_LOCAL). */
    public static final long LOCAL = 0xFFFF_FFFEL;

    public PortView {
        if ((number < 1 || number > MAX) && number != LOCAL) {
            throw new IllegalArgumentException("not a port's number: " + number);
        }
        requireNonNull(name);
        requireNonNull(mac);
        requireNonNull(speed);
    }
}
