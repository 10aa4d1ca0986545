/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.jobs.Job;
import io.peregrine.migration.internal.core.jobs.JobView.Move;
import io.peregrine.migration.internal.records.GuestView;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A move that an earlier process of the controller had begun. Nobody waits for libvirt's call any more, so its end is
 * seen by where the guest is. What is not known is waited for. Thread-safe.
 */
final class LeftMove {
    /** How often it has to look the same, since libvirt's answers and events come on different ways. */
    private static final int SURE = 3;

    private final Job job;
    private final Move move;

    // all guarded by this
    /** What libvirt at the source has said last, empty before it has been asked. */
    private Optional<Boolean> active = Optional.empty();
    private boolean followed;
    private int still;

    LeftMove(final Job job, final Move move) {
        this.job = requireNonNull(job);
        this.move = requireNonNull(move);
    }

    Job job() {
        return job;
    }

    Move move() {
        return move;
    }

    /** Takes in whether libvirt at the source has a job for the guest. */
    synchronized void told(final boolean isActive) {
        active = Optional.of(isActive);
    }

    /** Ends the job if the move has ended; returns whether it has. */
    boolean judge(final Known known) {
        final Optional<Runnable> end;
        synchronized (this) {
            end = end(known);
        }
        end.ifPresent(Runnable::run);
        return job.over();
    }

    private Optional<Runnable> end(final Known known) {
        final var targets = known.intent();
        final var stranger = targets.flatMap(all -> Stream.of(move.source(), move.destination())
            .filter(host -> !all.containsKey(host)).findFirst());
        if (stranger.isPresent()) {
            return interrupted(stranger.orElseThrow() + " is not in intent any more, so nobody tells where "
                + move.name() + " is");
        }
        final var view = known.view(move.guest());
        final var host = view.flatMap(GuestView::host);
        final boolean settled = view.filter(guest -> guest.state() == GuestView.State.RUNNING
            || guest.state() == GuestView.State.PAUSED).isPresent();
        if (settled && host.filter(move.destination()::equals).isPresent()) {
            return Optional.of(() -> job.end(Optional.empty(), Instant.now()));
        }
        if (active.equals(Optional.of(true)) || known.course(move.guest()).isPresent()) {
            followed = true;
            still = 0;
            return Optional.empty();
        }
        final var silent = known.disconnected().keySet();
        final boolean told = targets.isPresent() && active.isPresent() && !silent.contains(move.source())
            && !silent.contains(move.destination()) && (view.isEmpty() || settled);
        still = told ? still + 1 : 0;
        if (still < SURE) {
            return Optional.empty();
        }
        final var place = host.map(where -> (where.equals(move.source()) ? " is still at " : " is at ") + where)
            .orElse(" is at neither of the two hypervisors");
        if (followed) {
            return Optional.of(() -> job.end(Optional.of("it ended, and " + move.name() + place
                + "; since the controller was restarted meanwhile, only the log of libvirtd at " + move.source()
                + " tells why"), Instant.now()));
        }
        return interrupted(move.name() + place + "; move it again if it is to move");
    }

    private Optional<Runnable> interrupted(final String consequence) {
        return Optional.of(() -> job.interrupt("the controller ended while it was under way, and " + consequence,
            Instant.now()));
    }
}
