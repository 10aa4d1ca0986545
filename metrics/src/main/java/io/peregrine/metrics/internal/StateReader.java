/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.peregrine.metrics.internal.core.Observed;
import io.peregrine.metrics.internal.core.Session;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.ReadTransaction;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelLiveness;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.EnumTypeObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

/**
 * Reads what the services have published in the operational data store. Thread-safe.
 */
final class StateReader {
    private final DataBroker broker;

    /**
     * A reader.
     *
     * @param broker the data stores
     */
    StateReader(final DataBroker broker) {
        this.broker = requireNonNull(broker);
    }

    /**
     * Reads. Returns at once.
     *
     * @param executor where what is read is looked through
     * @return what has been read; fails if the data store cannot be read
     */
    ListenableFuture<Observed> read(final Executor executor) {
        try (var tx = broker.newReadOnlyTransaction()) {
            final var edges = read(tx, Edges.class);
            final var retired = read(tx, RetiredEdges.class);
            final var tunnels = read(tx, Tunnels.class);
            final var fabric = read(tx, FabricState.class);
            final var links = read(tx, Links.class);
            final var hosts = read(tx, Hosts.class);
            final var sessions = read(tx, LibvirtSessions.class);
            final var guests = read(tx, Guests.class);
            final var jobs = read(tx, Jobs.class);
            return Futures.whenAllSucceed(edges, retired, tunnels, fabric, links, hosts, sessions, guests, jobs)
                .call(() -> {
                    final var allTunnels = values(tunnels, Tunnels::nonnullTunnel);
                    final var allLinks = values(links, Links::nonnullLink);
                    return new Observed(
                        done(edges).map(found -> found.nonnullEdge().values().stream().map(StateReader::edge).toList()),
                        done(fabric).map(found -> found.nonnullSwitch().values().stream()
                            .map(StateReader::fabricSwitch).toList()),
                        done(sessions).map(found -> found.nonnullSession().values().stream()
                            .map(StateReader::hypervisor).toList()),
                        count(TunnelLiveness.values(), allTunnels.stream().map(Tunnel::getLiveness)),
                        allTunnels.stream().filter(tunnel -> tunnel.getLiveness() == TunnelLiveness.Down)
                            .map(tunnel -> tunnel.getSource().getValue() + " to " + tunnel.getDestination().getValue())
                            .sorted().toList(),
                        byLayer(allLinks),
                        count(TunnelIdentity.values(), allLinks.stream().map(Link::getIdentity)),
                        values(hosts, Hosts::nonnullHost).size(),
                        count(GuestState.values(), values(guests, Guests::nonnullGuest).stream().map(Guest::getState)),
                        count(JobState.values(), values(jobs, Jobs::nonnullJob).stream().map(Job::getState)),
                        values(retired, RetiredEdges::nonnullRetiredEdge).size());
                }, executor);
        }
    }

    private static <T extends ChildOf<? extends DataRoot>> ListenableFuture<Optional<T>> read(final ReadTransaction tx,
            final Class<T> container) {
        return tx.read(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(container));
    }

    private static <T> Optional<T> done(final ListenableFuture<Optional<T>> read) throws ExecutionException {
        return Futures.getDone(read);
    }

    private static <C, V> Collection<V> values(final ListenableFuture<Optional<C>> read,
            final Function<C, ? extends Map<?, V>> list) throws ExecutionException {
        final Optional<C> container = done(read);
        return container.isEmpty() ? List.of() : list.apply(container.orElseThrow()).values();
    }

    private static Map<String, Map<String, Integer>> byLayer(final Collection<Link> links) {
        final var result = new LinkedHashMap<String, Map<String, Integer>>();
        for (var layer : LinkLayer.values()) {
            result.put(layer.getName(), count(LinkState.values(),
                links.stream().filter(link -> link.getLayer() == layer).map(Link::getState)));
        }
        return result;
    }

    private static <E extends EnumTypeObject> Map<String, Integer> count(final E[] all, final Stream<E> found) {
        final var result = new LinkedHashMap<String, Integer>();
        for (var one : all) {
            result.put(one.getName(), 0);
        }
        // What is not known is not counted
        found.filter(one -> one != null).forEach(one -> result.merge(one.getName(), 1, Integer::sum));
        return result;
    }

    private static Observed.Edge edge(final Edge edge) {
        return new Observed.Edge(edge.requireName().getValue(), edge.requireKind().getName(),
            Optional.ofNullable(edge.getDatapathId()), session(edge.getOvsdb()), session(edge.getOpenflow()),
            Boolean.TRUE.equals(edge.getReady()), Optional.ofNullable(edge.getProblem()).orElse(List.of()));
    }

    private static Observed.FabricSwitch fabricSwitch(final Switch one) {
        return new Observed.FabricSwitch(one.requireName(), one.requireDatapathId().getValue(),
            session(one.getState()), List.copyOf(Optional.ofNullable(one.getProblem()).orElse(Set.of())));
    }

    private static Observed.Hypervisor hypervisor(
            final org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.Session session) {
        return new Observed.Hypervisor(session.requireHypervisor().getValue(), session(session.getState()),
            Optional.ofNullable(session.getProblem()));
    }

    private static Session session(final EnumTypeObject state) {
        return state == null ? Session.DISCONNECTED : Session.of(state.getName());
    }
}
