/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.Subscription;
import io.peregrine.flow.SwitchAudits;
import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchSessions;
import io.peregrine.flow.internal.core.OwnRange;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.openflowplugin.api.openflow.device.DeviceInfo;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeRegistration;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeService;
import org.opendaylight.openflowplugin.api.openflow.mastership.MastershipChangeServiceManager;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.FlowRemoved;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.RemovedFlowReason;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yangtools.concepts.Registration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programmer on top of OpenFlowPlugin: follows which switches have a session and gives it to who has charge.
 */
// No other notification tells of a removed entry
@SuppressWarnings("deprecation")
@Component(service = { FlowProgrammer.class, SwitchSessions.class, SwitchAudits.class, SwitchLoads.class, Loops.class },
    configurationPid = FlowConfiguration.PID)
public final class FlowProgrammerService
        implements FlowProgrammer, SwitchSessions, SwitchAudits, SwitchLoads, Loops, MastershipChangeService {
    private static final Logger LOG = LoggerFactory.getLogger(FlowProgrammerService.class);
    private static final long CLOSE_SECONDS = 3;
    /** Switches that are read for audits at a time: each costs its session some time. */
    private static final int AUDITS_AT_ONCE = 8;
    /** Switches that are read at a time, for whatever reason, so that all of them answer in time. */
    private static final int READINGS_AT_ONCE = 16;
    /** After this time an audit begins to read no other switch. */
    private static final long AUDIT_MILLIS = 60_000;

    private final RpcConsumerRegistry rpcs;
    private final ExecutorService pool;
    private final Loop timer = new Loop("flow-timer");
    private final ManagedSwitch.Surroundings around;
    private final GroupReader groupReader;
    private final MastershipChangeRegistration mastership;
    private final Registration removals;
    private final Turns audits = new Turns(AUDITS_AT_ONCE);

    // Guarded by this
    private final Map<DatapathId, OfpChannel> sessions = new HashMap<>();
    private final Map<DatapathId, ManagedSwitch> owned = new HashMap<>();
    /** Those, and those that have been let go and have not ended yet. */
    private final Set<CompletableFuture<Void>> running = new HashSet<>();
    private final Map<DatapathId, CompletableFuture<Void>> freed = new HashMap<>();
    private final Set<Subscriber> subscribers = new HashSet<>();

    private final class Subscriber implements Subscription {
        private final SwitchSessions.Listener listener;
        private final Executor teller = MoreExecutors.newSequentialExecutor(pool);
        private volatile boolean open = true;

        Subscriber(final SwitchSessions.Listener listener) {
            this.listener = listener;
        }

        void tell(final DatapathId datapath, final boolean connected) {
            teller.execute(() -> {
                if (open && connected) {
                    listener.onConnected(datapath);
                } else if (open) {
                    listener.onDisconnected(datapath);
                }
            });
        }

        @Override
        public void close() {
            open = false;
            synchronized (FlowProgrammerService.this) {
                subscribers.remove(this);
            }
        }
    }

    @Activate
    public FlowProgrammerService(@Reference final RpcConsumerRegistry rpcs,
            @Reference final NotificationService notifications,
            @Reference final MastershipChangeServiceManager masterships, @Reference final PersistentGroupIds groupIds,
            @Reference final PluginSettings settings, final FlowConfiguration configuration) {
        this(rpcs, notifications, masterships, groupIds, settings.obstacle(),
            TimeUnit.SECONDS.toMillis(Math.max(1, configuration.read$_$back$_$seconds())));
    }

    /**
     * A programmer.
     *
     * @param rpcs OpenFlowPlugin's
     * @param notifications OpenFlowPlugin's
     * @param masterships tells of sessions
     * @param groupIds hears which group numbers switches have
     * @param obstacle why groups cannot be read, if they cannot
     * @param routineMillis how often a switch is read back as a matter of routine, if that is not too much
     */
    FlowProgrammerService(final RpcConsumerRegistry rpcs, final NotificationService notifications,
            final MastershipChangeServiceManager masterships, final PersistentGroupIds groupIds,
            final Optional<String> obstacle, final long routineMillis) {
        this.rpcs = requireNonNull(rpcs);
        final var threads = new ThreadFactoryBuilder().setNameFormat("peregrine-flow-%d").setDaemon(true).build();
        pool = Executors.newCachedThreadPool(threads);
        around = new ManagedSwitch.Surroundings(pool, this::after,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), groupIds::seen, new ReadPace(routineMillis),
            new Turns(READINGS_AT_ONCE));
        groupReader = new GroupReader(rpcs, notifications, pool, obstacle);
        removals = notifications.registerListener(FlowRemoved.class, this::onRemoved,
            MoreExecutors.newSequentialExecutor(pool));
        mastership = masterships.register(this);
        LOG.info("Flow programmer started");
    }

    private Runnable after(final long millis, final Runnable task) {
        final var future = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Deactivate
    @Override
    @SuppressWarnings("checkstyle:illegalCatch")
    public void close() {
        try {
            mastership.close();
        } catch (Exception e) {
            LOG.warn("Cannot unsubscribe from masterships", e);
        }
        removals.close();
        groupReader.close();
        final Set<ManagedSwitch> left;
        final CompletableFuture<Void> allEnded;
        synchronized (this) {
            left = Set.copyOf(owned.values());
            allEnded = CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
            subscribers.clear();
        }
        left.forEach(ManagedSwitch::close);
        awaitEnd(allEnded);
        timer.shutdownNow();
        pool.shutdown();
        LOG.info("Flow programmer stopped");
    }

    /** A switch that has been let go still has something to do in the pool. */
    private static void awaitEnd(final CompletableFuture<Void> allEnded) {
        try {
            allEnded.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Not every switch has been let go in {} s", CLOSE_SECONDS, e);
        }
    }

    private synchronized void ended(final ManagedSwitch program) {
        running.remove(program.ended());
    }

    @Override
    public SwitchProgram own(final DatapathId datapath, final SwitchProgram.Listener listener) {
        requireNonNull(datapath);
        final ManagedSwitch program;
        final OfpChannel session;
        synchronized (this) {
            if (owned.containsKey(datapath)) {
                throw new IllegalStateException("somebody has charge of switch " + datapath);
            }
            program = new ManagedSwitch(datapath, listener, around, () -> disown(datapath));
            owned.put(datapath, program);
            running.add(program.ended());
            program.ended().thenRun(() -> ended(program));
            session = sessions.get(datapath);
            if (session != null) {
                program.connected(session);
            }
        }
        if (session == null) {
            probe(datapath);
        }
        return program;
    }

    /** An entry that ran out is no news, and one that was overwritten is not told. */
    private void onRemoved(final FlowRemoved removed) {
        if (!OwnRange.isOwnCookie(OfpCodec.cookie(removed)) || removed.getReason() != RemovedFlowReason.OFPRRDELETE
                && removed.getReason() != RemovedFlowReason.OFPRRGROUPDELETE) {
            return;
        }
        final ManagedSwitch program;
        final FlowKey key;
        try {
            final var node = removed.getNode().getValue().firstKeyOf(Node.class).getId().getValue();
            key = OfpCodec.key(removed);
            synchronized (this) {
                program = owned.get(DatapathId.parseNodeId(node));
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("Removed entry is none of ours: {}", removed, e);
            return;
        }
        if (program != null) {
            program.removed(key);
        }
    }

    private synchronized void disown(final DatapathId datapath) {
        owned.remove(datapath);
        final var waiting = freed.remove(datapath);
        if (waiting != null) {
            pool.execute(() -> waiting.complete(null));
        }
    }

    @Override
    public synchronized CompletableFuture<Void> whenFree(final DatapathId datapath) {
        return owned.containsKey(datapath) ? freed.computeIfAbsent(datapath, id -> new CompletableFuture<>()).copy()
            : CompletableFuture.completedFuture(null);
    }

    /** Looks for a session that was there before us; the manager tells a late comer of some only. */
    private void probe(final DatapathId datapath) {
        final var channel = new OfpChannel(rpcs, groupReader, datapath, pool);
        channel.barrier().thenRunAsync(() -> begin(datapath, channel, false), pool);
    }

    @Override
    public void onBecomeOwner(final DeviceInfo deviceInfo) {
        final var datapath = datapathOf(deviceInfo);
        begin(datapath, new OfpChannel(rpcs, groupReader, datapath, pool), true);
    }

    @Override
    public void onLoseOwnership(final DeviceInfo deviceInfo) {
        final var datapath = datapathOf(deviceInfo);
        synchronized (this) {
            if (sessions.remove(datapath) == null) {
                return;
            }
            final var program = owned.get(datapath);
            if (program != null) {
                program.disconnected();
            }
            subscribers.forEach(subscriber -> subscriber.tell(datapath, false));
        }
    }

    private static DatapathId datapathOf(final DeviceInfo deviceInfo) {
        return new DatapathId(deviceInfo.getDatapathId().longValue());
    }

    private synchronized void begin(final DatapathId datapath, final OfpChannel channel, final boolean replace) {
        final boolean again = sessions.containsKey(datapath);
        if (again && !replace) {
            return;
        }
        sessions.put(datapath, channel);
        final var program = owned.get(datapath);
        if (program != null) {
            program.connected(channel);
        }
        subscribers.forEach(subscriber -> {
            if (again) {
                subscriber.tell(datapath, false);
            }
            subscriber.tell(datapath, true);
        });
    }

    @Override
    public synchronized Subscription subscribe(final SwitchSessions.Listener listener) {
        final var subscriber = new Subscriber(requireNonNull(listener));
        subscribers.add(subscriber);
        sessions.keySet().forEach(datapath -> subscriber.tell(datapath, true));
        return subscriber;
    }

    @Override
    public synchronized Set<DatapathId> switches() {
        return Set.copyOf(owned.keySet());
    }

    @Override
    public List<SwitchLoads.Load> switchLoads() {
        final List<ManagedSwitch> programs;
        synchronized (this) {
            programs = List.copyOf(owned.values());
        }
        return programs.stream().map(ManagedSwitch::load).toList();
    }

    @Override
    public List<Loops.Load> loads() {
        return List.of(timer.load());
    }

    @Override
    public CompletableFuture<List<Report>> audit(final Collection<DatapathId> switches) {
        final long end = around.clock().getAsLong() + AUDIT_MILLIS;
        final var reports = switches.stream().map(datapath -> audits.take(() -> report(datapath, end))).toList();
        return CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
            .thenApply(ok -> reports.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<Report> report(final DatapathId datapath, final long end) {
        final ManagedSwitch program;
        synchronized (this) {
            program = owned.get(datapath);
        }
        if (program == null) {
            return CompletableFuture.completedFuture(unread(datapath, "nobody programs it"));
        } else if (around.clock().getAsLong() >= end) {
            return CompletableFuture.completedFuture(unread(datapath, "no time was left: others did not answer"));
        }
        return program.audit().handle((audit, failure) -> failure == null
            ? new Report(datapath, Optional.of(audit), Optional.empty()) : unread(datapath, failure.getMessage()));
    }

    private static Report unread(final DatapathId datapath, final String reason) {
        return new Report(datapath, Optional.empty(), Optional.of(reason));
    }
}
