/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobKind;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobState;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;

/**
 * Prints how a job goes until it has ended: a line that is written over and over on a terminal, else a line each time
 * something has changed much.
 */
final class Following {
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final int STEP = 10;
    private static final double MILLIS = 1000;

    private final Supplier<Optional<Job>> job;
    private final Screen screen;
    private final PrintStream out;
    private int width;
    private String told = "";

    /**
     * Follows a job.
     *
     * @param job gives it as it is
     * @param screen where to print; in JSON only how it has ended
     */
    Following(final Supplier<Optional<Job>> job, final Screen screen) {
        this.job = requireNonNull(job);
        this.screen = requireNonNull(screen);
        out = screen.out();
    }

    /**
     * Waits for the end.
     *
     * @throws IllegalStateException if the job has not ended as wanted; the message says why
     * @throws InterruptedException if the user does not want to wait any more; the job goes on
     */
    void follow() throws InterruptedException {
        boolean seen = false;
        for (;;) {
            final var now = job.get();
            if (now.isPresent()) {
                seen = true;
                if (!screen.isJson()) {
                    print(now.orElseThrow());
                }
                if (JobsUtil.over(now.orElseThrow())) {
                    end(now.orElseThrow());
                    return;
                }
            } else if (seen) {
                throw new IllegalStateException("the job is not shown any more; peregrine:migrations tells how it"
                    + " ended");
            }
            if (out.checkError()) {
                throw new IllegalStateException("nobody is there to read it; the job goes on");
            }
            TimeUnit.NANOSECONDS.sleep(PERIOD.toNanos());
        }
    }

    private void print(final Job now) {
        final var whole = JobsUtil.line(now);
        if (screen.isTerminal()) {
            final var line = screen.fitting(whole);
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            out.flush();
            width = line.length();
            return;
        }
        final int percent = now.getPercent() == null ? 0 : now.getPercent().intValue();
        final var state = now.getState().getName() + percent / STEP + now.nonnullResult().values().stream()
            .filter(result -> result.getState() == JobState.Done).count();
        if (!state.equals(told)) {
            told = state;
            out.println(whole);
        }
    }

    private void end(final Job last) {
        if (screen.isJson()) {
            screen.container(Jobs.class, new JobsBuilder().setJob(BindingMap.of(last)).build());
        } else {
            if (screen.isTerminal()) {
                out.println();
            }
            JobsUtil.results(last).stream().filter(result -> result.getError() != null)
                .forEach(result -> out.println(result.getGuestName() + ": " + result.getError()));
        }
        final var what = last.getKind() == JobKind.Evacuation ? "leaving " + last.getSource().getValue()
            : "moving " + last.getGuestName() + " to " + last.getDestination().getValue();
        switch (last.getState()) {
            case Done -> {
                if (!screen.isJson()) {
                    out.println("Done: " + what + took(last));
                }
            }
            case Cancelled -> throw new IllegalStateException(what + " was cancelled");
            default -> throw new IllegalStateException(what + " failed: " + last.getError());
        }
    }

    private static String took(final Job last) {
        return String.format(Locale.ROOT, ", in %.1f s", Duration.between(Instant.parse(last.getStarted().getValue()),
            Instant.parse(last.getFinished().getValue())).toMillis() / MILLIS);
    }
}
