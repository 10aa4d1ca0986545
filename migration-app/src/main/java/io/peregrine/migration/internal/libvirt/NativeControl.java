/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.jobs.Facts;
import io.peregrine.migration.internal.core.jobs.GuestNeeds;
import io.peregrine.migration.internal.core.jobs.GuestNeedsXml;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Progress;
import io.peregrine.migration.internal.core.jobs.SharedStorage;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.libvirt.LibvirtException;
import org.libvirt.jna.CString;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;
import org.libvirt.jna.StoragePoolPointer;

/**
 * A connection for changes by libvirt-java, and past it for what it does not bind.
 */
final class NativeControl implements Control {
    private static final int OPERATION_FAILED = 9;
    private static final int NO_DOMAIN = 42;
    private static final int NO_STORAGE_POOL = 49;
    private static final int NO_STORAGE_VOL = 50;
    private static final int CPU_INCOMPATIBLE = 91;
    private static final int FAIL_INCOMPATIBLE = 1;
    private static final int WHOLE_NODE = -1;
    /** virNodeMemoryStats in libvirt-host.h: a name of 80 bytes and an unsigned long long, KiB. */
    private static final int STATISTIC = 88;
    private static final int STATISTIC_NAME = 80;
    private static final long KIB = 1L << 10;
    /** virDomainState, and virDomainPausedReason of somebody's wish and of a migration. */
    private static final int RUNNING = 1;
    private static final int PAUSED = 3;
    private static final int PAUSED_BY_USER = 1;
    private static final int PAUSED_FOR_MIGRATION = 2;
    private static final State IN_MOVE = new State(PAUSED, PAUSED_FOR_MIGRATION);

    private record State(int state, int reason) {
    }

    private final NativeConnection connection;
    private final ConnectionPointer pointer;

    private NativeControl(final NativeConnection connection) {
        this.connection = connection;
        pointer = connection.pointer();
    }

    static NativeControl open(final LibvirtUri uri) throws LibvirtException, IOException {
        return new NativeControl(NativeConnection.open(uri, false));
    }

    @Override
    public void migrate(final UUID uuid, final String peer, final MoveOptions options) throws IOException {
        final var parameters = new TreeMap<String, Object>();
        options.migrationUri().ifPresent(uri -> parameters.put("migrate_uri", uri));
        options.bandwidth().ifPresent(limit -> parameters.put("bandwidth", (long) limit));
        final var written = TypedParameters.write(parameters);
        try {
            call(uuid, domain -> LibvirtFunctions.INSTANCE.virDomainMigrateToURI3(domain, peer, written.array(),
                written.count(), options.flags()));
        } finally {
            // Its memory is freed with it
            Reference.reachabilityFence(written);
        }
    }

    @Override
    public void startPostCopy(final UUID uuid) throws IOException {
        call(uuid, domain -> LibvirtFunctions.INSTANCE.virDomainMigrateStartPostCopy(domain, 0));
    }

    @Override
    public void abort(final UUID uuid) throws IOException {
        call(uuid, Libvirt.INSTANCE::virDomainAbortJob);
    }

    private void call(final UUID uuid, final ToIntFunction<DomainPointer> function) throws IOException {
        with(uuid, domain -> {
            require(function.applyAsInt(domain));
            return null;
        });
    }

    /** What is done with a domain. */
    @FunctionalInterface
    private interface Use<T> {
        T of(DomainPointer domain) throws IOException;
    }

    private <T> T with(final UUID uuid, final Use<T> use) throws IOException {
        final var domain = Libvirt.INSTANCE.virDomainLookupByUUIDString(pointer, uuid.toString());
        if (domain == null) {
            throw failure();
        }
        try {
            return use.of(domain);
        } finally {
            Libvirt.INSTANCE.virDomainFree(domain);
        }
    }

    private static void require(final int result) throws IOException {
        if (result < 0) {
            throw failure();
        }
    }

    @Override
    public Optional<Progress> progress(final UUID uuid) throws IOException {
        final var domain = Libvirt.INSTANCE.virDomainLookupByUUIDString(pointer, uuid.toString());
        if (domain == null) {
            return emptyIf(NO_DOMAIN);
        }
        try {
            final var numbers = JobStatistics.read(domain);
            return numbers.isEmpty() ? emptyIf(NO_DOMAIN)
                : numbers.filter(known -> !known.isEmpty()).map(Progress::of);
        } finally {
            Libvirt.INSTANCE.virDomainFree(domain);
        }
    }

