/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import java.time.Duration;

/**
 * How hosts are tracked.
 *
 * @param probeInterval how often each host is probed
 * @param probeRetry how long an answer to a probe is waited for
 * @param probesMissed after how many probes without an answer a host is gone
 * @param verifyWait how long the old place of a host that turns up elsewhere has for its answer to each of two probes
 * @param portGrace how long a host whose port went down is kept, unreachable
 * @param restoreSpread over what time the hosts of an earlier run, or of a switch that is back, are verified
 * @param gleanRetry how long an answer of a wanted address is waited for
 * @param gleanTries how often a wanted or expected address is asked for in a row
 * @param gleanHoldDown how long an address that did not answer is not looked for again
 * @param gleans how many wanted addresses are looked for at a time
 * @param gleansPort how many of them on behalf of one port
 * @param searchPace the time between two requests for expected addresses
 * @param searchPause the longest pause between attempts at an expected address
 * @param hostsPort how many hosts a port may have
 * @param hosts how many hosts there may be; expected ones count, but are not refused
 */
public record HostTrackerSettings(Duration probeInterval, Duration probeRetry, int probesMissed, Duration verifyWait,
        Duration portGrace, Duration restoreSpread, Duration gleanRetry, int gleanTries, Duration gleanHoldDown,
        int gleans, int gleansPort, Duration searchPace, Duration searchPause, int hostsPort, int hosts) {
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Good for a fabric with thousands of hosts. */
    public static final HostTrackerSettings DEFAULT = new HostTrackerSettings(Duration.ofSeconds(15),
        Duration.ofSeconds(1), 3, Duration.ofMillis(125), Duration.ofSeconds(5), Duration.ofSeconds(5),
        Duration.ofSeconds(1), 3, Duration.ofSeconds(5), 128, 16, Duration.ofMillis(10), Duration.ofSeconds(60), 256,
        20_000);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public HostTrackerSettings {
        check("probe interval", probeInterval);
        check("probe retry", probeRetry);
        check("probes missed", probesMissed);
        check("verify wait", verifyWait);
        check("port grace", portGrace);
        check("restore spread", restoreSpread);
        check("glean retry", gleanRetry);
        check("glean tries", gleanTries);
        check("glean hold-down", gleanHoldDown);
        check("gleans", gleans);
        check("gleans of a port", gleansPort);
        check("search pace", searchPace);
        check("search pause", searchPause);
        check("hosts of a port", hostsPort);
        check("hosts", hosts);
    }

    private static void check(final String what, final Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " is not between 1 ns and an hour: " + value);
        }
    }

    private static void check(final String what, final int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " is not positive: " + value);
        }
    }
}
