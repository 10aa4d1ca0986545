/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import io.peregrine.ovsdb.Endpoint;
import io.peregrine.topology.IpNetwork;
import io.peregrine.topology.intent.Problem;
import io.peregrine.vxlan.plan.EdgePlan;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeAccess;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.Border;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.borders.border.Port;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.Hypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.hypervisors.HypervisorKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Networks;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.Network;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.networks.network.Subnet;

/**
 * The rules of intent that YANG cannot say. They hold for the three containers together, as they would be after a
 * commit. Lists are looked at in the order of their keys, so that of two entries in each other's way it is always the
 * same one that is blamed.
 */
final class IntentRules {
    private static final String NETWORKS = "/peregrine-network:networks";
    private static final String HYPERVISORS = "/peregrine-edge:hypervisors";
    private static final String BORDERS = "/peregrine-edge:borders";

    private static final String OVSDB_EXAMPLE = "tcp:192.0.2.1:6640";
    private static final String LIBVIRT_EXAMPLE = "qemu+tls://host1.example.net/system";
    private static final int MAX_GUESTS = 10;
    private static final long MAX_VNI = EdgePlan.MAX_VNI;
    private static final Set<String> LIBVIRT_DRIVERS = Set.of("qemu", "test");
    private static final Set<String> LIBVIRT_PATHS = Set.of("/system", "/session");
    private static final Set<String> RESERVED_NAMES = Set.of(".", "..", "lo", "all", "default");

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, NetworkRules> networks = new HashMap<>();
    // What is taken, by what it is and where
    private final Map<Long, String> vnis = new HashMap<>();
    private final Map<MacAddress, String> guestMacs = new HashMap<>();
    private final Map<String, String> edgeNames = new HashMap<>();
    private final Map<InetAddress, String> underlays = new HashMap<>();
    private final Map<String, String> bridges = new HashMap<>();
    private final Map<String, String> libvirts = new HashMap<>();
    private final List<RoutedSubnet> routed = new ArrayList<>();
    private @Nullable UnderlayFamily family;

    private record RoutedSubnet(IpNetwork prefix, String network, String path) {
    }

    private record UnderlayFamily(boolean v6, String path) {
    }

    private static final class NetworkRules {
        private final List<IpNetwork> subnets = new ArrayList<>();
        private final Map<InetAddress, String> addresses = new HashMap<>();
        private final Map<MacAddress, String> macs = new HashMap<>();
    }

    private IntentRules() {
        // Made by check() only
    }

    /**
     * Checks intent.
     *
     * @param networks the networks, null if there are none
     * @param hypervisors the hypervisors, null if there are none
     * @param borders the borders, null if there are none
     * @return what is wrong; empty if nothing is
     */
    static List<Problem> check(final @Nullable Networks networks, final @Nullable Hypervisors hypervisors,
            final @Nullable Borders borders) {
        final var rules = new IntentRules();
        final var sortedNetworks = networks == null ? List.<Network>of()
            : sorted(networks.nonnullNetwork().values(), network -> network.requireName().getValue());
        final var sortedBorders = borders == null ? List.<Border>of()
            : sorted(borders.nonnullBorder().values(), border -> border.requireName().getValue());
        // All subnets first, all gateways next: what comes later has to fit them
        sortedNetworks.forEach(rules::network);
        sortedNetworks.forEach(rules::gateways);
        sortedNetworks.forEach(rules::guests);
        if (hypervisors != null) {
            sorted(hypervisors.nonnullHypervisor().values(), hypervisor -> hypervisor.requireName().getValue())
                .forEach(rules::hypervisor);
        }
        sortedBorders.forEach(rules::border);
        return List.copyOf(rules.problems);
    }

    /**
     * Checks that a change of intent cuts off no guests unasked.
     *
     * @param before the hypervisors before the commit, null if there are none
     * @param after the hypervisors after it, null if there are none
     * @param guestsAt the names of the guests at a hypervisor
     * @return what is wrong; empty if nothing is
     */
    static List<Problem> checkChange(final @Nullable Hypervisors before, final @Nullable Hypervisors after,
            final Function<String, List<String>> guestsAt) {
        if (before == null) {
            return List.of();
        }
        final var rules = new IntentRules();
        final var now = after == null ? Map.<HypervisorKey, Hypervisor>of() : after.nonnullHypervisor();
        sorted(before.nonnullHypervisor().values(), hypervisor -> hypervisor.requireName().getValue())
            .forEach(hypervisor -> rules.abandoned(hypervisor, now.get(hypervisor.key()), guestsAt));
        return List.copyOf(rules.problems);
    }

