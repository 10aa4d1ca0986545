/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import io.peregrine.topology.Fabric.OverlayLink;
import io.peregrine.topology.PortId;
import io.peregrine.topology.StatePublisher;
import io.peregrine.topology.discovery.Links;
import io.peregrine.topology.hosts.Host;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4AddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Counter64;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricCounters;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricCountersBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricStateBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflicts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflictsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinksBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.counters.Counter;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.counters.CounterBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.counters.CounterKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.SwitchKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.Conflict;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.ConflictBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.ConflictKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.HostBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.HostKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkKey;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;

/**
 * Shows the fabric in the operational data store.
 */
final class FabricPublisher implements AutoCloseable {
    private record LinkEnds(PortId from, PortId to) {
    }

    private record ShownLink(LinkEnds ends, String fromName, String toName, LinkLayer layer, LinkState state,
            int cost) {
    }

    /** A link, and what is known of a tunnel's other end, empty in the fabric. */
    private record WholeLink(Dated<ShownLink> link, Optional<Dated<TunnelIdentities.Shown>> identity) {
    }

    /** With the time at which it was first seen so. */
    private record Dated<T>(T value, Instant since) {
    }

    private record ShownHost(Host host, String portName, String segment) {
    }

    private record ShownConflict(io.peregrine.topology.hosts.Conflict conflict, String portName, String rivalName) {
    }

    private record ShownSwitch(String name, io.peregrine.flow.DatapathId datapath, FabricView.SwitchHealth health) {
    }

    private final Supplier<FabricView> views;
    private final Supplier<Collection<OverlayLink>> overlay;
    private final Supplier<Map<io.peregrine.topology.discovery.Link, TunnelIdentities.Shown>> identities;
    private final List<StatePublisher<?, ?, ?>> publishers;

    // on the executor's thread only
    private final Map<LinkEnds, Dated<ShownLink>> links = new HashMap<>();
    private final Map<LinkEnds, Dated<TunnelIdentities.Shown>> tunnels = new HashMap<>();
    private final Map<String, Dated<ShownHost>> hosts = new HashMap<>();
    /** The begin of each conflict in the tracker's time, by address. */
    private final Map<String, Dated<Long>> conflicts = new HashMap<>();

    FabricPublisher(final DataBroker dataBroker, final Supplier<FabricView> views,
            final Supplier<Collection<OverlayLink>> overlay,
            final Supplier<Map<io.peregrine.topology.discovery.Link, TunnelIdentities.Shown>> identities,
            final ScheduledExecutorService executor) {
        this.views = requireNonNull(views);
        this.overlay = requireNonNull(overlay);
        this.identities = requireNonNull(identities);
        final var linksPath = InstanceIdentifier.create(
            org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links.class);
        final var hostsPath = InstanceIdentifier.create(Hosts.class);
        final var conflictsPath = InstanceIdentifier.create(HostConflicts.class);
        final var statePath = InstanceIdentifier.create(FabricState.class);
        final var countersPath = InstanceIdentifier.create(FabricCounters.class);
        publishers = List.of(
            new StatePublisher<>(dataBroker, linksPath, new LinksBuilder().build(),
                (LinkEnds ends) -> linksPath.child(Link.class, key(ends)), FabricPublisher::linkEntry, this::links,
                executor),
            new StatePublisher<>(dataBroker, hostsPath, new HostsBuilder().build(),
                (String address) -> hostsPath.child(
                    org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.Host.class,
                    new HostKey(new Ipv4AddressNoZone(address))), FabricPublisher::hostEntry, this::hosts, executor),
            new StatePublisher<>(dataBroker, conflictsPath, new HostConflictsBuilder().build(),
                (String address) -> conflictsPath.child(Conflict.class,
                    new ConflictKey(new Ipv4AddressNoZone(address))),
                FabricPublisher::conflictEntry, this::conflicts, executor),
            new StatePublisher<>(dataBroker, statePath, new FabricStateBuilder().build(),
                (String name) -> statePath.child(Switch.class, new SwitchKey(name)), FabricPublisher::switchEntry,
                this::switches, executor),
            new StatePublisher<>(dataBroker, countersPath, new FabricCountersBuilder().build(),
                (String name) -> countersPath.child(Counter.class, new CounterKey(name)),
                FabricPublisher::counterEntry, this::counters, executor));
    }

