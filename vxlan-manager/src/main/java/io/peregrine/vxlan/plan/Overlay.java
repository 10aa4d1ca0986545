/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Sets;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.MacAddress;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestPorts.Status;
import io.peregrine.vxlan.Placement;
import io.peregrine.vxlan.Placement.Attachment;
import io.peregrine.vxlan.plan.EdgeSnapshot.Tap;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The overlay's state and the steps that change it: from networks, edges and placements to fragments of the edges'
 * programs. Only what a step touches is compiled again, so that a move costs a handful of entries whatever the number
 * of guests. Not thread-safe: every method is called on one thread, the {@code loop}, and none of them blocks.
 *
 * <p>Unknown is not absent: an edge whose OVSDB has not been read gets no changes, a hypervisor whose guests have not
 * been heard counts as a member of every network and keeps its own entries.
 */
public final class Overlay {
    private static final String BASE = "base";
    private static final String UNREAD = "its OVSDB has not been read";

    private final EdgePlan plan;
    private final EdgeSwitches switches;
    private final Executor loop;
    private final Executor afterPatience;
    private final Executor afterTransit;

    private final Map<String, EdgeState> edges = new TreeMap<>();
    private final Map<String, NetworkState> networks = new TreeMap<>();
    /** The network that intent names a port in: its name by MAC address. */
    private final Map<MacAddress, String> intended = new HashMap<>();
    private final Map<String, Guest> guests = new LinkedHashMap<>();
    private final Set<String> heard = new HashSet<>();
    private final List<Preparation> preparations = new ArrayList<>();

    /**
     * An empty overlay.
     *
     * @param plan compiles the tables
     * @param switches take the result
     * @param loop runs what follows a switch's answer on the thread that calls this object
     * @param afterPatience runs something there, too, when a switch that is well would have confirmed a change
     * @param afterTransit runs something there when what one edge has sent has been handled at the other
     */
    public Overlay(final EdgePlan plan, final EdgeSwitches switches, final Executor loop,
            final Executor afterPatience, final Executor afterTransit) {
        this.plan = requireNonNull(plan);
        this.switches = requireNonNull(switches);
        this.loop = requireNonNull(loop);
        this.afterPatience = requireNonNull(afterPatience);
        this.afterTransit = requireNonNull(afterTransit);
    }

    /**
     * Replaces intent. Where edges stay as they are, only what networks' changes touch is compiled.
     *
     * @param newNetworks the networks
     * @param newEdges the edges
     */
    public void setIntent(final Collection<Network> newNetworks, final Collection<Edge> newEdges) {
        final var byName = new TreeMap<String, Network>();
        newNetworks.forEach(network -> byName.put(network.name(), network));
        final var gone = new TreeSet<>(Sets.difference(networks.keySet(), byName.keySet()));
        final boolean sameEdges = newEdges.size() == edges.size() && newEdges.stream().allMatch(edge ->
            edges.containsKey(edge.name()) && edge.equals(edges.get(edge.name()).edge));
        intended.clear();
        byName.forEach((name, network) -> network.ports().keySet().forEach(mac -> intended.putIfAbsent(mac, name)));
        // what is a border's host and becomes a guest's, or the other way round, changes in one go
        if (sameEdges) {
            setNetworks(byName);
        } else {
            setAll(byName, newEdges);
        }
        gone.forEach(plan::releaseNetwork);
        updateUnheard();
    }

    private void setNetworks(final Map<String, Network> wanted) {
        final var changes = new Changes();
        // those that come, go or get another number
        final var whole = new TreeSet<>(Sets.symmetricDifference(networks.keySet(), wanted.keySet()));
        networks.values().stream().map(state -> state.network).filter(network ->
            wanted.containsKey(network.name()) && wanted.get(network.name()).vni() != network.vni())
            .forEach(network -> whole.add(network.name()));
        final var moved = new LinkedHashMap<Guest, Optional<String>>();
        final var touched = new LinkedHashSet<Guest>();
        changingMembers(changes, () -> {
            for (var guest : guests.values()) {
                final var name = networkOf(guest, wanted.keySet());
                if (!name.equals(Optional.ofNullable(guest.network)) || name.map(whole::contains).orElse(false)
                        || !name.map(wanted::get).map(network -> addressesOf(guest, network)).orElse(List.of())
                            .equals(guest.addresses)) {
                    moved.put(guest, Optional.ofNullable(guest.network));
                    touched.addAll(namesakes(guest));
                    unindex(guest);
                }
            }
            keep(wanted);
            moved.keySet().forEach(this::resolve);
        });
        moved.keySet().forEach(guest -> touched.addAll(namesakes(guest)));
        touched.addAll(moved.keySet());
        for (var guest : touched) {
            touch(changes, guest);
            Stream.concat(moved.getOrDefault(guest, Optional.empty()).stream(), Stream.ofNullable(guest.network))
                .distinct().forEach(network -> refloods(changes, guest, network));
        }
        for (var name : whole) {
            for (var edge : edges.values()) {
                refreshNetwork(edge, name, changes);
                if (!networks.containsKey(name)) {
                    changes.put(edge, networkFragment(name), Fragment.EMPTY);
                }
                edge.edge.borderPorts().forEach((port, border) -> {
                    if (border.network().equals(name)) {
                        changes.put(edge, portFragment(port), borderPort(edge, port, border));
                    }
                });
            }
        }
        flush(changes);
    }

    private void keep(final Map<String, Network> wanted) {
        networks.keySet().retainAll(wanted.keySet());
        wanted.forEach((name, network) ->
            networks.computeIfAbsent(name, key -> new NetworkState()).network = network);
    }

    /** A network's flooded frames may have to go to other taps where a guest is attached. */
    private void refloods(final Changes changes, final Guest guest, final String network) {
        guest.placement.attachments().keySet().stream().map(edges::get).filter(Objects::nonNull)
            .forEach(edge -> changes.network(edge, network));
    }

    private void setAll(final Map<String, Network> wanted, final Collection<Edge> newEdges) {
        guests.values().forEach(this::unindex);
        keep(wanted);
        final var gone = new TreeSet<>(edges.keySet());
        for (var edge : newEdges) {
            gone.remove(edge.name());
            edges.computeIfAbsent(edge.name(), EdgeState::new).edge = edge;
        }
        for (var name : gone) {
            final var edge = edges.remove(name);
            heard.remove(name);
            final var nothing = new HashMap<String, Fragment>();
            edge.compiled.keySet().forEach(fragment -> nothing.put(fragment, Fragment.EMPTY));
            if (!nothing.isEmpty()) {
                switches.apply(name, nothing);
            }
            switches.use(name, Optional.empty());
        }
        for (var guest : guests.values()) {
            guest.stale.keySet().retainAll(edges.keySet());
            resolve(guest);
        }
        final var changes = new Changes();
        edges.values().forEach(edge -> refreshEdge(edge, changes));
        flush(changes);
    }

