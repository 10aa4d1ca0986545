/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.hosts.Segment;
import io.peregrine.topology.intent.IntentSource;
import io.peregrine.topology.intent.Problem;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Fabric;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Switch;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the fabric's intent, and tells what is wrong with it.
 */
final class FabricReader {
    static final InstanceIdentifier<Fabric> FABRIC = InstanceIdentifier.create(Fabric.class);

    private static final Logger LOG = LoggerFactory.getLogger(FabricReader.class);
    private static final String PATH = "/peregrine-fabric:fabric/";

    private FabricReader() {
        // static methods only
    }

    /**
     * Begins to follow the intent.
     *
     * @param dataBroker where it is kept
     * @param executor has one thread; the listener is called on it
     * @param listener gets the intent when it has first been read, and whenever it is another one
     * @return closing it ends the calls
     */
    static IntentSource<FabricIntent> follow(final DataBroker dataBroker, final ScheduledExecutorService executor,
            final Consumer<FabricIntent> listener) {
        return new IntentSource<>(dataBroker, List.of(FABRIC), content -> read(content.get(FABRIC)), executor,
            listener);
    }

    /**
     * Reads intent. What breaks a rule, in a datastore older than the rule, is left out.
     *
     * @param fabric the container, null if there is none
     * @return the intent
     */
    static FabricIntent read(final @Nullable Fabric fabric) {
        if (fabric == null) {
            return FabricIntent.NONE;
        }
        final var switches = new HashMap<DatapathId, FabricIntent.Switch>();
        switches(fabric).stream().filter(one -> one.getDatapathId() != null).forEach(one ->
            switches.putIfAbsent(DatapathId.parseHex(one.getDatapathId().getValue()),
                new FabricIntent.Switch(one.getName(), ports(one))));
        final var segments = new HashSet<Segment>();
        for (var one : segments(fabric)) {
            try {
                final var segment = segment(one);
                if (segments.stream().noneMatch(segment::overlaps)) {
                    segments.add(segment);
                }
            } catch (IllegalArgumentException e) {
                LOG.warn("A segment of intent is left out: {}", e.getMessage());
            }
        }
        return new FabricIntent(
            gatewayMac(fabric).filter(FabricReader::isStation).orElse(FabricIntent.NONE.gatewayMac()),
            fabric.getProbeInterval() == null ? FabricIntent.NONE.probeInterval()
                : Duration.ofMillis(fabric.getProbeInterval().toJava()),
            switches, segments);
    }

    private static Optional<MacAddress> gatewayMac(final Fabric fabric) {
        return Optional.ofNullable(fabric.getGatewayMacAddress()).map(mac -> MacAddress.parse(mac.getValue()));
    }

    private static boolean isStation(final MacAddress mac) {
        return !mac.isGroup() && mac.bits() != 0;
    }

    /** In a constant order, so that of two that do not go together it is always the same one that is told. */
    private static List<Switch> switches(final Fabric fabric) {
        return fabric.nonnullSwitch().values().stream().sorted(Comparator.comparing(Switch::getName)).toList();
    }

    private static List<org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Segment> segments(
            final Fabric fabric) {
        return fabric.nonnullSegment().values().stream()
            .sorted(Comparator.comparing(one -> one.getPrefix().getValue())).toList();
    }

    private static HashMap<String, FabricIntent.Port> ports(final Switch one) {
        final var ports = new HashMap<String, FabricIntent.Port>();
        one.nonnullPort().values().forEach(port -> ports.put(port.getName(), new FabricIntent.Port(
            port.getCost() == null ? OptionalInt.empty() : OptionalInt.of(port.getCost().toJava()),
            Boolean.TRUE.equals(port.getHostsOnly()))));
        return ports;
    }

    private static Segment segment(
            final org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Segment one) {
        if (one.getGateway() == null) {
            throw new IllegalArgumentException("gateway: it is missing; give the address that its hosts have as their"
                + " gateway");
        }
        final var prefix = one.getPrefix().getValue();
        final int slash = prefix.indexOf('/');
        return new Segment(address(prefix.substring(0, slash)), Integer.parseInt(prefix.substring(slash + 1)),
            address(one.getGateway().getValue()));
    }

    private static Inet4Address address(final String text) {
        return (Inet4Address) InetAddresses.forString(text);
    }

    /**
     * Checks intent.
     *
     * @param fabric the container, null if there is none
     * @return what is wrong
     */
    static List<Problem> check(final @Nullable Fabric fabric) {
        final var problems = new ArrayList<Problem>();
        if (fabric == null) {
            return problems;
        }
        gatewayMac(fabric).filter(mac -> !isStation(mac)).ifPresent(mac ->
            problems.add(new Problem(PATH + "gateway-mac-address", mac + " is no station's address; use one whose "
                + "first octet is even, such as " + FabricIntent.NONE.gatewayMac())));
        final var owners = new HashMap<DatapathId, String>();
        for (var one : switches(fabric)) {
            if (one.getDatapathId() == null) {
                problems.add(new Problem(PATH + "switch=" + one.getName() + "/datapath-id",
                    "it is missing; ovs-vsctl get bridge NAME datapath_id tells it"));
                continue;
            }
            final var datapath = DatapathId.parseHex(one.getDatapathId().getValue());
            if (datapath.bits() == 0 || datapath.bits() == -1) {
                problems.add(new Problem(PATH + "switch=" + one.getName() + "/datapath-id",
                    one.getDatapathId().getValue()
                        + " is no switch's; ovs-vsctl get bridge NAME datapath_id tells it"));
            }
            final var other = owners.putIfAbsent(datapath, one.getName());
            if (other != null) {
                problems.add(new Problem(PATH + "switch=" + one.getName() + "/datapath-id",
                    one.getDatapathId().getValue() + " is that of switch '" + other
                        + "', too; give each switch its own"));
            }
        }
        final var segments = new HashMap<String, Segment>();
        for (var one : segments(fabric)) {
            final var name = one.getPrefix().getValue();
            try {
                final var segment = segment(one);
                final var base = segment.base();
                if (base.isMulticastAddress() || base.isLoopbackAddress() || base.getAddress()[0] == 0) {
                    problems.add(new Problem(PATH + "segment=" + name + "/prefix",
                        "no host can have an address of it; give a network of hosts"));
                }
                segments.forEach((otherName, other) -> {
                    if (segment.overlaps(other)) {
                        problems.add(new Problem(PATH + "segment=" + name + "/prefix", "overlaps " + otherName
                            + "; segments must have no address in common"));
                    }
                });
                segments.put(name, segment);
            } catch (IllegalArgumentException e) {
                problems.add(new Problem(PATH + "segment=" + name, e.getMessage()));
            }
        }
        return problems;
    }
}
