/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.Optional;
import java.util.Set;

/**
 * Judges whether two hosts' storage pools are the same storage.
 */
public final class SharedStorage {
    private static final Set<String> SHARED = Set.of("netfs", "iscsi", "iscsi-direct", "rbd", "gluster", "scsi");

    /**
     * A pool.
     *
     * @param name its name
     * @param type libvirt's type
     * @param source where it has its content from, empty for a directory
     */
    public record Pool(String name, String type, String source) {
    }

    private SharedStorage() {
        // Static methods only
    }

    /**
     * Whether what has the same path in both pools is the same.
     *
     * @param here the source's pool, empty if the path is in none there
     * @param there the destination's
     * @return true if both are of a type that several hosts can have, with the same source
     */
    public static boolean same(final Optional<Pool> here, final Pool there) {
        return here.isPresent() && SHARED.contains(there.type()) && there.type().equals(here.orElseThrow().type())
            && !there.source().isEmpty() && there.source().equals(here.orElseThrow().source());
    }
}
