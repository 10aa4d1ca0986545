/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.loops.Failures;
import io.peregrine.flow.loops.Guarded;
import io.peregrine.migration.internal.core.Command;
import io.peregrine.migration.internal.core.DomainState;
import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.GuestDescription;
import io.peregrine.migration.internal.core.GuestTracker;
import io.peregrine.migration.internal.core.Hosts;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.Modes;
import io.peregrine.migration.internal.core.NetworkInterface;
import io.peregrine.migration.internal.core.Phase;
import io.peregrine.migration.internal.core.Probed;
import io.peregrine.migration.internal.core.Sign;
import io.peregrine.migration.internal.core.Stopper;
import io.peregrine.migration.internal.core.TurnTime;
import io.peregrine.migration.internal.libvirt.DomainReport;
import io.peregrine.migration.internal.libvirt.HostListener;
import io.peregrine.migration.internal.probes.Prober;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.migration.internal.records.Records;
import io.peregrine.migration.internal.records.SessionView;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.GuestPorts.FirstFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All guests, and the one thread on which everything about them is decided. That thread only computes and hands on:
 * libvirt is called on the hosts' threads, records are made and written on another, and {@link GuestPorts} returns at
 * once. So the way from libvirt's event to an opened gate has one change of thread and no lock that anything slow
 * holds.
 */
final class GuestRegistry implements HostListener, Hosts {
    /** Asks a hypervisor about a domain; returns at once. */
    @FunctionalInterface
    interface Asker {
        void ask(String host, UUID uuid);
    }

    /** Watches the copy of a domain's memory at its source; returns at once. */
    @FunctionalInterface
    interface Watcher {
        void watch(String host, UUID uuid, boolean on, boolean hold);
    }

    /** Says who stops a domain that is watched and held; returns at once. */
    @FunctionalInterface
    interface Stops {
        void by(String host, UUID uuid, Stopper who);
    }

    /** Makes sessions follow intent and tells which have been begun; returns at once. */
    @FunctionalInterface
    interface Follower {
        Set<String> follow(Map<String, LibvirtUri> wanted);
    }

    private static final class Host {
        /** Connected, and its domains are known. */
        boolean heard;
        /** Its domains have all been applied. */
        boolean complete;
        boolean announced;
        SessionView session;
    }

    private static final class Guest {
        final GuestTracker tracker;
        GuestDescription description;
        /** The ports that the overlay knows, by interfaceid. */
        final Map<String, GuestPort> ports = new LinkedHashMap<>();
        Future<?> timer;
        long timerAt;
        /** The move that is being probed. */
        Migration probed;