    private void abandoned(final Hypervisor before, final @Nullable Hypervisor after,
            final Function<String, List<String>> guestsAt) {
        final var name = before.requireName().getValue();
        final var path = HYPERVISORS + "/hypervisor=" + name;
        final String field;
        final String change;
        if (after == null) {
            field = path;
            change = "it cannot be removed";
        } else if (!IntentReader.bridge(before).equals(IntentReader.bridge(after))) {
            field = path + "/bridge";
            change = "it cannot become '" + IntentReader.bridge(after) + "'";
        } else if (!Objects.equals(before.getOvsdb(), after.getOvsdb())) {
            field = path + "/ovsdb";
            change = "it cannot become '" + redacted(String.valueOf(after.getOvsdb())) + "'";
        } else {
            return;
        }
        if (Boolean.TRUE.equals(before.getAbandonGuests())
                || after != null && Boolean.TRUE.equals(after.getAbandonGuests())) {
            return;
        }
        final var guests = guestsAt.apply(name);
        if (!guests.isEmpty()) {
            report(field, change + " while " + (guests.size() == 1 ? "guest " : "guests ")
                + guests.stream().limit(MAX_GUESTS).collect(Collectors.joining("', '", "'", "'"))
                + (guests.size() > MAX_GUESTS ? " and " + (guests.size() - MAX_GUESTS) + " more" : "")
                + (guests.size() == 1 ? " is" : " are") + " at '" + name + "': move them away, or first set"
                + " abandon-guests of '" + name + "' to true to cut them off");
        }
    }

    private void network(final Network network) {
        final var name = network.requireName().getValue();
        final var path = networkPath(network);
        networks.put(name, new NetworkRules());
        if (required(network.getVni(), path + "/vni", "a number from 1 to " + MAX_VNI)) {
            final long vni = network.requireVni().getValue().longValue();
            if (vni < 1 || vni > MAX_VNI) {
                report(path + "/vni", vni + " is not between 1 and " + MAX_VNI + "; use a number in that range");
            } else {
                claim(vnis, vni, path + "/vni", Long.toString(vni), "give each network a VNI of its own");
            }
        }
        for (var subnet : subnets(network)) {
            subnet(network, subnet);
        }
    }

    private void subnet(final Network network, final Subnet subnet) {
        final var name = network.requireName().getValue();
        final var text = subnet.requirePrefix().stringValue();
        final var path = subnetPath(network, subnet);
        final IpNetwork prefix;
        try {
            prefix = IntentReader.prefix(subnet.requirePrefix());
        } catch (IllegalArgumentException e) {
            report(path + "/prefix", e.getMessage());
            return;
        }
        if (prefix.length() == 0) {
            report(path + "/prefix", text + " is every address; use the network's own subnet");
            return;
        }
        if (!unicast(prefix.base()) || !unicast(prefix.last())) {
            report(path + "/prefix", text + " has multicast, loopback or unspecified addresses; use a unicast subnet");
            return;
        }
        final var siblings = networks.get(name).subnets;
        for (var sibling : siblings) {
            if (sibling.overlaps(prefix)) {
                report(path + "/prefix", text + " overlaps " + sibling + " of the same network; use disjoint subnets");
                return;
            }
        }
        siblings.add(prefix);
        if (subnet.getGateway() == null) {
            return;
        }
        // The virtual router joins the subnets that have a gateway: an address must lead to one of them
        for (var other : routed) {
            if (other.prefix.overlaps(prefix)) {
                report(path + "/prefix", text + " overlaps " + other.prefix + " of network '" + other.network
                    + "', and both have a gateway; use disjoint subnets, or leave a gateway out to keep them apart");
                return;
            }
        }
        routed.add(new RoutedSubnet(prefix, name, path));
    }

