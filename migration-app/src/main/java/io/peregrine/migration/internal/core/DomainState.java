/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * What one host's libvirt says about a domain, as far as a move cares.
 */
public enum DomainState {
    /** Not active here, and it did not leave by migration as far as is known. */
    ABSENT,
    /** Not active here: it left by migration, which libvirt says only after the destination has taken over. */
    LEFT,
    /** Its processors run. */
    RUNNING,
    /** Paused for a reason other than a migration. */
    PAUSED,
    /** Here to receive a migration; it has not run here yet. */
    INCOMING,
    /** Paused at the source for the last part of the copy. */
    HANDING_OVER,
    /** Paused at the source because a post-copy migration has begun. */
    POST_COPY;

    /**
     * Whether the host has a QEMU process of this domain.
     *
     * @return false if it is absent or has left
     */
    public boolean present() {
        return this != ABSENT && this != LEFT;
    }

    /**
     * Whether the guest is at home here: it runs, or someone paused it.
     *
     * @return true if it is not in the middle of a move
     */
    public boolean settled() {
        return this == RUNNING || this == PAUSED;
    }
}
