/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import static io.peregrine.vxlan.internal.intent.Bindings.border;
import static io.peregrine.vxlan.internal.intent.Bindings.borders;
import static io.peregrine.vxlan.internal.intent.Bindings.guest;
import static io.peregrine.vxlan.internal.intent.Bindings.host;
import static io.peregrine.vxlan.internal.intent.Bindings.hypervisor;
import static io.peregrine.vxlan.internal.intent.Bindings.hypervisors;
import static io.peregrine.vxlan.internal.intent.Bindings.network;
import static io.peregrine.vxlan.internal.intent.Bindings.networks;
import static io.peregrine.vxlan.internal.intent.Bindings.port;
import static io.peregrine.vxlan.internal.intent.Bindings.subnet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.topology.intent.Problem;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.InterfaceName;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Networks;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.NetworkBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;

class IntentRulesTest {
    private static final String BLUE = "/peregrine-network:networks/network=blue";
    private static final String RED = "/peregrine-network:networks/network=red";
    private static final String HV1 = "/peregrine-edge:hypervisors/hypervisor=hv1";
    private static final String HV2 = "/peregrine-edge:hypervisors/hypervisor=hv2";
    private static final String OUT = "/peregrine-edge:borders/border=out";
    private static final String MAC1 = "52:54:00:00:00:01";
    private static final String MAC2 = "52:54:00:00:00:02";

    @Test
    void nothingIsRight() {
        assertProblems(List.of(), null, null, null);
    }

