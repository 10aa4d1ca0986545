/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FluentFuture;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.opendaylight.mdsal.binding.api.ClusteredDataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Networks;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the operators' intent. Changes of its three containers are only a sign to read all of them in one
 * transaction, so that what the listener gets is always as of one commit. Changes that come while a read is under way
 * are read together.
 */
public final class IntentSource implements AutoCloseable {
    static final InstanceIdentifier<Networks> NETWORKS = InstanceIdentifier.create(Networks.class);
    static final InstanceIdentifier<Hypervisors> HYPERVISORS = InstanceIdentifier.create(Hypervisors.class);
    static final InstanceIdentifier<Borders> BORDERS = InstanceIdentifier.create(Borders.class);

    private static final Logger LOG = LoggerFactory.getLogger(IntentSource.class);
    private static final long RETRY_MILLIS = 1000;

    private final DataBroker dataBroker;
    private final ScheduledExecutorService executor;
    private final Consumer<Intent> listener;
    private final List<Registration> registrations;

    // Used on the executor's thread only
    private Intent latest;
    private boolean reading;
    private boolean changed;
    private boolean closed;

    /**
     * Begins to follow the intent.
     *
     * @param dataBroker where it is kept
     * @param executor has one thread; the listener is called on it. It is not shut down by this object
     * @param listener gets the intent when it has first been read, and whenever it is another one. Before the first
     *     call the intent is unknown, which is not the same as empty
     */
    public IntentSource(final DataBroker dataBroker, final ScheduledExecutorService executor,
            final Consumer<Intent> listener) {
        this.dataBroker = requireNonNull(dataBroker);
        this.executor = requireNonNull(executor);
        this.listener = requireNonNull(listener);
        registrations = List.of(register(NETWORKS), register(HYPERVISORS), register(BORDERS));
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

    private void read() {
        if (closed) {
            return;
        }
        if (reading) {
            changed = true;
            return;
        }
        reading = true;
        changed = false;

        final FluentFuture<Optional<Networks>> networks;
        final FluentFuture<Optional<Hypervisors>> hypervisors;
        final FluentFuture<Optional<Borders>> borders;
        try (var tx = dataBroker.newReadOnlyTransaction()) {
            networks = tx.read(LogicalDatastoreType.CONFIGURATION, NETWORKS);
            hypervisors = tx.read(LogicalDatastoreType.CONFIGURATION, HYPERVISORS);
            borders = tx.read(LogicalDatastoreType.CONFIGURATION, BORDERS);
        }
        final var whole = Futures.whenAllSucceed(networks, hypervisors, borders).call(() -> IntentReader.read(
            Futures.getDone(networks).orElse(null), Futures.getDone(hypervisors).orElse(null),
            Futures.getDone(borders).orElse(null)), executor);
        Futures.addCallback(whole, new FutureCallback<>() {
            @Override
            public void onSuccess(final Intent intent) {
                done(intent);
            }

            @Override
            public void onFailure(final Throwable cause) {
                failed(cause);
            }
        }, executor);
    }

    private void done(final Intent intent) {
        reading = false;
        if (closed) {
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

    private void failed(final Throwable cause) {
        reading = false;
        if (closed) {
            return;
        }
        LOG.warn("The intent could not be read, what was known stays; trying again in {} ms", RETRY_MILLIS, cause);
        try {
            executor.schedule(this::read, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not followed any more: the listener's thread has ended", e);
        }
    }
}
