/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static io.peregrine.flow.internal.core.Samples.G1;
import static io.peregrine.flow.internal.core.Samples.all;
import static io.peregrine.flow.internal.core.Samples.flow;
import static io.peregrine.flow.internal.core.Samples.foreign;
import static io.peregrine.flow.internal.core.Samples.fragment;
import static io.peregrine.flow.internal.core.Samples.lease;
import static io.peregrine.flow.internal.core.Samples.out;
import static io.peregrine.flow.internal.core.Samples.own;
import static io.peregrine.flow.internal.core.Samples.via;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import com.google.common.util.concurrent.Uninterruptibles;
import io.peregrine.flow.Audit;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.SwitchAudits;
import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchProgram.State;
import io.peregrine.flow.SwitchRefusedException;
import io.peregrine.flow.SwitchSessions;
import io.peregrine.flow.SwitchUnavailableException;
import io.peregrine.flow.internal.core.Entry;
import io.peregrine.flow.internal.core.Op;
import io.peregrine.flow.internal.core.SimulatedSwitch;
import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.loops.Loops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mock;
import org.mockito.junit.jupiter.MockitoExtension;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.openflowplugin.api.openflow.device.DeviceInfo;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeRegistration;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeServiceManager;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatistics;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.FlowRemoved;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.FlowRemovedBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.statistics.rev130819.flow.and.statistics.map.list.FlowAndStatisticsMapList;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.statistics.rev130819.flow.and.statistics.map.list.FlowAndStatisticsMapListBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrier;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.TransactionId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.RemovedFlowReason;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GetGroupDescription;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GetGroupDescriptionOutput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GetGroupDescriptionOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GroupDescStatsUpdated;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GroupDescStatsUpdatedBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.desc.stats.reply.GroupDescStats;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.desc.stats.reply.GroupDescStatsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.desc.stats.reply.GroupDescStatsKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.Rpc;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint64;

/**
 * The service over doubles of OpenFlowPlugin's RPCs, behind which a simulated switch stands.
 */
// Groups can be read by deprecated means only
@SuppressWarnings("deprecation")
@ExtendWith(MockitoExtension.class)
class FlowProgrammerServiceTest {
    private static final DatapathId DATAPATH = new DatapathId(0x8000_0000_0000_0001L);
    private static final NodeRef NODE = new NodeRef(InstanceIdentifier.create(Nodes.class)
        .child(Node.class, new NodeKey(new NodeId(DATAPATH.nodeId()))));

    @TempDir
    private Path directory;
    @Mock
    private NotificationService notifications;
    @Mock
    private MastershipChangeServiceManager masterships;
    @Mock
    private MastershipChangeRegistration registration;
    @Mock
    private Registration groupNews;
    @Mock
    private Registration removals;
    @Mock
    private DeviceInfo device;
    @Mock
    private SwitchProgram.Listener listener;

    private final Map<Class<?>, Rpc<?, ?>> rpcs = new HashMap<>();
    private final SimulatedSwitch simulated = new SimulatedSwitch();
    private final List<Op.How> groupMessages = new CopyOnWriteArrayList<>();
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean connected;
    private volatile boolean newsFirst;
    private volatile Supplier<ListenableFuture<RpcResult<SendBarrierOutput>>> barrier =
        () -> answer(new SendBarrierOutputBuilder().build(), null);
    private NotificationService.Listener<GroupDescStatsUpdated> onGroups;
    private NotificationService.Listener<FlowRemoved> onRemoved;
    private PersistentGroupIds ids;
    private FlowProgrammerService service;
    private boolean closed;

    private <T> ListenableFuture<RpcResult<T>> answer(final T output, final Op op) {
        final String wrong;
        synchronized (simulated) {
            wrong = !connected ? "no session" : op == null ? null : simulated.take(op);
        }
        return wrong == null ? RpcResultBuilder.success(output).buildFuture()
            : RpcResultBuilder.<T>failed().withError(ErrorType.APPLICATION, wrong).buildFuture();
    }