    /**
     * Takes what an edge's OVSDB says now.
     *
     * @param name the edge; one that intent does not have is ignored
     * @param snapshot what it says
     */
    public void setSnapshot(final String name, final EdgeSnapshot snapshot) {
        final var edge = edges.get(name);
        if (edge == null) {
            return;
        }
        final var before = edge.snapshot;
        edge.snapshot = snapshot;
        if (before == null || !before.datapath().equals(snapshot.datapath())) {
            edge.compiled.clear();
            switches.use(name, snapshot.datapath());
            final var changes = new Changes();
            refreshEdge(edge, changes);
            flush(changes);
            updateUnheard();
        } else if (!ports(before).equals(ports(snapshot)) || !before.borderPorts().equals(snapshot.borderPorts())) {
            final var changes = new Changes();
            refreshEdge(edge, changes);
            flush(changes);
        } else if (!before.taps().equals(snapshot.taps())) {
            final var changes = new Changes();
            Stream.concat(before.taps().keySet().stream(), snapshot.taps().keySet().stream()).distinct()
                .filter(id -> !Objects.equals(before.taps().get(id), snapshot.taps().get(id)))
                .map(guests::get).filter(Objects::nonNull)
                .forEach(guest -> {
                    changes.guest(edge, guest);
                    if (guest.network != null) {
                        changes.network(edge, guest.network);
                    }
                });
            flush(changes);
        }
        advancePreparations(name);
    }

    /**
     * An edge's switch has come into line with its program, or nothing is in the way of that any more: what could not
     * be confirmed before can be asked for again.
     *
     * @param name the edge
     */
    public void onInSync(final String name) {
        final var edge = edges.get(name);
        if (edge != null) {
            edge.lastApply = switches.apply(name, Map.of());
            advancePreparations(name);
            guests.values().stream().filter(guest -> guest.stale.containsKey(name)).toList()
                .forEach(guest -> confirm(name, guest));
        }
    }

    /** Asks whether an edge sends where it should for a guest, as it did not when it was last told to. */
    private void confirm(final String edge, final Guest guest) {
        final int turns = guest.turns;
        switches.confirm(edge, Set.of(guest.fragment())).whenCompleteAsync((ok, failure) -> {
            // what was confirmed may not be what it is to do now
            if (failure == null && guest.turns == turns && guest.stale.containsKey(edge)) {
                setStale(guest, edge, Set.of());
            }
        }, loop);
    }

    /**
     * Notes where an edge sends frames for a guest that has not confirmed where it should: those places send them on.
     *
     * @param places where the edge sends, empty if it has confirmed
     */
    private void setStale(final Guest guest, final String edge, final Set<String> places) {
        final var network = guest.network == null ? null : networks.get(guest.network);
        final var membersBefore = network == null ? Set.<String>of() : members(network);
        final var before = places.isEmpty() ? guest.stale.remove(edge) : guest.stale.put(edge, places);
        if (network == null || places.equals(before)) {
            return;
        }
        final var changes = new Changes();
        network.noteStale(guest);
        final var membersAfter = members(network);
        for (var place : Sets.union(places, before == null ? Set.of() : before)) {
            final var there = edges.get(place);
            if (there != null && membersBefore.contains(place) != membersAfter.contains(place)) {
                refreshNetwork(there, guest.network, changes);
            } else if (there != null) {
                changes.guest(there, guest);
            }
        }
        flush(changes);
    }

    /**
     * Says whether all guests of a hypervisor have been declared and attached since the start.
     *
     * @param hypervisor the hypervisor
     * @param isHeard true if so
     */
    public void setHeard(final String hypervisor, final boolean isHeard) {
        if (heard.contains(hypervisor) != isHeard) {
            final var changes = new Changes();
            changingMembers(changes, () -> {
                if (isHeard) {
                    heard.add(hypervisor);
                } else {
                    heard.remove(hypervisor);
                }
            });
            final var edge = edges.get(hypervisor);
            if (edge != null) {
                // what was kept while its guests were not known
                networks.keySet().forEach(network -> changes.network(edge, network));
            }
            flush(changes);
            updateUnheard();
        }
    }

    /**
     * Makes a change by which edges may become members of networks or cease to be, and compiles what follows from that
     * alone: as much as is different, however many guests there are.
     */
    private void changingMembers(final Changes changes, final Runnable change) {
        final var membersBefore = new HashMap<String, Set<String>>();
        final var floodedBefore = new HashMap<String, Set<String>>();
        networks.forEach((name, network) -> {
            membersBefore.put(name, members(network));
            floodedBefore.put(name, flooded(network));
        });
        change.run();
        networks.forEach((name, network) -> {
            final var membersAfter = members(network);
            final boolean floodedChange = !floodedBefore.getOrDefault(name, Set.of()).equals(flooded(network));
            for (var edge : edges.values()) {
                if (membersBefore.getOrDefault(name, Set.of()).contains(edge.name)
                        != membersAfter.contains(edge.name)) {
                    refreshNetwork(edge, name, changes);
                } else if (floodedChange) {
                    changes.network(edge, name);
                }
            }
        });
    }

    /**
     * Makes a port known, or changes what is known of it.
     *
     * @param port the port
     */
    public void declare(final GuestPort port) {
        final var guest = guests.computeIfAbsent(port.interfaceId(), id -> new Guest());
        if (!port.equals(guest.port)) {
            final var changes = new Changes();
            final var namesakes = new LinkedHashSet<Guest>(namesakes(guest));
            final var before = guest.network;
            changingMembers(changes, () -> {
                unindex(guest);
                guest.port = port;
                resolve(guest);
            });
            // whoever shares its address, or did, may be served now or not any more
            namesakes.addAll(namesakes(guest));
            namesakes.add(guest);
            namesakes.forEach(sharing -> touch(changes, sharing));
            Stream.of(before, guest.network).filter(Objects::nonNull).distinct().forEach(network ->
                namesakes.forEach(sharing -> refloods(changes, sharing, network)));
            flush(changes);
        }
    }

    /** Guests with the same MAC address in the same network. */
    private Set<Guest> namesakes(final Guest guest) {
        return guest.network == null ? Set.of()
            : networks.get(guest.network).stations.getOrDefault(guest.port.mac(), Set.of());
    }

