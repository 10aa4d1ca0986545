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
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Fabric;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.Switch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the fabric's intent, and tells what is wrong with it.
 */
final class FabricReader {
    private static final Logger LOG = LoggerFactory.getLogger(FabricReader.class);
    private static final String FABRIC = "peregrine-fabric:fabric/";

    private FabricReader() {
        // static methods only
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
        fabric.nonnullSwitch().values().forEach(one ->
            switches.putIfAbsent(DatapathId.parseHex(one.getDatapathId().getValue()),
                new FabricIntent.Switch(one.getName(), ports(one))));
        final var segments = new HashSet<Segment>();
        for (var one : fabric.nonnullSegment().values()) {
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
            fabric.getGatewayMacAddress() == null ? FabricIntent.NONE.gatewayMac()
                : MacAddress.parse(fabric.getGatewayMacAddress().getValue()),
            fabric.getProbeInterval() == null ? FabricIntent.NONE.probeInterval()
                : Duration.ofMillis(fabric.getProbeInterval().toJava()),
            switches, segments);
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
     * @return what is wrong: the field, its value, the fault and the mend
     */
    static List<String> check(final @Nullable Fabric fabric) {
        final var problems = new ArrayList<String>();
        if (fabric == null) {
            return problems;
        }
        if (fabric.getGatewayMacAddress() != null
                && MacAddress.parse(fabric.getGatewayMacAddress().getValue()).isGroup()) {
            problems.add(FABRIC + "gateway-mac-address: " + fabric.getGatewayMacAddress().getValue()
                + " is a group address; use one whose first octet is even, such as 02:50:67:00:00:01");
        }
        final var owners = new HashMap<DatapathId, String>();
        for (var one : fabric.nonnullSwitch().values()) {
            final var other = owners.putIfAbsent(DatapathId.parseHex(one.getDatapathId().getValue()), one.getName());
            if (other != null) {
                problems.add(FABRIC + "switch=" + one.getName() + "/datapath-id: " + one.getDatapathId().getValue()
                    + " is that of switch '" + other + "', too; give each switch its own");
            }
        }
        final var segments = new HashMap<String, Segment>();
        for (var one : fabric.nonnullSegment().values()) {
            final var name = one.getPrefix().getValue();
            try {
                final var segment = segment(one);
                segments.forEach((otherName, other) -> {
                    if (segment.overlaps(other)) {
                        problems.add(FABRIC + "segment=" + name + "/prefix: overlaps " + otherName
                            + "; segments must have no address in common");
                    }
                });
                segments.put(name, segment);
            } catch (IllegalArgumentException e) {
                problems.add(FABRIC + "segment=" + name + ": " + e.getMessage());
            }
        }
        return problems;
    }
}
