/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import java.util.Comparator;

/**
 * A port of a switch: one end of a link, or where a host hangs.
 *
 * @param datapath the switch
 * @param port the OpenFlow port number
 */
public record PortId(DatapathId datapath, long port) implements Comparable<PortId> {
    private static final Comparator<PortId> ORDER = Comparator.comparing(PortId::datapath)
        .thenComparingLong(PortId::port);

    public PortId {
        requireNonNull(datapath);
    }

    @Override
    public int compareTo(final PortId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return datapath + ":" + Long.toUnsignedString(port);
    }
}
