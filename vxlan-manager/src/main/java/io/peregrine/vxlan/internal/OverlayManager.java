/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.topology.StatePublisher;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.Placement;
import io.peregrine.vxlan.internal.edge.EdgeAgent;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import io.peregrine.vxlan.internal.intent.Intent;
import io.peregrine.vxlan.internal.intent.IntentSource;
import io.peregrine.vxlan.plan.Edge;
import io.peregrine.vxlan.plan.EdgePlan;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import io.peregrine.vxlan.plan.Network;
import io.peregrine.vxlan.plan.Overlay;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yangtools.concepts.AbstractRegistration;
import org.opendaylight.yangtools.concepts.Registration;
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
@Component(service = GuestPorts.class)
public final class OverlayManager implements GuestPorts, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OverlayManager.class);

    private final ScheduledExecutorService loop = executor("peregrine-overlay");
    private final ScheduledExecutorService databases = executor("peregrine-ovsdb");
    private final ScheduledExecutorService publishing = executor("peregrine-edge-state");
    private final OvsdbClientFactory ovsdb = OvsdbClientFactory.create();
    private final EdgeStates states = new EdgeStates();
    private final StatePublisher<?, ?, ?> edgePublisher;
    private final StatePublisher<?, ?, ?> tunnelPublisher;
    private final IntentSource intentSource;

    // on the loop, and for a look at a port's status under the overlay's monitor
    private final ProgrammedSwitches switches;
    private final Overlay overlay;
    private final Map<String, EdgeSnapshot> snapshots = new HashMap<>();
    private final Set<Listener> listeners = new LinkedHashSet<>();

    // on the databases' thread only
    private final Map<String, EdgeAgent> agents = new HashMap<>();

    /**
     * Begins to follow intent.
     *
     * @param dataBroker intent comes from there, state goes there
     * @param programmer programs the edges' switches
     * @param groupIds numbers their groups
     */
    @Activate
    public OverlayManager(@Reference final DataBroker dataBroker, @Reference final FlowProgrammer programmer,
            @Reference final GroupIds groupIds) {
        edgePublisher = states.publishEdges(dataBroker, publishing);
        tunnelPublisher = states.publishTunnels(dataBroker, publishing);
        switches = new ProgrammedSwitches(programmer, new SwitchListener());
        overlay = new Overlay(new EdgePlan(groupIds), switches, this::run);
        intentSource = new IntentSource(dataBroker, loop, intent -> run(() -> onIntent(intent)));
        LOG.info("Overlay started");
    }

    @Deactivate
    @Override
    public void close() {
        intentSource.close();
        databases.execute(() -> {
            agents.values().forEach(EdgeAgent::close);
            ovsdb.close();
        });
        loop.execute(switches::close);
        databases.shutdown();
        loop.shutdown();
        edgePublisher.close();
        tunnelPublisher.close();
        publishing.shutdown();
        LOG.info("Overlay stopped; switches go on as they are");
    }

    // ---- what comes in ----

    private void onIntent(final Intent intent) {
        LOG.info("Intent: {} networks, {} edges", intent.networks().size(), intent.edges().size());
        states.setEdges(intent.edges().values());
        overlay.setIntent(
            intent.networks().values().stream().map(network -> new Network(network.name(), network.vni(),
                lists(network.ports()))).toList(),
            intent.edges().values().stream().map(OverlayManager::edge).toList());
        snapshots.keySet().retainAll(intent.edges().keySet());
        databases.execute(() -> setAgents(intent.edges()));
        published();
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

    private void setAgents(final Map<String, EdgeIntent> edges) {
        final var underlay = edges.values().stream()
            .collect(Collectors.toMap(EdgeIntent::name, EdgeIntent::underlay));
        for (var name : new TreeSet<>(agents.keySet())) {
            final var wanted = edges.get(name);
            final var agent = agents.get(name);
            if (wanted == null) {
                agents.remove(name).retire();
            } else if (!wanted.equals(agent.intent())) {
                if (wanted.ovsdb().equals(agent.intent().ovsdb()) && wanted.bridge().equals(agent.intent().bridge())) {
                    agents.remove(name).close();
                } else {
                    agents.remove(name).retire();
                }
            }
        }
        edges.forEach((name, intent) -> {
            final var peers = new HashMap<>(underlay);
            peers.remove(name);
            final var agent = agents.get(name);
            if (agent == null) {
                agents.put(name, new EdgeAgent(intent, peers, ovsdb, databases, new AgentListener()));
            } else {
                agent.setPeers(peers);
            }
        });
    }

    private final class AgentListener implements EdgeAgent.Listener {
        @Override
        public void onSnapshot(final String edge, final EdgeSnapshot snapshot) {
            run(() -> {
                final var before = snapshots.put(edge, snapshot);
                overlay.setSnapshot(edge, snapshot);
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

    private final class SwitchListener implements ProgrammedSwitches.Listener {
        @Override
        public void onState(final String edge, final SwitchProgram.State state) {
            states.setOpenflow(edge, state);
            published();
            if (state == SwitchProgram.State.IN_SYNC) {
                LOG.info("Edge {}: switch in sync", edge);
                run(() -> overlay.onInSync(edge));
            }
        }

        @Override
        public void onProblem(final String edge, final String problem) {
            LOG.warn("Edge {}: {}", edge, problem);
            states.addProblem(edge, problem);
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
    }

    // ---- the service ----

    @Override
    public void declare(final GuestPort port) {
        run(() -> overlay.declare(port));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> withdraw(final Collection<String> interfaceIds) {
        return step(() -> overlay.withdraw(interfaceIds));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> attach(final Collection<String> interfaceIds, final String edge) {
        return step(() -> overlay.attach(interfaceIds, edge));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> prepare(final Collection<String> interfaceIds,
            final String destination) {
        return step(() -> overlay.prepare(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> open(final Collection<String> interfaceIds,
            final String destination) {
        return step(() -> overlay.open(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> commit(final Collection<String> interfaceIds,
            final String destination) {
        return step(() -> overlay.commit(interfaceIds, destination));
    }

    @Override
    public CompletableFuture<Map<String, Integer>> detach(final Collection<String> interfaceIds, final String edge) {
        return step(() -> overlay.detach(interfaceIds, edge));
    }

    @Override
    public CompletableFuture<Void> renewLease(final Collection<String> interfaceIds, final String destination) {
        return step(() -> overlay.renewLease(interfaceIds, destination));
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

    private <T> CompletableFuture<T> step(final Supplier<CompletableFuture<T>> call) {
        final var result = new CompletableFuture<T>();
        if (!run(() -> call.get().whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        }))) {
            result.completeExceptionally(new IllegalStateException("the overlay has stopped"));
        }
        return result;
    }

    private boolean run(final Runnable task) {
        try {
            CompletableFuture.runAsync(() -> {
                synchronized (overlay) {
                    task.run();
                }
            }, loop).whenComplete((ok, failure) -> {
                if (failure != null) {
                    LOG.error("Overlay step failed", failure);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("Overlay has stopped", e);
            return false;
        }
    }

    private static ScheduledExecutorService executor(final String name) {
        return Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build());
    }
}
