/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

/**
 * What has become of the LLDP frames that a port received.
 *
 * @param genuine fresh probes of another port
 * @param foreign LLDP of somebody else
 * @param forged frames like probes that this installation has not made
 * @param replayed probes that were not new: received before, too late, or of another run of the controller
 * @param malformed frames that are not LLDP
 * @param unexpectedPort probes from or at a port that may have no link: a host's, or one that is not known to be up
 * @param looped probes that the port itself has sent
 */
public record PortCounters(long genuine, long foreign, long forged, long replayed, long malformed, long unexpectedPort,
        long looped) {
    /** What a frame can count as. */
    enum Kind {
        GENUINE, FOREIGN, FORGED, REPLAYED, MALFORMED, UNEXPECTED_PORT, LOOPED;

        static Kind of(final Decoded.Rejected rejected) {
            return switch (rejected) {
                case FOREIGN -> FOREIGN;
                case FORGED -> FORGED;
                case MALFORMED -> MALFORMED;
            };
        }
    }

    static PortCounters of(final long[] counts) {
        return new PortCounters(counts[Kind.GENUINE.ordinal()], counts[Kind.FOREIGN.ordinal()],
            counts[Kind.FORGED.ordinal()], counts[Kind.REPLAYED.ordinal()], counts[Kind.MALFORMED.ordinal()],
            counts[Kind.UNEXPECTED_PORT.ordinal()], counts[Kind.LOOPED.ordinal()]);
    }
}