    /**
     * Forgets ports.
     *
     * @param ids the ports
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> withdraw(final Collection<String> ids) {
        final var result = place(ids, (id, placement) -> Placement.NOWHERE);
        for (var id : ids) {
            final var guest = guests.get(id);
            if (guest != null) {
                List.copyOf(guest.stale.keySet()).forEach(edge -> setStale(guest, edge, Set.of()));
                List.copyOf(guest.probes.keySet()).forEach(session -> endProbes(id, session));
                guests.remove(id);
                unindex(guest);
                final var changes = new Changes();
                edges.values().forEach(edge -> changes.guest(edge, guest));
                if (guest.network != null) {
                    // a port with the same address may have waited for this one to go
                    guests.values().stream().filter(other -> guest.network.equals(other.network))
                        .filter(other -> other.port.mac().equals(guest.port.mac()))
                        .forEach(other -> {
                            touch(changes, other);
                            refloods(changes, other, guest.network);
                        });
                }
                flush(changes);
                plan.releaseStation(id);
            }
        }
        return result;
    }

    /**
     * Serves ports at one edge and nowhere else.
     *
     * @param ids the ports
     * @param edge the edge
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> attach(final Collection<String> ids, final String edge) {
        return place(ids, (id, placement) -> Placement.at(edge));
    }

    /**
     * Prepares a move: see {@link io.peregrine.vxlan.GuestPorts#prepare}.
     *
     * @param ids the ports
     * @param destination the edge to move to
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> prepare(final Collection<String> ids, final String destination) {
        return prepare(new Preparation(List.copyOf(ids), destination, Attachment.CLOSED, Attachment.RECEIVING));
    }

    private CompletableFuture<Map<String, Integer>> prepare(final Preparation preparation) {
        final var destination = preparation.destination;
        preparations.add(preparation);
        final var changes = update(preparation.ids, (id, placement) ->
            placement.attachments().containsKey(destination) ? placement
                : placement.with(destination, preparation.first));
        flush(changes);
        preparation.counts.putAll(changes.counts);
        advancePreparations(destination);
        return preparation.result;
    }

    /**
     * Makes the destination ready: see {@link io.peregrine.vxlan.GuestPorts#makeReady}.
     *
     * @param ids the ports
     * @param destination the edge to move to
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> makeReady(final Collection<String> ids, final String destination) {
        return prepare(new Preparation(List.copyOf(ids), destination, Attachment.READY, Attachment.READY));
    }

    /**
     * Turns all senders to one edge.
     *
     * @param ids the ports
     * @param edge the edge
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> turnTo(final Collection<String> ids, final String edge) {
        return place(ids, (id, placement) -> placement.turnedTo(edge));
    }

    /**
     * Opens the gate, for flooded frames too: see {@link io.peregrine.vxlan.GuestPorts#open}.
     *
     * @param ids the ports
     * @param destination the edge moved to
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> open(final Collection<String> ids, final String destination) {
        // where the preparation was not finished, senders learn of the destination here
        final var opened = place(ids, (id, placement) -> isTurned(placement, destination) ? placement
            : placement.with(destination, Attachment.ARRIVING));
        if (ids.stream().map(guests::get).filter(Objects::nonNull)
                .noneMatch(guest -> isTurned(guest.placement, destination))) {
            return opened;
        }
        final var flooded = CompletableFuture.runAsync(() -> { }, afterTransit).thenCompose(ok -> place(ids,
            (id, placement) -> isTurned(placement, destination) ? placement.with(destination, Attachment.ARRIVING)
                : placement));
        return opened.thenCombine(flooded, (first, second) -> {
            final var sum = new TreeMap<>(first);
            second.forEach((edge, count) -> sum.merge(edge, count, Integer::sum));
            return sum;
        });
    }

    private static boolean isTurned(final Placement placement, final String edge) {
        return Attachment.TURNED.equals(placement.attachments().get(edge));
    }

    /**
     * Makes every edge send to the destination only; called again, tells whether they do.
     *
     * @param ids the ports
     * @param destination the edge moved to
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> commit(final Collection<String> ids, final String destination) {
        final var changes = update(ids, (id, placement) -> placement.committedTo(destination));
        preparations.removeIf(preparation -> preparation.overtaken(ids));
        final var sent = flush(changes);
        edges.values().stream().filter(edge -> servesNetworkOf(ids, edge))
            .forEach(edge -> sent.compute(edge.name, (name, future) -> lack(edge, ids, destination)
                .map(Overlay::unconfirmed).orElseGet(() -> inLine(edge, ids))));
        return confirmed(changes.counts, sent);
    }

    /** Whether an edge is a member of the network of one of these ports. */
    private boolean servesNetworkOf(final Collection<String> ids, final EdgeState edge) {
        return ids.stream().map(this::served).flatMap(Optional::stream)
            .anyMatch(guest -> isMember(edge, networks.get(guest.network)));
    }

    /** A port with a network that has it. */
    private Optional<Guest> served(final String id) {
        return Optional.ofNullable(guests.get(id))
            .filter(guest -> guest.network != null && networks.get(guest.network).owns(guest));
    }

    /** What an edge lacks to send to the destination, or as the destination to serve. */
    private Optional<String> lack(final EdgeState edge, final Collection<String> ids, final String destination) {
        if (edge.snapshot == null) {
            return Optional.of(UNREAD);
        }
        if (edge.name.equals(destination)) {
            return ids.stream().filter(id -> served(id).filter(guest -> edge.tap(guest).isEmpty()).isPresent())
                .findFirst().map(id -> "it has no port with iface-id " + id);
        }
        return edge.snapshot.datapath().isPresent() && edges.containsKey(destination)
            && edge.tunnelsTo(Set.of(destination)).isEmpty()
            ? Optional.of("it has no tunnel to edge '" + destination + "'") : Optional.empty();
    }

    private static CompletableFuture<Void> unconfirmed(final String why) {
        return CompletableFuture.failedFuture(new IllegalStateException(why));
    }

    /** Completes when an edge's switch has all that it is to have for some ports. */
    private CompletableFuture<Void> inLine(final EdgeState edge, final Collection<String> ids) {
        if (edge.snapshot.datapath().isEmpty()) {
            // no bridge, so nothing that could send
            return CompletableFuture.completedFuture(null);
        }
        final var fragments = new HashSet<String>();
        ids.stream().map(this::served).flatMap(Optional::stream).forEach(guest -> {
            fragments.add(guest.fragment());
            fragments.add(networkFragment(guest.network));
        });
        return switches.confirm(edge.name, fragments);
    }

