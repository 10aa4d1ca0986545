/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a guest is moved.
 *
 * @param persistent whether the destination keeps its definition
 * @param undefineSource whether the source forgets its definition
 * @param suspend whether it is left paused
 * @param postCopy whether post-copy follows the first pass over its memory
 * @param autoConverge whether it may be slowed down
 * @param tunnelled whether the data goes through the daemons' connection
 * @param copyStorage whether disks that are not shared are copied
 * @param bandwidth the most that the copy may take, MiB/s
 * @param timeout when it is aborted
 * @param migrationUri where the data goes; empty for what the destination says
 */
public record MoveOptions(boolean persistent, boolean undefineSource, boolean suspend, boolean postCopy,
        boolean autoConverge, boolean tunnelled, boolean copyStorage, OptionalInt bandwidth,
        Optional<Duration> timeout, Optional<String> migrationUri) {
    /** A plain live migration. */
    public static final MoveOptions NONE = new MoveOptions(false, false, false, false, false, false, false,
        OptionalInt.empty(), Optional.empty(), Optional.empty());

    /** virDomainMigrateFlags in libvirt-domain.h. */
    private static final int LIVE = 1;
    private static final int PEER2PEER = 1 << 1;
    private static final int TUNNELLED = 1 << 2;
    private static final int PERSIST_DEST = 1 << 3;
    private static final int UNDEFINE_SOURCE = 1 << 4;
    private static final int PAUSED = 1 << 5;
    private static final int NON_SHARED_DISK = 1 << 6;
    private static final int AUTO_CONVERGE = 1 << 13;
    private static final int POSTCOPY = 1 << 15;

    /**
     * The options as libvirt's flags, for a migration peer to peer.
     *
     * @return virDomainMigrateFlags
     */
    public int flags() {
        return LIVE | PEER2PEER
            | (tunnelled ? TUNNELLED : 0)
            | (persistent ? PERSIST_DEST : 0)
            | (undefineSource ? UNDEFINE_SOURCE : 0)
            | (suspend ? PAUSED : 0)
            | (copyStorage ? NON_SHARED_DISK : 0)
            | (autoConverge ? AUTO_CONVERGE : 0)
            | (postCopy ? POSTCOPY : 0);
    }

    /**
     * What cannot be had together.
     *
     * @return the option that is to be left out and why, empty if all is well
     */
    public Optional<String> contradiction() {
        if (tunnelled && postCopy) {
            return Optional.of("post-copy: it cannot be tunnelled; leave out one of post-copy and tunnelled");
        }
        if (tunnelled && copyStorage) {
            return Optional.of("copy-storage: it cannot be tunnelled; leave out one of copy-storage and tunnelled");
        }
        if (tunnelled && migrationUri.isPresent()) {
            return Optional.of("migration-uri: a tunnelled move has no use for it; leave out one of migration-uri and"
                + " tunnelled");
        }
        if (postCopy && bandwidth.isPresent()) {
            // QEMU's limit does not hold for pages that the destination asks for
            return Optional.of("bandwidth: it does not limit post-copy; leave out one of bandwidth and post-copy");
        }
        return Optional.empty();
    }

    /**
     * Whether a disk is copied, so that it need not be where it is at the destination, too.
     *
     * @param disk the disk
     * @return true if it is
     */
    public boolean copies(final GuestNeeds.Disk disk) {
        return copyStorage && !disk.readOnly() && !disk.network();
    }

    /**
     * The options with another place for the data.
     *
     * @param uri where the data goes, used where these options have none and are not tunnelled
     * @return the new value
     */
    public MoveOptions orMigrationUri(final Optional<String> uri) {
        return migrationUri.isPresent() || tunnelled ? this : new MoveOptions(persistent, undefineSource, suspend,
            postCopy, autoConverge, tunnelled, copyStorage, bandwidth, timeout, uri);
    }
}
