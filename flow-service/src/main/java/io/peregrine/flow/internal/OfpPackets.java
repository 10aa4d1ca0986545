/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Packets;
import io.peregrine.flow.Subscription;
import io.peregrine.flow.loops.Loops;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.FlowRemovedMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PacketInMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PortStatusMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.SetAsync;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.SetAsyncInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.async.config.FlowRemovedMaskBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.async.config.PacketInMaskBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.async.config.PortStatusMaskBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnectorKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.InvalidTtl;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.NoMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.PacketInReason;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.PacketReceived;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacket;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketInputBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.KeyedInstanceIdentifier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packets by way of OpenFlowPlugin: its notification of packets received, its RPC to transmit one.
 */
@Component(service = { Packets.class, Loops.class })
public final class OfpPackets implements Packets, Loops, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OfpPackets.class);

    private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        new ThreadFactoryBuilder().setNameFormat("peregrine-packets").setDaemon(true).build());
    private final TransmitPacket transmit;
    private final SetAsync setAsync;
    private final Registration notifications;

    @Activate
    public OfpPackets(@Reference final RpcConsumerRegistry rpcs, @Reference final NotificationService notifications) {
        transmit = requireNonNull(rpcs.getRpc(TransmitPacket.class));
        setAsync = requireNonNull(rpcs.getRpc(SetAsync.class));
        this.notifications = notifications.registerListener(PacketReceived.class, this::onPacket, executor);
    }

    @Deactivate
    @Override
    public void close() {
        notifications.close();
        executor.shutdown();
    }

    @Override
    public List<Load> loads() {
        return List.of(new Load("packets", executor.getQueue().size(), OptionalLong.empty()));
    }

    @Override
    public Subscription listen(final Listener listener) {
        // An object of its own, so that a listener may be registered twice
        final Listener registered = requireNonNull(listener)::onPacket;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    @Override
    public CompletableFuture<Void> send(final DatapathId datapath, final long port, final byte[] frame) {
        final var node = node(datapath);
        final var connector = node.child(NodeConnector.class,
            new NodeConnectorKey(new NodeConnectorId(datapath.nodeId() + ":" + port)));
        return Rpcs.result(transmit.invoke(new TransmitPacketInputBuilder()
            .setNode(new NodeRef(node))
            .setEgress(new NodeConnectorRef(connector))
            .setPayload(frame)
            .build())).thenApply(sent -> null);
    }

    private static KeyedInstanceIdentifier<Node, NodeKey> node(final DatapathId datapath) {
        return InstanceIdentifier.create(Nodes.class)
            .child(Node.class, new NodeKey(new NodeId(datapath.nodeId())));
    }

    @Override
    public CompletableFuture<Void> askForExpired(final DatapathId datapath) {
        // The message replaces all masks; what is not about packets is as OpenFlow has it anyway
        return Rpcs.result(setAsync.invoke(new SetAsyncInputBuilder()
            .setNode(new NodeRef(node(datapath)))
            .setPacketInMask(new PacketInMaskBuilder()
                .setMasterMask(new PacketInMask(true, true, true))
                .setSlaveMask(new PacketInMask(false, false, false)).build())
            .setPortStatusMask(new PortStatusMaskBuilder()
                .setMasterMask(new PortStatusMask(true, true, true))
                .setSlaveMask(new PortStatusMask(true, true, true)).build())
            .setFlowRemovedMask(new FlowRemovedMaskBuilder()
                .setMasterMask(new FlowRemovedMask(true, true, true, true))
                .setSlaveMask(new FlowRemovedMask(false, false, false, false)).build())
            .build())).thenApply(sent -> null);
    }

    private void onPacket(final PacketReceived packet) {
        final var ingress = packet.getIngress();
        final byte[] frame = packet.getPayload();
        final var connector = ingress == null ? null : ingress.getValue().firstKeyOf(NodeConnector.class);
        if (frame == null || connector == null) {
            return;
        }
        final var id = connector.getId().getValue();
        final int colon = id.lastIndexOf(':');
        try {
            tell(DatapathId.parseNodeId(id.substring(0, Math.max(0, colon))), Long.parseLong(id.substring(colon + 1)),
                reason(packet.getPacketInReason()), frame);
        } catch (IllegalArgumentException e) {
            LOG.debug("A packet of no port that we know: {}", id, e);
        }
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private void tell(final DatapathId datapath, final long port, final Reason reason, final byte[] frame) {
        for (var listener : listeners) {
            try {
                listener.onPacket(datapath, port, reason, frame);
            } catch (RuntimeException e) {
                // One listener's mistake is not to stop the others
                LOG.error("A listener failed: {}", listener, e);
            }
        }
    }

    private static Reason reason(final PacketInReason reason) {
        if (InvalidTtl.VALUE.equals(reason)) {
            return Reason.INVALID_TTL;
        }
        return NoMatch.VALUE.equals(reason) ? Reason.NO_MATCH : Reason.ACTION;
    }
}