    /**
     * Stops serving ports at an edge.
     *
     * @param ids the ports
     * @param edge the edge
     * @return changes by edge
     */
    public CompletableFuture<Map<String, Integer>> detach(final Collection<String> ids, final String edge) {
        final var changes = update(ids, (id, placement) -> placement.without(edge));
        preparations.removeIf(preparation -> preparation.overtaken(ids));
        final var sent = flush(changes);
        final var left = edges.get(edge);
        if (left != null) {
            sent.compute(edge, (name, future) -> left.snapshot == null ? unconfirmed(UNREAD) : inLine(left, ids));
        }
        return confirmed(changes.counts, sent);
    }

    /**
     * Renews the lease of closed gates.
     *
     * @param ids the ports
     * @param destination the edge moved to
     * @return completes when the switch has confirmed
     */
    public CompletableFuture<Void> renewLease(final Collection<String> ids, final String destination) {
        return CompletableFuture.allOf(ids.stream().map(guests::get).filter(Objects::nonNull)
            .filter(guest -> guest.closedAt(destination))
            .map(guest -> switches.renew(destination, guest.fragment())).toArray(CompletableFuture[]::new));
    }

    /**
     * Where and how a port can be probed.
     *
     * @param edge where probes begin
     * @param datapath its switch
     * @param mac the port
     * @param address an address of the port
     * @param confirmed completes when the switches have confirmed what answers need to come back
     */
    public record ProbePoint(String edge, DatapathId datapath, MacAddress mac, InetAddress address,
            CompletableFuture<Void> confirmed) {
    }

    /**
     * Lets a port be probed, until {@link #endProbes}.
     *
     * @param id the port
     * @param session a number that no other probes have, see {@link ProbeAddress}
     * @return where
     * @throws IllegalStateException if it cannot be; the message says why
     */
    public ProbePoint probe(final String id, final int session) {
        final var guest = served(id).orElseThrow(() -> new IllegalStateException("it is not served"));
        // IPv4 first: guests answer ARP whatever their firewalls say
        final var address = guest.addresses.stream().filter(Inet4Address.class::isInstance).findFirst()
            .or(() -> guest.addresses.stream().findFirst())
            .orElseThrow(() -> new IllegalStateException("no address of it is known"));
        final var network = networks.get(guest.network);
        final var edge = edges.values().stream().filter(each -> canProbe(each, guest, network))
            .min(Comparator.comparing((EdgeState each) -> guest.placement.attachments().containsKey(each.name)))
            .orElseThrow(() -> new IllegalStateException("no edge of network '" + guest.network + "' can probe it"));
        guest.probes.put(session, new Probes(session, edge.name, !(address instanceof Inet4Address)));
        network.noteProbes(guest);
        final var changes = new Changes();
        edges.values().forEach(each -> changes.probes(each, guest));
        return new ProbePoint(edge.name, edge.snapshot.datapath().orElseThrow(), guest.port.mac(), address,
            confirmed(Map.of(), flush(changes)).thenApply(ok -> null));
    }

    /** Whether an edge sends what enters there to the guest, and gets what the guest answers. */
    private boolean canProbe(final EdgeState edge, final Guest guest, final NetworkState network) {
        final var places = guest.placement.attachments().keySet();
        return edge.snapshot != null && edge.snapshot.datapath().isPresent() && switches.inSync(edge.name)
            && isMember(edge, network) && places.stream().filter(place -> !place.equals(edge.name))
                .map(edge.snapshot.tunnels()::get).allMatch(tunnel -> tunnel != null && tunnel.port().isPresent()
                    && tunnel.liveness() != EdgeSnapshot.Liveness.DOWN);
    }

    /**
     * Where a port is attached.
     *
     * @param datapath the switch
     * @param number the port's OpenFlow number there
     */
    public record SwitchPort(DatapathId datapath, long number) {
    }

    /**
     * Where a port is attached at an edge, whether that serves it or not.
     *
     * @param id the port
     * @param edge the edge
     * @return empty if it is not, for all that is known
     */
    public Optional<SwitchPort> switchPort(final String id, final String edge) {
        final var guest = guests.get(id);
        final var there = edges.get(edge);
        return guest == null || there == null ? Optional.empty() : there.tap(guest).flatMap(tap ->
            there.snapshot.datapath().map(datapath -> new SwitchPort(datapath, tap.port())));
    }

    /**
     * Renews the lease of what probes need.
     *
     * @param id the port
     * @param session their number
     * @return completes when the switches have confirmed
     */
    public CompletableFuture<Void> renewProbes(final String id, final int session) {
        final var fragment = probesFragment(id, session);
        return CompletableFuture.allOf(edges.values().stream().filter(edge -> edge.compiled.containsKey(fragment))
            .map(edge -> switches.renew(edge.name, fragment)).toArray(CompletableFuture[]::new));
    }

    /**
     * Ends probes; nothing happens if there are none.
     *
     * @param id the port
     * @param session their number
     */
    public void endProbes(final String id, final int session) {
        final var guest = guests.get(id);
        final var probes = guest == null ? null : guest.probes.remove(session);
        if (probes == null) {
            return;
        }
        final var changes = new Changes();
        edges.values().forEach(edge -> changes.send(edge, probesFragment(id, session), Fragment.EMPTY));
        final var network = guest.network == null ? null : networks.get(guest.network);
        if (network != null) {
            final boolean before = members(network).contains(probes.edge);
            network.noteProbes(guest);
            final var edge = edges.get(probes.edge);
            if (edge != null && before != isMember(edge, network)) {
                refreshNetwork(edge, guest.network, changes);
            }
        }
        flush(changes);
    }

    /**
     * What is known of a port.
     *
     * @param id the port
     * @return what was declared, empty if it is not known
     */
    public Optional<GuestPort> port(final String id) {
        return Optional.ofNullable(guests.get(id)).map(guest -> guest.port);
    }

    /**
     * Where a port is wanted.
     *
     * @param id the port
     * @return its placement
     */
    public Optional<Placement> placement(final String id) {
        return Optional.ofNullable(guests.get(id)).map(guest -> guest.placement);
    }

    /**
     * How a port is.
     *
     * @param id the port
     * @return its status
     */
    public Optional<Status> status(final String id) {
        return Optional.ofNullable(guests.get(id)).map(guest -> {
            final var problem = problem(guest);
            return new Status(Optional.ofNullable(guest.network), guest.addresses,
                problem.isEmpty() && !guest.placement.attachments().isEmpty(), problem);
        });
    }

