/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;
import java.util.OptionalLong;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.inventory.rev130819.FlowCapableNode;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.inventory.rev130819.FlowCapableNodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.port.rev130925.PortNumberUni;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes plain values of what OpenFlowPlugin has in its inventory.
 */
final class InventoryReader {
    private static final Logger LOG = LoggerFactory.getLogger(InventoryReader.class);
    private static final String LOCAL_NAME = "LOCAL";

    private InventoryReader() {
        // Static methods only
    }

    /**
     * The datapath of an inventory node.
     *
     * @param id the node's identifier
     * @return the datapath, empty if the node is not an OpenFlow switch
     */
    static Optional<DatapathId> datapath(final NodeId id) {
        try {
            return Optional.of(DatapathId.parseNodeId(id.getValue()));
        } catch (IllegalArgumentException e) {
            LOG.debug("Not a switch: {}", id, e);
            return Optional.empty();
        }
    }

    /**
     * Reads a switch. Ports that the plugin has not described yet are left out.
     *
     * @param datapath the switch
     * @param node what the inventory has of it
     * @param connectedSince when its session was first seen
     * @return the switch
     */
    static SwitchView read(final DatapathId datapath, final Node node, final Instant connectedSince) {
        final var ports = new HashMap<Long, PortView>();
        for (var connector : node.nonnullNodeConnector().values()) {
            port(connector).ifPresent(port -> ports.put(port.number(), port));
        }
        final var description = Optional.ofNullable(node.augmentation(FlowCapableNode.class));
        return new SwitchView(datapath,
            description.map(FlowCapableNode::getIpAddress).map(address -> address.stringValue()),
            description.map(FlowCapableNode::getManufacturer),
            description.map(FlowCapableNode::getSoftware), connectedSince, ports);
    }

    private static Optional<PortView> port(final NodeConnector connector) {
        final var port = connector.augmentation(FlowCapableNodeConnector.class);
        if (port == null || port.getPortNumber() == null || port.getHardwareAddress() == null) {
            return Optional.empty();
        }
        final var number = number(port.getPortNumber());
        if (number.isEmpty()) {
            LOG.debug("Not a port: {}", port.getPortNumber());
            return Optional.empty();
        }
        final var speed = port.getCurrentSpeed();
        return Optional.of(new PortView(number.orElseThrow(), port.getName() == null ? "" : port.getName(),
            MacAddress.parse(port.getHardwareAddress().getValue()), isUp(port),
            speed == null || speed.longValue() == 0 ? OptionalLong.empty() : OptionalLong.of(speed.longValue())));
    }

    /** A port whose state the switch has not told is not known to be up. */
    private static boolean isUp(final FlowCapableNodeConnector port) {
        final var state = port.getState();
        final var configuration = port.getConfiguration();
        return state != null && !Boolean.TRUE.equals(state.getLinkDown())
            && (configuration == null || !Boolean.TRUE.equals(configuration.getPORTDOWN()));
    }

    private static OptionalLong number(final PortNumberUni number) {
        if (number.getUint32() != null) {
            final long value = number.getUint32().longValue();
            return value >= 1 && value <= PortView.MAX || value == PortView.LOCAL ? OptionalLong.of(value)
                : OptionalLong.empty();
        }
        return LOCAL_NAME.equals(number.getString()) ? OptionalLong.of(PortView.LOCAL) : OptionalLong.empty();
    }
}
