/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import io.peregrine.flow.MacAddress;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.topology.IpNetwork;
import io.peregrine.topology.intent.IntentSource;
import io.peregrine.vxlan.internal.intent.EdgeIntent.BorderPort;
import io.peregrine.vxlan.internal.intent.EdgeIntent.Datapath;
import io.peregrine.vxlan.internal.intent.EdgeIntent.Kind;
import io.peregrine.vxlan.internal.intent.NetworkIntent.Subnet;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpPrefix;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeAccess;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.Border;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.border.Port;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.Hypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Networks;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.Network;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes plain values from the datastore's. What cannot be read is left out with a warning: the rules of
 * {@link IntentRules} keep it from being committed, but a datastore may be older than a rule.
 */
public final class IntentReader {
    static final InstanceIdentifier<Networks> NETWORKS = InstanceIdentifier.create(Networks.class);
    static final InstanceIdentifier<Hypervisors> HYPERVISORS = InstanceIdentifier.create(Hypervisors.class);
    static final InstanceIdentifier<Borders> BORDERS = InstanceIdentifier.create(Borders.class);
    static final List<InstanceIdentifier<?>> CONTAINERS = List.of(NETWORKS, HYPERVISORS, BORDERS);

    private static final Logger LOG = LoggerFactory.getLogger(IntentReader.class);
    private static final String DEFAULT_BRIDGE = "br-int";

    private IntentReader() {
        // Static methods only
    }

    /**
     * Begins to follow the intent.
     *
     * @param dataBroker where it is kept
     * @param executor has one thread; the listener is called on it
     * @param listener gets the intent when it has first been read, and whenever it is another one
     * @return closing it ends the calls
     */
    public static IntentSource<Intent> follow(final DataBroker dataBroker, final ScheduledExecutorService executor,
            final Consumer<Intent> listener) {
        return new IntentSource<>(dataBroker, CONTAINERS, content -> read(content.get(NETWORKS),
            content.get(HYPERVISORS), content.get(BORDERS)), executor, listener);
    }

    static Intent read(final @Nullable Networks networks, final @Nullable Hypervisors hypervisors,
            final @Nullable Borders borders) {
        final var networkMap = new HashMap<String, NetworkIntent>();
        if (networks != null) {
            for (var network : networks.nonnullNetwork().values()) {
                put(networkMap, "Network", network.requireName().getValue(), () -> network(network));
            }
        }
        final var edges = new HashMap<String, EdgeIntent>();
        if (hypervisors != null) {
            for (var hypervisor : hypervisors.nonnullHypervisor().values()) {
                put(edges, "Edge", hypervisor.requireName().getValue(), () -> hypervisor(hypervisor));
            }
        }
        if (borders != null) {
            for (var border : borders.nonnullBorder().values()) {
                put(edges, "Edge", border.requireName().getValue(), () -> border(border));
            }
        }
        return new Intent(networkMap, edges);
    }

    /**
     * Reads a MAC address.
     *
     * @throws IllegalArgumentException as of {@link MacAddress#parse}
     */
    static MacAddress mac(final org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.MacAddress mac) {
        return MacAddress.parse(mac.getValue());
    }

    static InetAddress address(final IpAddressNoZone address) {
        final var v4 = address.getIpv4AddressNoZone();
        return v4 != null ? IetfInetUtil.inet4AddressForNoZone(v4)
            : IpNetwork.address(IetfInetUtil.ipv6AddressNoZoneBytes(address.getIpv6AddressNoZone()));
    }

    /**
     * Reads a prefix.
     *
     * @throws IllegalArgumentException as of {@link IpNetwork}
     */
    static IpNetwork prefix(final IpPrefix prefix) {
        final var v4 = prefix.getIpv4Prefix();
        if (v4 != null) {
            final var split = IetfInetUtil.splitIpv4Prefix(v4);
            return new IpNetwork(IetfInetUtil.inet4AddressForNoZone(split.getKey()), split.getValue());
        }
        final var split = IetfInetUtil.splitIpv6Prefix(prefix.getIpv6Prefix());
        return new IpNetwork(IpNetwork.address(IetfInetUtil.ipv6AddressNoZoneBytes(split.getKey())), split.getValue());
    }

    static String bridge(final EdgeAccess access) {
        final var bridge = access.getBridge();
        return bridge == null ? DEFAULT_BRIDGE : bridge.getValue();
    }

    static Set<InetAddress> addresses(final @Nullable Set<IpAddressNoZone> addresses) {
        final var set = new HashSet<InetAddress>();
        if (addresses != null) {
            addresses.forEach(address -> set.add(address(address)));
        }
        return set;
    }

    private static <T> void put(final Map<String, T> values, final String kind, final String name,
            final Supplier<T> source) {
        try {
            if (values.putIfAbsent(name, source.get()) != null) {
                LOG.warn("{} {} is there twice: the second is left out", kind, name);
            }
        } catch (IllegalArgumentException | NoSuchElementException e) {
            LOG.warn("{} {} is left out: {}", kind, name, e.getMessage());
        }
    }

    private static NetworkIntent network(final Network network) {
        final var subnets = new ArrayList<Subnet>();
        for (var subnet : network.nonnullSubnet().values()) {
            try {
                subnets.add(new Subnet(prefix(subnet.requirePrefix()),
                    Optional.ofNullable(subnet.getGateway()).map(IntentReader::address)));
            } catch (IllegalArgumentException e) {
                LOG.warn("A subnet of network {} is left out: {}", network.requireName().getValue(), e.getMessage());
            }
        }
        subnets.sort(Comparator.comparing(subnet -> subnet.prefix().toString()));
        final var ports = new HashMap<MacAddress, Set<InetAddress>>();
        network.nonnullPort().values().forEach(
            port -> ports.put(mac(port.requireMacAddress()), addresses(port.getAddress())));
        return new NetworkIntent(network.requireName().getValue(), network.requireVni().getValue().intValue(), subnets,
            ports);
    }

    private static EdgeIntent hypervisor(final Hypervisor hypervisor) {
        return edge(hypervisor.requireName().getValue(), Kind.HYPERVISOR, hypervisor,
            Optional.of(hypervisor.requireLibvirt()), List.of());
    }

    private static EdgeIntent border(final Border border) {
        return edge(border.requireName().getValue(), Kind.BORDER, border, Optional.empty(),
            border.nonnullPort().values().stream()
                .map(IntentReader::borderPort)
                .sorted(Comparator.comparing(BorderPort::interfaceName))
                .toList());
    }

    private static EdgeIntent edge(final String name, final Kind kind, final EdgeAccess access,
            final Optional<String> libvirt, final List<BorderPort> ports) {
        return new EdgeIntent(name, kind, Endpoint.parseActive(access.requireOvsdb()),
            address(access.requireUnderlayAddress()), bridge(access),
            access.getDatapathType() == EdgeAccess.DatapathType.Netdev ? Datapath.NETDEV : Datapath.SYSTEM,
            Boolean.TRUE.equals(access.getTakeOver()), Optional.ofNullable(access.getController()), libvirt, ports);
    }

    private static BorderPort borderPort(final Port port) {
        final var hosts = new HashMap<MacAddress, Set<InetAddress>>();
        port.nonnullHost().values().forEach(
            host -> hosts.put(mac(host.requireMacAddress()), addresses(host.getAddress())));
        return new BorderPort(port.requireInterface().getValue(), port.requireNetwork().getValue(), hosts);
    }
}
