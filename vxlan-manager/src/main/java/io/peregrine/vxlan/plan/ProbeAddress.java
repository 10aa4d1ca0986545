/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import io.peregrine.flow.FieldValue;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import io.peregrine.vxlan.GuestProbes;
import java.util.Optional;

/**
 * The MAC address that a probe is sent from and answered to: {@code 06:50:67}, locally administered, then twelve bits
 * that tell the session and twelve that number the probe.
 *
 * @param session the session, 0 to {@link #SESSIONS} - 1
 * @param number the probe, 0 to {@link GuestProbes#NUMBERS} - 1
 */
public record ProbeAddress(int session, int number) {
    /** How many sessions there can be. */
    public static final int SESSIONS = 4096;

    private static final long POOL = 0x0650_6700_0000L;
    private static final long POOL_MASK = 0xFFFF_FF00_0000L;
    private static final long SESSION_MASK = 0xFFFF_FFFF_F000L;
    private static final int NUMBER_BITS = 12;

    public ProbeAddress {
        if (session < 0 || session >= SESSIONS || number < 0 || number >= GuestProbes.NUMBERS) {
            throw new IllegalArgumentException("no such probe: " + session + "/" + number);
        }
    }

    /**
     * The probe that a MAC address belongs to.
     *
     * @param mac the address
     * @return empty if it is none of these
     */
    public static Optional<ProbeAddress> of(final MacAddress mac) {
        final long rest = mac.bits() ^ POOL;
        return (rest & POOL_MASK) != 0 ? Optional.empty() : Optional.of(
            new ProbeAddress((int) (rest >> NUMBER_BITS), (int) (rest & GuestProbes.NUMBERS - 1)));
    }

    public MacAddress mac() {
        return new MacAddress(POOL | (long) session << NUMBER_BITS | number);
    }

    /** Requires a field to be of whatever probe. */
    static Match.Builder any(final Match.Builder match, final OxmField field) {
        return match.masked(field, FieldValue.of(POOL), FieldValue.of(POOL_MASK));
    }

    /** Requires a field to be of a session's probes. */
    static Match.Builder ofSession(final Match.Builder match, final OxmField field, final int session) {
        return match.masked(field, FieldValue.of(new ProbeAddress(session, 0).mac()), FieldValue.of(SESSION_MASK));
    }
}
