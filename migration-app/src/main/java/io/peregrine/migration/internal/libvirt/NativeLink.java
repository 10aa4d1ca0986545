/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.peregrine.migration.internal.core.CopyProgress;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;
import org.libvirt.jna.virDomainJobInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read-only connection by libvirt-java. Its callbacks are registered past libvirt-java, which maps the details of
 * post-copy to "unknown", has no job and device events, and takes a reference to the domain for each event.
 */
final class NativeLink implements LibvirtDriver.Link {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLink.class);
    /** virDomainEventID in libvirt-domain.h. */
    private static final int LIFECYCLE = 0;
    private static final int DEVICE_REMOVED = 15;
    private static final int MIGRATION_ITERATION = 18;
    private static final int DEVICE_ADDED = 19;
    private static final int JOB_COMPLETED = 21;

    private static final int LIST_ACTIVE = 1;
    private static final int NO_SUPPORT = 3;
    private static final int NO_DOMAIN = 42;
    private static final int NOT_ACTIVE = 55;
    private static final int TIMED_OUT = 68;
    private static final int UNSUPPORTED = 84;
    private static final int JOB_BOUNDED = 1;
    private static final int JOB_UNBOUNDED = 2;
    /** VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT. */
    private static final long MIGRATION_OUT = 5;
    private static final long PAGE = 4096;

    /**
     * Callbacks that native code may still call. JNA frees the stub of a callback that Java has forgotten, so they are
     * kept until libvirt says that it has let go of them.
     */
    private static final Map<Long, Callback> CALLBACKS = new ConcurrentHashMap<>();
    private static final long CLOSES_WITHIN_SECONDS = 2;
    private static final AtomicLong KEYS = new AtomicLong();
    private static final Libvirt.VirFreeCallback FREE = opaque -> CALLBACKS.remove(Pointer.nativeValue(opaque));

    private final NativeConnection connection;
    private final ConnectionPointer pointer;
    private final LibvirtDriver.EventListener listener;
    private final List<Integer> registered = new ArrayList<>();
    /** Keeps the connection while a call is made on another thread than the one that closes it. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private Libvirt.VirConnectCloseFunc closeCallback;

    private NativeLink(final NativeConnection connection, final LibvirtDriver.EventListener listener) {
        this.connection = connection;
        pointer = connection.pointer();
        this.listener = listener;
    }

    static NativeLink open(final LibvirtUri uri, final LibvirtDriver.EventListener listener)
            throws LibvirtException, IOException {
        final var link = new NativeLink(NativeConnection.open(uri, true), listener);
        boolean done = false;
        try {
            link.register();
            done = true;
        } finally {
            if (!done) {
                link.close();
            }
        }
        return link;
    }

    private void register() throws IOException {
        final long closeKey = KEYS.incrementAndGet();
        closeCallback = (source, reason, opaque) -> listener.onLost(closeReason(reason));
        CALLBACKS.put(closeKey, closeCallback);
        if (Libvirt.INSTANCE.virConnectRegisterCloseCallback(pointer, closeCallback, new Pointer(closeKey),
                CallbackReference.getFunctionPointer(FREE)) < 0) {
            CALLBACKS.remove(closeKey);
            closeCallback = null;
            throw failure("registering for the end of the connection");
        }
        final Libvirt.VirConnectDomainEventCallback lifecycle = (source, domain, event, detail, opaque) -> {
            final long at = System.nanoTime();
            listener.onLifecycle(uuid(domain), new LifecycleEvent(event, detail), at);
            return 0;
        };
        if (!register(LIFECYCLE, lifecycle)) {
            throw failure("registering for lifecycle events");
        }
        // The others make things better where the driver has them.
        final LibvirtFunctions.DeviceCallback devices =
            (source, domain, alias, opaque) -> listener.onDevices(uuid(domain));
        final LibvirtFunctions.JobCompletedCallback job = (source, domain, parameters, count, opaque) -> {
            final var downtime = TypedParameters.numbers(parameters, count).get("downtime");
            if (downtime != null) {
                listener.onDowntime(uuid(domain), downtime);
            }
        };
        final LibvirtFunctions.IterationCallback iteration =
            (source, domain, number, opaque) -> listener.onIteration(uuid(domain));
        register(MIGRATION_ITERATION, iteration);
        register(DEVICE_ADDED, devices);
        register(DEVICE_REMOVED, devices);
        register(JOB_COMPLETED, job);
    }

    private boolean register(final int event, final Libvirt.VirDomainEventCallback callback) {
        final long key = KEYS.incrementAndGet();
        CALLBACKS.put(key, callback);
        final int id = Libvirt.INSTANCE.virConnectDomainEventRegisterAny(pointer, null, event, callback,
            new Pointer(key), FREE);
        if (id < 0) {
            CALLBACKS.remove(key);
            return false;
        }
        registered.add(id);
        return true;
    }

    @Override
    public List<UUID> domains() throws IOException {
        try {
            final var result = new ArrayList<UUID>();
            for (final var domain : connection.listAllDomains(LIST_ACTIVE)) {
                try {
                    result.add(UUID.fromString(domain.getUUIDString()));
                } finally {
                    domain.free();
                }
            }
            return result;
        } catch (LibvirtException e) {
            throw new IOException("listing the domains: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Boolean> busy(final UUID uuid) throws IOException {
        return whileOpen(uuid, domain -> Optional.of(readBusy(uuid, domain))).orElse(Optional.of(false));
    }

    private static Optional<Boolean> readBusy(final UUID uuid, final DomainPointer domain) {
        final var job = new virDomainJobInfo();
        if (Libvirt.INSTANCE.virDomainGetJobInfo(domain, job) == 0) {
            return Optional.of(job.type == JOB_BOUNDED || job.type == JOB_UNBOUNDED);
        }
        final var error = Libvirt.INSTANCE.virGetLastError();
        return error == null ? Optional.empty() : switch (error.code) {
            case NO_SUPPORT, NO_DOMAIN, NOT_ACTIVE, UNSUPPORTED -> Optional.of(false);
            // Somebody else's question to that QEMU has not been answered
            case TIMED_OUT -> Optional.of(true);
            default -> {
                LOG.warn("Domain {}: whether it has a job is not known: {}", uuid, error.message);
                yield Optional.empty();
            }
        };
    }

    @Override
    public Optional<LibvirtDriver.DomainText> domain(final UUID uuid, final boolean busy) throws IOException {
        return whileOpen(uuid, domain -> readDomain(domain, busy));
    }

    private static Optional<LibvirtDriver.DomainText> readDomain(final DomainPointer domain, final boolean busy)
            throws IOException {
        final var state = new IntByReference();
        final var reason = new IntByReference();
        if (LibvirtFunctions.INSTANCE.virDomainGetState(domain, state, reason, 0) < 0) {
            return absentOrFailure("asking for a domain's state");
        }
        final var xml = Libvirt.INSTANCE.virDomainGetXMLDesc(domain, 0);
        if (xml == null) {
            return absentOrFailure("reading a domain's XML");
        }
        return Optional.of(new LibvirtDriver.DomainText(
            new LevelState(state.getValue(), reason.getValue(), busy), xml.toString()));
    }

    @Override
    public Optional<CopyProgress> copyProgress(final UUID uuid) throws IOException {
        return whileOpen(uuid, NativeLink::readProgress);
    }

    @Override
    public Optional<Long> maxDowntime(final UUID uuid) throws IOException {
        return whileOpen(uuid, NativeLink::readMaxDowntime);
    }

    /** Asks about a domain. */
    @FunctionalInterface
    private interface Asking<T> {
        Optional<T> of(DomainPointer domain) throws IOException;
    }

    private <T> Optional<T> whileOpen(final UUID uuid, final Asking<T> asking) throws IOException {
        if (!use.readLock().tryLock()) {
            throw new IOException("the connection is being closed");
        }
        try {
            if (connection.pointer() == null) {
                throw new IOException("the connection is closed");
            }
            final var domain = Libvirt.INSTANCE.virDomainLookupByUUIDString(pointer, uuid.toString());
            if (domain == null) {
                return absentOrFailure("looking up a domain");
            }
            try {
                return asking.of(domain);
            } finally {
                Libvirt.INSTANCE.virDomainFree(domain);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    private static Optional<Long> readMaxDowntime(final DomainPointer domain) throws IOException {
        final var downtime = new LongByReference();
        return LibvirtFunctions.INSTANCE.virDomainMigrateGetMaxDowntime(domain, downtime, 0) < 0
            ? absentOrFailure("asking for a domain's longest pause") : Optional.of(downtime.getValue());
    }

    private static Optional<CopyProgress> readProgress(final DomainPointer domain) throws IOException {
        final long at = System.nanoTime();
        final var answer = JobStatistics.read(domain);
        if (answer.isEmpty()) {
            return absentOrFailure("asking for a job's statistics");
        }
        final var numbers = answer.orElseThrow();
        if (numbers.isEmpty() || numbers.getOrDefault("operation", MIGRATION_OUT) != MIGRATION_OUT) {
            return Optional.empty();
        }
        final var downtime = new LongByReference(CopyWatch.USUAL);
        if (LibvirtFunctions.INSTANCE.virDomainMigrateGetMaxDowntime(domain, downtime, 0) < 0) {
            downtime.setValue(CopyWatch.USUAL);
        }
        return Optional.of(new CopyProgress(at, numbers.getOrDefault("memory_iteration", 0L),
            numbers.getOrDefault("memory_remaining", 0L), numbers.getOrDefault("data_processed", 0L),
            numbers.getOrDefault("memory_bps", 0L),
            numbers.getOrDefault("memory_dirty_rate", 0L) * numbers.getOrDefault("memory_page_size", PAGE),
            downtime.getValue(), downtime.getValue()));
    }

    @Override
    public boolean alive() {
        return Libvirt.INSTANCE.virConnectIsAlive(pointer) == 1;
    }

    /** Waits for calls on other threads, but not for one that a QEMU does not answer: then it ends when that does. */
    @Override
    public void close() {
        boolean alone = false;
        try {
            alone = use.writeLock().tryLock(CLOSES_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (alone) {
            closeAlone();
            return;
        }
        final var later = new Thread(() -> {
            use.writeLock().lock();
            closeAlone();
        }, "libvirt-close");
        later.setDaemon(true);
        later.start();
    }

    private void closeAlone() {
        try {
            closeInTurn();
        } finally {
            use.writeLock().unlock();
        }
    }

    private void closeInTurn() {
        if (connection.pointer() == null) {
            return;
        }
        // Each callback holds a reference to the connection, which would stay open.
        for (final int id : registered) {
            Libvirt.INSTANCE.virConnectDomainEventDeregisterAny(pointer, id);
        }
        registered.clear();
        if (closeCallback != null) {
            Libvirt.INSTANCE.virConnectUnregisterCloseCallback(pointer, closeCallback);
            closeCallback = null;
        }
        connection.end();
    }

    private static String closeReason(final int reason) {
        return switch (reason) {
            case 0 -> "the connection failed";
            case 1 -> "libvirt closed the connection";
            case 2 -> "libvirt did not answer for "
                + NativeConnection.KEEPALIVE_SECONDS * (NativeConnection.KEEPALIVE_COUNT + 1) + " s";
            default -> "the connection was closed";
        };
    }

    /** Reads a domain's UUID without asking the host. */
    private static UUID uuid(final DomainPointer domain) {
        final byte[] bytes = new byte[Libvirt.VIR_UUID_BUFLEN];
        Libvirt.INSTANCE.virDomainGetUUID(domain, bytes);
        final var buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static <T> Optional<T> absentOrFailure(final String what) throws IOException {
        final var error = Libvirt.INSTANCE.virGetLastError();
        if (error != null && error.code == NO_DOMAIN) {
            return Optional.empty();
        }
        throw new IOException(what + ": " + (error == null ? "no reason given" : error.message));
    }

    private static IOException failure(final String what) {
        final var error = Libvirt.INSTANCE.virGetLastError();
        return new IOException(what + ": " + (error == null ? "no reason given" : error.message));
    }
}