    private Optional<String> problem(final Guest guest) {
        if (guest.network == null) {
            return Optional.of(guest.port.network()
                .map(name -> "network '" + name + "' is not in intent")
                .orElse("no network: name one as the virtualport's profileid, or list MAC address "
                    + guest.port.mac() + " as a port of a network"));
        }
        final var owner = networks.get(guest.network).stations.get(guest.port.mac()).iterator().next();
        if (!owner.equals(guest)) {
            return Optional.of("MAC address " + guest.port.mac() + " is in use by guest " + owner.port.guest());
        }
        for (var name : guest.placement.attachments().keySet()) {
            final var edge = edges.get(name);
            if (edge == null) {
                return Optional.of("edge '" + name + "' is not in intent");
            }
            if (edge.tap(guest).isEmpty()) {
                return Optional.of(absence(edge, guest));
            }
        }
        return Optional.empty();
    }

    /** Why an edge does not have a port's tap. */
    private static String absence(final EdgeState edge, final Guest guest) {
        return edge.snapshot == null ? "OVSDB of edge '" + edge.name + "' has not been read"
            : "edge '" + edge.name + "' has no port with iface-id " + guest.port.interfaceId();
    }

    // ---- placements ----

    private CompletableFuture<Map<String, Integer>> place(final Collection<String> ids,
            final BiFunction<String, Placement, Placement> step) {
        final var changes = update(ids, step);
        preparations.removeIf(preparation -> preparation.overtaken(ids));
        return confirmed(changes.counts, flush(changes));
    }

    private Changes update(final Collection<String> ids, final BiFunction<String, Placement, Placement> step) {
        final var changes = new Changes();
        for (var id : ids) {
            final var guest = guests.get(id);
            if (guest != null) {
                final var before = guest.placement;
                final var after = step.apply(id, before);
                if (!after.equals(before)) {
                    move(changes, guest, after);
                }
            }
        }
        return changes;
    }

    private void move(final Changes changes, final Guest guest, final Placement after) {
        final var before = guest.placement;
        final var network = guest.network == null ? null : networks.get(guest.network);
        if (network == null) {
            guest.placement = after;
            return;
        }
        final var membersBefore = members(network);
        final var floodedBefore = flooded(network);
        network.remove(guest);
        guest.placement = after;
        network.add(guest);
        final var membersAfter = members(network);

        final boolean sendersChange = !senders(before).equals(senders(after));
        if (sendersChange) {
            guest.turns++;
        }
        for (var edge : edges.values()) {
            final var name = edge.name;
            if (membersBefore.contains(name) != membersAfter.contains(name)) {
                refreshNetwork(edge, guest.network, changes);
            } else if (sendersChange || guest.mayGetStale(name) || !Objects.equals(before.attachments().get(name),
                    after.attachments().get(name))) {
                changes.guest(edge, guest);
            }
            if (sendersChange && membersBefore.contains(name)) {
                changes.turned(edge, guest, senders(before));
            }
            if (!Objects.equals(before.attachments().get(name), after.attachments().get(name))) {
                changes.network(edge, guest.network);
            }
        }
        if (!floodedBefore.equals(flooded(network))) {
            edges.values().forEach(edge -> changes.network(edge, guest.network));
        }
        // where probes begin, answers come from all places
        guest.probes.values().stream().map(probes -> edges.get(probes.edge)).filter(Objects::nonNull)
            .forEach(edge -> changes.probes(edge, guest));
    }

