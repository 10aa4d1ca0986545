/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.hosts.Segment;
import io.peregrine.topology.intent.Problem;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Fabric;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.SegmentBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric._switch.PortBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;

class FabricReaderTest {
    private static final String PATH = "/peregrine-fabric:fabric/";

    static Switch aSwitch(final String name, final String datapath) {
        return new SwitchBuilder().setName(name).setDatapathId(
            new org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId(datapath)).build();
    }

    private static org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Segment segment(
            final String prefix, final String gateway) {
        return new SegmentBuilder().setPrefix(new Ipv4Prefix(prefix)).setGateway(new Ipv4AddressNoZone(gateway))
            .build();
    }

    private static Fabric fabric(final Consumer<FabricBuilder> more) {
        final var builder = new FabricBuilder();
        more.accept(builder);
        return builder.build();
    }

    static Fabric switches(final Switch... all) {
        return fabric(builder -> builder.setSwitch(BindingMap.ordered(all)));
    }

    private static Fabric segments(final String... prefixesAndGateways) {
        return fabric(builder -> builder.setSegment(BindingMap.ordered(Arrays.stream(prefixesAndGateways)
            .map(text -> text.split(" ")).map(words -> segment(words[0], words[1])).toArray(
                org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Segment[]::new))));
    }

    private static Fabric gatewayMac(final String mac) {
        return fabric(builder -> builder.setGatewayMacAddress(new org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns
            .yang.ietf.yang.types.rev130715.MacAddress(mac)));
    }

    private static void assertProblem(final String path, final String message, final Fabric fabric) {
        assertEquals(List.of(new Problem(PATH + path, message)), FabricReader.check(fabric));
    }

    @Test
    void readsAll() {
        final var intent = fabric(builder -> builder
            .setGatewayMacAddress(new org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types
                .rev130715.MacAddress("02:00:00:00:00:FE"))
            .setProbeInterval(Uint32.valueOf(500))
            .setSwitch(BindingMap.of(new SwitchBuilder(aSwitch("spine1", "00000000000000a1")).setPort(BindingMap.of(
                new PortBuilder().setName("eth1").setCost(Uint16.valueOf(7)).build(),
                new PortBuilder().setName("eth2").setHostsOnly(true).build())).build()))
            .setSegment(BindingMap.of(segment("10.1.0.0/24", "10.1.0.1"))));
        assertEquals(List.of(), FabricReader.check(intent));
        assertEquals(new FabricIntent(MacAddress.parse("02:00:00:00:00:fe"), Duration.ofMillis(500),
            Map.of(new DatapathId(0xA1), new FabricIntent.Switch("spine1", Map.of(
                "eth1", new FabricIntent.Port(OptionalInt.of(7), false),
                "eth2", new FabricIntent.Port(OptionalInt.empty(), true)))),
            Set.of(new Segment(SimulatedFabric.address("10.1.0.0"), 24, SimulatedFabric.address("10.1.0.1")))),
            FabricReader.read(intent));
    }

    @Test
    void nothingSaidIsNoFabric() {
        assertEquals(FabricIntent.NONE, FabricReader.read(null));
        assertEquals(FabricIntent.NONE, FabricReader.read(fabric(builder -> { })));
        assertEquals(List.of(), FabricReader.check(null));
        assertEquals(List.of(), FabricReader.check(fabric(builder -> { })));
    }

    @ParameterizedTest
    @ValueSource(strings = {"01:50:67:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"})
    void theGatewayIsAStation(final String mac) {
        assertProblem("gateway-mac-address", mac + " is no station's address; use one whose first octet is even, such "
            + "as 02:50:67:00:00:01", gatewayMac(mac));
        assertEquals(FabricIntent.NONE, FabricReader.read(gatewayMac(mac)));
    }

    @Test
    void whatIsRequiredIsAskedFor() {
        final var nameless = switches(new SwitchBuilder().setName("a").build());
        assertProblem("switch=a/datapath-id", "it is missing; ovs-vsctl get bridge NAME datapath_id tells it",
            nameless);
        assertTrue(FabricReader.read(nameless).switches().isEmpty());
        final var gateless = fabric(builder -> builder.setSegment(BindingMap.of(
            new SegmentBuilder().setPrefix(new Ipv4Prefix("10.1.0.0/24")).build())));
        assertProblem("segment=10.1.0.0/24", "gateway: it is missing; give the address that its hosts have as their"
            + " gateway", gateless);
        assertTrue(FabricReader.read(gateless).segments().isEmpty());
    }

    @Test
    void noTwoSwitchesAreOne() {
        final var fabric = switches(aSwitch("c", "00000000000000a2"), aSwitch("b", "00000000000000a1"),
            aSwitch("a", "00000000000000a1"));
        assertProblem("switch=b/datapath-id", "00000000000000a1 is that of switch 'a', too; give each switch its own",
            fabric);
        assertEquals("a", FabricReader.read(fabric).switches().get(new DatapathId(0xA1)).name());
    }

    @ParameterizedTest
    @CsvSource({"10.1.0.0/24, 10.1.0.128/25", "10.1.0.128/25, 10.1.0.0/24"})
    void noAddressIsInTwoSegments(final String one, final String other) {
        final var fabric = segments(one + " 10.1.0.129", other + " 10.1.0.129");
        // The same one is told whatever the order
        assertProblem("segment=10.1.0.128/25/prefix", "overlaps 10.1.0.0/24; segments must have no address in common",
            fabric);
        assertEquals(1, FabricReader.read(fabric).segments().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.1.0.5/24|10.1.0.1|10.1.0.5/24 has host bits set; use 10.1.0.0/24",
        "10.1.0.5/32|10.1.0.5|prefix length 32 is not between 1 and 31; give the subnet that the hosts share",
        "0.0.0.0/0|10.1.0.5|prefix length 0 is not between 1 and 31; give the subnet that the hosts share",
        "10.1.0.0/24|10.2.0.1|gateway 10.2.0.1 is not a host's address in 10.1.0.0/24; give one between its first and"
            + " its last",
        "10.1.0.0/24|10.1.0.255|gateway 10.1.0.255 is not a host's address in 10.1.0.0/24; give one between its first"
            + " and its last"})
    void aSegmentIsASubnetWithAGateway(final String prefix, final String gateway, final String message) {
        final var fabric = segments("10.3.0.0/24 10.3.0.1", prefix + " " + gateway);
        assertProblem("segment=" + prefix, message, fabric);
        assertEquals(1, FabricReader.read(fabric).segments().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"224.0.0.0/24 224.0.0.1", "127.0.0.0/8 127.0.0.1", "0.0.0.0/8 0.0.0.1"})
    void aSegmentIsForHosts(final String segment) {
        assertProblem("segment=" + segment.replaceAll(" .*", "") + "/prefix",
            "no host can have an address of it; give a network of hosts", segments(segment));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000000000", "ffffffffffffffff"})
    void aDatapathIsASwitchs(final String datapath) {
        assertProblem("switch=a/datapath-id",
            datapath + " is no switch's; ovs-vsctl get bridge NAME datapath_id tells it",
            switches(aSwitch("a", datapath)));
    }

    @Test
    void everyProblemIsTold() {
        assertEquals(2, FabricReader.check(segments("10.1.0.5/24 10.1.0.1", "10.2.0.0/24 10.3.0.1")).size());
        assertTrue(FabricReader.check(segments("10.1.0.0/24 10.1.0.1", "10.2.0.0/31 10.2.0.1")).isEmpty());
    }
}
