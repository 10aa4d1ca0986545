/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.Locale;
import java.util.Optional;

/**
 * A lifecycle event of libvirt's, by its numbers (virDomainEventType and the virDomainEvent...DetailType enumerations
 * in libvirt-domain.h). The numbers are used because libvirt-java has no names for those of post-copy.
 *
 * @param type the event
 * @param detail its detail, whose meaning depends on the event
 */
public record LifecycleEvent(int type, int detail) {
    private static final String[] TYPES = {
        "defined", "undefined", "started", "suspended", "resumed", "stopped", "shutdown", "pm-suspended", "crashed"
    };
    private static final String[][] DETAILS = {
        {"added", "updated", "renamed", "from-snapshot"},
        {"removed", "renamed"},
        {"booted", "migrated", "restored", "from-snapshot", "wakeup", "recovered"},
        {"paused", "migrated", "ioerror", "watchdog", "restored", "from-snapshot", "api-error", "postcopy",
            "postcopy-failed"},
        {"unpaused", "migrated", "from-snapshot", "postcopy", "postcopy-failed"},
        {"shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from-snapshot", "recovered"},
        {"finished", "guest", "host"},
        {"memory", "disk"},
        {"panicked", "crashloaded"},
    };
    private static final int STARTED = 2;
    private static final int SUSPENDED = 3;
    private static final int RESUMED = 4;
    private static final int STOPPED = 5;
    private static final int PM_SUSPENDED = 7;

    private static final int STARTED_MIGRATED = 1;
    private static final int SUSPENDED_MIGRATED = 1;
    private static final int SUSPENDED_POSTCOPY = 7;
    private static final int SUSPENDED_POSTCOPY_FAILED = 8;
    private static final int RESUMED_MIGRATED = 1;
    private static final int RESUMED_POSTCOPY = 3;
    private static final int RESUMED_POSTCOPY_FAILED = 4;
    private static final int STOPPED_MIGRATED = 3;

    /**
     * The state that the domain is in after this event.
     *
     * @return empty if the event does not change what a move cares about
     */
    public Optional<DomainState> state() {
        return switch (type) {
            case STARTED -> Optional.of(detail == STARTED_MIGRATED ? DomainState.INCOMING : DomainState.RUNNING);
            case SUSPENDED -> Optional.of(switch (detail) {
                case SUSPENDED_MIGRATED -> DomainState.HANDING_OVER;
                case SUSPENDED_POSTCOPY, SUSPENDED_POSTCOPY_FAILED -> DomainState.POST_COPY;
                default -> DomainState.PAUSED;
            });
            case RESUMED -> Optional.of(DomainState.RUNNING);
            case STOPPED -> Optional.of(detail == STOPPED_MIGRATED ? DomainState.LEFT : DomainState.ABSENT);
            case PM_SUSPENDED -> Optional.of(DomainState.PAUSED);
            default -> Optional.empty();
        };
    }

    /**
     * Whether this says that the guest came to the host by migration and runs there now.
     *
     * @return true for RESUMED with a detail of migration or post-copy
     */
    public boolean arrival() {
        return type == RESUMED
            && (detail == RESUMED_MIGRATED || detail == RESUMED_POSTCOPY || detail == RESUMED_POSTCOPY_FAILED);
    }

    /**
     * The event without its detail.
     *
     * @return such as {@code started}
     */
    public String name() {
        return type >= 0 && type < TYPES.length ? TYPES[type] : "event-" + type;
    }

    @Override
    public String toString() {
        final String what = type >= 0 && type < DETAILS.length && detail >= 0 && detail < DETAILS[type].length
            ? DETAILS[type][detail] : Integer.toString(detail);
        return name().toUpperCase(Locale.ROOT) + "/" + what.toUpperCase(Locale.ROOT);
    }
}