    @Test
    void whatARealSiteHasIsRight() {
        assertProblems(List.of(),
            networks(
                network("blue", 10)
                    .setSubnet(BindingMap.of(subnet("192.168.100.0/24", "192.168.100.1"),
                        subnet("2001:db8:1::/64", "2001:db8:1::1")))
                    .setPort(BindingMap.of(guest(MAC1, "192.168.100.5", "2001:db8:1::5"), guest(MAC2)))
                    .build(),
                // Not routed, so it may be the same as blue's
                network("lab", 8388607).setSubnet(BindingMap.of(subnet("192.168.100.0/24", null))).build(),
                network("link", 11).setSubnet(BindingMap.of(subnet("10.9.9.8/31", "10.9.9.8"))).build(),
                network("plain", 12).build()),
            hypervisors(hypervisor("hv1", "10.0.1.1").setController("tcp:10.0.0.1:6653").build(),
                hypervisor("hv2", "10.0.2.1").setOvsdb("tcp:hv2.example.net:6640")
                    .setLibvirt("qemu+ssh://root@hv2.example.net/system?keyfile=/k").build()),
            borders(border("out", "10.0.9.1",
                port("eth1", "blue", host("52:54:00:00:00:09", "192.168.100.9")),
                // The same router behind two networks
                port("eth1.20", "plain", host("52:54:00:00:00:09", "203.0.113.1"))).build()));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 8388608, 4294967295L})
    void vniInRange(final long vni) {
        assertProblems(List.of(BLUE + "/vni: " + vni + " is not between 1 and 8388607; use a number in that range"),
            networks(network("blue", vni).build()), null, null);
    }

    @Test
    void requiredFields() {
        assertProblems(List.of(BLUE + "/vni: it is missing; give a number from 1 to 8388607",
            HV1 + "/ovsdb: it is missing; give where its ovsdb-server listens, such as tcp:192.0.2.1:6640",
            HV1 + "/underlay-address: it is missing; give the address its tunnels end at",
            HV1 + "/libvirt: it is missing; give libvirt's URI, such as qemu+tls://host1.example.net/system",
            OUT + "/port=eth1/network: it is missing; give the name of a network"),
            networks(network("blue", 10).setVni(null).build()),
            hypervisors(hypervisor("hv1", "10.0.1.1").setOvsdb(null).setUnderlayAddress(null).setLibvirt(null).build()),
            borders(border("out", "10.0.9.1", port("eth1", null)).build()));
    }

    @Test
    void vniOnce() {
        assertProblems(List.of(RED + "/vni: 10 is also that of " + BLUE + "/vni; give each network a VNI of its own"),
            networks(network("red", 10).build(), network("blue", 10).build()), null, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "192.168.100.1/24|192.168.100.1/24 has host bits set; use 192.168.100.0/24",
        "2001:db8::1/64|2001:db8::1/64 has host bits set; use 2001:db8::/64",
        "0.0.0.0/0|0.0.0.0/0 is every address; use the network's own subnet",
        "224.0.0.0/8|224.0.0.0/8 has multicast, loopback or unspecified addresses; use a unicast subnet",
    })
    void prefixes(final String prefix, final String message) {
        assertProblems(List.of(BLUE + "/subnet=" + prefix + "/prefix: " + message),
            networks(network("blue", 10).setSubnet(BindingMap.of(subnet(prefix, null))).build()), null, null);
    }

    @Test
    void overlappingSubnets() {
        assertProblems(List.of(
            BLUE + "/subnet=10.1.0.0/24/prefix: 10.1.0.0/24 overlaps 10.0.0.0/8 of the same network;"
                + " use disjoint subnets",
            RED + "/subnet=10.2.0.0/16/prefix: 10.2.0.0/16 overlaps 10.0.0.0/8 of network 'blue', and both have a"
                + " gateway; use disjoint subnets, or leave a gateway out to keep them apart"),
            networks(
                network("blue", 10).setSubnet(BindingMap.of(subnet("10.0.0.0/8", "10.0.0.1"),
                    subnet("10.1.0.0/24", null))).build(),
                network("red", 11).setSubnet(BindingMap.of(subnet("10.2.0.0/16", "10.2.0.1"))).build()), null, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.0/24|10.0.1.1|10.0.1.1 is not in 10.0.0.0/24; use an address of the subnet",
        "10.0.0.0/24|2001:db8::1|2001:db8::1 is not in 10.0.0.0/24; use an address of the subnet",
        "10.0.0.0/24|10.0.0.0|10.0.0.0 is the network address of 10.0.0.0/24; use a host address of the subnet",
        "10.0.0.0/24|10.0.0.255|10.0.0.255 is the broadcast address of 10.0.0.0/24; use a host address of the subnet",
        "2001:db8::/64|2001:db8::|2001:db8:: is the subnet-router anycast address of 2001:db8::/64;"
            + " use a host address of the subnet",
    })
    void gateways(final String prefix, final String gateway, final String message) {
        assertProblems(List.of(BLUE + "/subnet=" + prefix + "/gateway: " + message),
            networks(network("blue", 10).setSubnet(BindingMap.of(subnet(prefix, gateway))).build()), null, null);
    }

    @Test
    void addressesOfGuests() {
        final var port = BLUE + "/port=" + MAC1 + "/address=";
        assertProblems(List.of(
            port + "10.0.0.1: 10.0.0.1 is also that of " + BLUE
                + "/subnet=10.0.0.0/24/gateway; give it to one place only",
            port + "10.0.0.255: 10.0.0.255 is the broadcast address of 10.0.0.0/24; use a host address",
            port + "10.0.1.1: 10.0.1.1 is in no subnet of the network (10.0.0.0/24); use an address of a subnet, or"
                + " add the subnet",
            port + "224.0.0.1: 224.0.0.1 is not a unicast address; use a host's",
            BLUE + "/port=" + MAC2 + "/address=10.0.0.7: 10.0.0.7 is also that of " + port
                + "10.0.0.7; give it to one place only"),
            networks(blue().setPort(BindingMap.of(
                guest(MAC1, "10.0.0.1", "10.0.0.255", "10.0.1.1", "10.0.0.7", "224.0.0.1"),
                guest(MAC2, "10.0.0.7"))).build()), null, null);
    }

    @Test
    void macAddresses() {
        assertProblems(List.of(
            BLUE + "/port=01:00:5e:00:00:01/mac-address: 01:00:5e:00:00:01 is not the address of one interface; its"
                + " first octet must be even and not all be zero",
            BLUE + "/port=52:54/mac-address: '52:54' is not a MAC address; write six octets in hexadecimal, such as"
                + " 52:54:00:12:34:56",
            RED + "/port=" + MAC1 + "/mac-address: " + MAC1 + " is also that of " + BLUE + "/port=" + MAC1
                + "/mac-address; an interface is in one network only",
            OUT + "/port=eth1/host=" + MAC1 + "/mac-address: " + MAC1 + " is also that of " + BLUE + "/port=" + MAC1
                + "/mac-address; an interface is a guest's or outside, not both"),
            networks(blue().setPort(BindingMap.of(guest(MAC1), guest("01:00:5e:00:00:01"), guest("52:54"))).build(),
                network("red", 11).setPort(BindingMap.of(guest(MAC1))).build()),
            null, borders(border("out", "10.0.9.1", port("eth1", "blue", host(MAC1))).build()));
    }

    @Test
    void hostsOfBorders() {
        final var first = OUT + "/port=eth1/host=" + MAC1;
        final var second = OUT + "/port=eth2/host=";
        assertProblems(List.of(
            first + "/address=10.0.0.1: 10.0.0.1 is also that of " + BLUE
                + "/subnet=10.0.0.0/24/gateway; give it to one place only",
            second + MAC1 + "/mac-address: " + MAC1 + " is also that of " + first
                + "/mac-address; list a host once in a network",
            second + MAC2 + "/address=10.0.0.9: 10.0.0.9 is also that of " + first
                + "/address=10.0.0.9; give it to one place only",
            second + MAC2 + "/address=10.7.0.1: 10.7.0.1 is in no subnet of the network (10.0.0.0/24); use an"
                + " address of a subnet, or add the subnet"),
            networks(blue().build()), null,
            borders(border("out", "10.0.9.1",
                port("eth1", "blue", host(MAC1, "10.0.0.1", "10.0.0.9")),
                port("eth2", "blue", host(MAC1), host(MAC2, "10.0.0.9", "10.7.0.1"))).build()));
    }

    @Test
    void networkOfABorderPort() {
        assertProblems(List.of(OUT + "/port=eth1/network: there is no network 'blue'; add the network first, and remove"
            + " this port before the network"),
            null, null, borders(border("out", "10.0.9.1", port("eth1", "blue")).build()));
    }

    @Test
    void edgesAreTheirOwn() {
        final var out = "/peregrine-edge:borders/border=hv1";
        assertProblems(List.of(
            HV2 + "/bridge: 'br-int' at tcp:10.0.1.1:6640 is also that of " + HV1
                + "/bridge; each edge has a bridge of its own",
            HV2 + "/underlay-address: 10.0.1.1 is also that of " + HV1
                + "/underlay-address; each edge has a VTEP address of its own",
            HV2 + "/libvirt: 'qemu+tls://10.0.1.1/system' is also that of " + HV1
                + "/libvirt; each hypervisor has a libvirt of its own",
            out + "/name: 'hv1' is also that of " + HV1
                + "/name; names are unique among hypervisors and borders together"),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").build(), hypervisor("hv2", "10.0.1.1").build()),
            borders(border("hv1", "10.0.9.1").build()));
    }

    @Test
    void oneIpVersionOfTunnels() {
        assertProblems(List.of(HV2 + "/underlay-address: 2001:db8::2 is IPv6, while " + HV1
            + "/underlay-address is IPv4; tunnels need one IP version at all edges"),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").build(), hypervisor("hv2", "2001:db8::2").build()), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.1.1.1", "255.255.255.255", "fe80::1", "::", "::1", "ff02::1"})
    void tunnelEnds(final String address) {
        assertProblems(List.of(HV1 + "/underlay-address: " + address
            + " cannot be a tunnel's end; use a unicast address that the other edges reach"),
            null, hypervisors(hypervisor("hv1", address).build()), null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.1.1|'10.0.1.1' cannot be used: it is not of the form tcp:ADDRESS:PORT or ssl:ADDRESS:PORT"
            + " (IPv6 addresses in brackets); write it like tcp:192.0.2.1:6640",
        "tcp:10.0.1.1:66400|'tcp:10.0.1.1:66400' cannot be used: port 66400 is not between 1 and 65535;"
            + " write it like tcp:192.0.2.1:6640",
        "tcp:user:secret@10.0.1.1:6640|'***@10.0.1.1:6640' cannot be used: it is not of the form tcp:ADDRESS:PORT"
            + " or ssl:ADDRESS:PORT (IPv6 addresses in brackets); write it like tcp:192.0.2.1:6640",
        "pssl:6640|'pssl:6640' cannot be used: it is not of the form tcp:ADDRESS:PORT or ssl:ADDRESS:PORT"
            + " (IPv6 addresses in brackets); write it like tcp:192.0.2.1:6640",
    })
    void ovsdbTargets(final String text, final String message) {
        assertProblems(List.of(HV1 + "/ovsdb: " + message),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").setOvsdb(text).build()), null);
    }

    @Test
    void controllers() {
        assertProblems(List.of(
            HV1 + "/controller: 'tcp:controller:6653' has a host name, which Open vSwitch does not resolve; use an IP"
                + " address",
            HV2 + "/controller: 'ptcp:6653' cannot be used: it is not of the form tcp:ADDRESS:PORT or"
                + " ssl:ADDRESS:PORT (IPv6 addresses in brackets); write it like tcp:192.0.2.1:6640"),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").setController("tcp:controller:6653").build(),
                hypervisor("hv2", "10.0.1.2").setController("ptcp:6653").build()), null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "qemu tls|'qemu tls' is not a URI: Illegal character in path; write it like"
            + " qemu+tls://host1.example.net/system",
        "qemu+ssh://root:secret@hv1/system|'qemu+ssh://***@hv1/system' holds a password; leave it out and give it in"
            + " libvirt's auth.conf",
        "esx://hv1/|'esx://hv1/' is not of libvirt's qemu driver; write it like qemu+tls://host1.example.net/system",
        "qemu+tls://hv1|'qemu+tls://hv1' does not end with /system; write it like qemu+tls://host1.example.net/system",
    })
    void libvirtUris(final String text, final String message) {
        assertProblems(List.of(HV1 + "/libvirt: " + message),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").setLibvirt(text).build()), null);
    }

    @Test
    void libvirtUrisForMoves() {
        assertProblems(List.of(HV1 + "/peer-libvirt: 'hv1' is not of libvirt's qemu driver; write it like"
                + " qemu+tls://host1.example.net/system"),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").setPeerLibvirt("hv1").build(),
                hypervisor("hv2", "10.0.1.2").setPeerLibvirt("qemu+tcp://10.9.0.2/system").build()), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "lo", "br:1", "*br", "ovs-system"})
    void bridgeNames(final String name) {
        assertProblems(List.of(HV1 + "/bridge: '" + name + "' cannot be an interface's name: it is reserved, or has"
            + " ':', '\\' or a leading '*'; use another name"),
            null, hypervisors(hypervisor("hv1", "10.0.1.1").setBridge(new InterfaceName(name)).build()), null);
    }

    @Test
    void bridgeIsNoPort() {
        assertProblems(List.of(OUT + "/port=br-int/interface: 'br-int' is the integration bridge itself; name the"
            + " interface that leads outside"),
            networks(blue().build()), null, borders(border("out", "10.0.9.1", port("br-int", "blue")).build()));
    }

    @Test
    void guestsAreNotCutOffUnasked() {
        final var before = hypervisors(hypervisor("hv1", "10.0.1.1").build(), hypervisor("hv2", "10.0.2.1").build(),
            hypervisor("hv3", "10.0.3.1").build(), hypervisor("hv4", "10.0.4.1").build());
        final var many = IntStream.rangeClosed(1, 12).mapToObj(i -> "g" + i).toList();
        final var guests = Map.of("hv1", List.of("web1", "web2"), "hv2", many, "hv3", List.of("db"),
            "hv4", List.of("x"));
        assertChange(List.of(
            HV1 + ": it cannot be removed while guests 'web1', 'web2' are at 'hv1': move them away, or first set"
                + " abandon-guests of 'hv1' to true to cut them off",
            HV2 + "/bridge: it cannot become 'br-new' while guests 'g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7', 'g8',"
                + " 'g9', 'g10' and 2 more are at 'hv2': move them away, or first set abandon-guests of 'hv2' to true"
                + " to cut them off",
            "/peregrine-edge:hypervisors/hypervisor=hv3/ovsdb: it cannot become 'tcp:10.0.3.9:6640' while guest 'db' is"
                + " at 'hv3': move them away, or first set abandon-guests of 'hv3' to true to cut them off"),
            before, hypervisors(hypervisor("hv2", "10.0.2.1").setBridge(new InterfaceName("br-new")).build(),
                hypervisor("hv3", "10.0.3.1").setOvsdb("tcp:10.0.3.9:6640").build(),
                // what does not take the bridge away is allowed
                hypervisor("hv4", "10.0.4.9").setOvsdb("tcp:10.0.4.1:6640").setBridge(new InterfaceName("br-int"))
                    .build()), guests);
    }

    @Test
    void guestsAreCutOffWhenTheOperatorSaysSo() {
        final var guests = Map.of("hv1", List.of("web1"), "hv2", List.of("web2"));
        assertChange(List.of(),
            hypervisors(hypervisor("hv1", "10.0.1.1").setAbandonGuests(true).build(),
                hypervisor("hv2", "10.0.2.1").build()),
            hypervisors(hypervisor("hv2", "10.0.2.1").setBridge(new InterfaceName("br-new")).setAbandonGuests(true)
                .build()), guests);
        assertChange(List.of(HV1 + ": it cannot be removed while guest 'web1' is at 'hv1': move them away, or first set"
            + " abandon-guests of 'hv1' to true to cut them off"),
            hypervisors(hypervisor("hv1", "10.0.1.1").setAbandonGuests(false).build()), null, guests);
        assertChange(List.of(), null, hypervisors(hypervisor("hv1", "10.0.1.1").build()), guests);
        assertChange(List.of(), hypervisors(hypervisor("hv3", "10.0.3.1").build()), null, guests);
    }

    private static void assertChange(final List<String> expected, final Hypervisors before, final Hypervisors after,
            final Map<String, List<String>> guests) {
        assertEquals(String.join("\n", expected), String.join("\n",
            IntentRules.checkChange(before, after, name -> guests.getOrDefault(name, List.of())).stream()
                .map(Problem::toString).toList()));
    }

    private static NetworkBuilder blue() {
        return network("blue", 10).setSubnet(BindingMap.of(subnet("10.0.0.0/24", "10.0.0.1")));
    }

    private static void assertProblems(final List<String> expected, final Networks networks,
            final Hypervisors hypervisors, final Borders borders) {
        assertEquals(String.join("\n", expected), String.join("\n",
            IntentRules.check(networks, hypervisors, borders).stream().map(Problem::toString).toList()));
    }
}
