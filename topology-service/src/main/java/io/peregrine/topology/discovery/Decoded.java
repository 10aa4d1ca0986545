/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static java.util.Objects.requireNonNull;

import io.peregrine.topology.PortId;

/**
 * What a received frame turned out to be.
 */
public sealed interface Decoded permits Decoded.Genuine, Decoded.Echo, Decoded.Rejected {
    /**
     * A probe of this installation; whether it is fresh is another question.
     *
     * @param from the port that sent it
     * @param epoch the run of the controller that made it
     * @param counter its number
     */
    record Genuine(PortId from, long epoch, long counter) implements Decoded {
        public Genuine {
            requireNonNull(from);
        }
    }

    /**
     * An echo that this installation has sent and a neighbour has sent back; whether it is fresh is another question.
     *
     * @param from the port that sent it
     * @param epoch the run of the controller that made it
     * @param counter its number
     */
    record Echo(PortId from, long epoch, long counter) implements Decoded {
        public Echo {
            requireNonNull(from);
        }
    }

    /** Anything else. */
    enum Rejected implements Decoded {
        /** LLDP, but not a probe. */
        FOREIGN,
        /** By its form a probe, but not as this installation makes them. */
        FORGED,
        /** Neither LLDP nor an echo that has come back. */
        MALFORMED
    }
}
