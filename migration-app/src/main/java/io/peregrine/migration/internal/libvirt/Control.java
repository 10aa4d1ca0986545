/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import io.peregrine.migration.internal.core.jobs.Facts;
import io.peregrine.migration.internal.core.jobs.GuestNeeds;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Progress;
import io.peregrine.migration.internal.core.jobs.SharedStorage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A connection by which domains can be changed. It hears no events. All calls block, and may be made by several
 * threads. An {@link IOException} has libvirt's own words.
 */
public interface Control extends AutoCloseable {
    /**
     * Moves a domain away, live and peer to peer. Returns when it has arrived.
     *
     * @param uuid the domain
     * @param peer the destination's connection URI, as this host's libvirt is to use it
     * @param options how it is moved
     * @throws IOException if it has not been moved
     */
    void migrate(UUID uuid, String peer, MoveOptions options) throws IOException;

    /**
     * Lets a domain that is being moved go on at the destination before all its memory is there.
     *
     * @param uuid the domain
     * @throws IOException if it is not being moved with post-copy allowed
     */
    void startPostCopy(UUID uuid) throws IOException;

    /**
     * Aborts the job of a domain. Returns when libvirt has taken that in, which may be before the job has ended.
     *
     * @param uuid the domain
     * @throws IOException if there is no job, or it cannot be aborted
     */
    void abort(UUID uuid) throws IOException;

    /**
     * How far the domain's job is.
     *
     * @param uuid the domain
     * @return empty if it has no job, or is not here
     * @throws IOException if libvirt does not answer
     */
    Optional<Progress> progress(UUID uuid) throws IOException;

    /**
     * Sets the longest pause that the domain's migration may make; may be done while one is under way.
     *
     * @param uuid the domain
     * @param milliseconds the time
     * @throws IOException if it cannot be set
     */
    void setMaxDowntime(UUID uuid, long milliseconds) throws IOException;

    /**
     * Has a domain that is being moved paused now, so that the last of its memory can be sent (virDomainSuspend).
     * libvirt lets it go on: at the destination; here if the move fails. Does nothing to a domain that does not run,
     * and lets one go on that has turned out not to be moved any more.
     *
     * @param uuid the domain
     * @return whether it stands still for its move
     * @throws IOException if it cannot be paused
     */
    boolean stop(UUID uuid) throws IOException;

    /**
     * Lets a domain go on that is still paused for a move which has failed. Does nothing where its memory has all come
     * across, so that it may run at the destination.
     *
     * @param uuid the domain
     * @return whether it goes on
     * @throws IOException if it cannot, such as while it is being moved
     */
    boolean resumeAfterFailure(UUID uuid) throws IOException;

    /**
     * What a domain needs.
     *
     * @param uuid the domain
     * @return its needs
     * @throws IOException if libvirt does not know the domain, or tells what cannot be read
     */
    GuestNeeds needs(UUID uuid) throws IOException;

    /**
     * The domains that have a UUID or a name.
     *
     * @param uuid the UUID
     * @param name the name
     * @return none, one or two domains, active or not
     * @throws IOException if libvirt does not answer
     */
    List<Facts.Namesake> namesakes(UUID uuid, String name) throws IOException;

    /**
     * The host's memory that a new guest can have: what is free, and what the kernel would give up for it.
     *
     * @return bytes
     * @throws IOException if libvirt does not answer, or does not know
     */
    long availableMemory() throws IOException;

    /**
     * What the host lacks of a CPU that a guest sees.
     *
     * @param needs the guest; it has a CPU
     * @return libvirt's words; empty if it lacks nothing
     * @throws IOException if libvirt cannot tell
     */
    String lacks(GuestNeeds needs) throws IOException;

    /**
     * The storage pool that a disk is in: the one of a volume's name, or the one that has its path.
     *
     * @param disk a disk that is not reached over the network
     * @return empty if it is in none
     * @throws IOException if libvirt cannot tell
     */
    Optional<SharedStorage.Place> storage(GuestNeeds.Disk disk) throws IOException;

    /**
     * What an NFS server tells the host that it exports. Blocks as long as the server is waited for.
     *
     * @param server its name or address
     * @return the exported directories; none if the host has heard nothing
     * @throws IOException if libvirt cannot ask
     */
    List<String> exports(String server) throws IOException;

    @Override
    void close();
}
