/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.Interface;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;

class GuestSearchTest {
    /** The last one says no more than a guest must. */
    private static final List<Guest> GUESTS = List.of(
        guest('a', "web").setHypervisor(new EdgeName("hv1")).setState(GuestState.Running).setInterface(List.of(
            port("52:54:00:00:00:0a", "red", "192.0.2.5"), port("52:54:00:00:00:1a", "blue", "192.0.2.6"))).build(),
        guest('b', "db").setHypervisor(new EdgeName("hv2")).setState(GuestState.Paused)
            .setInterface(List.of(port("52:54:00:00:00:0b", "blue", "192.0.2.5"))).build(),
        guest('c', "web").setHypervisor(new EdgeName("hv1")).setState(GuestState.Unknown)
            .setProblem("runs at hv1 and at hv2; served at hv1").setInterface(List.of()).build(),
        guest('d', "mail").setState(GuestState.Running).setInterface(List.of(
            new InterfaceBuilder(port("52:54:00:00:00:0d", "red", "2001:db8::5")).setProblem("no such network").build(),
            new InterfaceBuilder().setMacAddress(new MacAddress("52:54:00:00:00:1d")).build())).build(),
        guest('e', "bare").build());

    private static GuestBuilder guest(final char id, final String name) {
        return new GuestBuilder().setUuid(new Uuid("11111111-2222-3333-4444-aaaaaaaaaaa" + id)).setName(name);
    }

    private static Interface port(final String mac, final String network, final String address) {
        return new InterfaceBuilder().setMacAddress(new MacAddress(mac)).setNetwork(new NetworkName(network))
            .setAddress(Set.of(IetfInetUtil.ipAddressNoZoneFor(address))).build();
    }

    private static String found(final Consumer<FindGuestsInputBuilder> wish) {
        final var wanted = new FindGuestsInputBuilder();
        wish.accept(wanted);
        return String.join("", GUESTS.stream().filter(GuestSearch.of(wanted.build()))
            .map(guest -> guest.getUuid().getValue().substring(35)).toList());
    }

    @Test
    void whatIsNotGivenLeavesTheChoiceOpen() {
        assertEquals("abcde", found(wanted -> { }));
        assertEquals("abcde", found(wanted -> wanted.setState(Set.of())));
    }

    @Test
    void aGuestIsFoundByNameAndByUuid() {
        assertEquals("ac", found(wanted -> wanted.setGuest("web")));
        assertEquals("b", found(wanted -> wanted.setGuest("11111111-2222-3333-4444-AAAAAAAAAAAB")));
        assertEquals("", found(wanted -> wanted.setGuest("WEB")), "names differ in case");
        assertEquals("", found(wanted -> wanted.setGuest("nobody")));
    }

    @Test
    void aHypervisorIsWhereItRuns() {
        assertEquals("ac", found(wanted -> wanted.setHypervisor(new EdgeName("hv1"))));
        assertEquals("", found(wanted -> wanted.setHypervisor(new EdgeName("hv9"))));
    }

    @Test
    void ofSeveralStatesOneIsEnough() {
        assertEquals("abd", found(wanted -> wanted.setState(Set.of(GuestState.Running, GuestState.Paused))));
        assertEquals("c", found(wanted -> wanted.setState(Set.of(GuestState.Unknown))));
    }

    @Test
    void aProblemIsItsOwnOrThatOfAnInterface() {
        assertEquals("cd", found(wanted -> wanted.setProblem(true)));
        assertEquals("abe", found(wanted -> wanted.setProblem(false)));
    }

    @Test
    void anyInterfaceMayBeInTheNetwork() {
        assertEquals("ad", found(wanted -> wanted.setNetwork(new NetworkName("red"))));
        assertEquals("ab", found(wanted -> wanted.setNetwork(new NetworkName("blue"))));
        assertEquals("", found(wanted -> wanted.setNetwork(new NetworkName("green"))));
    }

    @Test
    void anAddressIsAMacOrAnIpAddressHoweverItIsWritten() {
        assertEquals("a", found(wanted -> wanted.setAddress("52:54:00:00:00:1A")));
        assertEquals("ab", found(wanted -> wanted.setAddress("192.0.2.5")));
        assertEquals("d", found(wanted -> wanted.setAddress("2001:DB8:0:0::0005")));
        assertEquals("", found(wanted -> wanted.setAddress("192.0.2.7")));
    }

    @Test
    void networkAndAddressAreOfOneInterface() {
        assertEquals("b", found(wanted -> wanted.setNetwork(new NetworkName("blue")).setAddress("192.0.2.5")));
        assertEquals("", found(wanted -> wanted.setNetwork(new NetworkName("red")).setAddress("192.0.2.6")));
    }

    @Test
    void allThatIsGivenHasToBeSo() {
        assertEquals("a", found(wanted -> wanted.setGuest("web").setHypervisor(new EdgeName("hv1"))
            .setState(Set.of(GuestState.Running, GuestState.Unknown)).setProblem(false)));
        assertEquals("", found(wanted -> wanted.setGuest("db").setHypervisor(new EdgeName("hv1"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "web", "192.0.2", "192.0.2.0/24", "52:54:00", "52-54-00-00-00-01", "fe80::1%eth0"})
    void whatIsNoAddressIsRefusedByName(final String text) {
        assertEquals("address: '" + text + "' is neither a MAC nor an IP address; give one such as 52:54:00:00:00:01, "
            + "192.0.2.5 or 2001:db8::5", assertThrows(IllegalArgumentException.class,
                () -> found(wanted -> wanted.setAddress(text))).getMessage());
    }

    @Test
    void theyAreInTheOrderOfTheirNames() {
        assertEquals("ebdac", String.join("", GUESTS.stream().sorted(GuestSearch.ORDER)
            .map(guest -> guest.getUuid().getValue().substring(35)).toList()));
    }
}
