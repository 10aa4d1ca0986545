/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Packets.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.NotificationService.Listener;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.FlowRemovedMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PacketInMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.PortStatusMask;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.SetAsync;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.SetAsyncInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.async.config.service.rev170619.SetAsyncOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeConnectorRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnector;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.node.NodeConnectorKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.InvalidTtl;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.NoMatch;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.PacketInReason;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.PacketReceived;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.PacketReceivedBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.SendToController;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacket;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.packet.service.rev130709.TransmitPacketOutputBuilder;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;

class OfpPacketsTest {
    private static final DatapathId HIGHEST = DatapathId.parseHex("ffffffffffffffff");
    private static final byte[] FRAME = {1, 2, 3};

    private final List<TransmitPacketInput> transmitted = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final Registration registration = mock(Registration.class);

    private ListenableFuture<RpcResult<TransmitPacketOutput>> answer =
        RpcResultBuilder.success(new TransmitPacketOutputBuilder().build()).buildFuture();
    private final List<SetAsyncInput> asked = new ArrayList<>();
    private OfpPackets packets;
    private Listener<PacketReceived> plugin;

    @BeforeEach
    @SuppressWarnings("unchecked")
    void before() {
        final var rpcs = mock(RpcConsumerRegistry.class);
        doReturn((TransmitPacket) input -> {
            transmitted.add(input);
            return answer;
        }).when(rpcs).getRpc(TransmitPacket.class);
        doReturn((SetAsync) input -> {
            asked.add(input);
            return RpcResultBuilder.success(new SetAsyncOutputBuilder().build()).buildFuture();
        }).when(rpcs).getRpc(SetAsync.class);
        final var notifications = mock(NotificationService.class);
        doReturn(registration).when(notifications).registerListener(eq(PacketReceived.class), any(), any());
        packets = new OfpPackets(rpcs, notifications);
        final ArgumentCaptor<Listener<PacketReceived>> captor = ArgumentCaptor.forClass(Listener.class);
        verify(notifications).registerListener(eq(PacketReceived.class), captor.capture(), any());
        plugin = captor.getValue();
    }

    @Test
    void aSwitchIsAskedForExpiredPacketsAndForAllElseAsBefore() {
        packets.askForExpired(new DatapathId(7)).join();
        final var input = asked.get(0);
        assertEquals(new PacketInMask(true, true, true), input.getPacketInMask().getMasterMask());
        assertEquals(new PortStatusMask(true, true, true), input.getPortStatusMask().getMasterMask());
        assertEquals(new FlowRemovedMask(true, true, true, true), input.getFlowRemovedMask().getMasterMask());
    }

    @AfterEach
    void after() {
        packets.close();
        verify(registration).close();
    }

    private static InstanceIdentifier<Node> node(final String id) {
        return InstanceIdentifier.create(Nodes.class).child(Node.class, new NodeKey(new NodeId(id)));
    }

    private static NodeConnectorRef port(final String node, final String id) {
        return new NodeConnectorRef(node(node).child(NodeConnector.class,
            new NodeConnectorKey(new NodeConnectorId(id))));
    }

    private void receive(final NodeConnectorRef ingress, final PacketInReason reason) {
        plugin.onNotification(new PacketReceivedBuilder().setIngress(ingress).setPayload(FRAME)
            .setPacketInReason(reason).build());
    }

    private void hear(final DatapathId datapath, final long port, final Reason reason, final byte[] frame) {
        assertArrayEquals(FRAME, frame);
        heard.add(datapath.hex() + " " + port + " " + reason);
    }

    @Test
    void whatIsReceivedIsTold() {
        packets.listen(this::hear);
        receive(port("openflow:1", "openflow:1:7"), SendToController.VALUE);
        receive(port("openflow:18446744073709551615", "openflow:18446744073709551615:4294967040"), NoMatch.VALUE);
        receive(port("openflow:1", "openflow:1:7"), InvalidTtl.VALUE);
        receive(port("openflow:1", "openflow:1:7"), null);
        assertEquals(List.of("0000000000000001 7 ACTION", "ffffffffffffffff 4294967040 NO_MATCH",
            "0000000000000001 7 INVALID_TTL", "0000000000000001 7 ACTION"), heard);
    }

    @Test
    void whatIsOfNoPortIsPassedOver() {
        packets.listen(this::hear);
        receive(null, NoMatch.VALUE);
        receive(new NodeConnectorRef(node("openflow:1")), NoMatch.VALUE);
        receive(port("openflow:1", "openflow:1:LOCAL"), NoMatch.VALUE);
        receive(port("openflow:1", "openflow:1"), NoMatch.VALUE);
        receive(port("openflow:1", "1"), NoMatch.VALUE);
        receive(port("netconf:1", "netconf:1:1"), NoMatch.VALUE);
        plugin.onNotification(new PacketReceivedBuilder().setIngress(port("openflow:1", "openflow:1:7")).build());
        assertEquals(List.of(), heard);
    }

    @Test
    void listenersDoNotDisturbEachOther() {
        final var first = packets.listen((datapath, port, reason, frame) -> {
            throw new IllegalStateException("wanted by the test");
        });
        final var second = packets.listen(this::hear);
        final var third = packets.listen(this::hear);
        receive(port("openflow:1", "openflow:1:7"), NoMatch.VALUE);
        assertEquals(2, heard.size());
        first.close();
        second.close();
        receive(port("openflow:1", "openflow:1:7"), NoMatch.VALUE);
        assertEquals(3, heard.size());
        third.close();
        receive(port("openflow:1", "openflow:1:7"), NoMatch.VALUE);
        assertEquals(3, heard.size());
    }

    @Test
    void whatIsSentGoesOutOfThePort() throws Exception {
        assertNull(packets.send(HIGHEST, 7, FRAME).get());
        assertNull(packets.send(HIGHEST, Action.CONTROLLER, FRAME).get());
        final var input = transmitted.get(0);
        assertEquals(node("openflow:18446744073709551615"), input.getNode().getValue());
        assertEquals(port("openflow:18446744073709551615", "openflow:18446744073709551615:7"), input.getEgress());
        assertArrayEquals(FRAME, input.getPayload());
        assertEquals(port("openflow:18446744073709551615", "openflow:18446744073709551615:4294967293"),
            transmitted.get(1).getEgress());
    }

    @Test
    void aFailureIsTold() {
        answer = RpcResultBuilder.<TransmitPacketOutput>failed().withError(ErrorType.APPLICATION, "no session")
            .buildFuture();
        final var refused = packets.send(HIGHEST, 7, FRAME);
        assertEquals("no session",
            assertInstanceOf(IOException.class, assertThrows(ExecutionException.class, refused::get).getCause())
                .getMessage());
        answer = Futures.immediateFailedFuture(new IllegalStateException("no implementation"));
        final var failed = packets.send(HIGHEST, 7, FRAME);
        assertInstanceOf(IllegalStateException.class,
            assertThrows(ExecutionException.class, failed::get).getCause());
    }
}
