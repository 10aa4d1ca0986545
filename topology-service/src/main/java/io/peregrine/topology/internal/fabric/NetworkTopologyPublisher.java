/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.PortId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.StatePublisher;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.LinkId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NetworkTopology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.NodeId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.TopologyId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.TpId;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.link.attributes.DestinationBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.link.attributes.SourceBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.Topology;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.TopologyBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.TopologyKey;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.Link;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.LinkKey;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.Node;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.NodeBuilder;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.NodeKey;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.node.TerminationPoint;
import org.opendaylight.yang.gen.v1.urn.tbd.params.xml.ns.yang.network.topology.rev131021.network.topology.topology.node.TerminationPointBuilder;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;

/**
 * Shows fabric and overlay in the model that OpenDaylight's own applications read, under the names that its inventory
 * gives: switches that may be used, their ports, and links that work both ways. Other topologies there are others'.
 */
final class NetworkTopologyPublisher implements AutoCloseable {
    static final String FABRIC = "peregrine:fabric";
    static final String OVERLAY = "peregrine:overlay";

    private final Supplier<FabricView> views;
    private final Supplier<Collection<OverlayLink>> overlay;
    private final List<StatePublisher<?, ?, ?>> publishers;

    /** One direction of a link. */
    private record Ends(PortId from, PortId to) {
        Ends reverse() {
            return new Ends(to, from);
        }
    }

    NetworkTopologyPublisher(final DataBroker dataBroker, final Supplier<FabricView> views,
            final Supplier<Collection<OverlayLink>> overlay, final ScheduledExecutorService executor) {
        this.views = requireNonNull(views);
        this.overlay = requireNonNull(overlay);
        publishers = List.of(publisher(dataBroker, FABRIC, this::fabric, executor),
            publisher(dataBroker, OVERLAY, this::overlay, executor));
    }

    private static StatePublisher<?, ?, ?> publisher(final DataBroker dataBroker, final String id,
            final Supplier<Map<InstanceIdentifier<DataObject>, DataObject>> entries,
            final ScheduledExecutorService executor) {
        final var empty = new TopologyBuilder().setTopologyId(new TopologyId(id)).build();
        return new StatePublisher<>(dataBroker, path(id), empty, Function.identity(), Function.identity(), entries,
            executor);
    }

    /** Something has changed. Any thread. */
    void changed() {
        publishers.forEach(StatePublisher::changed);
    }

    @Override
    public void close() {
        publishers.forEach(StatePublisher::close);
    }

    private Map<InstanceIdentifier<DataObject>, DataObject> fabric() {
        final var view = views.get();
        final var ports = new TreeMap<DatapathId, Set<PortId>>();
        view.switches().keySet().forEach(datapath -> ports.put(datapath, view.topology().find(datapath).stream()
            .flatMap(found -> found.ports().keySet().stream()).map(port -> new PortId(datapath, port))
            .collect(Collectors.toCollection(TreeSet::new))));
        return entries(FABRIC, ports, view.links().all().keySet().stream()
            .filter(link -> view.links().usable(link))
            .map(link -> new Ends(link.from(), link.to()))
            .filter(ends -> ports.containsKey(ends.from().datapath()) && ports.containsKey(ends.to().datapath()))
            .collect(Collectors.toSet()));
    }

    private Map<InstanceIdentifier<DataObject>, DataObject> overlay() {
        final var ports = new TreeMap<DatapathId, Set<PortId>>();
        final var up = new HashSet<Ends>();
        overlay.get().forEach(link -> {
            ports.computeIfAbsent(link.from().datapath(), none -> new TreeSet<>()).add(link.from());
            if (link.up()) {
                up.add(new Ends(link.from(), link.to()));
            }
        });
        return entries(OVERLAY, ports, up);
    }

    private static Map<InstanceIdentifier<DataObject>, DataObject> entries(final String id,
            final Map<DatapathId, Set<PortId>> ports, final Set<Ends> links) {
        final var entries = new HashMap<InstanceIdentifier<DataObject>, DataObject>();
        links.stream().filter(ends -> links.contains(ends.reverse())).forEach(ends -> {
            // Ports of a switch that is away are not told, but those of its links are known
            ports.get(ends.from().datapath()).add(ends.from());
            final var key = new LinkKey(new LinkId(name(ends.from())));
            entries.put(untyped(path(id).child(Link.class, key)), link(key, ends));
        });
        ports.forEach((datapath, known) -> {
            final var key = new NodeKey(new NodeId(datapath.nodeId()));
            entries.put(untyped(path(id).child(Node.class, key)), new NodeBuilder().withKey(key)
                .setTerminationPoint(BindingMap.of(known.stream().map(NetworkTopologyPublisher::port).toList()))
                .build());
        });
        return entries;
    }

    private static Link link(final LinkKey key, final Ends ends) {
        return new LinkBuilder().withKey(key)
            .setSource(new SourceBuilder().setSourceNode(new NodeId(ends.from().datapath().nodeId()))
                .setSourceTp(new TpId(name(ends.from()))).build())
            .setDestination(new DestinationBuilder().setDestNode(new NodeId(ends.to().datapath().nodeId()))
                .setDestTp(new TpId(name(ends.to()))).build())
            .build();
    }

    private static TerminationPoint port(final PortId port) {
        return new TerminationPointBuilder().setTpId(new TpId(name(port))).build();
    }

    private static String name(final PortId port) {
        return port.datapath().nodeId() + ":"
            + (port.port() == PortView.LOCAL ? "LOCAL" : Long.toUnsignedString(port.port()));
    }

    private static InstanceIdentifier<Topology> path(final String id) {
        return InstanceIdentifier.create(NetworkTopology.class)
            .child(Topology.class, new TopologyKey(new TopologyId(id)));
    }

    /** Nodes and links are published together, in one transaction, but have no type in common. */
    @SuppressWarnings("unchecked")
    private static InstanceIdentifier<DataObject> untyped(final InstanceIdentifier<? extends DataObject> path) {
        return (InstanceIdentifier<DataObject>) path;
    }
}
