/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Sets;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.Packets;
import io.peregrine.flow.Subscription;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.loops.Endings;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.topology.Fabric;
import io.peregrine.topology.PortId;
import io.peregrine.topology.StatePublisher;
import io.peregrine.topology.intent.IntentSource;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.GuestProbes;
import io.peregrine.vxlan.Placement;
import io.peregrine.vxlan.SizeProbes;
import io.peregrine.vxlan.internal.edge.EdgeAgent;
import io.peregrine.vxlan.internal.edge.EdgeAgents;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.internal.intent.Intent;
import io.peregrine.vxlan.internal.intent.IntentReader;
import io.peregrine.vxlan.internal.intent.PlacedGuests;
import io.peregrine.vxlan.plan.Edge;
import io.peregrine.vxlan.plan.EdgePlan;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import io.peregrine.vxlan.plan.Network;
import io.peregrine.vxlan.plan.Overlay;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeOutputBuilder;
import org.opendaylight.yangtools.concepts.AbstractRegistration;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins intent, edges' databases and switches to the {@link Overlay}. The overlay has a thread of its own; databases
 * and the data store are dealt with on two others, so that none of them delays a guest that moves.
 */
@Component(service = { GuestPorts.class, GuestProbes.class, SizeProbes.class, Loops.class })
public final class OverlayManager implements GuestPorts, GuestProbes, SizeProbes, Loops, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OverlayManager.class);
    /** An edge that has not confirmed after that is helped out by redirects; some ms are usual. */
    private static final long PATIENCE_MILLIS = 500;
    /** So long a frame may be under way from edge to edge, behind a migration's own data in the queues of the way. */
    private static final long TRANSIT_MILLIS = 60;

    private final Loop loop = new Loop("overlay");
    private final Loop databases = new Loop("ovsdb");
    private final Loop publishing = new Loop("edge-state");
    private final OvsdbClientFactory ovsdb = OvsdbClientFactory.create();
    private final EdgeStates states = new EdgeStates();
    private final StatePublisher<?, ?, ?> edgePublisher;
    private final StatePublisher<?, ?, ?> tunnelPublisher;
    private final RetiredEdgeStates retiredStates = new RetiredEdgeStates();
    private final StatePublisher<?, ?, ?> retiredPublisher;
    private final Registration rpc;
    private final PlacedGuests placedGuests;
    private final Fabric fabric;
    private final Registration tunnelLinks;
    private final IntentSource<Intent> intentSource;

    // on the loop, and for a look at a port's status under the overlay's monitor
    private final ProgrammedSwitches switches;
    private final Overlay overlay;
    private final Map<String, EdgeSnapshot> snapshots = new HashMap<>();
    private final Set<Listener> listeners = new CopyOnWriteArraySet<>();
    private final FirstFrames firstFrames = new FirstFrames((id, edge, frame, at) ->
        listeners.forEach(listener -> listener.onFirstFrame(id, edge, frame, at)));
    private final Probing probing;
    private final SizeProbing sizes;
    private final List<Subscription> packets;
    private Registration expected = () -> { };

    // on the databases' thread only
    private final EdgeAgents agents;

    /**
     * Begins to follow intent.
     *
     * @param dataBroker intent comes from there, state goes there
     * @param programmer programs the edges' switches
     * @param groupIds numbers their groups
     * @param journal remembers edges that are to be let go of
     * @param packets come from the edges' switches, and probes go there
     * @param rpcs offers what operators can call
     * @param fabric looks for the edges' underlay addresses, and shows the tunnels as links
     * @param placedGuests is kept informed of where guests are
     */
    @Activate
    public OverlayManager(@Reference final DataBroker dataBroker, @Reference final FlowProgrammer programmer,
            @Reference final GroupIds groupIds, @Reference final Journal journal,
            @Reference final Packets packets, @Reference final RpcProviderService rpcs,
            @Reference final PlacedGuests placedGuests, @Reference final Fabric fabric) {
        this.fabric = requireNonNull(fabric);
        this.placedGuests = requireNonNull(placedGuests);
        edgePublisher = states.publishEdges(dataBroker, publishing);
        tunnelPublisher = states.publishTunnels(dataBroker, publishing);
        retiredPublisher = retiredStates.publish(dataBroker, publishing);
        tunnelLinks = fabric.showOverlay(states::toLinks);
        agents = new EdgeAgents(ovsdb, databases, journal.file(EdgeAgents.FILE, 0), new AgentListener(),
            this::onRetirements);
        switches = new ProgrammedSwitches(programmer, new SwitchListener(), this::run);
        overlay = new Overlay(new EdgePlan(groupIds), switches, this::run,
            delayed(PATIENCE_MILLIS), delayed(TRANSIT_MILLIS));
        probing = new Probing(overlay, packets, this::run);
        sizes = new SizeProbing(packets, this::tunnelPort, this::run, publishing,
            task -> CompletableFuture.delayedExecutor(ThreadLocalRandom.current().nextLong(
                SizeProbing.LEAST_PAUSE_MILLIS, SizeProbing.MOST_PAUSE_MILLIS), TimeUnit.MILLISECONDS, publishing)
                .execute(task));
        this.packets = List.of(packets.listen(firstFrames::onPacket), packets.listen(probing::onPacket),
            packets.listen(sizes::onPacket));
        intentSource = IntentReader.follow(dataBroker, publishing, intent -> run(() -> onIntent(intent)));
        rpc = rpcs.registerRpcImplementations((ForgetRetiredEdge) this::forgetRetiredEdge);
        LOG.info("Overlay started");
    }

    @Deactivate
    @Override
    public void close() {
        Endings.all(LOG, rpc::close, () -> packets.forEach(Subscription::close), intentSource::close,
            () -> databases.execute(() -> Endings.all(LOG, agents::close, ovsdb::close)),
            () -> loop.execute(() -> Endings.all(LOG, switches::close, placedGuests::clear, expected::close)),
            tunnelLinks::close, databases::shutdown, loop::shutdown, edgePublisher::close, tunnelPublisher::close,
            retiredPublisher::close, publishing::shutdown);
        LOG.info("Overlay stopped; switches go on as they are");
    }

    // ---- what comes in ----

    private void onIntent(final Intent intent) {
        LOG.info("Intent: {} networks, {} edges", intent.networks().size(), intent.edges().size());
        states.setEdges(intent.edges().values());
        expect(intent.edges().values());
        overlay.setIntent(
            intent.networks().values().stream().map(network -> new Network(network.name(), network.vni(),
                lists(network.ports()))).toList(),
            intent.edges().values().stream().map(OverlayManager::edge).toList());
        snapshots.keySet().retainAll(intent.edges().keySet());
        databases.execute(() -> agents.setEdges(intent.edges()));
        published();
    }

    /** The tunnels' ends have to be found on the fabric, if there is one, before a tunnel can live. */
    private void expect(final Collection<EdgeIntent> edges) {
        final var before = expected;
        expected = fabric.expect(edges.stream().map(EdgeIntent::underlay).filter(Inet4Address.class::isInstance)
            .map(Inet4Address.class::cast).collect(Collectors.toSet()));
        before.close();
    }

    private static Edge edge(final EdgeIntent intent) {
        return new Edge(intent.name(), intent.kind() == EdgeIntent.Kind.HYPERVISOR, intent.ports().stream()
            .collect(Collectors.toMap(EdgeIntent.BorderPort::interfaceName,
                port -> new Edge.BorderPort(port.network(), lists(port.hosts())))));
    }

    private static <K> Map<K, List<InetAddress>> lists(final Map<K, Set<InetAddress>> sets) {
        return sets.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
    }

    private final class AgentListener implements EdgeAgent.Listener {
        @Override
        public void onSnapshot(final String edge, final EdgeSnapshot snapshot) {
            run(() -> {
                final var before = snapshots.put(edge, snapshot);
                overlay.setSnapshot(edge, snapshot);
                Sets.union(before == null ? Set.of() : before.taps().keySet(), snapshot.taps().keySet())
                    .forEach(OverlayManager.this::awaitFirstFrame);
                tellTaps(edge, before == null ? Set.of() : before.taps().keySet(), snapshot.taps().keySet());
            });
            states.setSnapshot(edge, snapshot);
            published();
        }

        @Override
        public void onSession(final String edge, final EdgeAgent.Session session, final Optional<String> problem) {
            states.setSession(edge, session, problem);
            published();
        }
    }

    private void onRetirements(final List<EdgeAgents.Retirement> retirements) {
        retiredStates.set(retirements);
        retiredPublisher.changed();
    }

    private final class SwitchListener implements ProgrammedSwitches.Listener {
        @Override
        public void onState(final String edge, final SwitchProgram.State state) {
            states.setOpenflow(edge, state);
            published();
            if (state == SwitchProgram.State.IN_SYNC) {
                LOG.info("Edge {}: switch in sync", edge);
                inLine(edge);
            }
        }

        @Override
        public void onProblems(final String edge, final List<SwitchProgram.Problem> problems) {
            states.setSwitchProblems(edge, problems);
            published();
            if (problems.stream().noneMatch(problem -> problem.kind().isLacking())) {
                inLine(edge);
            }
        }

        private void inLine(final String edge) {
            run(() -> {
                overlay.onInSync(edge);
                listeners.forEach(listener -> listener.onInLine(edge));
            });
        }

        @Override
        public void onFault(final String edge, final Optional<String> fault) {
            states.setFault(edge, fault);
            published();
        }

        @Override
        public void onUnheard(final String edge, final Set<String> unheard) {
            states.setUnheard(edge, unheard);
            published();
        }
    }

    private void tellTaps(final String edge, final Set<String> before, final Set<String> after) {
        after.stream().filter(id -> !before.contains(id))
            .forEach(id -> listeners.forEach(listener -> listener.onTap(id, edge, true)));
        before.stream().filter(id -> !after.contains(id))
            .forEach(id -> listeners.forEach(listener -> listener.onTap(id, edge, false)));
    }

    private void published() {
        edgePublisher.changed();
        tunnelPublisher.changed();
        fabric.overlayChanged();
    }

    // ---- what operators call ----

    private ListenableFuture<RpcResult<ForgetRetiredEdgeOutput>> forgetRetiredEdge(final ForgetRetiredEdgeInput input) {
        return Futures.submit(() -> {
            final int count = agents.forget(RetiredEdgeStates.named(input));
            if (count == 0) {
                return RpcResultBuilder.<ForgetRetiredEdgeOutput>failed().withError(ErrorType.APPLICATION,
                    ErrorTag.DATA_MISSING, "no such edge is being let go of: see peregrine-edge:retired-edges").build();
            }
            LOG.info("{} retired edges called {} are left as they are, an operator says", count,
                input.requireName().getValue());
            return RpcResultBuilder.success(new ForgetRetiredEdgeOutputBuilder().setForgotten(Uint32.valueOf(count))
                .build()).build();
        }, databases);
    }

    // ---- the services ----

    @Override
    public List<Load> loads() {
        return List.of(loop.load(), databases.load(), publishing.load());
    }

    @Override
    public void declare(final GuestPort port) {
        run(() -> {
            overlay.declare(port);
            placed(List.of(port.interfaceId()));
        });
    }

    @Override
    public CompletableFuture<Map<String, Integer>> withdraw(final Collection<String> interfaceIds) {
        return step(interfaceIds, () -> overlay.withdraw(interfaceIds));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> attach(final Collection<String> interfaceIds, final String edge) {
        return step(interfaceIds, () -> overlay.attach(interfaceIds, edge));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> prepare(final Collection<String> interfaceIds,
            final String destination) {
        return step(interfaceIds, () -> overlay.prepare(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> makeReady(final Collection<String> interfaceIds,
            final String destination) {
        return step(interfaceIds, () -> overlay.makeReady(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> turnTo(final Collection<String> interfaceIds, final String edge) {
        return step(interfaceIds, () -> overlay.turnTo(interfaceIds, edge));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> open(final Collection<String> interfaceIds,
            final String destination) {
        return step(interfaceIds, () -> overlay.open(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> commit(final Collection<String> interfaceIds,
            final String destination) {
        return step(interfaceIds, () -> overlay.commit(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> detach(final Collection<String> interfaceIds, final String edge) {
        return step(interfaceIds, () -> overlay.detach(interfaceIds, edge));
    }

    @Override
    public CompletableFuture<Void> renewLease(final Collection<String> interfaceIds, final String destination) {
        return step(interfaceIds, () -> overlay.renewLease(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Session> probe(final String interfaceId, final AnswerListener listener) {
        return probing.probe(interfaceId, listener);
    }

    @Override
    public CompletableFuture<Passed> probe(final String from, final String to, final Collection<Integer> wanted) {
        return sizes.probe(from, to, wanted);
    }

    /** Where an edge's frames to another one go out, and those that come from there come in. On the loop. */
    private PortId tunnelPort(final String edge, final String other) {
        if (!switches.inSync(edge)) {
            throw new IllegalStateException("the switch of edge '" + edge + "' is not in line with its program");
        }
        final var snapshot = snapshots.getOrDefault(edge, EdgeSnapshot.NONE);
        final var tunnel = snapshot.tunnels().get(other);
        if (tunnel == null || tunnel.port().isEmpty() || snapshot.datapath().isEmpty()) {
            throw new IllegalStateException("edge '" + edge + "' has no tunnel to edge '" + other + "'");
        }
        return new PortId(snapshot.datapath().orElseThrow(), tunnel.port().getAsLong());
    }

    @Override
    public void setHeard(final String hypervisor, final boolean heard) {
        run(() -> overlay.setHeard(hypervisor, heard));
    }

    @Override
    public Optional<Placement> placement(final String interfaceId) {
        synchronized (overlay) {
            return overlay.placement(interfaceId);
        }
    }

    @Override
    public Optional<Status> status(final String interfaceId) {
        synchronized (overlay) {
            return overlay.status(interfaceId);
        }
    }

    @Override
    public Registration listen(final Listener listener) {
        run(() -> {
            listeners.add(listener);
            snapshots.forEach((edge, snapshot) -> snapshot.taps().keySet()
                .forEach(id -> listener.onTap(id, edge, true)));
        });
        return new AbstractRegistration() {
            @Override
            protected void removeRegistration() {
                run(() -> listeners.remove(listener));
            }
        };
    }

    private <T> CompletableFuture<T> step(final Collection<String> interfaceIds,
            final Supplier<CompletableFuture<T>> call) {
        final var result = new CompletableFuture<T>();
        final boolean begun = run(() -> {
            final var done = call.get();
            placed(interfaceIds);
            done.whenComplete((value, failure) -> {
                if (failure == null) {
                    result.complete(value);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        }, result::completeExceptionally);
        if (!begun) {
            result.completeExceptionally(new IllegalStateException("the overlay has stopped"));
        }
        return result;
    }

    private void placed(final Collection<String> interfaceIds) {
        interfaceIds.forEach(id -> overlay.port(id).ifPresentOrElse(
            port -> placedGuests.put(port, overlay.placement(id).orElseThrow()), () -> placedGuests.remove(id)));
        interfaceIds.forEach(this::awaitFirstFrame);
    }

    private void awaitFirstFrame(final String interfaceId) {
        final var edges = overlay.placement(interfaceId).map(placement -> placement.attachments().entrySet().stream()
            .filter(entry -> entry.getValue().awaited()).map(Map.Entry::getKey).collect(Collectors.toSet()));
        firstFrames.await(interfaceId, edges.orElse(Set.of()), snapshots);
    }

    private Executor delayed(final long millis) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, this::run);
    }

    private boolean run(final Runnable task) {
        return run(task, failure -> { });
    }

    /** Runs something on the loop; whoever waits for what it begins hears if it could not even begin. */
    private boolean run(final Runnable task, final Consumer<Throwable> onFailure) {
        try {
            CompletableFuture.runAsync(() -> {
                synchronized (overlay) {
                    task.run();
                }
            }, loop).whenComplete((ok, failure) -> {
                if (failure != null) {
                    LOG.error("Overlay step failed", failure);
                    onFailure.accept(failure);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("Overlay has stopped", e);
            return false;
        }
    }
}
