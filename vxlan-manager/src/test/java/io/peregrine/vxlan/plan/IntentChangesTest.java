/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Maps;
import com.google.common.net.InetAddresses;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.MacAddress;
import io.peregrine.vxlan.GuestPort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IntentChangesTest {
    /** Edges that come and go make everything be compiled. */
    private static final Edge GHOST = new Edge("ghost", false, Map.of());
    private static final List<String> NAMES = List.of(FakeSites.NETWORK, "green", "red");
    private static final int GUESTS = 12;

    private final FakeSites sites = new FakeSites(3);
    private final Random random = new Random(7);

    @Test
    void whateverNetworksChangeSwitchesHaveWhatAllOfTheIntentComesTo() {
        for (int i = 0; i < GUESTS; i++) {
            final var home = "hv" + (1 + i % 3);
            sites.overlay.declare(new GuestPort(FakeSites.port("g" + i), sites.mac("g" + i),
                i % 2 == 0 ? Optional.of(NAMES.get(i % 3)) : Optional.empty(), "g" + i));
            sites.tap("g" + i, home);
            sites.overlay.attach(List.of(FakeSites.port("g" + i)), home);
        }
        int different = 0;
        for (int round = 0; round < 300; round++) {
            final var before = programs();
            final var networks = networks();
            sites.intend(networks);
            final var found = programs();
            sites.intend(networks, GHOST);
            assertSame(found, programs(), "round " + round);
            sites.intend(networks);
            assertSame(found, programs(), "round " + round);
            different += found.equals(before) ? 0 : 1;
        }
        assertTrue(different > 200, different + " changes showed");
    }

    /** Says which fragments differ, and not what is in all of them. */
    private static void assertSame(final Map<String, Map<String, Fragment>> expected,
            final Map<String, Map<String, Fragment>> found, final String when) {
        expected.forEach((edge, program) -> assertEquals(List.of(),
            Maps.difference(program, found.get(edge)).entriesDiffering().keySet().stream().toList(), when));
        expected.forEach((edge, program) -> assertEquals(program.keySet(), found.get(edge).keySet(), when));
    }

    private Map<String, Map<String, Fragment>> programs() {
        final var result = sites.programs();
        result.remove(GHOST.name());
        return result;
    }

    private List<Network> networks() {
        final var ports = new HashMap<String, Map<MacAddress, List<InetAddress>>>();
        for (int i = 0; i < GUESTS; i++) {
            final int choice = random.nextInt(5);
            if (choice < NAMES.size()) {
                ports.computeIfAbsent(NAMES.get(choice), name -> new HashMap<>()).put(sites.mac("g" + i),
                    choice == 0 ? List.of() : List.of(address(random.nextInt(200))));
            }
        }
        final var result = new ArrayList<Network>();
        for (int i = 0; i < NAMES.size(); i++) {
            if (random.nextInt(4) > 0) {
                result.add(new Network(NAMES.get(i), 5001 + i * 2 + random.nextInt(2),
                    ports.getOrDefault(NAMES.get(i), Map.of())));
            }
        }
        return result;
    }

    private static InetAddress address(final int last) {
        return InetAddresses.forString("192.0.2." + last);
    }

    /** The same entry cannot be two fragments', not even for a moment. */
    @Test
    void aHostBehindTheBorderThatBecomesAGuestChangesInOneGo() {
        sites.guest("g", "hv1");
        final var mac = sites.mac("g");
        final var behind = new Edge("other", false, Map.of("out0", new Edge.BorderPort(FakeSites.NETWORK,
            Map.of(MacAddress.parse("0a:00:00:00:00:01"), List.of(address(9))))));
        final var without = new Edge("other", false, Map.of("out0", new Edge.BorderPort(FakeSites.NETWORK, Map.of())));
        sites.intend(List.of(new Network(FakeSites.NETWORK, FakeSites.VNI, Map.of())), behind);
        sites.messages.clear();
        sites.applied.clear();
        sites.intend(List.of(new Network(FakeSites.NETWORK, FakeSites.VNI, Map.of(mac, List.of(address(9))))), without);
        assertEquals(1, sites.applied.get("hv1").size());
        assertEquals(Set.of("host:other/0a:00:00:00:00:01", "guest:if-g"), sites.applied.get("hv1").get(0));
    }

    @Test
    void whoInheritsAnAddressIsFloodedTo() {
        sites.guest("g", "hv1");
        sites.overlay.declare(new GuestPort("if-twin", sites.mac("g"), Optional.of(FakeSites.NETWORK), "twin"));
        sites.tap("twin", "hv2");
        sites.overlay.attach(List.of("if-twin"), "hv2");
        assertEquals(List.of(), flooded("hv2"));
        sites.overlay.withdraw(List.of(FakeSites.port("g")));
        assertEquals(List.of("hv2/tap-twin"), flooded("hv2"));
    }

    private List<String> flooded(final String edge) {
        return sites.fromOutside(MacAddress.parse("ff:ff:ff:ff:ff:ff")).stream()
            .filter(arrival -> arrival.startsWith(edge)).toList();
    }

    @Test
    void oneGuestsAddressCostsNoOtherGuestAnything() {
        for (int i = 0; i < 40; i++) {
            sites.guest("g" + i, "hv" + (1 + i % 3));
        }
        final int before = sites.groupIds.asked;
        sites.addresses("g5", "192.0.2.5");
        assertTrue(sites.groupIds.asked > before);
        assertTrue(sites.groupIds.asked - before < 40, (sites.groupIds.asked - before) + " groups compiled");
    }

    @Test
    void anEdgeThatIsReadCostsTheOthersNothing() {
        for (int i = 0; i < 40; i++) {
            sites.guest("g" + i, "hv" + (1 + i % 2));
        }
        final int before = sites.groupIds.asked;
        sites.overlay.setSnapshot("hv3", new EdgeSnapshot(Optional.empty(), Map.of(), Map.of(), Map.of(), List.of()));
        sites.report("hv3");
        assertTrue(sites.groupIds.asked - before <= 2 * 60, (sites.groupIds.asked - before) + " groups compiled");
    }
}
