/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.BordersBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.HypervisorsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.InterfaceName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.Border;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.BorderBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.border.Port;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.border.PortBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.border.port.Host;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.border.port.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.Hypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.HypervisorBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.MacAddress;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Networks;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworksBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Vni;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.Network;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.NetworkBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.network.Subnet;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.network.SubnetBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/** Short ways to say intent in tests. */
final class Bindings {
    private Bindings() {
        // Static methods only
    }

    static Networks networks(final Network... networks) {
        return new NetworksBuilder().setNetwork(BindingMap.of(networks)).build();
    }

    static NetworkBuilder network(final String name, final long vni) {
        return new NetworkBuilder().setName(new NetworkName(name)).setVni(new Vni(Uint32.valueOf(vni)));
    }

    static Subnet subnet(final String prefix, final String gateway) {
        return new SubnetBuilder()
            .setPrefix(IetfInetUtil.ipPrefixFor(prefix))
            .setGateway(gateway == null ? null : IetfInetUtil.ipAddressNoZoneFor(gateway))
            .build();
    }

    static org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.network.Port guest(final String mac,
            final String... addresses) {
        return new org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.network.PortBuilder()
            .setMacAddress(new MacAddress(mac))
            .setAddress(Arrays.stream(addresses).map(IetfInetUtil::ipAddressNoZoneFor).collect(Collectors.toSet()))
            .build();
    }

    static Hypervisors hypervisors(final Hypervisor... hypervisors) {
        return new HypervisorsBuilder().setHypervisor(BindingMap.of(hypervisors)).build();
    }

    static HypervisorBuilder hypervisor(final String name, final String underlay) {
        return new HypervisorBuilder()
            .setName(new EdgeName(name))
            .setOvsdb("tcp:" + bracketed(underlay) + ":6640")
            .setLibvirt("qemu+tls://" + bracketed(underlay) + "/system")
            .setUnderlayAddress(IetfInetUtil.ipAddressNoZoneFor(underlay));
    }

    static Borders borders(final Border... borders) {
        return new BordersBuilder().setBorder(BindingMap.of(borders)).build();
    }

    static BorderBuilder border(final String name, final String underlay, final Port... ports) {
        return new BorderBuilder()
            .setName(new EdgeName(name))
            .setOvsdb("tcp:" + bracketed(underlay) + ":6640")
            .setUnderlayAddress(IetfInetUtil.ipAddressNoZoneFor(underlay))
            .setPort(Arrays.stream(ports).collect(Collectors.toMap(Port::key, Function.identity())));
    }

    static Port port(final String name, final String network, final Host... hosts) {
        return new PortBuilder()
            .setInterface(new InterfaceName(name))
            .setNetwork(network == null ? null : new NetworkName(network))
            .setHost(Arrays.stream(hosts).collect(Collectors.toMap(Host::key, Function.identity())))
            .build();
    }

    static Host host(final String mac, final String... addresses) {
        return new HostBuilder()
            .setMacAddress(new MacAddress(mac))
            .setAddress(Arrays.stream(addresses).map(IetfInetUtil::ipAddressNoZoneFor).collect(Collectors.toSet()))
            .build();
    }

    private static String bracketed(final String address) {
        return address.indexOf(':') < 0 ? address : "[" + address + "]";
    }
}