    @Override
    public void setMaxDowntime(final UUID uuid, final long milliseconds) throws IOException {
        call(uuid, domain -> LibvirtFunctions.INSTANCE.virDomainMigrateSetMaxDowntime(domain, milliseconds, 0));
    }

    @Override
    public boolean stop(final UUID uuid) throws IOException {
        return with(uuid, domain -> {
            if (state(domain).state() != RUNNING) {
                return false;
            }
            require(Libvirt.INSTANCE.virDomainSuspend(domain));
            final var after = state(domain);
            if (after.equals(new State(PAUSED, PAUSED_BY_USER))) {
                // Its move has just ended here, so libvirt takes this for a wish.
                require(Libvirt.INSTANCE.virDomainResume(domain));
            }
            return after.equals(IN_MOVE);
        });
    }

    @Override
    public boolean resumeAfterFailure(final UUID uuid) throws IOException {
        return with(uuid, domain -> {
            // libvirt keeps what a job came to, and forgets it when it lets a move fail
            if (!state(domain).equals(IN_MOVE) || JobStatistics.isCompleted(domain)) {
                return false;
            }
            require(Libvirt.INSTANCE.virDomainResume(domain));
            return true;
        });
    }

    private static State state(final DomainPointer domain) throws IOException {
        final var state = new IntByReference();
        final var reason = new IntByReference();
        require(LibvirtFunctions.INSTANCE.virDomainGetState(domain, state, reason, 0));
        return new State(state.getValue(), reason.getValue());
    }

