/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.peregrine.ovsdb.OvsdbOptions;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one task at a time, in order, on the caller's executor or a thread of its own. */
final class Strand implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Strand.class);

    private final String name;
    private final ExecutorService own;
    private final Executor sequential;

    Strand(final String name, final OvsdbOptions options) {
        this.name = name;
        own = options.callbackExecutor().isPresent() ? null : thread(name);
        sequential = MoreExecutors.newSequentialExecutor(options.callbackExecutor().orElse(own));
    }

    /** Runs a task later; false if the executor does not take tasks any more. */
    boolean post(final Runnable task) {
        try {
            sequential.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: callback executor is shut down", name, e);
            return false;
        }
    }

    /** Runs a task later, or in place if need be: for failing futures, which must not be left undone. */
    @Override
    public void execute(final Runnable task) {
        if (!post(task)) {
            task.run();
        }
    }

    /** Calls foreign code; what it throws goes to the log. */
    @SuppressWarnings("checkstyle:IllegalCatch")
    void call(final Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.error("{}: a listener failed", name, e);
        }
    }

    /** Ends its own thread after the tasks it has. */
    void shutdown() {
        if (own != null) {
            own.shutdown();
        }
    }

    private static ExecutorService thread(final String name) {
        final ThreadPoolExecutor result = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new ThreadFactoryBuilder().setDaemon(true).setNameFormat("ovsdb-" + name.replace("%", "%%")).build());
        result.allowCoreThreadTimeOut(true);
        return result;
    }
}
