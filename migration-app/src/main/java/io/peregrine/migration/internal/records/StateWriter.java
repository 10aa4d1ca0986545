/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.records;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FutureCallback;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.NetworkInterface;
import io.peregrine.vxlan.GuestPorts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.WriteTransaction;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.SessionState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessionsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.guest.Interface;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.guest.InterfaceBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.guest.InterfaceKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.Session;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.SessionKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.migration.ChangesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.migration.ChangesKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.migration.Step;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.migration.StepBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.migration.StepKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is shown into the operational datastore. One transaction is under way at a time; what changes meanwhile
 * is written together by the next, so a slow datastore makes the picture late and nothing else. Failed transactions
 * are repeated with what is true by then.
 */
public final class StateWriter implements Records, AutoCloseable {
    /** What the overlay says is asked again after this time, since it does not tell when it changes. */
    private static final Duration REFRESH = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long GATHER_MILLIS = 10;
    private static final int MOST_FINISHED = 200;
    private static final long CLOSE_SECONDS = 3;
    private static final DateTimeFormatter ID_TIME =
        DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);
    private static final InstanceIdentifier<Guests> GUESTS = InstanceIdentifier.create(Guests.class);
    private static final InstanceIdentifier<LibvirtSessions> SESSIONS =
        InstanceIdentifier.create(LibvirtSessions.class);
    private static final InstanceIdentifier<Migrations> MIGRATIONS = InstanceIdentifier.create(Migrations.class);
    private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);

    /** What identifies a migration in this process. */
    private record Move(UUID guest, long started, String destination) {
    }

    private final DataBroker broker;
    private final GuestPorts ports;
    private final ScheduledExecutorService executor;
    private final Instant epoch;
    private final long epochNanos;

    // All below belong to the executor's one thread.
    private final Map<UUID, GuestView> guests = new LinkedHashMap<>();
    private final Map<UUID, Guest> written = new HashMap<>();
    private final Map<String, SessionView> sessions = new LinkedHashMap<>();
    private final Map<Move, Migration.Snapshot> migrations = new LinkedHashMap<>();
    private final Deque<Move> finished = new ArrayDeque<>();
    private final Set<UUID> dirtyGuests = new LinkedHashSet<>();
    private final Set<String> dirtySessions = new LinkedHashSet<>();
    private final Set<Move> dirtyMigrations = new LinkedHashSet<>();
    private boolean started;
    private boolean busy;
    private boolean planned;
    private boolean closed;

    /**
     * A writer that owns its three containers from now on.
     *
     * @param broker the datastore
     * @param ports tells how the guests' ports are
     * @param executor one thread; closed by the owner, after the writer
     * @param wall the present time of day
     * @param nanos the same moment on the clock of migrations' time stamps
     */
    public StateWriter(final DataBroker broker, final GuestPorts ports, final ScheduledExecutorService executor,
            final Instant wall, final long nanos) {
        this.broker = requireNonNull(broker);
        this.ports = requireNonNull(ports);
        this.executor = requireNonNull(executor);
        epoch = requireNonNull(wall);
        epochNanos = nanos;
        executor.execute(this::plan);
        executor.scheduleWithFixedDelay(this::refreshAll, REFRESH.toMillis(), REFRESH.toMillis(),
            TimeUnit.MILLISECONDS);
    }

    @Override
    public void guest(final GuestView view) {
        execute(() -> {
            guests.put(view.uuid(), view);
            dirtyGuests.add(view.uuid());
        });
    }

    @Override
    public void noGuest(final UUID uuid) {
        execute(() -> {
            guests.remove(uuid);
            dirtyGuests.add(uuid);
        });
    }

    @Override
    public void refresh(final UUID uuid) {
        execute(() -> dirtyGuests.add(uuid));
    }

    @Override
    public void session(final SessionView view) {
        execute(() -> {
            sessions.put(view.host(), view);
            dirtySessions.add(view.host());
        });
    }

    @Override
    public void noSession(final String host) {
        execute(() -> {
            sessions.remove(host);
            dirtySessions.add(host);
        });
    }

    @Override
    public void migration(final Migration.Snapshot migration) {
        execute(() -> {
            final var move = new Move(migration.guest(), migration.started(), migration.destination());
            final var before = migrations.put(move, migration);
            dirtyMigrations.add(move);
            if (migration.phase().over() && (before == null || !before.phase().over())) {
                LOG.info("Migration of {} from {} to {}: {}{}", migration.guestName(), migration.source(),
                    migration.destination(), phase(migration).getName(),
                    migration.reason().map(reason -> ", " + reason).orElse(""));
                finished.add(move);
                if (finished.size() > MOST_FINISHED) {
                    final var oldest = finished.remove();
                    migrations.remove(oldest);
                    dirtyMigrations.add(oldest);
                }
            } else if (before == null) {
                LOG.info("Migration of {} from {} to {} has begun", migration.guestName(), migration.source(),
                    migration.destination());
            }
        });
    }

    /** Removes what has been written, as far as that can be done in a few seconds. */
    @Override
    public void close() {
        try {
            executor.submit(() -> {
                closed = true;
                final var tx = broker.newWriteOnlyTransaction();
                tx.delete(LogicalDatastoreType.OPERATIONAL, GUESTS);
                tx.delete(LogicalDatastoreType.OPERATIONAL, SESSIONS);
                tx.delete(LogicalDatastoreType.OPERATIONAL, MIGRATIONS);
                return tx.commit().get(CLOSE_SECONDS, TimeUnit.SECONDS);
            }).get(CLOSE_SECONDS + 1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("What was shown stays", e);
        }
    }

    private void execute(final Runnable change) {
        try {
            executor.execute(() -> {
                change.run();
                plan();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("Closing", e);
        }
    }

    private void refreshAll() {
        dirtyGuests.addAll(guests.keySet());
        plan();
    }

    private void plan() {
        plan(GATHER_MILLIS);
    }

    private void plan(final long millis) {
        if (!busy && !planned && !closed && (!started || !dirtyGuests.isEmpty() || !dirtySessions.isEmpty()
                || !dirtyMigrations.isEmpty())) {
            planned = true;
            executor.schedule(this::write, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void write() {
        planned = false;
        if (closed) {
            return;
        }
        final var tx = broker.newWriteOnlyTransaction();
        boolean empty = started;
        if (!started) {
            tx.put(LogicalDatastoreType.OPERATIONAL, GUESTS, new GuestsBuilder().build());
            tx.put(LogicalDatastoreType.OPERATIONAL, SESSIONS, new LibvirtSessionsBuilder().build());
            tx.put(LogicalDatastoreType.OPERATIONAL, MIGRATIONS, new MigrationsBuilder().build());
            written.clear();
            dirtyGuests.addAll(guests.keySet());
            dirtySessions.addAll(sessions.keySet());
            dirtyMigrations.addAll(migrations.keySet());
        }
        empty &= !writeGuests(tx);
        empty &= dirtySessions.isEmpty() && dirtyMigrations.isEmpty();
        dirtySessions.forEach(host -> writeSession(tx, host));
        dirtyMigrations.forEach(move -> writeMigration(tx, move));
        dirtySessions.clear();
        dirtyMigrations.clear();
        if (empty) {
            tx.cancel();
            return;
        }
        started = true;
        busy = true;
        tx.commit().addCallback(new Done(), executor);
    }

    private final class Done implements FutureCallback<Object> {
        @Override
        public void onSuccess(final Object result) {
            busy = false;
            plan();
        }

        @Override
        public void onFailure(final Throwable cause) {
            LOG.warn("Writing guests and migrations failed, trying again: {}", cause.getMessage());
            busy = false;
            // Which part of it had been written is not known.
            started = false;
            plan(RETRY.toMillis());
        }
    }

    private boolean writeGuests(final WriteTransaction tx) {
        boolean any = false;
        for (final var uuid : dirtyGuests) {
            final var path = GUESTS.child(Guest.class, new GuestKey(new Uuid(uuid.toString())));
            final var view = guests.get(uuid);
            if (view == null) {
                if (written.remove(uuid) != null) {
                    tx.delete(LogicalDatastoreType.OPERATIONAL, path);
                    any = true;
                }
                continue;
            }
            final var guest = built(view);
            if (!guest.equals(written.put(uuid, guest))) {
                tx.put(LogicalDatastoreType.OPERATIONAL, path, guest);
                any = true;
            }
        }
        dirtyGuests.clear();
        return any;
    }

    private Guest built(final GuestView view) {
        final var interfaces = new LinkedHashMap<InterfaceKey, Interface>();
        for (final var port : view.interfaces()) {
            final var shown = networkInterface(port);
            interfaces.putIfAbsent(shown.key(), shown);
        }
        final var builder = new GuestBuilder()
            .withKey(new GuestKey(new Uuid(view.uuid().toString())))
            .setName(view.name())
            .setState(switch (view.state()) {
                case RUNNING -> Guest.State.Running;
                case PAUSED -> Guest.State.Paused;
                case MIGRATING -> Guest.State.Migrating;
                case UNKNOWN -> Guest.State.Unknown;
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

    private void writeSession(final WriteTransaction tx, final String host) {
        final var key = new SessionKey(new EdgeName(host));
        final var path = SESSIONS.child(Session.class, key);
        final var view = sessions.get(host);
        if (view == null) {
            tx.delete(LogicalDatastoreType.OPERATIONAL, path);
            return;
        }
        final var builder = new SessionBuilder().withKey(key)
            .setState(switch (view.state()) {
                case DISCONNECTED -> SessionState.Disconnected;
                case SYNCING -> SessionState.Syncing;
                case IN_SYNC -> SessionState.InSync;
            })
            .setSince(time(view.since()));
        view.problem().ifPresent(builder::setProblem);
        tx.put(LogicalDatastoreType.OPERATIONAL, path, builder.build());
    }

    private void writeMigration(final WriteTransaction tx, final Move move) {
        final var began = instant(move.started());
        final var key = new MigrationKey(ID_TIME.format(began) + "-" + move.guest().toString().substring(0, 8)
            + "-" + move.destination());
        final var path = MIGRATIONS.child(
            org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration.class, key);
        final var record = migrations.get(move);
        if (record == null) {
            tx.delete(LogicalDatastoreType.OPERATIONAL, path);
            return;
        }
        final var builder = new MigrationBuilder().withKey(key)
            .setGuest(new Uuid(record.guest().toString()))
            .setGuestName(record.guestName())
            .setSource(new EdgeName(record.source()))
            .setDestination(new EdgeName(record.destination()))
            .setPhase(phase(record))
            .setStarted(time(began))
            .setStep(steps(record.steps()))
            .setChanges(BindingMap.of(record.changes().entrySet().stream()
                .map(entry -> new ChangesBuilder().withKey(new ChangesKey(new EdgeName(entry.getKey())))
                    .setCount(Uint32.valueOf(Math.max(0, entry.getValue()))).build()).toList()))
            .setProblem(record.problems());
        record.finished().ifPresent(at -> builder.setFinished(time(instant(at))));
        record.pause().ifPresent(pause -> builder.setPause(
            Uint32.saturatedOf(pause)));
        record.reason().ifPresent(builder::setReason);
        tx.put(LogicalDatastoreType.OPERATIONAL, path, builder.build());
    }

    private static List<Step> steps(final Collection<Migration.Step> steps) {
        return steps.stream().map(step -> new StepBuilder().withKey(new StepKey(step.name()))
            .setOffset(TimeUnit.NANOSECONDS.toMicros(step.offset())).build()).toList();
    }

    private static Phase phase(final Migration.Snapshot record) {
        return switch (record.phase()) {
            case PREPARING -> Phase.Preparing;
            case PREPARED -> Phase.Prepared;
            case OPEN -> Phase.Open;
            case SWITCHED -> Phase.Switched;
            case COMPLETED -> Phase.Completed;
            case ROLLING_BACK -> Phase.RollingBack;
            case ROLLED_BACK -> Phase.RolledBack;
            case LOST -> Phase.Lost;
        };
    }

    private Instant instant(final long nanos) {
        return epoch.plusNanos(nanos - epochNanos);
    }

    private static DateAndTime time(final Instant instant) {
        return new DateAndTime(DateTimeFormatter.ISO_INSTANT.format(instant));
    }
}
