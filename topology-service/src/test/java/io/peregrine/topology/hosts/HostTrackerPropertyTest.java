/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static io.peregrine.topology.hosts.Net.MILLI;
import static io.peregrine.topology.hosts.Net.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stations come, go, move and fall silent, ports and switches flap, in any order. The changes that the tracker tells
 * always add up to its set, and after some quiet time, in which each station has said something, that is what is so.
 */
class HostTrackerPropertyTest {
    private static final int STEPS = 600;

    private final Net net = Net.standard();
    private final Set<DatapathId> away = new HashSet<>();
    private Random random;
    private int born;

    private PortId anyPort() {
        return port(1 + random.nextInt(2), 1 + random.nextInt(4));
    }

    private Net.Station any() {
        return List.copyOf(net.stations).get(random.nextInt(net.stations.size()));
    }

    private boolean hears(final PortId port) {
        return !net.cut.contains(port) && !away.contains(port.datapath());
    }

    private void say(final Net.Station station) {
        if (!station.mute && hears(station.port)) {
            if (random.nextBoolean()) {
                net.announce(station);
            } else {
                net.ask(station, random.nextBoolean() ? "10.1.0.1" : "10.1.0." + (10 + random.nextInt(40)));
            }
        }
    }

    private void step() {
        switch (random.nextInt(net.stations.isEmpty() ? 1 : 12)) {
            case 0 -> {
                born++;
                say(net.station(born, "10.1.0." + (10 + born % 200), anyPort()));
            }
            case 1 -> net.stations.remove(any());
            case 2, 3 -> {
                final var station = any();
                station.port = anyPort();
                say(station);
            }
            case 4 -> any().mute ^= true;
            case 5 -> {
                final var port = anyPort();
                if (!away.contains(port.datapath())) {
                    if (net.cut.contains(port)) {
                        net.portUp(port);
                    } else {
                        net.portDown(port);
                    }
                }
            }
            case 6 -> {
                final var datapath = new DatapathId(1 + random.nextInt(2));
                if (away.remove(datapath)) {
                    net.react(net.tracker.switchConnected(datapath, net.now));
                    net.cut.stream().filter(port -> port.datapath().equals(datapath))
                        .forEach(port -> net.react(net.tracker.portDown(port, net.now)));
                } else {
                    away.add(datapath);
                    net.react(net.tracker.switchDisconnected(datapath, net.now));
                }
            }
            case 7 -> net.wanted(anyPort(), "10.1.0." + (10 + random.nextInt(200)));
            default -> say(any());
        }
        net.pass(random.nextInt(4) == 0 ? random.nextInt(5_000) : random.nextInt(50));
        assertEquals(net.followed, net.tracker.hosts());
        assertTrue(net.tracker.nextTick().isEmpty()
            || net.tracker.nextTick().getAsLong() - net.now <= 15_000 * MILLI);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987 })
    void theSetEndsAsThingsAre(final int seed) {
        random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        for (final var datapath : List.copyOf(away)) {
            away.remove(datapath);
            net.react(net.tracker.switchConnected(datapath, net.now));
        }
        // Whatever the switch said before it went
        new ArrayList<>(net.cut).forEach(port -> {
            net.react(net.tracker.portDown(port, net.now));
            net.portUp(port);
        });
        net.stations.forEach(station -> {
            if (!station.mute) {
                net.announce(station);
            }
        });
        net.pass(60_000);
        assertEquals(net.stations.stream().filter(station -> !station.mute)
            .map(station -> new Host(station.address, station.mac, station.port, Host.Status.CONFIRMED).toString())
            .collect(Collectors.toSet()), net.lines());
        assertEquals(List.of(), net.tracker.conflicts());
    }
}