    private static Set<String> senders(final Placement placement) {
        return placement.attachments().entrySet().stream().filter(entry -> entry.getValue().targeted())
            .map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    /** Edges that need the network's entries. */
    private boolean isMember(final EdgeState edge, final NetworkState network) {
        return network.attached.containsKey(edge.name) || hasBorderPort(edge, network) || unheard(edge)
            || network.probedFrom.containsKey(edge.name)
            || network.stale.stream().anyMatch(guest -> guest.mayGetStale(edge.name));
    }

    private Set<String> members(final NetworkState network) {
        return edges.values().stream().filter(edge -> isMember(edge, network)).map(edge -> edge.name)
            .collect(Collectors.toSet());
    }

    /** Edges that flooded frames are sent to. */
    private Set<String> flooded(final NetworkState network) {
        return edges.values().stream()
            .filter(edge -> network.sentTo.containsKey(edge.name) || hasBorderPort(edge, network) || unheard(edge))
            .map(edge -> edge.name).collect(Collectors.toSet());
    }

    private boolean unheard(final EdgeState edge) {
        return edge.edge.hypervisor() && !heard.contains(edge.name);
    }

    private static boolean hasBorderPort(final EdgeState edge, final NetworkState network) {
        return edge.edge.borderPorts().values().stream()
            .anyMatch(port -> port.network().equals(network.network.name()));
    }

    // ---- which network a guest's port is in ----

    private void unindex(final Guest guest) {
        final var network = guest.network == null ? null : networks.get(guest.network);
        if (network != null) {
            network.remove(guest);
            network.removeStation(guest);
            network.stale.remove(guest);
            network.forgetProbes(guest);
        }
    }

    private void resolve(final Guest guest) {
        guest.network = networkOf(guest, networks.keySet()).orElse(null);
        final var network = guest.network == null ? null : networks.get(guest.network);
        guest.addresses = network == null ? List.of() : addressesOf(guest, network.network);
        if (network != null) {
            network.add(guest);
            network.addStation(guest);
            network.noteStale(guest);
            network.noteProbes(guest);
        }
    }

    /** Where intent names its address, or else where it says itself that it is, if there is such a network. */
    private Optional<String> networkOf(final Guest guest, final Set<String> known) {
        return Optional.ofNullable(intended.get(guest.port.mac()))
            .or(() -> guest.port.network().filter(known::contains));
    }

    private static List<InetAddress> addressesOf(final Guest guest, final Network network) {
        return network.ports().getOrDefault(guest.port.mac(), List.of());
    }

    // ---- compiling ----

    private void touch(final Changes changes, final Guest guest) {
        edges.values().forEach(edge -> changes.guest(edge, guest));
    }

    private void refreshEdge(final EdgeState edge, final Changes changes) {
        changes.put(edge, BASE, edge.snapshot == null ? Fragment.EMPTY
            : plan.base(edge.tunnelsTo(edge.snapshot.tunnels().keySet())));
        final var wanted = new HashSet<String>();
        wanted.add(BASE);
        networks.keySet().forEach(network -> {
            wanted.add(networkFragment(network));
            changes.network(edge, network);
        });
        edge.edge.borderPorts().forEach((name, port) -> {
            wanted.add(portFragment(name));
            changes.put(edge, portFragment(name), borderPort(edge, name, port));
        });
        forEachHost((border, name, port, mac) -> {
            wanted.add(hostFragment(border, mac));
            changes.put(edge, hostFragment(border, mac), host(edge, border, name, port, mac));
        });
        guests.values().forEach(guest -> {
            changes.guest(edge, guest);
            wanted.add(guest.fragment());
            guest.probes.keySet().forEach(session -> wanted.add(probesFragment(guest.port.interfaceId(), session)));
        });
        edge.compiled.keySet().stream().filter(fragment -> !wanted.contains(fragment)).toList()
            .forEach(fragment -> changes.put(edge, fragment, Fragment.EMPTY));
    }

    private void refreshNetwork(final EdgeState edge, final String name, final Changes changes) {
        changes.network(edge, name);
        final var network = networks.get(name);
        if (network != null) {
            network.stations.values().forEach(sharing -> sharing.forEach(guest -> changes.guest(edge, guest)));
        }
        forEachHost((border, portName, port, mac) -> {
            if (port.network().equals(name)) {
                changes.put(edge, hostFragment(border, mac), host(edge, border, portName, port, mac));
            }
        });
    }

    /** Something done with each known host behind a border. */
    @FunctionalInterface
    private interface HostStep {
        void accept(EdgeState border, String portName, Edge.BorderPort port, MacAddress mac);
    }

    private void forEachHost(final HostStep step) {
        for (var border : edges.values()) {
            border.edge.borderPorts().forEach((name, port) ->
                port.hosts().keySet().forEach(mac -> step.accept(border, name, port, mac)));
        }
    }

    private static String hostFragment(final EdgeState border, final MacAddress mac) {
        return "host:" + border.name + "/" + mac;
    }

    private Fragment networkAt(final EdgeState edge, final String name) {
        final var state = networks.get(name);
        if (state == null || !isMember(edge, state)) {
            return Fragment.EMPTY;
        }
        final var floodPorts = new ArrayList<Long>();
        final var unknownPorts = new ArrayList<Long>();
        edge.edge.borderPorts().forEach((port, border) -> {
            final var number = edge.snapshot.borderPorts().get(port);
            if (border.network().equals(name) && number != null) {
                floodPorts.add(number);
                unknownPorts.add(number);
            }
        });
        for (var guest : state.attached.getOrDefault(edge.name, Set.of())) {
            final var here = guest.placement.attachments().get(edge.name);
            if (here.flooded() && state.owns(guest)) {
                edge.tap(guest).ifPresent(tap -> floodPorts.add(tap.port()));
            }
        }
        final var borders = edges.values().stream().filter(other -> hasBorderPort(other, state))
            .map(other -> other.name).toList();
        return plan.network(new NetworkAtEdge(name, state.network.vni(), edge.tunnelsTo(flooded(state)), floodPorts,
            edge.tunnelsTo(borders), unknownPorts));
    }

    private Fragment guestAt(final EdgeState edge, final Guest guest) {
        final var network = guest.network == null ? null : networks.get(guest.network);
        if (network == null || guests.get(guest.port.interfaceId()) != guest || !network.owns(guest)
                || guest.placement.attachments().isEmpty() || !isMember(edge, network)) {
            return Fragment.EMPTY;
        }
        final var here = guest.placement.attachments().get(edge.name);
        final var local = here == null ? Optional.<StationAtEdge.Local>empty()
            : edge.tap(guest).map(tap -> new StationAtEdge.Local(tap.port(), here.gateOpen(), here.targeted(),
                here.awaited(), true));
        return plan.station(new StationAtEdge(guest.port.interfaceId(), network.network.vni(), guest.port.mac(),
            guest.addresses, edge.tunnelsTo(senders(guest.placement)), local, redirectsAt(edge, guest)));
    }

    private Fragment probesAt(final EdgeState edge, final Guest guest, final Probes probes) {
        final var network = guest.network == null ? null : networks.get(guest.network);
        if (network == null || guests.get(guest.port.interfaceId()) != guest || !network.owns(guest)) {
            return Fragment.EMPTY;
        }
        final var places = guest.placement.attachments().keySet();
        final boolean probing = edge.name.equals(probes.edge);
        final var tap = places.contains(edge.name) ? edge.tap(guest) : Optional.<Tap>empty();
        return plan.probed(new ProbedAtEdge(probes.session, network.network.vni(), guest.port.mac(), probes.ipv6,
            probing, probing ? edge.tunnelsTo(places) : List.of(),
            tap.map(found -> OptionalLong.of(found.port())).orElse(OptionalLong.empty()),
            edge.tunnelsTo(Set.of(probes.edge)).stream().mapToLong(Long::longValue).findFirst()));
    }

    private static String probesFragment(final String id, final int session) {
        return "probes:" + id + "/" + session;
    }

    /** Sends on what comes from edges that have not heard of a move, to the places with an open gate that they miss. */
    private static List<StationAtEdge.Redirect> redirectsAt(final EdgeState edge, final Guest guest) {
        final var result = new ArrayList<StationAtEdge.Redirect>();
        guest.stale.forEach((sender, places) -> {
            final var missed = guest.placement.attachments().entrySet().stream()
                .filter(entry -> entry.getValue().targeted() && entry.getValue().gateOpen())
                .map(Map.Entry::getKey).filter(place -> !places.contains(place)).toList();
            final var to = edge.tunnelsTo(missed);
            if (places.contains(edge.name) && !to.isEmpty()) {
                edge.tunnelsTo(Set.of(sender)).forEach(from -> result.add(new StationAtEdge.Redirect(from, to)));
            }
        });
        return result;
    }

    private Fragment borderPort(final EdgeState edge, final String name, final Edge.BorderPort port) {
        final var network = networks.get(port.network());
        final var number = edge.snapshot == null ? null : edge.snapshot.borderPorts().get(name);
        return network == null || number == null ? Fragment.EMPTY
            : plan.borderPort(network.network.vni(), number);
    }

    private Fragment host(final EdgeState edge, final EdgeState border, final String portName,
            final Edge.BorderPort port, final MacAddress mac) {
        final var network = networks.get(port.network());
        if (network == null || edge.snapshot == null || !isMember(edge, network)) {
            return Fragment.EMPTY;
        }
        final var number = edge == border ? edge.snapshot.borderPorts().get(portName) : null;
        return plan.station(new StationAtEdge(border.name + "/" + mac, network.network.vni(), mac,
            port.hosts().get(mac), edge.tunnelsTo(Set.of(border.name)),
            Optional.ofNullable(number).map(StationAtEdge.Local::shared), List.of()));
    }

    private static String portFragment(final String name) {
        return "port:" + name;
    }

    private static String networkFragment(final String name) {
        return "network:" + name;
    }

    private static Map<String, OptionalLong> ports(final EdgeSnapshot snapshot) {
        return snapshot.tunnels().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().port()));
    }

    // ---- sending ----

    private Map<String, CompletableFuture<Void>> flush(final Changes changes) {
        final var sent = new LinkedHashMap<String, CompletableFuture<Void>>();
        changes.turned.forEach((name, turned) -> {
            if (!changes.byEdge.containsKey(name)) {
                // nothing could be sent: what it has is from before this process
                turned.forEach((guest, places) -> noteUnconfirmed(name, guest, places));
            }
        });
        changes.byEdge.forEach((name, fragments) -> {
            final var future = switches.apply(name, fragments);
            edges.get(name).lastApply = future;
            sent.put(name, future);
            final var turned = changes.turned.getOrDefault(name, Map.of());
            if (!turned.isEmpty()) {
                // a session may be dead long before anybody is told
                afterPatience.execute(() -> {
                    if (!future.isDone()) {
                        turned.forEach((guest, places) -> noteUnconfirmed(name, guest, places));
                    }
                });
                future.whenCompleteAsync((ok, failure) -> {
                    if (failure != null) {
                        turned.forEach((guest, places) -> noteUnconfirmed(name, guest, places));
                    } else {
                        turned.keySet().stream().filter(guest -> guest.stale.containsKey(name))
                            .forEach(guest -> confirm(name, guest));
                    }
                }, loop);
            }
        });
        return sent;
    }

    /** An edge may still send to where it did; of several moves that it missed the first counts. */
    private void noteUnconfirmed(final String edge, final Guest guest, final Set<String> places) {
        final var state = edges.get(edge);
        final boolean sends = state != null && (state.snapshot == null || state.snapshot.datapath().isPresent());
        if (sends && !places.isEmpty() && guests.get(guest.port.interfaceId()) == guest
                && !guest.stale.containsKey(edge)) {
            setStale(guest, edge, places);
        }
    }

    private static CompletableFuture<Map<String, Integer>> confirmed(final Map<String, Integer> counts,
            final Map<String, CompletableFuture<Void>> sent) {
        final var named = sent.entrySet().stream().map(entry -> entry.getValue().handle((ok, failure) -> {
            if (failure != null) {
                final var cause = causeOf(failure);
                throw new CompletionException(
                    new IllegalStateException("edge " + entry.getKey() + ": " + cause.getMessage(), cause));
            }
            return ok;
        })).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(named).thenApply(ok -> Map.copyOf(counts));
    }

    private static Throwable causeOf(final Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void advancePreparations(final String edge) {
        for (var preparation : List.copyOf(preparations)) {
            if (preparation.destination.equals(edge)) {
                preparation.advance();
            }
        }
    }

    private void updateUnheard() {
        final var hypervisors = edges.values().stream().filter(this::unheard).map(edge -> edge.name).toList();
        edges.values().forEach(edge -> {
            final var unheard = new TreeSet<>(hypervisors);
            if (edge.snapshot == null) {
                unheard.add(edge.name);
            }
            switches.setUnheard(edge.name, unheard);
        });
    }

    /** The number of entries in which two fragments differ. */
    private static int difference(final Fragment before, final Fragment after) {
        return differing(before.groups(), after.groups()) + differing(before.flows(), after.flows());
    }

    private static <K, V> int differing(final Map<K, V> before, final Map<K, V> after) {
        int count = 0;
        for (var entry : after.entrySet()) {
            if (!entry.getValue().equals(before.get(entry.getKey()))) {
                count++;
            }
        }
        for (var key : before.keySet()) {
            if (!after.containsKey(key)) {
                count++;
            }
        }
        return count;
    }

    /** Fragments to send, by edge, and how many entries differ. Compiling an unchanged fragment adds nothing. */
    private final class Changes {
        final Map<String, Map<String, Fragment>> byEdge = new LinkedHashMap<>();
        final Map<String, Integer> counts = new HashMap<>();
        /** Guests whose senders at an edge are to send elsewhere than to these places from now on. */
        final Map<String, Map<Guest, Set<String>>> turned = new HashMap<>();

        void turned(final EdgeState edge, final Guest guest, final Set<String> before) {
            turned.computeIfAbsent(edge.name, name -> new LinkedHashMap<>()).put(guest, before);
        }

        void guest(final EdgeState edge, final Guest guest) {
            if (edge.snapshot != null) {
                put(edge, guest.fragment(), guestAt(edge, guest));
                probes(edge, guest);
            }
        }

        /** Not counted: they measure the move, and are no part of it. */
        void probes(final EdgeState edge, final Guest guest) {
            if (edge.snapshot != null) {
                guest.probes.values().forEach(probes -> send(edge,
                    probesFragment(guest.port.interfaceId(), probes.session), probesAt(edge, guest, probes)));
            }
        }

        void network(final EdgeState edge, final String name) {
            // a hypervisor that was not heard keeps what it has: its own members are not known
            if (edge.snapshot != null && !unheard(edge)) {
                put(edge, networkFragment(name), networkAt(edge, name));
            }
        }

        void put(final EdgeState edge, final String fragment, final Fragment content) {
            final int different = send(edge, fragment, content);
            if (different > 0) {
                counts.merge(edge.name, different, Integer::sum);
            }
        }

        private int send(final EdgeState edge, final String fragment, final Fragment content) {
            if (edge.snapshot == null || edge.snapshot.datapath().isEmpty()) {
                return 0;
            }
            final var before = edge.compiled.getOrDefault(fragment, Fragment.EMPTY);
            if (content.equals(before)) {
                return 0;
            }
            if (content.isEmpty()) {
                edge.compiled.remove(fragment);
            } else {
                edge.compiled.put(fragment, content);
            }
            byEdge.computeIfAbsent(edge.name, name -> new LinkedHashMap<>()).put(fragment, content);
            return difference(before, content);
        }
    }

    /** A move being prepared: waits for the destination, then lets every sender send there too if that is wanted. */
    private final class Preparation {
        final List<String> ids;
        final String destination;
        final Attachment first;
        final Attachment then;
        final Map<String, Integer> counts = new HashMap<>();
        final CompletableFuture<Map<String, Integer>> result = new CompletableFuture<>();
        private CompletableFuture<Void> awaited;

        Preparation(final List<String> ids, final String destination, final Attachment first, final Attachment then) {
            this.ids = ids;
            this.destination = destination;
            this.first = first;
            this.then = then;
        }

        void advance() {
            final var edge = edges.get(destination);
            if (edge == null || !ids.stream().map(guests::get).filter(Objects::nonNull).allMatch(this::isLocal)
                    || edge.lastApply == awaited || edge.lastApply.isCompletedExceptionally()) {
                // goes on with the next snapshot, or when the switch is in line again
                return;
            }
            final var sent = edge.lastApply;
            awaited = sent;
            sent.whenCompleteAsync((ok, failure) -> {
                if (failure == null && awaited == sent && preparations.remove(this)) {
                    goOn();
                }
            }, loop);
        }

        /** Whether the destination has all it can have of a port; one that is not served holds nobody up. */
        private boolean isLocal(final Guest guest) {
            final var network = guest.network == null ? null : networks.get(guest.network);
            return network == null || !network.owns(guest) || edges.get(destination).tap(guest).isPresent();
        }

        private void goOn() {
            final var changes = update(ids, (id, placement) -> first.equals(placement.attachments().get(destination))
                ? placement.with(destination, then) : placement);
            changes.counts.forEach((edge, count) -> counts.merge(edge, count, Integer::sum));
            confirmed(counts, flush(changes)).whenComplete((ok, failure) -> {
                if (failure == null) {
                    result.complete(ok);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        }

        boolean overtaken(final Collection<String> changed) {
            final boolean gone = ids.stream().filter(changed::contains).map(guests::get).anyMatch(guest -> guest == null
                || !first.equals(guest.placement.attachments().get(destination)));
            if (gone) {
                result.completeExceptionally(new CancellationException("overtaken by a later step; "
                    + obstacle()));
            }
            return gone;
        }

        /** What the preparation has been waiting for. */
        private String obstacle() {
            final var edge = edges.get(destination);
            if (edge == null) {
                return "edge '" + destination + "' is not in intent";
            }
            final var missing = ids.stream().map(guests::get).filter(Objects::nonNull)
                .filter(guest -> !isLocal(guest)).findFirst();
            if (missing.isPresent()) {
                return absence(edge, missing.orElseThrow());
            }
            final var failure = edge.lastApply.handle((ok, thrown) -> thrown).getNow(null);
            return "edge '" + destination + "' " + (failure == null ? "had not answered"
                : "was not ready: " + causeOf(failure).getMessage());
        }
    }

    private static final class EdgeState {
        final String name;
        final Map<String, Fragment> compiled = new HashMap<>();
        Edge edge;
        /** Null until OVSDB has been read. */
        EdgeSnapshot snapshot;
        CompletableFuture<Void> lastApply = CompletableFuture.completedFuture(null);

        EdgeState(final String name) {
            this.name = name;
        }

        Optional<Tap> tap(final Guest guest) {
            return snapshot == null ? Optional.empty()
                : Optional.ofNullable(snapshot.taps().get(guest.port.interfaceId()));
        }

        List<Long> tunnelsTo(final Collection<String> others) {
            return others.stream().filter(other -> !other.equals(name)).map(snapshot.tunnels()::get)
                .filter(Objects::nonNull).map(EdgeSnapshot.TunnelPort::port).filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong).toList();
        }
    }

    private static final class NetworkState {
        /** Guests by the edges of their placements. */
        final Map<String, Set<Guest>> attached = new HashMap<>();
        /** Guests by the edges that their frames, or flooded ones for them, are sent to. */
        final Map<String, Set<Guest>> sentTo = new HashMap<>();
        /** Guests for which some edge has not confirmed where it sends. */
        final Set<Guest> stale = new HashSet<>();
        /** Guests that are probed, by the edges where probes begin. */
        final Map<String, Set<Guest>> probedFrom = new HashMap<>();
        /** Guests by MAC address; the first owns it. */
        final Map<MacAddress, Set<Guest>> stations = new LinkedHashMap<>();
        Network network;

        void add(final Guest guest) {
            guest.placement.attachments().forEach((edge, attachment) -> {
                attached.computeIfAbsent(edge, name -> new HashSet<>()).add(guest);
                if (attachment.targeted() || attachment.flooded()) {
                    sentTo.computeIfAbsent(edge, name -> new HashSet<>()).add(guest);
                }
            });
        }

        void remove(final Guest guest) {
            for (var edge : guest.placement.attachments().keySet()) {
                removeFrom(attached, edge, guest);
                removeFrom(sentTo, edge, guest);
            }
        }

        void noteStale(final Guest guest) {
            if (guest.stale.isEmpty()) {
                stale.remove(guest);
            } else {
                stale.add(guest);
            }
        }

        void noteProbes(final Guest guest) {
            forgetProbes(guest);
            guest.probes.values().forEach(probes ->
                probedFrom.computeIfAbsent(probes.edge, name -> new HashSet<>()).add(guest));
        }

        void forgetProbes(final Guest guest) {
            List.copyOf(probedFrom.keySet()).forEach(edge -> removeFrom(probedFrom, edge, guest));
        }

        void addStation(final Guest guest) {
            stations.computeIfAbsent(guest.port.mac(), mac -> new LinkedHashSet<>()).add(guest);
        }

        void removeStation(final Guest guest) {
            removeFrom(stations, guest.port.mac(), guest);
        }

        private static <K> void removeFrom(final Map<K, Set<Guest>> index, final K key, final Guest guest) {
            index.computeIfPresent(key, (same, set) -> {
                set.remove(guest);
                return set.isEmpty() ? null : set;
            });
        }

        boolean owns(final Guest guest) {
            final var sharing = stations.get(guest.port.mac());
            return sharing != null && sharing.iterator().next() == guest;
        }
    }

    /** That a guest is probed, and from where. */
    private record Probes(int session, String edge, boolean ipv6) {
    }

    private static final class Guest {
        GuestPort port;
        Placement placement = Placement.NOWHERE;
        String network;
        List<InetAddress> addresses = List.of();
        /** Edges that have not confirmed where they send, and where they did before. */
        final Map<String, Set<String>> stale = new TreeMap<>();
        /** By session. */
        final Map<Integer, Probes> probes = new TreeMap<>();
        /** How often its senders have been told to send elsewhere. */
        int turns;

        boolean mayGetStale(final String edge) {
            return stale.values().stream().anyMatch(places -> places.contains(edge));
        }

        String fragment() {
            return "guest:" + port.interfaceId();
        }

        boolean closedAt(final String edge) {
            final var attachment = placement.attachments().get(edge);
            return attachment != null && !attachment.gateOpen();
        }
    }
}