    @BeforeEach
    void before() {
        rpcs.put(AddFlow.class, (AddFlow) input -> answer(new AddFlowOutputBuilder().build(),
            new Op.PutFlow(OfpCodec.entry(input))));
        rpcs.put(RemoveFlow.class, (RemoveFlow) input -> answer(new RemoveFlowOutputBuilder().build(),
            new Op.RemoveFlow(new FlowKey(input.getTableId().toJava(), input.getPriority().toJava(),
                OfpMatch.decode(input.getMatch())))));
        rpcs.put(AddGroup.class, (AddGroup) input -> {
            groupMessages.add(Op.How.ADD);
            return answer(new AddGroupOutputBuilder().build(), new Op.PutGroup(OfpCodec.group(input), Op.How.ADD));
        });
        rpcs.put(UpdateGroup.class, (UpdateGroup) input -> {
            groupMessages.add(Op.How.MODIFY);
            return answer(new UpdateGroupOutputBuilder().build(),
                new Op.PutGroup(OfpCodec.group(input.getUpdatedGroup()), Op.How.MODIFY));
        });
        rpcs.put(RemoveGroup.class, (RemoveGroup) input -> answer(new RemoveGroupOutputBuilder().build(),
            new Op.RemoveGroup(input.getGroupId().getValue().toJava())));
        rpcs.put(SendBarrier.class, (SendBarrier) input -> barrier.get());
        rpcs.put(GetFlowStatistics.class, (GetFlowStatistics) input -> {
            final var found = new ArrayList<FlowAndStatisticsMapList>();
            synchronized (simulated) {
                simulated.flows.values().stream()
                    .filter(entry -> (entry.cookie() & input.getCookieMask().getValue().longValue())
                        == input.getCookie().getValue().longValue())
                    .forEach(entry -> found.add(new FlowAndStatisticsMapListBuilder(OfpCodec.addFlow(NODE, entry))
                        .build()));
            }
            return answer(new GetFlowStatisticsOutputBuilder().setFlowAndStatisticsMapList(found).build(), null);
        });
        rpcs.put(GetGroupDescription.class, (GetGroupDescription) input -> {
            final var groups = BindingMap.<GroupDescStatsKey, GroupDescStats>orderedBuilder();
            synchronized (simulated) {
                simulated.groups.values().forEach(group -> groups.add(
                    new GroupDescStatsBuilder(OfpCodec.addGroup(NODE, group)).build()));
            }
            final var number = new TransactionId(Uint64.valueOf(requests.incrementAndGet()));
            final var news = new GroupDescStatsUpdatedBuilder().setId(new NodeId(DATAPATH.nodeId()))
                .setTransactionId(number).setGroupDescStats(groups.build()).build();
            final var output = new GetGroupDescriptionOutputBuilder().setTransactionId(number).build();
            if (newsFirst) {
                onGroups.onNotification(news);
                return answer(output, null);
            }
            final var late = SettableFuture.<RpcResult<GetGroupDescriptionOutput>>create();
            late.addListener(() -> onGroups.onNotification(news), Runnable::run);
            late.setFuture(answer(output, null));
            return late;
        });
        final var registry = mock(RpcConsumerRegistry.class);
        lenient().doAnswer(call -> rpcs.get(call.<Class<?>>getArgument(0))).when(registry).getRpc(any());
        doAnswer(call -> {
            onGroups = call.getArgument(1);
            return groupNews;
        }).when(notifications).registerListener(eq(GroupDescStatsUpdated.class), any(), any(Executor.class));
        doAnswer(call -> {
            onRemoved = call.getArgument(1);
            return removals;
        }).when(notifications).registerListener(eq(FlowRemoved.class), any(), any(Executor.class));
        doReturn(registration).when(masterships).register(any());
        lenient().doReturn(Uint64.fromLongBits(DATAPATH.bits())).when(device).getDatapathId();
        ids = new PersistentGroupIds(new Journal(directory));
        service = new FlowProgrammerService(registry, notifications, masterships, ids, Optional.empty(), 3_600_000);
    }

    @AfterEach
    void after() throws Exception {
        if (!closed) {
            service.close();
        }
        ids.close();
        verify(registration).close();
        verify(groupNews).close();
        verify(removals).close();
    }

    private void connect() {
        connected = true;
        service.onBecomeOwner(device);
    }

