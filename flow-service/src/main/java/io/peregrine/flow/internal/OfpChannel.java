/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;
import io.peregrine.flow.internal.core.Entry;
import io.peregrine.flow.internal.core.Observed;
import io.peregrine.flow.internal.core.OfctlText;
import io.peregrine.flow.internal.core.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatistics;
import org.opendaylight.yang.gen.v1.urn.opendaylight.direct.statistics.rev160511.GetFlowStatisticsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlow;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.statistics.rev130819.flow.and.statistics.map.list.FlowAndStatisticsMapList;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrier;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.transaction.rev150304.SendBarrierInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.FlowCookie;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroup;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.NodeKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint64;

/**
 * A session as OpenFlowPlugin's RPCs offer it (0.17.3). They go out on the caller's thread, in the order of the calls.
 */
final class OfpChannel implements SwitchChannel {
    /**
     * Into how many pieces flows are cut for reading at most, a power of two. OpenFlowPlugin decodes an answer in the
     * thread that also brings the answers to changes, some ten microseconds per entry. The lowest cookie bits, a hash,
     * cut evenly.
     */
    static final int PARTS = 16;
    /** Flows that one answer may well have. */
    private static final int WELL_SIZED = 256;

    private final NodeRef node;
    private final SendBarrierInput barrierInput;
    private final Executor pool;
    private final AddFlow addFlow;
    private final RemoveFlow removeFlow;
    private final AddGroup addGroup;
    private final UpdateGroup updateGroup;
    private final RemoveGroup removeGroup;
    private final SendBarrier sendBarrier;
    private final GetFlowStatistics getFlows;
    private final GroupReader.Inbox groups;

    OfpChannel(final RpcConsumerRegistry rpcs, final GroupReader groupReader, final DatapathId datapath,
            final Executor pool) {
        this.pool = requireNonNull(pool);
        node = nodeRef(datapath);
        barrierInput = new SendBarrierInputBuilder().setNode(node).build();
        addFlow = rpcs.getRpc(AddFlow.class);
        removeFlow = rpcs.getRpc(RemoveFlow.class);
        addGroup = rpcs.getRpc(AddGroup.class);
        updateGroup = rpcs.getRpc(UpdateGroup.class);
        removeGroup = rpcs.getRpc(RemoveGroup.class);
        sendBarrier = rpcs.getRpc(SendBarrier.class);
        getFlows = rpcs.getRpc(GetFlowStatistics.class);
        groups = groupReader.new Inbox(new NodeId(datapath.nodeId()));
    }

    private static NodeRef nodeRef(final DatapathId datapath) {
        return new NodeRef(InstanceIdentifier.create(Nodes.class)
            .child(Node.class, new NodeKey(new NodeId(datapath.nodeId()))));
    }

    @Override
    public CompletableFuture<?> send(final Op op) {
        if (op instanceof Op.PutFlow put) {
            return Rpcs.result(addFlow.invoke(OfpCodec.addFlow(node, put.entry())));
        } else if (op instanceof Op.RemoveFlow remove) {
            return Rpcs.result(removeFlow.invoke(OfpCodec.removeFlow(node, remove.key())));
        } else if (op instanceof Op.RemoveGroup remove) {
            return Rpcs.result(removeGroup.invoke(OfpCodec.removeGroup(node, remove.id())));
        } else if (op instanceof Op.PutGroup put) {
            return switch (put.how()) {
                case ADD -> Rpcs.result(addGroup.invoke(OfpCodec.addGroup(node, put.group())));
                case MODIFY -> Rpcs.result(updateGroup.invoke(OfpCodec.updateGroup(node, put.group())));
                case EITHER -> {
                    final var added = Rpcs.result(addGroup.invoke(OfpCodec.addGroup(node, put.group())));
                    final var updated = Rpcs.result(updateGroup.invoke(OfpCodec.updateGroup(node, put.group())));
                    yield added.handle((ok, refused) -> ok).thenCombine(updated, (one, two) -> two);
                }
            };
        }
        throw new IllegalArgumentException("cannot send " + op);
    }

    @Override
    public CompletableFuture<?> barrier() {
        return Rpcs.result(sendBarrier.invoke(barrierInput));
    }

    @Override
    public CompletableFuture<Observed> read() {
        final var result = new CompletableFuture<Observed>();
        Answers.pass(readFlows(0, new ArrayList<>(), result)
            .thenCompose(flows -> groups.read(node).thenApplyAsync(answer -> observed(flows, answer), pool)), result);
        return result;
    }

    /**
     * Reads from a piece on, several at once where those before show that there is not much in them, as long as
     * somebody waits for the result.
     */
    private CompletableFuture<List<FlowAndStatisticsMapList>> readFlows(final int first,
            final List<FlowAndStatisticsMapList> sofar, final CompletableFuture<?> result) {
        if (result.isDone()) {
            return CompletableFuture.failedFuture(new CancellationException());
        }
        if (first == PARTS) {
            return CompletableFuture.completedFuture(sofar);
        }
        final int count = partsAtOnce(first, sofar.size());
        return Rpcs.result(getFlows.invoke(new GetFlowStatisticsInputBuilder()
            .setNode(node)
            .setStoreStats(false)
            .setCookie(new FlowCookie(Uint64.valueOf(first)))
            .setCookieMask(new FlowCookie(Uint64.valueOf(PARTS - count)))
            .build())).thenCompose(answer -> {
                if (answer.getFlowAndStatisticsMapList() != null) {
                    sofar.addAll(answer.getFlowAndStatisticsMapList());
                }
                return readFlows(first + count, sofar, result);
            });
    }

    /**
     * How many pieces to read together: as many as one mask can select.
     *
     * @param first the first of them
     * @param sofar how many flows those before had, all together
     * @return a power of two
     */
    static int partsAtOnce(final int first, final int sofar) {
        int count = 1;
        while (first % (2 * count) == 0 && first != 0 && 2 * count <= PARTS
                && (long) sofar * 2 * count <= (long) WELL_SIZED * first) {
            count *= 2;
        }
        return count;
    }

    private static Observed observed(
            final Collection<? extends org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.Flow> flows,
            final Collection<? extends org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.Group>
                groups) {
        final var ours = new HashMap<FlowKey, Entry>();
        final var others = new ArrayList<Observed.Other>();
        for (var flow : flows) {
            try {
                final var entry = OfpCodec.entry(flow);
                ours.put(entry.key(), entry);
            } catch (IllegalArgumentException e) {
                others.add(other(flow, e.getMessage()));
            }
        }
        final var ourGroups = new HashMap<Long, Group>();
        final var otherGroups = new HashSet<Long>();
        for (var group : groups) {
            try {
                final var translated = OfpCodec.group(group);
                ourGroups.put(translated.id(), translated);
            } catch (IllegalArgumentException e) {
                otherGroups.add(group.getGroupId().getValue().toJava());
            }
        }
        return new Observed(ours, others, ourGroups, otherGroups);
    }

    private static Observed.Other other(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.Flow flow, final String why) {
        final long cookie = OfpCodec.cookie(flow);
        try {
            final var key = OfpCodec.key(flow);
            return new Observed.Other(cookie, Optional.of(key), OfctlText.identity(cookie, key) + " (" + why + ")");
        } catch (IllegalArgumentException e) {
            return new Observed.Other(cookie, Optional.empty(), "cookie=0x" + Long.toHexString(cookie) + ",table="
                + flow.getTableId() + ",priority=" + flow.getPriority() + " (" + why + ")");
        }
    }
}
