/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * A domain's state as libvirt answers when asked (virDomainGetState), by its numbers (virDomainState and the
 * virDomain...Reason enumerations in libvirt-domain.h).
 *
 * @param state the state
 * @param reason its reason, whose meaning depends on the state
 * @param outgoing whether the host has a job under way for the domain; a host that receives it has none to show
 */
public record LevelState(int state, int reason, boolean outgoing) {
    private static final int RUNNING = 1;
    private static final int BLOCKED = 2;
    private static final int PAUSED = 3;
    private static final int SHUTDOWN = 4;
    private static final int SHUTOFF = 5;
    private static final int CRASHED = 6;
    private static final int PM_SUSPENDED = 7;

    private static final int RUNNING_MIGRATED = 2;
    private static final int RUNNING_POSTCOPY = 10;
    private static final int RUNNING_POSTCOPY_FAILED = 11;
    private static final int PAUSED_MIGRATION = 2;
    private static final int PAUSED_STARTING_UP = 11;
    private static final int PAUSED_POSTCOPY = 12;
    private static final int PAUSED_POSTCOPY_FAILED = 13;
    private static final int SHUTOFF_UNKNOWN = 0;
    private static final int SHUTOFF_MIGRATED = 4;

    /**
     * The state in the words of a move.
     *
     * @return the state; a domain paused for migration is taken for the source if it has a job, else for the
     *     destination
     */
    public DomainState domainState() {
        return switch (state) {
            case PAUSED -> switch (reason) {
                case PAUSED_MIGRATION -> outgoing ? DomainState.HANDING_OVER : DomainState.INCOMING;
                // Its own event tells what it has been started for.
                case PAUSED_STARTING_UP -> DomainState.ABSENT;
                case PAUSED_POSTCOPY, PAUSED_POSTCOPY_FAILED -> DomainState.POST_COPY;
                default -> DomainState.PAUSED;
            };
            // A crashed domain that libvirt keeps has a QEMU process with its vCPUs stopped.
            case PM_SUSPENDED, CRASHED -> DomainState.PAUSED;
            case SHUTOFF -> reason == SHUTOFF_MIGRATED ? DomainState.LEFT : DomainState.ABSENT;
            case RUNNING, BLOCKED, SHUTDOWN -> DomainState.RUNNING;
            default -> DomainState.RUNNING;
        };
    }

    /**
     * Whether the guest came to the host by migration and has run there since.
     *
     * @return true if libvirt gives migration or post-copy as the reason why it runs
     */
    public boolean arrival() {
        return state == RUNNING
            && (reason == RUNNING_MIGRATED || reason == RUNNING_POSTCOPY || reason == RUNNING_POSTCOPY_FAILED);
    }

    /**
     * Whether libvirt knows that the domain ended here, rather than merely not having it.
     *
     * @return true if it is shut off for a known reason other than migration
     */
    public boolean ended() {
        return state == SHUTOFF && reason != SHUTOFF_UNKNOWN && reason != SHUTOFF_MIGRATED;
    }
}
