/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Has tasks done on somebody's thread. A mistake in one must not end what is done for the others, so it is logged; what
 * is still asked for when the thread has ended is not done.
 */
public final class Guarded implements Executor {
    private final ScheduledExecutorService executor;
    private final Logger log;

    /**
     * Has nothing done yet.
     *
     * @param executor the thread; shut down by the owner
     * @param log the log of those whose tasks they are
     */
    public Guarded(final ScheduledExecutorService executor, final Logger log) {
        this.executor = requireNonNull(executor);
        this.log = requireNonNull(log);
    }

    @Override
    public void execute(final Runnable task) {
        try {
            executor.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            log.debug("Closing", e);
        }
    }

    /**
     * Has a task done later.
     *
     * @param task the task
     * @param nanos how much later
     * @return calls it off; empty if the thread has ended
     */
    public Optional<Future<?>> schedule(final Runnable task, final long nanos) {
        try {
            return Optional.of(executor.schedule(guarded(task), nanos, TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            log.debug("Closing", e);
            return Optional.empty();
        }
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private Runnable guarded(final Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("Unexpected failure", e);
            }
        };
    }
}
