/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.records;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.Migration.Snapshot;
import io.peregrine.migration.internal.core.NetworkInterface;
import io.peregrine.migration.internal.history.HistoryService;
import io.peregrine.topology.StatePublisher;
import io.peregrine.vxlan.GuestPorts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessionsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.Interface;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.InterfaceKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.Session;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Mode;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ProbedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Step;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows guests and sessions in the operational datastore, and hands records of migrations to the history.
 */
public final class ShownState implements Records, AutoCloseable {
    /** What the overlay says is asked again after this time, since it does not tell when it changes. */
    private static final Duration REFRESH = Duration.ofSeconds(2);
    /** Moves whose identifier is remembered, lest a late word of one counts as another. */
    private static final int MOST_MOVES = 1000;
    private static final String BY_LIBVIRT = "libvirt";
    private static final double NANOS_IN_MILLI = 1e6;
    private static final DateTimeFormatter ID_TIME =
        DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);
    private static final InstanceIdentifier<Guests> GUESTS = InstanceIdentifier.create(Guests.class);
    private static final InstanceIdentifier<LibvirtSessions> SESSIONS =
        InstanceIdentifier.create(LibvirtSessions.class);
    private static final Logger LOG = LoggerFactory.getLogger(ShownState.class);

    /** What identifies a migration in this process. */
    private record Move(UUID guest, long started, String destination) {
        static Move of(final Snapshot record) {
            return new Move(record.guest(), record.started(), record.destination());
        }
    }

    /**
     * What a move is called, and when it began.
     *
     * @param id its identifier
     * @param started the time of day of its first sign. What follows is told from this by the monotonic clock, so that
     *     steps of the clock on the wall do not change how long anything took
     */
    private record Begun(String id, Instant started) {
    }

    private final GuestPorts ports;
    private final HistoryService history;
    private final ScheduledExecutorService executor;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final StatePublisher<UUID, Guest, Guest> guestPublisher;
    private final StatePublisher<String, SessionView, Session> sessionPublisher;

    // All below belong to the executor's one thread.
    private final Map<UUID, GuestView> guests = new HashMap<>();
    /** Guests as they are shown; those to be looked at again are made anew. */
    private final Map<UUID, Guest> built = new HashMap<>();
    private final Set<UUID> dirty = new HashSet<>();
    private final Map<String, SessionView> sessions = new HashMap<>();
    private final Map<Move, Begun> moves = new LinkedHashMap<>();

    /**
     * Shows nothing yet; owns the containers of guests and sessions from now on.
     *
     * @param broker the datastore
     * @param ports tells how the guests' ports are
     * @param history keeps and shows the migrations
     * @param executor one thread; shut down by the owner, after this object is closed
     * @param wall the time of day
     * @param nanos the clock of migrations' time stamps
     */
    public ShownState(final DataBroker broker, final GuestPorts ports, final HistoryService history,
            final ScheduledExecutorService executor, final InstantSource wall, final LongSupplier nanos) {
        this.ports = requireNonNull(ports);
        this.history = requireNonNull(history);
        this.executor = requireNonNull(executor);
        this.wall = requireNonNull(wall);
        this.nanos = requireNonNull(nanos);
        guestPublisher = new StatePublisher<>(broker, GUESTS, new GuestsBuilder().build(),
            uuid -> GUESTS.child(Guest.class, new GuestKey(new Uuid(uuid.toString()))), Function.identity(),
            this::builtGuests, executor);
        sessionPublisher = new StatePublisher<>(broker, SESSIONS, new LibvirtSessionsBuilder().build(),
            host -> SESSIONS.child(Session.class, new SessionKey(new EdgeName(host))), ShownState::sessionEntry,
            () -> sessions, executor);
        executor.scheduleWithFixedDelay(() -> {
            dirty.addAll(guests.keySet());
            guestPublisher.changed();
        }, REFRESH.toMillis(), REFRESH.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void guest(final GuestView view) {
        change(guestPublisher, () -> {
            guests.put(view.uuid(), view);
            dirty.add(view.uuid());
        });
    }

    @Override
    public void noGuest(final UUID uuid) {
        change(guestPublisher, () -> {
            guests.remove(uuid);
            dirty.add(uuid);
        });
    }

    @Override
    public void refresh(final UUID uuid) {
        change(guestPublisher, () -> dirty.add(uuid));
    }

    @Override
    public void session(final SessionView view) {
        change(sessionPublisher, () -> sessions.put(view.host(), view));
    }

    @Override
    public void noSession(final String host) {
        change(sessionPublisher, () -> sessions.remove(host));
    }

    @Override
    public void migration(final Snapshot migration) {
        execute(() -> {
            final var move = Move.of(migration);
            final var known = moves.get(move);
            if (known == null) {
                begin(move, migration);
            } else {
                history.update(migrationEntry(migration, known));
            }
        });
    }

    private void begin(final Move move, final Snapshot migration) {
        final var started = wall.instant().minusNanos(nanos.getAsLong() - migration.started());
        final var id = history.begin(ID_TIME.format(started) + "-" + migration.guest().toString().substring(0, 8) + "-"
            + migration.destination(), free -> migrationEntry(migration, new Begun(free, started)));
        moves.put(move, new Begun(id, started));
        if (moves.size() > MOST_MOVES) {
            final var eldest = moves.keySet().iterator().next();
            moves.remove(eldest);
        }
    }

    /** Removes what is shown, as far as that can be done in a few seconds. */
    @Override
    public void close() {
        guestPublisher.close();
        sessionPublisher.close();
    }

    private void change(final StatePublisher<?, ?, ?> publisher, final Runnable change) {
        execute(() -> {
            change.run();
            publisher.changed();
        });
    }

    private void execute(final Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closing", e);
        }
    }

    private Map<UUID, Guest> builtGuests() {
        for (final var uuid : dirty) {
            final var view = guests.get(uuid);
            if (view == null) {
                built.remove(uuid);
            } else {
                built.put(uuid, guestEntry(view));
            }
        }
        dirty.clear();
        return built;
    }

    private Guest guestEntry(final GuestView view) {
        final var interfaces = new LinkedHashMap<InterfaceKey, Interface>();
        for (final var port : view.interfaces()) {
            final var shown = networkInterface(port);
            interfaces.putIfAbsent(shown.key(), shown);
        }
        final var builder = new GuestBuilder()
            .withKey(new GuestKey(new Uuid(view.uuid().toString())))
            .setName(view.name())
            .setState(switch (view.state()) {
                case RUNNING -> GuestState.Running;
                case PAUSED -> GuestState.Paused;
                case MIGRATING -> GuestState.Migrating;
                case UNKNOWN -> GuestState.Unknown;
            })
            .setInterface(List.copyOf(interfaces.values()));
        view.host().ifPresent(host -> builder.setHypervisor(new EdgeName(host)));
        view.problem().ifPresent(builder::setProblem);
        return builder.build();
    }

    private Interface networkInterface(final NetworkInterface port) {
        final var builder = new InterfaceBuilder()
            .withKey(new InterfaceKey(new MacAddress(port.mac().toString())))
            .setType(port.type())
            .setAttached(false);
        port.model().ifPresent(builder::setModel);
        port.target().ifPresent(builder::setTarget);
        port.interfaceId().ifPresent(builder::setInterfaceId);
        port.problem().ifPresent(builder::setProblem);
        final Optional<GuestPorts.Status> status = port.problem().isPresent() ? Optional.empty()
            : port.interfaceId().flatMap(ports::status);
        status.ifPresent(known -> {
            known.network().ifPresent(network -> builder.setNetwork(
                new NetworkName(network)));
            final var addresses = new LinkedHashSet<IpAddressNoZone>();
            known.addresses().forEach(address ->
                addresses.add(IetfInetUtil.ipAddressNoZoneFor(address)));
            builder.setAddress(addresses);
            builder.setAttached(known.attached());
            known.problem().ifPresent(builder::setProblem);
        });
        return builder.build();
    }

    private static Session sessionEntry(final SessionView view) {
        final var builder = new SessionBuilder().withKey(new SessionKey(new EdgeName(view.host())))
            .setState(switch (view.state()) {
                case DISCONNECTED -> SessionState.Disconnected;
                case SYNCING -> SessionState.Syncing;
                case IN_SYNC -> SessionState.InSync;
            })
            .setSince(time(view.since()));
        view.problem().ifPresent(builder::setProblem);
        return builder.build();
    }

    private static Migration migrationEntry(final Snapshot record, final Begun begun) {
        final var builder = new MigrationBuilder().withKey(new MigrationKey(begun.id()))
            .setInitiator(record.manner().job().orElse(BY_LIBVIRT))
            .setGuest(new Uuid(record.guest().toString()))
            .setGuestName(record.guestName())
            .setSource(new EdgeName(record.source()))
            .setDestination(new EdgeName(record.destination()))
            .setMode(record.manner().mode() == io.peregrine.migration.internal.core.Mode.PREDICTIVE ? Mode.Predictive
                : Mode.Reactive)
            .setPhase(phase(record))
            .setStarted(time(begun.started()))
            .setStep(steps(record))
            .setChanges(BindingMap.of(record.changes().entrySet().stream()
                .map(entry -> new ChangesBuilder().withKey(new ChangesKey(new EdgeName(entry.getKey())))
                    .setCount(Uint32.valueOf(Math.max(0, entry.getValue()))).build()).toList()))
            .setProblem(record.problems());
        record.finished().ifPresent(
            at -> builder.setFinished(time(begun.started().plusNanos(at - record.started()))));
        record.pause().ifPresent(pause -> builder.setPause(
            Uint32.saturatedOf(pause)));
        record.probed().ifPresent(probed -> builder.setProbed(probedEntry(probed, record.started())));
        record.reason().ifPresent(builder::setReason);
        return builder.build();
    }

    private static Probed probedEntry(final io.peregrine.migration.internal.core.Probed probed, final long started) {
        final var builder = new ProbedBuilder().setOutcome(switch (probed.outcome()) {
            case MEASURED -> Probed.Outcome.Measured;
            case UNANSWERED -> Probed.Outcome.Unanswered;
            case BROKEN_OFF -> Probed.Outcome.BrokenOff;
            case UNPROBED -> Probed.Outcome.Unprobed;
        });
        probed.reason().ifPresent(builder::setReason);
        probed.whom().ifPresent(whom -> builder.setInterface(whom.interfaceId())
            .setAddress(IetfInetUtil.ipAddressNoZoneFor(whom.address())).setEdge(new EdgeName(whom.edge())));
        probed.gap().ifPresent(gap -> {
            builder.setSent(Uint32.saturatedOf(gap.sent())).setAnswered(Uint32.saturatedOf(gap.answered()))
                .setLost(Uint32.saturatedOf(gap.lost())).setDuplicated(Uint32.saturatedOf(gap.duplicated()));
            gap.longest().ifPresent(longest -> builder.setLongestGap(millis(longest)).setDoubt(millis(gap.doubt()))
                .setGapBegan(TimeUnit.NANOSECONDS.toMicros(gap.began() - started)).setAnswering(gap.answering()));
        });
        return builder.build();
    }

    private static Uint32 millis(final long nanos) {
        return Uint32.saturatedOf(Math.round(nanos / NANOS_IN_MILLI));
    }

    private static List<Step> steps(final Snapshot record) {
        return record.steps().stream().map(step -> new StepBuilder().withKey(new StepKey(step.name()))
            .setOffset(TimeUnit.NANOSECONDS.toMicros(step.offset())).build()).toList();
    }

    private static Phase phase(final Snapshot record) {
        return switch (record.phase()) {
            case PREPARING -> Phase.Preparing;
            case PREPARED -> Phase.Prepared;
            case TURNED -> Phase.Turned;
            case OPEN -> Phase.Open;
            case SWITCHED -> Phase.Switched;
            case COMPLETED -> Phase.Completed;
            case ROLLING_BACK -> Phase.RollingBack;
            case ROLLED_BACK -> Phase.RolledBack;
            case LOST -> Phase.Lost;
        };
    }

    private static DateAndTime time(final Instant instant) {
        return new DateAndTime(DateTimeFormatter.ISO_INSTANT.format(instant));
    }
}
