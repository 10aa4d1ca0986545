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
import com.google.common.util.concurrent.Futures;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.WriteTransaction;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a list of the operational data store equal to state that lives elsewhere. Changes that come in quick succession
 * are written together, one transaction at a time, and nobody waits for them: a slow data store makes the picture late
 * and nothing else. Only entries that differ are written. A transaction that failed, or gave no answer, is followed by
 * one that writes all anew. What an earlier process left there is removed at the start.
 *
 * @param <K> what identifies an entry
 * @param <V> the state shown by an entry; immutable, equal if there is nothing to write
 * @param <T> an entry
 */
public final class StatePublisher<K, V, T extends DataObject> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatePublisher.class);
    private static final long SETTLE_MILLIS = 50;
    private static final long RETRY_MILLIS = 1000;
    /** After so long an attempt is taken for failed. */
    static final long PATIENCE_MILLIS = 30_000;
    private static final long CLOSE_SECONDS = 3;

    private final DataBroker dataBroker;
    private final InstanceIdentifier<?> container;
    private final Consumer<WriteTransaction> clear;
    private final Function<? super K, InstanceIdentifier<T>> path;
    private final Function<? super V, T> entry;
    private final Supplier<? extends Map<K, V>> state;
    private final ScheduledExecutorService executor;
    private final long patienceMillis;
    private final CountDownLatch removed = new CountDownLatch(1);

    // all guarded by this
    /** What the data store has; null if that is not known. */
    private Map<K, V> published;
    private boolean scheduled;
    /** The attempt under way, null if none is. */
    private Object writing;
    private Future<?> patience = Futures.immediateCancelledFuture();
    private boolean again;
    private boolean closed;

    /**
     * A publisher that is going to write what there is.
     *
     * @param dataBroker the data store
     * @param container what the list is in; nobody else writes there
     * @param empty the container without an entry
     * @param <C> the container
     * @param path where in it an entry is
     * @param entry makes an entry, on the executor's thread
     * @param state gives the whole state, on the executor's thread, which reads the map before it does anything else
     * @param executor one thread; it may be shared, and is to be shut down by its owner after this object is closed
     */
    public <C extends DataObject> StatePublisher(final DataBroker dataBroker, final InstanceIdentifier<C> container,
            final C empty, final Function<? super K, InstanceIdentifier<T>> path, final Function<? super V, T> entry,
            final Supplier<? extends Map<K, V>> state, final ScheduledExecutorService executor) {
        this(dataBroker, container, empty, path, entry, state, executor, PATIENCE_MILLIS);
    }

    <C extends DataObject> StatePublisher(final DataBroker dataBroker, final InstanceIdentifier<C> container,
            final C empty, final Function<? super K, InstanceIdentifier<T>> path, final Function<? super V, T> entry,
            final Supplier<? extends Map<K, V>> state, final ScheduledExecutorService executor,
            final long patienceMillis) {
        this.dataBroker = requireNonNull(dataBroker);
        this.container = requireNonNull(container);
        requireNonNull(empty);
        // A deletion followed by entries in one transaction is more than yangtools 11 can do
        clear = tx -> tx.put(LogicalDatastoreType.OPERATIONAL, container, empty);
        this.path = requireNonNull(path);
        this.entry = requireNonNull(entry);
        this.state = requireNonNull(state);
        this.executor = requireNonNull(executor);
        this.patienceMillis = patienceMillis;
        changed();
    }

    /** The state has changed. Any thread; returns at once. */
    public synchronized void changed() {
        if (writing != null) {
            again = true;
        } else {
            schedule(SETTLE_MILLIS);
        }
    }

    /** Removes the container and ends, as far as a few seconds allow. Not to be called by the executor. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (writing == null) {
                remove();
            }
        }
        try {
            if (!removed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.debug("{} is not removed yet", container);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void remove() {
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.delete(LogicalDatastoreType.OPERATIONAL, container);
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                removed.countDown();
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.debug("{} could not be removed", container, cause);
                removed.countDown();
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
            LOG.debug("{} is not published any more", container, e);
        }
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private void write() {
        final Map<K, V> before;
        final var attempt = new Object();
        synchronized (this) {
            scheduled = false;
            if (closed) {
                return;
            }
            writing = attempt;
            again = false;
            before = published;
        }
        try {
            final var news = new HashMap<K, V>();
            final var gone = new HashSet<K>(before == null ? Set.of() : before.keySet());
            state.get().forEach((key, value) -> {
                gone.remove(key);
                if (before == null || !value.equals(before.get(key))) {
                    news.put(key, value);
                }
            });
            if (before != null && news.isEmpty() && gone.isEmpty()) {
                written(attempt, news, gone);
                return;
            }
            final var tx = dataBroker.newWriteOnlyTransaction();
            if (before == null) {
                clear.accept(tx);
            }
            news.forEach((key, value) -> put(tx, key, value));
            gone.forEach(key -> tx.delete(LogicalDatastoreType.OPERATIONAL, path.apply(key)));
            commit(attempt, tx, news, gone);
        } catch (RuntimeException | LinkageError e) {
            failed(attempt, e);
        }
    }

    /** An entry that cannot be made is left out until its state changes; it must not keep the others back. */
    @SuppressWarnings("checkstyle:illegalCatch")
    private void put(final WriteTransaction tx, final K key, final V value) {
        try {
            tx.put(LogicalDatastoreType.OPERATIONAL, path.apply(key), entry.apply(value));
        } catch (RuntimeException e) {
            LOG.error("{}: {} cannot be shown", container, key, e);
        }
    }

    private void commit(final Object attempt, final WriteTransaction tx, final Map<K, V> news, final Set<K> gone) {
        waitFor(attempt);
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                written(attempt, news, gone);
            }

            @Override
            public void onFailure(final Throwable cause) {
                failed(attempt, cause);
            }
        }, Runnable::run);
    }

    /** An answer that does not come must not keep what changes from being shown for ever. */
    private synchronized void waitFor(final Object attempt) {
        try {
            patience = executor.schedule(() -> failed(attempt,
                new TimeoutException("no answer in " + patienceMillis + " ms")), patienceMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is not published any more", container, e);
        }
    }

    /** Whether that was the attempt under way, which it is not any more. */
    private boolean ends(final Object attempt) {
        if (attempt != writing) {
            return false;
        }
        writing = null;
        patience.cancel(false);
        return true;
    }

    private synchronized void written(final Object attempt, final Map<K, V> news, final Set<K> gone) {
        if (!ends(attempt)) {
            return;
        }
        if (published == null) {
            published = new HashMap<>();
        }
        published.putAll(news);
        published.keySet().removeAll(gone);
        if (closed) {
            remove();
        } else if (again) {
            schedule(SETTLE_MILLIS);
        }
    }

    private synchronized void failed(final Object attempt, final Throwable cause) {
        if (!ends(attempt)) {
            return;
        }
        LOG.warn("{} could not be published, trying again in {} ms", container, RETRY_MILLIS, cause);
        published = null;
        if (closed) {
            remove();
        } else {
            schedule(RETRY_MILLIS);
        }
    }
}