    /** Something has changed. Any thread. */
    void changed() {
        publishers.forEach(StatePublisher::changed);
    }

    @Override
    public void close() {
        publishers.forEach(StatePublisher::close);
    }

    /** Gives each value the time since which it is as it is. */
    private static <K, V> Map<K, Dated<V>> dated(final Map<K, V> now, final Map<K, Dated<V>> known,
            final Function<K, Instant> since) {
        known.keySet().retainAll(now.keySet());
        now.forEach((key, value) -> {
            final var before = known.get(key);
            if (before == null || !before.value().equals(value)) {
                known.put(key, new Dated<>(value, since.apply(key)));
            }
        });
        return Map.copyOf(known);
    }

    private Map<LinkEnds, WholeLink> links() {
        final var view = views.get();
        final var known = identities.get();
        final var now = new HashMap<LinkEnds, ShownLink>();
        final var nowTunnels = new HashMap<LinkEnds, TunnelIdentities.Shown>();
        view.links().all().forEach((link, status) -> {
            final var ends = new LinkEnds(link.from(), link.to());
            now.put(ends, new ShownLink(ends, view.name(link.from()), view.name(link.to()), LinkLayer.Fabric,
                state(view.links(), link, status.state()), view.costs().getOrDefault(link, 0)));
        });
        overlay.get().forEach(link -> {
            final var ends = new LinkEnds(link.from(), link.to());
            now.put(ends, new ShownLink(ends, link.fromName(), link.toName(), LinkLayer.Overlay,
                link.up() ? LinkState.Up : LinkState.Down, 0));
            nowTunnels.put(ends, known.getOrDefault(new io.peregrine.topology.discovery.Link(link.from(), link.to()),
                TunnelIdentities.Shown.NOTHING));
        });
        final var identified = dated(nowTunnels, tunnels, ends -> Instant.now().truncatedTo(ChronoUnit.MILLIS));
        final var result = new HashMap<LinkEnds, WholeLink>();
        dated(now, links, ends -> Instant.now().truncatedTo(ChronoUnit.MILLIS)).forEach((ends, link) ->
            result.put(ends, new WholeLink(link, Optional.ofNullable(identified.get(ends)))));
        return result;
    }

    private static LinkState state(final Links all, final io.peregrine.topology.discovery.Link link,
            final io.peregrine.topology.discovery.LinkState state) {
        if (!all.bidirectional(link)) {
            return LinkState.OneWay;
        }
        return switch (state) {
            case UP -> LinkState.Up;
            case UNCONFIRMED -> LinkState.Unconfirmed;
            case DAMPED -> LinkState.Damped;
        };
    }

    private static LinkKey key(final LinkEnds ends) {
        return new LinkKey(Uint32.valueOf(ends.from().port()), id(ends.from().datapath()),
            Uint32.valueOf(ends.to().port()), id(ends.to().datapath()));
    }

    private static DatapathId id(final io.peregrine.flow.DatapathId datapath) {
        return new DatapathId(datapath.hex());
    }

    private static Link linkEntry(final WholeLink whole) {
        final var link = whole.link().value();
        final var builder = new LinkBuilder().withKey(key(link.ends()))
            .setSourceName(link.fromName()).setTargetName(link.toName())
            .setLayer(link.layer()).setState(link.state())
            .setSince(new DateAndTime(whole.link().since().toString()));
        whole.identity().ifPresent(dated -> builder
            .setIdentity(switch (dated.value().identity()) {
                case UNVERIFIED -> TunnelIdentity.Unverified;
                case VERIFIED -> TunnelIdentity.Verified;
                case MISWIRED -> TunnelIdentity.Miswired;
            })
            .setIdentitySince(new DateAndTime(dated.since().toString()))
            .setProblem(dated.value().problem().orElse(null)));
        return (link.cost() == 0 ? builder : builder.setCost(Uint32.valueOf(link.cost()))).build();
    }

