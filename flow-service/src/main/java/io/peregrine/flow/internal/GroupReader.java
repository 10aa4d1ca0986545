/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GetGroupDescription;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GetGroupDescriptionInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.statistics.rev131111.GroupDescStatsUpdated;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.Group;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.Uint64;

/**
 * Reads groups with their buckets. The one way OpenFlowPlugin 0.17.3 offers is deprecated there without a successor: an
 * RPC answers with a number, and a notification of that number brings the groups, before or after that answer, or never
 * if the switch does not reply. Numbers start anew with each session. Thread-safe.
 */
// No other RPC returns buckets
@SuppressWarnings("deprecation")
final class GroupReader implements AutoCloseable {
    private static final int KEPT = 8;

    /**
     * What came for one session's requests.
     */
    final class Inbox {
        private final NodeId node;
        private final Map<Uint64, CompletableFuture<Collection<? extends Group>>> awaited = new HashMap<>();
        /** What came before its number was known, the newest few. */
        private final Map<Uint64, Collection<? extends Group>> early = new LinkedHashMap<>();

        Inbox(final NodeId node) {
            this.node = node;
        }

        /**
         * Reads the switch's groups.
         *
         * @param ref the switch
         * @return the groups; exceptionally if the request failed; never completed if the switch does not reply
         */
        CompletableFuture<Collection<? extends Group>> read(final NodeRef ref) {
            if (obstacle.isPresent()) {
                return CompletableFuture.failedFuture(new IOException(obstacle.orElseThrow()));
            }
            inboxes.put(node, this);
            return Rpcs.result(getGroups.invoke(new GetGroupDescriptionInputBuilder().setNode(ref).build()))
                .thenCompose(answer -> await(answer.getTransactionId().getValue()));
        }

        private synchronized CompletableFuture<Collection<? extends Group>> await(final Uint64 number) {
            final var there = early.remove(number);
            if (there != null) {
                return CompletableFuture.completedFuture(there);
            }
            final var future = new CompletableFuture<Collection<? extends Group>>();
            awaited.put(number, future);
            return future;
        }

        private void deliver(final Uint64 number, final Collection<? extends Group> groups) {
            final CompletableFuture<Collection<? extends Group>> future;
            synchronized (this) {
                future = awaited.remove(number);
                if (future == null) {
                    early.put(number, groups);
                    if (early.size() > KEPT) {
                        early.remove(early.keySet().iterator().next());
                    }
                }
            }
            if (future != null) {
                future.complete(groups);
            }
        }
    }

    private final ConcurrentMap<NodeId, Inbox> inboxes = new ConcurrentHashMap<>();
    private final GetGroupDescription getGroups;
    private final Registration news;
    private final Optional<String> obstacle;

    GroupReader(final RpcConsumerRegistry rpcs, final NotificationService notifications, final Executor executor,
            final Optional<String> obstacle) {
        this.obstacle = requireNonNull(obstacle);
        getGroups = requireNonNull(rpcs.getRpc(GetGroupDescription.class));
        news = notifications.registerListener(GroupDescStatsUpdated.class, this::onGroups, executor);
    }

    private void onGroups(final GroupDescStatsUpdated groups) {
        final var inbox = inboxes.get(groups.getId());
        if (inbox != null) {
            inbox.deliver(groups.getTransactionId().getValue(), groups.nonnullGroupDescStats().values());
        }
    }

    @Override
    public void close() {
        news.close();
    }
}