        Guest(final GuestTracker tracker) {
            this.tracker = tracker;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(GuestRegistry.class);

    private final GuestPorts ports;
    private final Records records;
    private final Prober prober;
    private final Guarded executor;
    private final TurnTime turnTime = new TurnTime();
    private final Map<String, Host> hosts = new TreeMap<>();
    private final Map<UUID, Guest> guests = new HashMap<>();
    private final Map<String, UUID> portOwners = new HashMap<>();

    private Asker asker = (host, uuid) -> { };
    private Watcher watcher = (host, uuid, on, hold) -> { };
    private Stops stops = (host, uuid, who) -> { };
    private volatile Modes modes = Modes.REACTIVE;
    private Follower follower = wanted -> Set.of();

    /**
     * A registry without hosts.
     *
     * @param ports the overlay
     * @param records takes what is to be shown
     * @param prober probes guests that move
     * @param executor the one thread; closed by the owner
     */
    GuestRegistry(final GuestPorts ports, final Records records, final Prober prober,
            final ScheduledExecutorService executor) {
        this.ports = requireNonNull(ports);
        this.records = requireNonNull(records);
        this.prober = requireNonNull(prober);
        this.executor = new Guarded(executor, LOG);
    }

    /**
     * Connects the registry to the sessions; to be called before {@link #onIntent}.
     *
     * @param newFollower makes sessions
     * @param newAsker asks them
     * @param newWatcher has them watch a copy
     * @param newStops says who stops a domain that they hold
     */
    void sessions(final Follower newFollower, final Asker newAsker, final Watcher newWatcher,
            final Stops newStops) {
        executor.execute(() -> {
            follower = newFollower;
            asker = newAsker;
            watcher = newWatcher;
            stops = newStops;
        });
    }

    /**
     * How long switches take to turn senders. May be called on any thread.
     *
     * @return the time as it is known at each moment, nanoseconds
     */
    LongSupplier turnTime() {
        return turnTime;
    }

    /**
     * Sets how guests are moved that begin to move from now on. May be called on any thread.
     *
     * @param newModes the modes
     */
    void modes(final Modes newModes) {
        modes = requireNonNull(newModes);
    }

    /**
     * Takes in the hypervisors of intent.
     *
     * @param wanted their URIs
     * @param refused hosts whose URI is wrong, with the reason
     */
    void onIntent(final Map<String, LibvirtUri> wanted, final Map<String, String> refused) {
        executor.execute(() -> {
            final var gone = new ArrayList<>(hosts.keySet());
            gone.removeAll(wanted.keySet());
            gone.removeAll(refused.keySet());
            for (final var host : gone) {
                hosts.remove(host);
                ports.setHeard(host, false);
                records.noSession(host);
            }
            refused.forEach((host, reason) -> unhear(host, Optional.of(reason)));
            // Another URI may be another machine, of which nothing is known yet.
            for (final var host : follower.follow(wanted)) {
                unhear(host, Optional.empty());
            }
            hostsChanged();
        });
    }

    private void unhear(final String name, final Optional<String> problem) {
        final var host = hosts.computeIfAbsent(name, key -> new Host());
        host.heard = false;
        host.complete = false;
        host.announced = false;
        ports.setHeard(name, false);
        session(name, host, SessionView.State.DISCONNECTED, problem);
    }

    private void session(final String name, final Host host, final SessionView.State state,
            final Optional<String> problem) {
        final var before = host.session;
        if (before == null || before.state() != state || !before.problem().equals(problem)) {
            host.session = new SessionView(name, state,
                before != null && before.state() == state ? before.since() : Instant.now(), problem);
            records.session(host.session);
        }
    }

    @Override
    public void onEvent(final String host, final UUID uuid, final LifecycleEvent event, final long at) {
        if (event.state().isEmpty()) {
            return;
        }
        executor.execute(() -> {
            if (!hosts.containsKey(host)) {
                return;
            }
            final var state = event.state().orElseThrow();
            final var guest = guest(uuid);
            apply(uuid, guest, guest.tracker.on(Sign.event(host, event, at), System.nanoTime()));
            if (state == DomainState.INCOMING || state == DomainState.RUNNING && guest.description == null
                    || event.name().equals("started")) {
                asker.ask(host, uuid);
            }
        });
    }

    @Override
    public void onDevices(final String host, final UUID uuid) {
        executor.execute(() -> asker.ask(host, uuid));
    }

    @Override
    public void onDowntime(final String host, final UUID uuid, final long downtime) {
        executor.execute(() -> {
            final var guest = guests.get(uuid);
            if (guest != null) {
                guest.tracker.onPause(host, downtime).ifPresent(move -> records.migration(move.snapshot()));
            }
        });
    }

    @Override
    public void onForecast(final String host, final UUID uuid, final Forecast forecast) {
        executor.execute(() -> {
            final var guest = guests.get(uuid);
            if (guest != null) {
                apply(uuid, guest, guest.tracker.onForecast(host, forecast, System.nanoTime()));
            }
        });
    }

    /**
     * Takes in what was heard first of a guest at an edge.
     *
     * @param interfaceId the port
     * @param edge the edge
     * @param frame what was heard
     * @param at when, {@link System#nanoTime()}
     */
    void onFirstFrame(final String interfaceId, final String edge, final FirstFrame frame, final long at) {
        executor.execute(() -> {
            final var uuid = portOwners.get(interfaceId);
            final var guest = uuid == null ? null : guests.get(uuid);
            if (guest != null) {
                final long now = System.nanoTime();
                apply(uuid, guest, frame == FirstFrame.OWN ? guest.tracker.onHeard(edge, at, now)
                    : guest.tracker.onAnnounced(edge, at, now));
            }
        });
    }

    /** Takes in that an edge may confirm now what it could not before. */
    void onInLine() {
        executor.execute(() -> {
            for (final var entry : List.copyOf(guests.entrySet())) {
                if (entry.getValue().tracker.migration().isPresent()) {
                    apply(entry.getKey(), entry.getValue(), entry.getValue().tracker.onInLine(System.nanoTime()));
                }
            }
        });
    }

    @Override
    public void onConnected(final String host) {
        executor.execute(() -> {
            final var known = hosts.get(host);
            if (known != null) {
                session(host, known, SessionView.State.SYNCING, Optional.empty());
            }
        });
    }

    @Override
    public void onDisconnected(final String host, final String problem) {
        executor.execute(() -> {
            final var known = hosts.get(host);
            if (known == null) {
                return;
            }
            if (known.heard) {
                LOG.warn("{}: connection to libvirt lost: {}", host, problem);
            }
            known.heard = false;
            session(host, known, SessionView.State.DISCONNECTED, Optional.of(problem));
            hostsChanged();
        });
    }

    @Override
    public void onInventory(final String host, final List<DomainReport> domains, final long askedAt) {
        executor.execute(() -> {
            final var known = hosts.get(host);
            if (known == null) {
                return;
            }
            final boolean news = !known.heard;
            known.heard = true;
            final var reports = new HashMap<UUID, DomainReport>();
            domains.forEach(report -> reports.put(report.uuid(), report));
            for (final var entry : List.copyOf(guests.entrySet())) {
                if (!reports.containsKey(entry.getKey())
                        && (news || !entry.getValue().tracker.isIndifferentTo(host))) {
                    apply(entry.getKey(), entry.getValue(),
                        entry.getValue().tracker.on(Sign.notThere(host, askedAt), System.nanoTime()));
                }
            }
            domains.forEach(report -> report(host, report, askedAt));
            if (news) {
                LOG.info("{}: libvirt connected, {} guests", host, domains.size());
            }
            session(host, known, SessionView.State.IN_SYNC, Optional.empty());
            if (news) {
                // What they do is not unknown any more, even if nothing has changed.
                guests.forEach((uuid, guest) -> {
                    if (guest.tracker.owner().filter(host::equals).isPresent()) {
                        show(uuid, guest);
                    }
                });
            }
            known.complete = true;
            announce();
        });
    }

    @Override
    public void onAnswer(final String host, final UUID uuid, final Optional<DomainReport> report,
            final long askedAt) {
        executor.execute(() -> {
            if (!hosts.containsKey(host)) {
                return;
            }
            if (report.isPresent()) {
                report(host, report.orElseThrow(), askedAt);
            } else {
                final var guest = guests.get(uuid);
                if (guest != null) {
                    apply(uuid, guest, guest.tracker.on(Sign.notThere(host, askedAt), System.nanoTime()));
                }
            }
        });
    }

    private void report(final String host, final DomainReport report, final long askedAt) {
        final var uuid = report.uuid();
        final var guest = guest(uuid);
        apply(uuid, guest, guest.tracker.on(Sign.answer(host, report.level(), askedAt), System.nanoTime()));
        final var description = report.description();
        final boolean present = report.level().domainState().present();
        // The destination's XML counts once the guest is there; before, it only makes an unknown guest known.
        if (description.isPresent() && present && guests.containsKey(uuid) && (guest.description == null
                || !guest.tracker.moving()
                    && guest.tracker.owner().filter(host::equals).isPresent())) {
            describe(uuid, guest, description.orElseThrow());
        }
    }

    /** Brings the overlay's ports in line with a guest's XML. */
    private void describe(final UUID uuid, final Guest guest, final GuestDescription description) {
        if (description.equals(guest.description)) {
            return;
        }
        guest.description = description;
        guest.tracker.rename(description.name());
        if (guest.tracker.owner().isPresent()) {
            final var added = declare(uuid, guest);
            if (!added.isEmpty()) {
                for (final var command : guest.tracker.replay()) {
                    log(uuid, perform(command, added));
                }
            }
        }
        show(uuid, guest);
    }

    /** Declares the guest's ports; returns those that are new, which are placed nowhere yet. */
    private List<String> declare(final UUID uuid, final Guest guest) {
        if (guest.description == null) {
            return List.of();
        }
        final var wanted = wanted(uuid, guest.description);
        final var gone = new ArrayList<>(guest.ports.keySet());
        gone.removeAll(wanted.keySet());
        if (!gone.isEmpty()) {
            gone.forEach(id -> {
                guest.ports.remove(id);
                portOwners.remove(id, uuid);
            });
            log(uuid, ports.withdraw(gone));
        }
        final var added = new ArrayList<String>();
        wanted.forEach((id, port) -> {
            final var before = guest.ports.put(id, port);
            portOwners.put(id, uuid);
            if (!port.equals(before)) {
                ports.declare(port);
            }
            if (before == null) {
                added.add(id);
            }
        });
        return added;
    }

    private Map<String, GuestPort> wanted(final UUID uuid, final GuestDescription description) {
        final var wanted = new LinkedHashMap<String, GuestPort>();
        for (final var port : description.interfaces()) {
            final var id = port.interfaceId().orElse("");
            if (port.problem().isEmpty() && portOwners.getOrDefault(id, uuid).equals(uuid)) {
                wanted.putIfAbsent(id, new GuestPort(id, port.mac(), port.network(), description.name()));
            }
        }
        return wanted;
    }

    private Guest guest(final UUID uuid) {
        return guests.computeIfAbsent(uuid,
            key -> new Guest(new GuestTracker(uuid, this, id -> modes.of(id), GuestTracker.Waits.DEFAULT)));
    }

    /** Does what a tracker wants, in its order, and then the slower rest. */
    private void apply(final UUID uuid, final Guest guest, final List<GuestTracker.Order> orders) {
        for (final var order : orders) {
            final var command = order.command();
            if (command instanceof Command.Ask ask) {
                asker.ask(ask.host(), uuid);
            } else if (command instanceof Command.Watch watch) {
                watcher.watch(watch.host(), uuid, watch.on(), watch.hold());
            } else if (command instanceof Command.StopBy stop) {
                stops.by(stop.host(), uuid, stop.who());
            } else if (command instanceof Command.Drain drain) {
                final var move = order.move().orElseThrow();
                prober.drain(move, drain.edge(), taken -> executor.execute(() ->
                    apply(uuid, guest, guest.tracker.onDrained(move, drain, taken, System.nanoTime()))));
            } else if (command instanceof Command.Withdraw) {
                withdraw(uuid, guest);
            } else if (command instanceof Command.Network network) {
                if (command instanceof Command.Attach && guest.ports.isEmpty()) {
                    declare(uuid, guest);
                }
                final var done = perform(network, guest.ports.keySet());
                if (command instanceof Command.TurnTo && !guest.ports.isEmpty()) {
                    measure(done);
                }
                if (order.move().isPresent()) {
                    confirm(uuid, guest, network, order.move().orElseThrow(), done);
                } else {
                    log(uuid, done);
                }
            }
        }
        guest.tracker.takeEnded().forEach(move -> {
            if (move.beginProbing()) {
                move.probed(Probed.unprobed("it was over before it was prepared"));
            }
            records.migration(move.snapshot());
        });
        if (guest.tracker.takeChanged()) {
            guest.tracker.migration().ifPresent(move -> records.migration(move.snapshot()));
            // An edge may confirm after the guest has ended.
            if (guests.get(uuid) == guest) {
                show(uuid, guest);
            }
        }
        probeOn(guest);
        schedule(uuid, guest);
        if (guest.tracker.gone()) {
            forget(uuid, guest);
        }
        announce();
    }

    /** Has a guest probed from when its move is prepared, or cannot be everywhere. */
    private void probe(final Guest guest, final Migration move) {
        if (guest.tracker.moving() && guest.tracker.migration().orElseThrow() == move && move.beginProbing()) {
            guest.probed = move;
            prober.begin(move, List.copyOf(guest.ports.keySet()), outcome -> executor.execute(() -> {
                move.probed(outcome);
                records.migration(move.snapshot());
            }));
        }
    }

    private void probeOn(final Guest guest) {
        final var move = guest.probed;
        if (move != null && !(guest.tracker.moving() && guest.tracker.migration().orElseThrow() == move)) {
            prober.end(move);
            guest.probed = null;
        } else if (move != null && move.phase() != Phase.PREPARING && move.phase() != Phase.PREPARED) {
            prober.hurry(move);
        }
    }

    /** Whatever the overlay makes of a command, the guest's others follow. */
    @SuppressWarnings("checkstyle:illegalCatch")
    private CompletableFuture<Map<String, Integer>> perform(final Command command, final Collection<String> known) {
        final var ids = List.copyOf(known);
        if (ids.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        try {
            return call(command, ids);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Map<String, Integer>> call(final Command command, final List<String> ids) {
        if (command instanceof Command.Attach attach) {
            return ports.attach(ids, attach.edge());
        } else if (command instanceof Command.Prepare prepare) {
            return ports.prepare(ids, prepare.edge());
        } else if (command instanceof Command.MakeReady ready) {
            return ports.makeReady(ids, ready.edge());
        } else if (command instanceof Command.TurnTo turn) {
            return ports.turnTo(ids, turn.edge());
        } else if (command instanceof Command.Open open) {
            return ports.open(ids, open.edge());
        } else if (command instanceof Command.Commit commit) {
            return ports.commit(ids, commit.edge());
        } else if (command instanceof Command.Detach detach) {
            return ports.detach(ids, detach.edge());
        } else if (command instanceof Command.RenewLease renew) {
            return ports.renewLease(ids, renew.edge()).thenApply(nothing -> Map.of());
        }
        throw new IllegalArgumentException("not a command to the network: " + command);
    }

    private void measure(final CompletableFuture<?> turn) {
        final long began = System.nanoTime();
        turn.thenRun(() -> turnTime.took(System.nanoTime() - began));
    }

    private void confirm(final UUID uuid, final Guest guest, final Command command, final Migration move,
            final CompletableFuture<Map<String, Integer>> done) {
        done.whenComplete((changes, failure) -> executor.execute(() -> {
            final long now = System.nanoTime();
            if (command instanceof Command.Prepare || command instanceof Command.MakeReady) {
                probe(guest, move);
            }
            apply(uuid, guest, failure == null ? guest.tracker.onConfirmed(move, command, changes, now)
                : guest.tracker.onUnconfirmed(move, command, Failures.reason(failure), now));
            records.migration(move.snapshot());
            records.refresh(uuid);
        }));
    }

    private void log(final UUID uuid, final CompletableFuture<?> done) {
        done.whenComplete((result, failure) -> {
            if (failure != null) {
                LOG.info("Guest {}: {}", uuid, Failures.reason(failure));
            }
            records.refresh(uuid);
        });
    }

    private void withdraw(final UUID uuid, final Guest guest) {
        if (!guest.ports.isEmpty()) {
            final var ids = List.copyOf(guest.ports.keySet());
            ids.forEach(id -> portOwners.remove(id, uuid));
            guest.ports.clear();
            log(uuid, ports.withdraw(ids));
        }
    }

    private void forget(final UUID uuid, final Guest guest) {
        withdraw(uuid, guest);
        if (guest.timer != null) {
            guest.timer.cancel(false);
        }
        if (guests.remove(uuid, guest)) {
            records.noGuest(uuid);
        }
    }

    private void schedule(final UUID uuid, final Guest guest) {
        final var wake = guest.tracker.wake();
        if (guest.timer != null && (wake.isEmpty() || wake.orElseThrow() != guest.timerAt)) {
            guest.timer.cancel(false);
            guest.timer = null;
        }
        if (wake.isPresent() && guest.timer == null) {
            guest.timerAt = wake.orElseThrow();
            guest.timer = executor.schedule(() -> {
                guest.timer = null;
                apply(uuid, guest, guest.tracker.onTick(System.nanoTime()));
            }, Math.max(0, guest.timerAt - System.nanoTime())).orElse(null);
        }
    }

    private void hostsChanged() {
        for (final var entry : List.copyOf(guests.entrySet())) {
            apply(entry.getKey(), entry.getValue(), entry.getValue().tracker.onHostsChanged(System.nanoTime()));
        }
    }

    /** Tells the overlay which hosts' guests are all in place. */
    private void announce() {
        for (final var entry : hosts.entrySet()) {
            final var host = entry.getValue();
            if (host.complete && !host.announced && guests.values().stream().noneMatch(
                    guest -> guest.tracker.undecided() && guest.tracker.seenAt(entry.getKey()))) {
                host.announced = true;
                ports.setHeard(entry.getKey(), true);
            }
        }
    }

    private void show(final UUID uuid, final Guest guest) {
        final var tracker = guest.tracker;
        final var interfaces = new ArrayList<NetworkInterface>();
        if (guest.description != null) {
            for (final var port : guest.description.interfaces()) {
                final var other = port.interfaceId().map(portOwners::get).filter(id -> !id.equals(uuid));
                interfaces.add(other.isEmpty() || port.problem().isPresent() ? port
                    : port.withProblem("its interfaceid is also that of guest " + other.orElseThrow()));
            }
        }
        final var here = tracker.owner();
        final GuestView.State state;
        if (here.isEmpty() || !heard(here.orElseThrow())) {
            state = GuestView.State.UNKNOWN;
        } else if (tracker.moving()) {
            state = GuestView.State.MIGRATING;
        } else {
            state = tracker.state().filter(known -> known == DomainState.RUNNING).isPresent()
                ? GuestView.State.RUNNING : GuestView.State.PAUSED;
        }
        records.guest(new GuestView(uuid, tracker.name(), here, state, interfaces, tracker.problem()));
    }

    @Override
    public Set<String> names() {
        return hosts.keySet();
    }

    @Override
    public boolean heard(final String host) {
        final var known = hosts.get(host);
        return known != null && known.heard;
    }

    /**
     * Takes in that a tap has come or gone; what is shown of its guest may have changed.
     *
     * @param interfaceId the port
     */
    void onTap(final String interfaceId) {
        executor.execute(() -> Optional.ofNullable(portOwners.get(interfaceId)).ifPresent(records::refresh));
    }
}