    private void gateways(final Network network) {
        final var rules = networks.get(network.requireName().getValue());
        for (var subnet : subnets(network)) {
            if (subnet.getGateway() == null) {
                continue;
            }
            final IpNetwork prefix;
            try {
                prefix = IntentReader.prefix(subnet.requirePrefix());
            } catch (IllegalArgumentException e) {
                // Reported as the prefix's problem
                continue;
            }
            final var gateway = IntentReader.address(subnet.getGateway());
            final var path = subnetPath(network, subnet) + "/gateway";
            if (!prefix.contains(gateway)) {
                report(path, text(gateway) + " is not in " + prefix + "; use an address of the subnet");
            } else if (!prefix.hasHost(gateway)) {
                report(path, text(gateway) + " is " + special(prefix, gateway) + " of " + prefix
                    + "; use a host address of the subnet");
            } else {
                claim(rules.addresses, gateway, path, text(gateway), "give it to one place only");
            }
        }
    }

    private void guests(final Network network) {
        final var rules = networks.get(network.requireName().getValue());
        for (var port : sorted(network.nonnullPort().values(), guest -> guest.requireMacAddress().getValue())) {
            final var path = networkPath(network) + "/port=" + port.requireMacAddress().getValue();
            mac(port.requireMacAddress(), path).ifPresent(mac -> {
                if (claim(guestMacs, mac, path + "/mac-address", mac.toString(),
                        "an interface is in one network only")) {
                    rules.macs.put(mac, path + "/mac-address");
                }
            });
            for (var address : addresses(port.getAddress())) {
                address(rules, address, path + "/address=" + text(address), true);
            }
        }
    }

    private void hypervisor(final Hypervisor hypervisor) {
        final var name = hypervisor.requireName().getValue();
        final var path = HYPERVISORS + "/hypervisor=" + name;
        edge(name, path, hypervisor);
        if (required(hypervisor.getLibvirt(), path + "/libvirt", "libvirt's URI, such as " + LIBVIRT_EXAMPLE)) {
            final var text = hypervisor.requireLibvirt();
            if (libvirt(path + "/libvirt", text)) {
                claim(libvirts, text, path + "/libvirt", "'" + redacted(text) + "'",
                    "each hypervisor has a libvirt of its own");
            }
        }
        if (hypervisor.getPeerLibvirt() != null) {
            libvirt(path + "/peer-libvirt", hypervisor.getPeerLibvirt());
        }
    }

    private void border(final Border border) {
        final var name = border.requireName().getValue();
        final var path = BORDERS + "/border=" + name;
        edge(name, path, border);
        for (var port : sorted(border.nonnullPort().values(), item -> item.requireInterface().getValue())) {
            borderPort(border, port, path + "/port=" + port.requireInterface().getValue());
        }
    }

    private void borderPort(final Border border, final Port port, final String path) {
        final var interfaceName = port.requireInterface().getValue();
        interfaceName(path + "/interface", interfaceName);
        if (interfaceName.equals(IntentReader.bridge(border))) {
            report(path + "/interface", "'" + interfaceName + "' is the integration bridge itself; name the interface"
                + " that leads outside");
        }
        if (!required(port.getNetwork(), path + "/network", "the name of a network")) {
            return;
        }
        final var network = port.requireNetwork().getValue();
        final var rules = networks.get(network);
        if (rules == null) {
            report(path + "/network", "there is no network '" + network + "'; add the network first, and remove this"
                + " port before the network");
            return;
        }
        for (var host : sorted(port.nonnullHost().values(), item -> item.requireMacAddress().getValue())) {
            final var hostPath = path + "/host=" + host.requireMacAddress().getValue();
            mac(host.requireMacAddress(), hostPath).ifPresent(mac -> hostMac(rules, mac, hostPath + "/mac-address"));
            for (var address : addresses(host.getAddress())) {
                address(rules, address, hostPath + "/address=" + text(address), !rules.subnets.isEmpty());
            }
        }
    }

    private void hostMac(final NetworkRules rules, final MacAddress mac, final String path) {
        final var guest = guestMacs.get(mac);
        if (guest != null) {
            report(path, mac + " is also that of " + guest + "; an interface is a guest's or outside, not both");
        } else {
            // In another network the same address can be the same router's
            claim(rules.macs, mac, path, mac.toString(), "list a host once in a network");
        }
    }

