/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a disk's storage pool, and judges whether two hosts' pools are the same storage.
 */
public final class SharedStorage {
    private static final Set<String> SHARED = Set.of("netfs", "iscsi", "iscsi-direct", "rbd", "gluster", "scsi");

    /** Types whose volumes are files below the pool's directory, each of which can be opened by its path alone. */
    private static final Set<String> DIRECTORIES = Set.of("dir", "fs", "netfs");

    /**
     * A pool.
     *
     * @param name its name
     * @param type libvirt's type
     * @param source where it has its content from, empty for a directory
     * @param target the directory where its volumes appear, empty if there is none
     * @param active whether it is active; one that is not has no volumes, and may not be mounted
     */
    public record Pool(String name, String type, String source, String target, boolean active) {
    }

    /**
     * Where a disk is, as one host sees it.
     *
     * @param pool its pool
     * @param listed whether the pool lists it; one that another host has made since the last refresh is not listed
     */
    public record Place(Pool pool, boolean listed) {
    }

    private SharedStorage() {
        // Static methods only
    }

    /**
     * The pool whose directory has a path. It need neither be active nor list what is there.
     *
     * @param path a file's path
     * @param pools the pools of a host
     * @return the innermost, which may be mounted over another; empty if there is none
     */
    public static Optional<Pool> holder(final String path, final Collection<Pool> pools) {
        return pools.stream()
            .filter(pool -> DIRECTORIES.contains(pool.type()) && !pool.target().isEmpty()
                && path.startsWith(pool.target().endsWith("/") ? pool.target() : pool.target() + "/"))
            .max(Comparator.<Pool>comparingInt(pool -> pool.target().length()).thenComparing(Pool::active));
    }

    /**
     * Whether what has the same path in both pools is the same.
     *
     * @param here the source's pool, empty if the path is in none there
     * @param there the destination's
     * @return true if both are of a type that several hosts can have, with the same source, and the source's is active:
     *     below a pool that is not mounted is something else
     */
    public static boolean same(final Optional<Pool> here, final Pool there) {
        return SHARED.contains(there.type()) && !there.source().isEmpty() && here.filter(pool -> pool.active()
            && pool.type().equals(there.type()) && pool.source().equals(there.source())).isPresent();
    }
}
