/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Progress;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * Moves guests, by libvirt at the source. All calls block; an {@link IOException} has libvirt's own words.
 */
interface Mover {
    /** Moves a guest; returns when it has arrived. */
    void migrate(String source, UUID guest, String destination, MoveOptions options) throws IOException;

    /** Lets a guest that is being moved go on at the destination. */
    void startPostCopy(String source, UUID guest) throws IOException;

    /** Aborts a guest's move; returns when libvirt has taken that in. */
    void abort(String source, UUID guest) throws IOException;

    /** Opens what tells the progress of guests that leave a hypervisor. */
    Gauge gauge(String source) throws IOException;

    /** Tells how far moves are. */
    interface Gauge extends AutoCloseable {
        /** How far a guest's move is; empty if libvirt has no job for it. */
        Optional<Progress> progress(UUID guest) throws IOException;

        @Override
        void close();
    }
}
