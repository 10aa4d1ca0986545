/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.DomainState;
import java.io.IOException;
import java.util.UUID;

/**
 * A domain that has been paused for the last part of its migration: tells what has to be done about it until the
 * migration has an end. Not thread-safe.
 */
final class MadeStop {
    /** What a look has shown. */
    enum Verdict {
        /** The migration goes on. */
        WAIT,
        /** It has an end, and the domain is where it belongs. */
        OVER,
        /** The domain stands still and nothing comes across any more. */
        STUCK,
        /** The migration has failed, and libvirt has not let the domain go on: it had done so just before the pause. */
        LEFT_PAUSED,
        /** The same, but the connection is another one: if libvirt was started anew it may know why it does not. */
        UNSURE
    }

    private final UUID uuid;
    private final LibvirtDriver.Link link;
    private final long began;
    private final long patience;
    /** What had come across when it was last looked at, bytes, and since when no more has. */
    private long processed = -1;
    private long changed;
    private boolean withoutMove;

    /**
     * A domain that has just been paused.
     *
     * @param uuid the domain
     * @param link the connection that its state has been read by
     * @param began when it was paused, nanoseconds of {@link System#nanoTime()}
     * @param patience how long nothing may come across, nanoseconds
     */
    MadeStop(final UUID uuid, final LibvirtDriver.Link link, final long began, final long patience) {
        this.uuid = requireNonNull(uuid);
        this.link = requireNonNull(link);
        this.began = began;
        this.patience = patience;
    }

    /**
     * Looks at the domain.
     *
     * @param current the present connection
     * @param now the present time
     * @return what to do
     * @throws IOException if libvirt does not answer
     */
    Verdict look(final LibvirtDriver.Link current, final long now) throws IOException {
        final var busy = current.busy(uuid);
        if (busy.isEmpty()) {
            return Verdict.WAIT;
        }
        final var state = current.domain(uuid, busy.orElseThrow()).map(domain -> domain.level().domainState())
            .orElse(DomainState.ABSENT);
        // With a job it would be handing over.
        if (state == DomainState.INCOMING) {
            if (current != link) {
                return Verdict.UNSURE;
            }
            final boolean twice = withoutMove;
            withoutMove = true;
            return twice ? Verdict.LEFT_PAUSED : Verdict.WAIT;
        }
        withoutMove = false;
        if (state != DomainState.HANDING_OVER) {
            return Verdict.OVER;
        }
        final var copy = current.copyProgress(uuid);
        if (copy.isEmpty()) {
            return Verdict.WAIT;
        }
        final var progress = copy.orElseThrow();
        if (progress.processed() < processed) {
            // Of another migration
            return Verdict.OVER;
        }
        if (progress.processed() > processed) {
            processed = progress.processed();
            changed = now;
        }
        return progress.remaining() > 0 && now - changed >= patience ? Verdict.STUCK : Verdict.WAIT;
    }

    /**
     * How long the domain has stood still.
     *
     * @param now the present time
     * @return nanoseconds
     */
    long time(final long now) {
        return now - began;
    }
}
