/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.OptionalLong;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single daemon thread that does one thing after another, now or later, and tells how much waits for it. What is
 * called off is forgotten at once; what is still to come when it is shut down is not done any more. What fails is told
 * in the log, for hardly anybody asks for the outcome.
 */
public final class Loop extends ScheduledThreadPoolExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private final String name;

    /**
     * A thread with nothing to do.
     *
     * @param name what it is called after {@code peregrine-}
     */
    public Loop(final String name) {
        super(1, new ThreadFactoryBuilder().setNameFormat("peregrine-" + requireNonNull(name)).setDaemon(true).build());
        this.name = name;
        setRemoveOnCancelPolicy(true);
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    protected void afterExecute(final Runnable task, final Throwable thrown) {
        super.afterExecute(task, thrown);
        if (task instanceof Future<?> future && future.isDone() && !future.isCancelled()) {
            try {
                future.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                LOG.error("Something has failed on the thread peregrine-{}", name, e.getCause());
            }
        }
    }

    /**
     * How much waits now. Any thread.
     *
     * @return that
     */
    public Loops.Load load() {
        int waiting = 0;
        long late = 0;
        // A copy: the thread itself goes on
        for (var task : getQueue()) {
            final long delay = ((Delayed) task).getDelay(TimeUnit.NANOSECONDS);
            if (delay <= 0) {
                waiting++;
                late = Math.max(late, -delay);
            }
        }
        return new Loops.Load(name, waiting, OptionalLong.of(late));
    }
}
