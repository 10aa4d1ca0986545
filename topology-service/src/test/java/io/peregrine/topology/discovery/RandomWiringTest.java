/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.LinkDiscovery.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cables are plugged in, cut one way or both and moved, hubs come and go, ports, sessions and the controller fail, in
 * any order. No link may outlive its wire by more than about a second while both its ends can be heard, and after a
 * quiet time the links are the wires.
 */
class RandomWiringTest {
    private static final int RUNS = 40;
    private static final int ACTIONS = 60;
    private static final int SWITCHES = 5;
    private static final int PORTS = 4;

    /** Ports that are wired to each other: two, or more with a hub between. */
    private record Segment(List<PortId> ports, Set<Link> wires) {
    }

    private static final class World {
        final SimulatedNetwork net = new SimulatedNetwork(Settings.DEFAULT);
        final Random random;
        final List<PortId> ports = new ArrayList<>();
        final List<Segment> segments = new ArrayList<>();
        /** Since when a link has had no wire while both its ends could be heard. */
        final Map<Link, Long> ghosts = new HashMap<>();

        World(final long seed) {
            random = new Random(seed);
            net.delay = Duration.ofMillis(random.nextInt(10));
            for (int i = 1; i <= SWITCHES; i++) {
                for (int j = 1; j <= PORTS; j++) {
                    ports.add(new PortId(new DatapathId(i), j));
                }
                net.connect(i);
            }
            ports.forEach(net::up);
        }

        <T> T any(final List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        List<PortId> free() {
            final var free = new ArrayList<>(ports);
            segments.forEach(segment -> free.removeAll(segment.ports()));
            return free;
        }

        void plug(final int count) {
            final var free = free();
            final var chosen = new ArrayList<PortId>();
            while (chosen.size() < count && !free.isEmpty()) {
                chosen.add(free.remove(random.nextInt(free.size())));
            }
            final var wires = new TreeSet<Link>();
            chosen.forEach(from -> chosen.stream().filter(to -> !to.equals(from))
                .forEach(to -> wires.add(new Link(from, to))));
            segments.add(new Segment(chosen, wires));
            net.wires.addAll(wires);
        }

        void unplug() {
            if (!segments.isEmpty()) {
                final var segment = segments.remove(random.nextInt(segments.size()));
                net.wires.removeAll(segment.wires());
                if (random.nextBoolean()) {
                    segment.ports().forEach(net::down);
                }
            }
        }

        void act() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> plug(2);
                case 3 -> plug(3 + random.nextInt(2));
                case 4 -> unplug();
                case 5 -> {
                    unplug();
                    plug(2);
                }
                case 6 -> oneWay();
                case 7 -> net.down(any(ports));
                case 8, 9 -> net.up(any(ports));
                case 10 -> {
                    if (random.nextInt(3) == 0) {
                        net.restart(net.discovery.links().all().keySet());
                    } else {
                        net.disconnect(1L + random.nextInt(SWITCHES));
                    }
                }
                default -> net.connect(1L + random.nextInt(SWITCHES));
            }
        }

        void oneWay() {
            final var pairs = segments.stream().filter(segment -> segment.ports().size() == 2).toList();
            if (!pairs.isEmpty()) {
                final var pair = any(pairs);
                final var direction = any(List.copyOf(pair.wires()));
                if (!net.wires.remove(direction)) {
                    net.wires.add(direction);
                }
            }
        }

        boolean heard(final PortId port) {
            return net.up.contains(port) && net.sessions.contains(port.datapath());
        }

        /** No ghosts. */
        void look() {
            final var links = net.discovery.links().all();
            ghosts.keySet().retainAll(links.keySet());
            links.forEach((link, status) -> {
                if (net.wires.contains(link) || !heard(link.from()) || !heard(link.to())) {
                    ghosts.remove(link);
                } else {
                    final long since = ghosts.computeIfAbsent(link, key -> net.now);
                    final long limit = status.state() == LinkState.UNCONFIRMED ? 2850 : 1050;
                    assertTrue(net.now - since < Duration.ofMillis(limit).toNanos(),
                        () -> "no wire any more: " + link);
                }
                if (heard(link.from()) && heard(link.to())) {
                    return;
                }
                // A port that is known to be down has no links.
                assertEquals(LinkState.UNCONFIRMED, status.state(), () -> "an end cannot be heard: " + link);
            });
        }

        /** What there is, where everybody can be heard. */
        Map<Link, LinkState> truth() {
            final var result = new TreeMap<Link, LinkState>();
            for (var segment : segments) {
                final var up = segment.ports().stream().filter(net.up::contains).sorted().toList();
                if (up.size() < 2) {
                    continue;
                }
                final var first = up.get(0);
                final var second = up.stream().skip(1)
                    .filter(port -> !port.datapath().equals(first.datapath())).findFirst().orElse(up.get(1));
                final var link = new Link(first, second);
                for (var direction : List.of(link, link.reverse())) {
                    if (net.wires.contains(direction)) {
                        result.put(direction, LinkState.UP);
                    }
                }
            }
            return result;
        }

        Map<Link, LinkState> known() {
            final var result = new TreeMap<Link, LinkState>();
            net.discovery.links().all().forEach((link, status) -> result.put(link, status.state()));
            return result;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void afterAQuietTimeTheLinksAreTheWires(final int block) {
        for (int run = 0; run < RUNS; run++) {
            final long seed = block * RUNS + run;
            final var world = new World(seed);
            for (int action = 0; action < ACTIONS; action++) {
                world.act();
                for (int step = world.random.nextInt(30); step >= 0; step--) {
                    world.net.run(world.random.nextInt(100));
                    world.look();
                }
            }
            for (int i = 1; i <= SWITCHES; i++) {
                world.net.connect(i);
            }
            world.net.run(3000);
            assertEquals(world.truth().keySet(), world.known().keySet(), "links of run " + seed);
            world.net.run(61_000);
            assertEquals(world.truth(), world.known(), "states of run " + seed);
        }
    }
}