    private Map<String, Dated<ShownHost>> hosts() {
        final var view = views.get();
        final var now = new HashMap<String, ShownHost>();
        view.hosts().values().forEach(host -> now.put(InetAddresses.toAddrString(host.address()),
            new ShownHost(host, view.name(host.port()), view.intent().segments().stream()
                .filter(segment -> segment.contains(host.address())).findFirst()
                .map(segment -> segment.prefix().toString()).orElse(null))));
        return dated(now, hosts, address -> Instant.now().truncatedTo(ChronoUnit.MILLIS));
    }

    private static org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.Host hostEntry(
            final Dated<ShownHost> dated) {
        final var shown = dated.value();
        final var host = shown.host();
        return new HostBuilder()
            .setAddress(new Ipv4AddressNoZone(InetAddresses.toAddrString(host.address())))
            .setMacAddress(new MacAddress(host.mac().toString()))
            .setSwitch(id(host.port().datapath()))
            .setPort(Uint32.valueOf(host.port().port()))
            .setPortName(shown.portName())
            .setSegment(shown.segment() == null ? null : new Ipv4Prefix(shown.segment()))
            .setState(switch (host.status()) {
                case CONFIRMED -> HostState.Confirmed;
                case UNVERIFIED -> HostState.Unverified;
                case UNREACHABLE -> HostState.Unreachable;
            })
            .setSince(new DateAndTime(dated.since().toString()))
            .build();
    }

    private Map<String, Dated<ShownConflict>> conflicts() {
        final var view = views.get();
        final var begun = new HashMap<String, Long>();
        view.conflicts().forEach(one -> begun.put(InetAddresses.toAddrString(one.owner().address()), one.since()));
        final var found = dated(begun, conflicts, address -> Instant.now().truncatedTo(ChronoUnit.MILLIS));
        final var result = new HashMap<String, Dated<ShownConflict>>();
        view.conflicts().forEach(one -> {
            final var address = InetAddresses.toAddrString(one.owner().address());
            result.put(address, new Dated<>(new ShownConflict(one, view.name(one.owner().port()),
                view.name(one.rivalPort())), found.get(address).since()));
        });
        return result;
    }

    private static Conflict conflictEntry(final Dated<ShownConflict> dated) {
        final var conflict = dated.value().conflict();
        final var owner = conflict.owner();
        return new ConflictBuilder()
            .setAddress(new Ipv4AddressNoZone(InetAddresses.toAddrString(owner.address())))
            .setMacAddress(new MacAddress(owner.mac().toString()))
            .setSwitch(id(owner.port().datapath()))
            .setPort(Uint32.valueOf(owner.port().port()))
            .setPortName(dated.value().portName())
            .setRivalMacAddress(new MacAddress(conflict.rivalMac().toString()))
            .setRivalSwitch(id(conflict.rivalPort().datapath()))
            .setRivalPort(Uint32.valueOf(conflict.rivalPort().port()))
            .setRivalPortName(dated.value().rivalName())
            .setSince(new DateAndTime(dated.since().toString()))
            .setClaims(new Counter64(Uint64.valueOf(conflict.claims())))
            .build();
    }

    private Map<String, ShownSwitch> switches() {
        final var view = views.get();
        final var result = new HashMap<String, ShownSwitch>();
        view.switches().forEach((datapath, health) -> {
            final var name = view.name(datapath);
            result.put(name, new ShownSwitch(name, datapath, health));
        });
        return result;
    }

    private static Switch switchEntry(final ShownSwitch shown) {
        return new SwitchBuilder().setName(shown.name()).setDatapathId(id(shown.datapath()))
            .setState(switch (shown.health().state()) {
                case DISCONNECTED -> Switch.State.Disconnected;
                case SYNCING -> Switch.State.Syncing;
                case IN_SYNC -> Switch.State.InSync;
            })
            .setProblem(Set.copyOf(shown.health().problems()))
            .build();
    }

    private Map<String, Map.Entry<String, Long>> counters() {
        final var result = new HashMap<String, Map.Entry<String, Long>>();
        views.get().counters().forEach((name, value) -> result.put(name, Map.entry(name, value)));
        return result;
    }

    private static Counter counterEntry(final Map.Entry<String, Long> counter) {
        return new CounterBuilder().setName(counter.getKey())
            .setValue(new Counter64(Uint64.valueOf(counter.getValue()))).build();
    }
}
