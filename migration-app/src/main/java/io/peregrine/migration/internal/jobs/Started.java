/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import java.util.Optional;
import java.util.UUID;

/**
 * Tells which guests' moves Peregrine has started itself and are under way now. Thread-safe; never blocks, so that the
 * thread on which guests are tracked can ask.
 */
public interface Started {
    /**
     * The job that moves a guest now. It is known before libvirt is called, so before the first sign of the move can be
     * heard, and until libvirt's call has returned. Signs that come after that (such as the source's STOPPED/MIGRATED)
     * find none any more: whoever needs to know later keeps the answer that the first sign got.
     *
     * @param guest the domain's UUID
     * @return the job's identifier, empty if Peregrine does not move the guest
     */
    Optional<String> job(UUID guest);

    /**
     * Whether this process of the controller has started the move of {@link #job}, so that it has had it in hand from
     * its beginning.
     *
     * @param guest the domain's UUID
     * @return false also if Peregrine does not move the guest
     */
    boolean begunHere(UUID guest);
}
