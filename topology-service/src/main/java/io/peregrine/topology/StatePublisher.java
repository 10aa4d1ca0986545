/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FutureCallback;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a container of the operational data store equal to state that lives elsewhere. Changes that come in quick
 * succession are written together, one commit at a time, and nobody waits for them.
 *
 * @param <T> the container
 */
public final class StatePublisher<T extends DataObject> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatePublisher.class);
    private static final long SETTLE_MILLIS = 50;
    private static final long RETRY_MILLIS = 1000;

    private final DataBroker dataBroker;
    private final InstanceIdentifier<T> path;
    private final Supplier<T> state;
    private final ScheduledExecutorService executor;

    // all guarded by this
    private boolean scheduled;
    private boolean writing;
    private boolean again;
    private boolean closed;

    /**
     * A publisher that has written nothing yet.
     *
     * @param dataBroker the data store
     * @param path the container; nobody else writes there
     * @param state gives the container's content, on the executor's thread
     * @param executor where content is made; it may be shared, and is not shut down by this object
     */
    public StatePublisher(final DataBroker dataBroker, final InstanceIdentifier<T> path, final Supplier<T> state,
            final ScheduledExecutorService executor) {
        this.dataBroker = requireNonNull(dataBroker);
        this.path = requireNonNull(path);
        this.state = requireNonNull(state);
        this.executor = requireNonNull(executor);
    }

    /** The state has changed. Any thread; returns at once. */
    public synchronized void changed() {
        if (writing) {
            again = true;
        } else {
            schedule(SETTLE_MILLIS);
        }
    }

    /** Removes the container and ends. What is being written is not waited for. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.delete(LogicalDatastoreType.OPERATIONAL, path);
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                LOG.debug("{} removed", path);
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.debug("{} could not be removed", path, cause);
            }
        }, Runnable::run);
    }

    private synchronized void schedule(final long delay) {
        if (closed || scheduled) {
            return;
        }
        scheduled = true;
        try {
            executor.schedule(this::write, delay, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not published any more", path, e);
        }
    }

    private void write() {
        synchronized (this) {
            scheduled = false;
            if (closed) {
                return;
            }
            writing = true;
            again = false;
        }
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.OPERATIONAL, path, state.get());
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                written(false);
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("{} could not be published, trying again in {} ms", path, RETRY_MILLIS, cause);
                written(true);
            }
        }, Runnable::run);
    }

    private synchronized void written(final boolean failed) {
        writing = false;
        if (failed) {
            schedule(RETRY_MILLIS);
        } else if (again) {
            schedule(SETTLE_MILLIS);
        }
    }
}
