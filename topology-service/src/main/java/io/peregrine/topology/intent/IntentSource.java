/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.intent;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FluentFuture;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.opendaylight.mdsal.binding.api.ClusteredDataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the operators' intent. Changes of its containers are only a sign to read all of them in one
 * transaction, so that what the listener gets is always as of one commit. Changes that come while a read is under way
 * are read together.
 *
 * @param <I> the intent; immutable, equal if it says the same
 */
public final class IntentSource<I> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IntentSource.class);
    private static final long RETRY_MILLIS = 1000;
    /** After so long a read is taken for lost, and what it gives after all for old. */
    private static final long PATIENCE_MILLIS = 10_000;

    private final DataBroker dataBroker;
    private final ScheduledExecutorService executor;
    private final List<InstanceIdentifier<?>> containers;
    private final Function<Containers, I> reader;
    private final Consumer<I> listener;
    private final List<Registration> registrations;

    // Used on the executor's thread only
    private I latest;
    /** The read that is under way, null if none is. */
    private Object reading;
    private Future<?> patience = Futures.immediateCancelledFuture();
    private boolean changed;
    private boolean closed;

    /**
     * Begins to follow the intent.
     *
     * @param dataBroker where it is kept
     * @param containers the containers that it is in
     * @param reader makes a value of them
     * @param executor has one thread; the listener is called on it. It is not shut down by this object
     * @param listener gets the intent when it has first been read, and whenever it is another one. Before the first
     *     call the intent is unknown, which is not the same as empty
     */
    public IntentSource(final DataBroker dataBroker, final List<InstanceIdentifier<?>> containers,
            final Function<Containers, I> reader, final ScheduledExecutorService executor,
            final Consumer<I> listener) {
        this.dataBroker = requireNonNull(dataBroker);
        this.containers = List.copyOf(containers);
        this.reader = requireNonNull(reader);
        this.executor = requireNonNull(executor);
        this.listener = requireNonNull(listener);
        registrations = this.containers.stream().map(this::register).toList();
        execute(this::read);
    }

    /** Ends the calls; one that is under way is not waited for. */
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        execute(() -> closed = true);
    }

    private <T extends DataObject> Registration register(final InstanceIdentifier<T> container) {
        // A class and not a lambda: the type must be that of a clustered listener, which hears on every member
        final class Signal implements ClusteredDataTreeChangeListener<T> {
            @Override
            public void onDataTreeChanged(final Collection<DataTreeModification<T>> changes) {
                execute(IntentSource.this::read);
            }
        }

        return dataBroker.registerDataTreeChangeListener(
            DataTreeIdentifier.create(LogicalDatastoreType.CONFIGURATION, container), new Signal());
    }

    private void execute(final Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not followed any more: the listener's thread has ended", e);
        }
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private void read() {
        if (closed) {
            return;
        }
        if (reading != null) {
            changed = true;
            return;
        }
        final var current = new Object();
        reading = current;
        changed = false;

        final var reads =
            new LinkedHashMap<InstanceIdentifier<?>, FluentFuture<? extends Optional<? extends DataObject>>>();
        try (var tx = dataBroker.newReadOnlyTransaction()) {
            containers.forEach(path -> reads.put(path, tx.read(LogicalDatastoreType.CONFIGURATION, path)));
        } catch (RuntimeException e) {
            failed(current, e);
            return;
        }
        patience = schedule(() -> failed(current, new TimeoutException("no answer in " + PATIENCE_MILLIS + " ms")),
            PATIENCE_MILLIS);
        final var whole = Futures.whenAllSucceed(reads.values()).call(() -> {
            final var content = new HashMap<InstanceIdentifier<?>, DataObject>();
            reads.forEach((path, read) -> Futures.getUnchecked(read).ifPresent(data -> content.put(path, data)));
            return reader.apply(new Containers(content));
        }, executor);
        Futures.addCallback(whole, new FutureCallback<>() {
            @Override
            public void onSuccess(final I intent) {
                done(current, intent);
            }

            @Override
            public void onFailure(final Throwable cause) {
                failed(current, cause);
            }
        }, executor);
    }

    /** Whether that was the read under way, which it is not any more. */
    private boolean ends(final Object read) {
        if (read != reading) {
            return false;
        }
        reading = null;
        patience.cancel(false);
        return !closed;
    }

    private void done(final Object read, final I intent) {
        if (!ends(read)) {
            return;
        }
        if (!intent.equals(latest)) {
            latest = intent;
            listener.accept(intent);
        }
        if (changed) {
            read();
        }
    }

    private void failed(final Object read, final Throwable cause) {
        if (!ends(read)) {
            return;
        }
        LOG.warn("The intent could not be read, what was known stays; trying again in {} ms", RETRY_MILLIS, cause);
        schedule(this::read, RETRY_MILLIS);
    }

    private Future<?> schedule(final Runnable task, final long millis) {
        try {
            return executor.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not followed any more: the listener's thread has ended", e);
            return Futures.immediateCancelledFuture();
        }
    }
}