    private void edge(final String name, final String path, final EdgeAccess access) {
        claim(edgeNames, name, path + "/name", "'" + name + "'",
            "names are unique among hypervisors and borders together");

        if (required(access.getOvsdb(), path + "/ovsdb", "where its ovsdb-server listens, such as " + OVSDB_EXAMPLE)) {
            target(path + "/ovsdb", access.requireOvsdb()).ifPresent(target -> claim(bridges,
                target + " " + IntentReader.bridge(access), path + "/bridge",
                "'" + IntentReader.bridge(access) + "' at " + target, "each edge has a bridge of its own"));
        }
        if (access.getController() != null) {
            final var field = path + "/controller";
            target(field, access.getController()).ifPresent(target -> {
                if (!InetAddresses.isInetAddress(target.host())) {
                    report(field, "'" + access.getController() + "' has a host name, which Open vSwitch does not"
                        + " resolve; use an IP address");
                }
            });
        }
        interfaceName(path + "/bridge", IntentReader.bridge(access));
        if (required(access.getUnderlayAddress(), path + "/underlay-address", "the address its tunnels end at")) {
            underlay(path + "/underlay-address", IntentReader.address(access.requireUnderlayAddress()));
        }
    }

    private void underlay(final String path, final InetAddress address) {
        if (!unicast(address) || address.isLinkLocalAddress()) {
            report(path, text(address) + " cannot be a tunnel's end; use a unicast address that the other edges reach");
            return;
        }
        claim(underlays, address, path, text(address), "each edge has a VTEP address of its own");
        final boolean v6 = address instanceof Inet6Address;
        if (family == null) {
            family = new UnderlayFamily(v6, path);
        } else if (family.v6 != v6) {
            report(path, text(address) + " is IPv" + (v6 ? 6 : 4) + ", while " + family.path + " is IPv"
                + (v6 ? 4 : 6) + "; tunnels need one IP version at all edges");
        }
    }

    private Optional<Endpoint> target(final String path, final String text) {
        try {
            return Optional.of(Endpoint.parseActive(text));
        } catch (IllegalArgumentException e) {
            report(path, "'" + redacted(text) + "' cannot be used: " + e.getMessage()
                + "; write it like " + OVSDB_EXAMPLE);
            return Optional.empty();
        }
    }