    @Override
    public GuestNeeds needs(final UUID uuid) throws IOException {
        try {
            return with(uuid, domain -> GuestNeedsXml.parse(text(Libvirt.INSTANCE.virDomainGetXMLDesc(domain, 0))));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public List<Facts.Namesake> namesakes(final UUID uuid, final String name) throws IOException {
        final var found = new ArrayList<Facts.Namesake>();
        final var byUuid = Libvirt.INSTANCE.virDomainLookupByUUIDString(pointer, uuid.toString());
        if (byUuid != null) {
            try {
                found.add(new Facts.Namesake(true, name.equals(Libvirt.INSTANCE.virDomainGetName(byUuid)),
                    Libvirt.INSTANCE.virDomainIsActive(byUuid) == 1));
            } finally {
                Libvirt.INSTANCE.virDomainFree(byUuid);
            }
        } else if (!lastErrorIs(NO_DOMAIN)) {
            throw failure();
        }
        if (found.stream().anyMatch(Facts.Namesake::sameName)) {
            return found;
        }
        final var byName = Libvirt.INSTANCE.virDomainLookupByName(pointer, name);
        if (byName != null) {
            try {
                found.add(new Facts.Namesake(false, true, Libvirt.INSTANCE.virDomainIsActive(byName) == 1));
            } finally {
                Libvirt.INSTANCE.virDomainFree(byName);
            }
        } else if (!lastErrorIs(NO_DOMAIN)) {
            throw failure();
        }
        return found;
    }

    @Override
    public long availableMemory() throws IOException {
        final var count = new IntByReference();
        if (LibvirtFunctions.INSTANCE.virNodeGetMemoryStats(pointer, WHOLE_NODE, null, count, 0) < 0
                || count.getValue() <= 0) {
            return freeMemory();
        }
        final var array = new Memory((long) count.getValue() * STATISTIC);
        if (LibvirtFunctions.INSTANCE.virNodeGetMemoryStats(pointer, WHOLE_NODE, array, count, 0) < 0) {
            return freeMemory();
        }
        final Map<String, Long> values = new HashMap<>();
        for (int i = 0; i < count.getValue(); i++) {
            final long at = (long) i * STATISTIC;
            values.put(array.getString(at), array.getLong(at + STATISTIC_NAME));
        }
        return KIB * (values.getOrDefault("free", 0L) + values.getOrDefault("buffers", 0L)
            + values.getOrDefault("cached", 0L));
    }

    private long freeMemory() throws IOException {
        final long free = Libvirt.INSTANCE.virNodeGetFreeMemory(pointer);
        if (free == 0) {
            throw failure();
        }
        return free;
    }

    @Override
    public String lacks(final GuestNeeds needs) throws IOException {
        final int result = LibvirtFunctions.INSTANCE.virConnectCompareHypervisorCPU(pointer,
            needs.emulator().orElse(null), needs.arch(), needs.machine(), needs.virtType(),
            needs.cpu().orElseThrow().xml(), FAIL_INCOMPATIBLE);
        if (result > 0) {
            return "";
        }
        if (result == 0 || lastErrorIs(CPU_INCOMPATIBLE)) {
            return failure().getMessage();
        }
        throw failure();
    }

    @Override
    public Optional<SharedStorage.Place> storage(final GuestNeeds.Disk disk) throws IOException {
        return disk.volume().isPresent() ? byNames(disk.volume().orElseThrow()) : byPath(disk.source());
    }

    private Optional<SharedStorage.Place> byNames(final GuestNeeds.Volume wanted) throws IOException {
        final var pool = Libvirt.INSTANCE.virStoragePoolLookupByName(pointer, wanted.pool());
        if (pool == null) {
            return emptyIf(NO_STORAGE_POOL);
        }
        try {
            final var found = read(pool);
            return Optional.of(new SharedStorage.Place(found, found.active() && lists(pool, wanted.name())));
        } finally {
            Libvirt.INSTANCE.virStoragePoolFree(pool);
        }
    }

    private static boolean lists(final StoragePoolPointer pool, final String name) throws IOException {
        final var volume = Libvirt.INSTANCE.virStorageVolLookupByName(pool, name);
        if (volume == null) {
            if (lastErrorIs(NO_STORAGE_VOL)) {
                return false;
            }
            throw failure();
        }
        Libvirt.INSTANCE.virStorageVolFree(volume);
        return true;
    }

    private Optional<SharedStorage.Place> byPath(final String path) throws IOException {
        final var volume = Libvirt.INSTANCE.virStorageVolLookupByPath(pointer, path);
        if (volume == null) {
            if (lastErrorIs(NO_STORAGE_VOL)) {
                return SharedStorage.holder(path, pools()).map(pool -> new SharedStorage.Place(pool, false));
            }
            throw failure();
        }
        try {
            final var pool = Libvirt.INSTANCE.virStoragePoolLookupByVolume(volume);
            if (pool == null) {
                throw failure();
            }
            try {
                return Optional.of(new SharedStorage.Place(read(pool), true));
            } finally {
                Libvirt.INSTANCE.virStoragePoolFree(pool);
            }
        } finally {
            Libvirt.INSTANCE.virStorageVolFree(volume);
        }
    }

    /** All pools, active or not. */
    private List<SharedStorage.Pool> pools() throws IOException {
        final var result = new ArrayList<SharedStorage.Pool>();
        for (final var name : poolNames()) {
            final var pool = Libvirt.INSTANCE.virStoragePoolLookupByName(pointer, name);
            if (pool == null) {
                if (lastErrorIs(NO_STORAGE_POOL)) {
                    // It has gone meanwhile
                    continue;
                }
                throw failure();
            }
            try {
                result.add(read(pool));
            } finally {
                Libvirt.INSTANCE.virStoragePoolFree(pool);
            }
        }
        return result;
    }

    private List<String> poolNames() throws IOException {
        try {
            final var names = new ArrayList<>(List.of(connection.listStoragePools()));
            names.addAll(List.of(connection.listDefinedStoragePools()));
            return names;
        } catch (LibvirtException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static SharedStorage.Pool read(final StoragePoolPointer pool) throws IOException {
        final int active = Libvirt.INSTANCE.virStoragePoolIsActive(pool);
        if (active < 0) {
            throw failure();
        }
        try {
            return GuestNeedsXml.pool(text(Libvirt.INSTANCE.virStoragePoolGetXMLDesc(pool, 0)), active == 1);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public List<String> exports(final String server) throws IOException {
        try {
            final var found = Libvirt.INSTANCE.virConnectFindStoragePoolSources(pointer, "netfs",
                GuestNeedsXml.server(server), 0);
            if (found == null && lastErrorIs(OPERATION_FAILED)) {
                return List.of();
            }
            return GuestNeedsXml.exports(text(found));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        connection.end();
    }

    private static String text(final CString text) throws IOException {
        if (text == null) {
            throw failure();
        }
        return text.toString();
    }

    private static boolean lastErrorIs(final int code) {
        final var error = Libvirt.INSTANCE.virGetLastError();
        return error != null && error.code == code;
    }

    private static <T> Optional<T> emptyIf(final int code) throws IOException {
        if (lastErrorIs(code)) {
            return Optional.empty();
        }
        throw failure();
    }

    private static IOException failure() {
        final var error = Libvirt.INSTANCE.virGetLastError();
        return new IOException(error == null || error.message == null ? "libvirt gives no reason" : error.message);
    }
}
