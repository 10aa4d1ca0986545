/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.journal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has something written a moment after it has changed, on a thread of its own; if that fails, again and again until it
 * works. Thread-safe.
 */
public final class LateWriter implements AutoCloseable {
    /** Writes what there is now. */
    @FunctionalInterface
    public interface Task {
        /**
         * On the writer's thread, so never twice at the same time.
         *
         * @throws IOException if something is not written; it is tried again
         */
        void write() throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(LateWriter.class);
    /** How long to wait for more. What has changed less than this before a crash is lost. */
    private static final long SETTLE_MILLIS = 200;
    private static final long RETRY_MILLIS = 5000;
    private static final long CLOSE_SECONDS = 3;

    private final String what;
    private final Task task;
    private final ScheduledThreadPoolExecutor executor;

    // Guarded by this
    private boolean scheduled;

    // On the executor's thread only
    private boolean failing;

    /**
     * A writer that has nothing to do yet.
     *
     * @param what what is written, for the log, in the plural
     * @param thread the thread's name
     * @param task writes it
     */
    public LateWriter(final String what, final String thread, final Task task) {
        this.what = requireNonNull(what);
        this.task = requireNonNull(task);
        executor = new ScheduledThreadPoolExecutor(1,
            new ThreadFactoryBuilder().setNameFormat(thread).setDaemon(true).build());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Something has changed. Returns at once. */
    public void changed() {
        schedule(SETTLE_MILLIS);
    }

    private synchronized void schedule(final long millis) {
        if (!scheduled) {
            try {
                executor.schedule(this::write, millis, TimeUnit.MILLISECONDS);
                scheduled = true;
            } catch (RejectedExecutionException e) {
                LOG.debug("Closing", e);
            }
        }
    }

    private void write() {
        synchronized (this) {
            scheduled = false;
        }
        try {
            task.write();
            if (failing) {
                LOG.info("The {} are written again", what);
                failing = false;
            }
        } catch (IOException e) {
            if (!failing) {
                LOG.error("The {} cannot be written; it is tried again every {} ms", what, RETRY_MILLIS, e);
                failing = true;
            }
            schedule(RETRY_MILLIS);
        }
    }

    /** Writes once more, and waits some seconds for that. Closing again does nothing. */
    @Override
    public void close() {
        if (executor.isShutdown()) {
            return;
        }
        executor.execute(this::write);
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The {} could not be written in {} s", what, CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