    /** Reports what is wrong with one of libvirt's URIs; returns whether nothing is. */
    private boolean libvirt(final String path, final String text) {
        final URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            report(path, "'" + redacted(text) + "' is not a URI: " + e.getReason()
                + "; write it like " + LIBVIRT_EXAMPLE);
            return false;
        }
        final var userInfo = Optional.ofNullable(uri.getRawAuthority()).filter(authority -> authority.contains("@"))
            .map(authority -> authority.substring(0, authority.lastIndexOf('@')));
        if (userInfo.isPresent() && userInfo.orElseThrow().contains(":")) {
            report(path, "'" + redacted(text) + "' holds a password; leave it out and give it in libvirt's auth.conf");
            return false;
        }
        final var scheme = uri.getScheme();
        final var driver = scheme == null ? "" : scheme.split("\\+", 2)[0];
        if (!LIBVIRT_DRIVERS.contains(driver)) {
            report(path, "'" + redacted(text) + "' is not of libvirt's qemu driver; write it like "
                + LIBVIRT_EXAMPLE);
            return false;
        }
        if ("qemu".equals(driver) && !LIBVIRT_PATHS.contains(uri.getPath())) {
            report(path, "'" + redacted(text) + "' does not end with /system; write it like "
                + LIBVIRT_EXAMPLE);
            return false;
        }
        return true;
    }

    private void interfaceName(final String path, final String name) {
        // What the kernel refuses (dev_valid_name), and what Open vSwitch keeps for itself
        if (RESERVED_NAMES.contains(name) || name.indexOf(':') >= 0 || name.startsWith("*") || name.startsWith("ovs-")
                || name.indexOf('\\') >= 0) {
            report(path, "'" + name + "' cannot be an interface's name: it is reserved, or has ':', '\\' or a leading"
                + " '*'; use another name");
        }
    }

    private void address(final NetworkRules rules, final InetAddress address, final String path,
            final boolean inSubnet) {
        if (!unicast(address)) {
            report(path, text(address) + " is not a unicast address; use a host's");
            return;
        }
        final var subnet = rules.subnets.stream().filter(prefix -> prefix.contains(address)).findFirst();
        if (inSubnet && subnet.isEmpty()) {
            report(path, text(address) + " is in no subnet of the network (" + (rules.subnets.isEmpty() ? "it has none"
                : rules.subnets.stream().map(IpNetwork::toString).reduce((one, two) -> one + ", " + two).orElseThrow())
                + "); use an address of a subnet, or add the subnet");
            return;
        }
        if (subnet.isPresent() && !subnet.orElseThrow().hasHost(address)) {
            report(path, text(address) + " is " + special(subnet.orElseThrow(), address) + " of "
                + subnet.orElseThrow() + "; use a host address");
            return;
        }
        claim(rules.addresses, address, path, text(address), "give it to one place only");
    }

    private Optional<MacAddress> mac(
            final org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.MacAddress text, final String path) {
        final MacAddress mac;
        try {
            mac = IntentReader.mac(text);
        } catch (IllegalArgumentException e) {
            report(path + "/mac-address", "'" + text.getValue() + "' is not a MAC address; write six octets in"
                + " hexadecimal, such as 52:54:00:12:34:56");
            return Optional.empty();
        }
        if (mac.isGroup() || mac.bits() == 0) {
            report(path + "/mac-address", mac + " is not the address of one interface; its first octet must be even and"
                + " not all be zero");
            return Optional.empty();
        }
        return Optional.of(mac);
    }

    private boolean required(final @Nullable Object value, final String path, final String what) {
        if (value == null) {
            report(path, "it is missing; give " + what);
        }
        return value != null;
    }

    /** Takes a value, or reports who has it. */
    private <K> boolean claim(final Map<K, String> taken, final K value, final String path, final String text,
            final String fix) {
        final var owner = taken.putIfAbsent(value, path);
        if (owner != null) {
            report(path, text + " is also that of " + owner + "; " + fix);
        }
        return owner == null;
    }

    private void report(final String path, final String message) {
        problems.add(new Problem(path, message));
    }

    private static String special(final IpNetwork prefix, final InetAddress address) {
        if (!address.equals(prefix.base())) {
            return "the broadcast address";
        }
        return address instanceof Inet6Address ? "the subnet-router anycast address" : "the network address";
    }

    private static boolean unicast(final InetAddress address) {
        return !address.isMulticastAddress() && !address.isLoopbackAddress() && !address.isAnyLocalAddress()
            && !(address instanceof Inet6Address v6 && InetAddresses.isMappedIPv4Address(text(v6)))
            && !"255.255.255.255".equals(text(address));
    }

    private static String text(final InetAddress address) {
        return InetAddresses.toAddrString(address);
    }

    /** What a person may have taken for a place for a password does not go to logs. */
    private static String redacted(final String text) {
        final int at = text.lastIndexOf('@');
        if (at < 0) {
            return text;
        }
        final int authority = text.indexOf("://");
        return text.substring(0, authority < 0 || authority > at ? 0 : authority + 3) + "***" + text.substring(at);
    }

    private static String networkPath(final Network network) {
        return NETWORKS + "/network=" + network.requireName().getValue();
    }

    private static String subnetPath(final Network network, final Subnet subnet) {
        return networkPath(network) + "/subnet=" + subnet.requirePrefix().stringValue();
    }

    private static List<Subnet> subnets(final Network network) {
        return sorted(network.nonnullSubnet().values(), subnet -> subnet.requirePrefix().stringValue());
    }

    private static List<InetAddress> addresses(final @Nullable Set<IpAddressNoZone> addresses) {
        return IntentReader.addresses(addresses).stream()
            .sorted(Comparator.comparing(IntentRules::text))
            .toList();
    }

    private static <T> List<T> sorted(final Collection<T> items, final Function<T, String> key) {
        return items.stream().sorted(Comparator.comparing(key)).toList();
    }
}
