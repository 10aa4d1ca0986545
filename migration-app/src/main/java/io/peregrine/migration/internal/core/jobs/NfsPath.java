/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import io.peregrine.migration.internal.core.jobs.SharedStorage.Place;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * What an NFS server has.
 *
 * @param server the server's name or address
 * @param path a file or directory there
 */
public record NfsPath(String server, String path) {
    /**
     * What a server has to export for a disk.
     *
     * @param disk the disk
     * @param here the source's pool that it is in, if any
     * @param there the destination's
     * @return empty if it is at no NFS server, or the destination has mounted it
     */
    public static Optional<NfsPath> of(final GuestNeeds.Disk disk, final Optional<Place> here,
            final Optional<Place> there) {
        if (disk.network()) {
            return disk.nfs();
        }
        return there.filter(place -> place.pool().active()).isPresent() ? Optional.empty()
            : there.or(() -> here).map(Place::pool).flatMap(GuestNeedsXml::nfs);
    }

    /**
     * The export that has it.
     *
     * @param exports the paths that a server exports
     * @return the innermost, empty if there is none
     */
    public Optional<String> exportOf(final Collection<String> exports) {
        return exports.stream().filter(export -> path.equals(export)
                || path.startsWith(export.endsWith("/") ? export : export + "/"))
            .max(Comparator.comparingInt(String::length));
    }
}