    private static void awaitSync(final SwitchProgram program) {
        Awaitility.await().until(() -> program.state() == State.IN_SYNC);
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void aSwitchIsReadAndRepaired(final boolean groupsBeforeAnswer) throws Exception {
        newsFirst = groupsBeforeAnswer;
        simulated.take(new Op.PutFlow(foreign(flow(4, 8))));
        simulated.take(new Op.PutFlow(own("x", flow(4, 9))));
        simulated.take(new Op.PutGroup(all(G1, out(9)), Op.How.ADD));
        final var program = service.own(DATAPATH, listener);
        final var early = program.apply(Map.of("a", fragment(all(G1, out(1)), flow(4, 1, via(G1)))));
        assertThrows(ExecutionException.class, early::get);
        connect();
        awaitSync(program);
        assertEquals(List.of(Op.How.MODIFY), groupMessages);

        program.setComplete(true);
        program.apply(Map.of("b", fragment(flow(4, 2)))).get();
        Awaitility.await().until(() -> !audit().isWrong());
        assertEquals(1, audit().count(Audit.Kind.FOREIGN));
        synchronized (simulated) {
            assertEquals(Set.of(foreign(flow(4, 8)), own("a", flow(4, 1, via(G1))), own("b", flow(4, 2))),
                Set.copyOf(simulated.flows.values()));
            assertEquals(Map.of(G1, all(G1, out(1))), simulated.groups);
        }
    }

    @Test
    void everySwitchThatSomebodyHasTellsItsLoad() {
        assertEquals(List.of(), service.switchLoads());
        final var program = service.own(DATAPATH, listener);
        program.apply(Map.of("a", fragment(all(G1, out(1)), flow(4, 1, via(G1)))));
        Awaitility.await().until(() -> service.switchLoads().equals(List.of(new SwitchLoads.Load(DATAPATH, 1, 1, 0))));
        assertEquals(List.of("flow-timer"), service.loads().stream().map(Loops.Load::name).toList());
        program.close();
        assertEquals(List.of(), service.switchLoads());
    }

    private Audit audit() throws Exception {
        return service.audit(List.of(DATAPATH)).get().get(0).audit().orElseThrow();
    }

    @Test
    void anAuditReportsEverySwitchAskedFor() throws Exception {
        final var other = new DatapathId(2);
        final var unknown = new DatapathId(3);
        service.own(DATAPATH, listener);
        service.own(other, listener);
        connect();
        assertEquals(Set.of(DATAPATH, other), service.switches());

        final var reports = service.audit(List.of(unknown, other, DATAPATH)).get();
        assertEquals(List.of(unknown, other, DATAPATH), reports.stream().map(SwitchAudits.Report::datapath).toList());
        assertEquals("nobody programs it", reports.get(0).unread().orElseThrow());
        assertTrue(reports.get(1).unread().orElseThrow().contains("no OpenFlow session"));
        assertTrue(reports.get(2).audit().isPresent());
    }

    @Test
    void anAuditShowsWhatOthersPutIn() throws Exception {
        final var program = service.own(DATAPATH, listener);
        program.setComplete(true);
        program.apply(Map.of("a", fragment(flow(4, 1), flow(4, 2))));
        connect();
        awaitSync(program);
        synchronized (simulated) {
            simulated.flows.remove(flow(4, 1).key());
            simulated.take(new Op.PutFlow(own("x", flow(4, 9))));
            simulated.take(new Op.PutFlow(own("a", flow(4, 2, out(3)))));
        }
        final var audit = audit();
        assertEquals(List.of(Audit.Kind.MISSING, Audit.Kind.DIFFERING, Audit.Kind.STALE),
            audit.findings().stream().map(Audit.Finding::kind).toList());
        synchronized (simulated) {
            assertEquals(2, simulated.flows.size());
        }
    }

    @Test
    void anUnsuccessfulResultIsAFailure() {
        final var program = service.own(DATAPATH, listener);
        connect();
        awaitSync(program);
        final var refused = assertThrows(ExecutionException.class,
            () -> program.apply(Map.of("a", fragment(flow(4, 1, via(G1))))).get());
        assertInstanceOf(SwitchRefusedException.class, refused.getCause());
        assertTrue(refused.getMessage().contains("BADOUTGROUP"), refused.getMessage());
        Awaitility.await().untilAsserted(() -> verify(listener).onProblems(argThat(problems -> problems.size() == 1
            && problems.get(0).kind() == SwitchProgram.Problem.Kind.REFUSED)));
    }

    private void remove(final Flow flow, final Entry entry, final RemovedFlowReason reason) {
        synchronized (simulated) {
            simulated.flows.remove(flow.key());
        }
        final var known = OfpCodec.addFlow(NODE, entry);
        onRemoved.onNotification(new FlowRemovedBuilder().setNode(NODE).setReason(reason).setTableId(known.getTableId())
            .setPriority(known.getPriority()).setMatch(known.getMatch()).setCookie(known.getCookie()).build());
    }

    @Test
    void anEntryThatSomebodyDeletesComesBack() throws Exception {
        final var program = service.own(DATAPATH, listener);
        connect();
        awaitSync(program);
        final var flow = flow(4, 1, out(1));
        program.apply(Map.of("a", fragment(flow, lease(5, 1, 600)))).get();

        remove(lease(5, 1, 600), own("a", lease(5, 1, 600)), RemovedFlowReason.OFPRRHARDTIMEOUT);
        remove(flow, foreign(flow), RemovedFlowReason.OFPRRDELETE);
        assertEquals(1, requests.get(), "read when it connected only");
        for (var reason : List.of(RemovedFlowReason.OFPRRDELETE, RemovedFlowReason.OFPRRGROUPDELETE)) {
            remove(flow, own("a", flow), reason);
            Awaitility.await().until(() -> {
                synchronized (simulated) {
                    return simulated.flows.containsKey(flow.key());
                }
            });
            awaitSync(program);
        }
    }

    @Test
    void aSwitchHasOneOwner() {
        final var program = service.own(DATAPATH, listener);
        assertThrows(IllegalStateException.class, () -> service.own(DATAPATH, listener));
        program.close();
        service.own(DATAPATH, listener).close();
    }

    @Test
    void whoWaitsForASwitchHearsThatItIsFree() {
        assertTrue(service.whenFree(DATAPATH).isDone(), "nobody has charge of it");
        final var program = service.own(DATAPATH, listener);
        final var free = service.whenFree(DATAPATH);
        assertFalse(free.isDone());
        program.close();
        free.join();
        service.own(DATAPATH, listener).close();
    }

    @Test
    void aSessionThatWasThereBeforeUsIsFound() {
        connected = true;
        awaitSync(service.own(DATAPATH, listener));
    }

    @Test
    void whoWaitsGetsAnAnswerWhenTheServiceStops() throws Exception {
        final var program = service.own(DATAPATH, listener);
        connect();
        awaitSync(program);
        // The switch's thread is held up, and its answer never comes
        final var reached = new CountDownLatch(1);
        final var goOn = new CountDownLatch(1);
        barrier = () -> {
            reached.countDown();
            Uninterruptibles.awaitUninterruptibly(goOn);
            return SettableFuture.create();
        };
        final var answer = program.apply(Map.of("a", fragment(flow(4, 1, out(1)))));
        reached.await();
        // As when all of Peregrine stops: first who has charge of the switch, and then the service
        program.close();
        closed = true;
        final var closing = new Thread(service::close);
        closing.start();
        Awaitility.await().until(() -> Set.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED)
            .contains(closing.getState()));
        goOn.countDown();
        closing.join();
        Awaitility.await().until(answer::isDone);
        final var failure = assertThrows(ExecutionException.class, answer::get);
        assertInstanceOf(SwitchUnavailableException.class, failure.getCause());
    }

    @Test
    void sessionsAreTold() {
        final var heard = new CopyOnWriteArrayList<String>();
        final var ears = new SwitchSessions.Listener() {
            @Override
            public void onConnected(final DatapathId datapath) {
                heard.add("+" + datapath);
            }

            @Override
            public void onDisconnected(final DatapathId datapath) {
                heard.add("-" + datapath);
            }
        };
        connect();
        try (var subscription = service.subscribe(ears)) {
            service.onLoseOwnership(device);
            service.onLoseOwnership(device);
            connect();
            connect();
            Awaitility.await().until(() -> heard.size() == 5);
        }
        service.onLoseOwnership(device);
        assertEquals(List.of("+" + DATAPATH, "-" + DATAPATH, "+" + DATAPATH, "-" + DATAPATH, "+" + DATAPATH), heard);
    }
}
