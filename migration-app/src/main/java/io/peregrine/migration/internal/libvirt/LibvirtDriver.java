/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import io.peregrine.migration.internal.core.CopyProgress;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.LifecycleEvent;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Opens connections to libvirt. All calls block and may be made by several threads, each link being used by one.
 */
public interface LibvirtDriver extends AutoCloseable {
    /**
     * Hears one connection's events, on the event-loop thread, which must not be blocked.
     */
    interface EventListener {
        /**
         * A lifecycle event.
         *
         * @param uuid the domain
         * @param event the event
         * @param at when it was received, {@link System#nanoTime()}
         */
        void onLifecycle(UUID uuid, LifecycleEvent event, long at);

        /**
         * A device was added or removed.
         *
         * @param uuid the domain
         */
        void onDevices(UUID uuid);

        /**
         * A job with a downtime, so a migration, has completed.
         *
         * @param uuid the domain
         * @param downtime how long the guest was paused, milliseconds
         */
        void onDowntime(UUID uuid, long downtime);

        /**
         * The copy of a migrating domain's memory has begun a new pass.
         *
         * @param uuid the domain
         */
        void onIteration(UUID uuid);

        /**
         * The connection is lost. It is still to be closed.
         *
         * @param why the reason
         */
        void onLost(String why);
    }

    /**
     * A domain's state and XML.
     *
     * @param level the state
     * @param xml the XML, without secrets
     */
    record DomainText(LevelState level, String xml) {
    }

    /**
     * A connection. Its events have been registered before it was given out.
     */
    interface Link extends AutoCloseable {
        /**
         * The active domains.
         *
         * @return their UUIDs
         * @throws IOException if libvirt does not answer
         */
        List<UUID> domains() throws IOException;

        /**
         * Whether a domain has a job, such as its migration away. libvirt may have to ask its QEMU, and blocks
         * for as long as that does not answer: one that cannot send the last of its memory does not, for minutes. May
         * be called while another thread calls something else.
         *
         * @param uuid the domain
         * @return false also if the host does not know the domain; empty if its QEMU did not say
         * @throws IOException if libvirt does not answer
         */
        Optional<Boolean> busy(UUID uuid) throws IOException;

        /**
         * A domain's state and XML, without asking its QEMU. May be called while another thread calls something else.
         *
         * @param uuid the domain
         * @param busy whether it has a job, asked before: a job that ends in between leaves a state that is told as
         *     what it is
         * @return empty if the host does not know the domain
         * @throws IOException if libvirt does not answer
         */
        Optional<DomainText> domain(UUID uuid, boolean busy) throws IOException;

        /**
         * How far the copy of a domain's memory is. May be called while another thread calls something else.
         *
         * @param uuid the domain
         * @return empty if no copy of it is under way here
         * @throws IOException if libvirt does not answer
         */
        Optional<CopyProgress> copyProgress(UUID uuid) throws IOException;

        /**
         * The longest pause that QEMU may make of a domain's move, be it moved or not. May be called while another
         * thread calls something else.
         *
         * @param uuid the domain
         * @return milliseconds; empty if there is no such domain here
         * @throws IOException if libvirt does not answer
         */
        Optional<Long> maxDowntime(UUID uuid) throws IOException;

        /**
         * Whether the connection lives.
         *
         * @return false if it is known to be dead
         */
        boolean alive();

        @Override
        void close();
    }

    /**
     * Opens a connection for reading. Blocks until libvirt has answered, however long that takes.
     *
     * @param uri where to
     * @param listener hears events
     * @return the connection
     * @throws IOException if it cannot be made, with libvirt's words
     */
    Link open(LibvirtUri uri, EventListener listener) throws IOException;

    /**
     * Opens a connection for changes. Blocks until libvirt has answered, however long that takes.
     *
     * @param uri where to
     * @return the connection
     * @throws IOException if it cannot be made, with libvirt's words
     */
    Control control(LibvirtUri uri) throws IOException;

    @Override
    void close();
}
