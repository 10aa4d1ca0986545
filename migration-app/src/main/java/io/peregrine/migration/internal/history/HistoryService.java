/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.peregrine.flow.journal.Journal;
import io.peregrine.topology.StatePublisher;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataListener;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistory;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistoryInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistoryOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistoryOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.HistoryPolicy;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the records of migrations, shows them in the operational datastore and writes them to files a moment later. All
 * methods are thread-safe; those that take records return at once.
 */
@Component(service = HistoryService.class)
public final class HistoryService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryService.class);
    private static final InstanceIdentifier<Migrations> MIGRATIONS = InstanceIdentifier.create(Migrations.class);
    /** What the model says. */
    private static final int DEFAULT_SIZE = 1000;
    /** How long to wait for more. A record that began less than this before a crash is lost. */
    private static final long SETTLE_MILLIS = 200;
    private static final long RETRY_MILLIS = 5000;
    private static final long CLOSE_SECONDS = 3;

    private final ScheduledExecutorService publishing = executor("peregrine-history");
    private final ScheduledExecutorService writing = executor("peregrine-history-files");
    private final HistoryFiles files;
    private final StatePublisher<String, Migration, Migration> publisher;
    private final List<Registration> registrations;

    // Guarded by this
    private final History history = new History();
    private boolean scheduled;

    // On the writing thread only
    private boolean failing;

    /**
     * Begins with what an earlier process has left.
     *
     * @param broker the datastores
     * @param rpcs takes the model's RPC
     * @param journal has the files
     */
    @Activate
    public HistoryService(@Reference final DataBroker broker, @Reference final RpcProviderService rpcs,
            @Reference final Journal journal) {
        files = new HistoryFiles(requireNonNull(journal));
        synchronized (this) {
            history.notWritten(files.read(history));
            LOG.info("{} migrations remembered", history.records().size());
        }
        publisher = new StatePublisher<>(broker, MIGRATIONS, new MigrationsBuilder().build(),
            id -> MIGRATIONS.child(Migration.class, new MigrationKey(id)), Function.identity(), this::records,
            publishing);
        registrations = List.of(
            broker.registerDataListener(DataTreeIdentifier.create(LogicalDatastoreType.CONFIGURATION,
                InstanceIdentifier.create(HistoryPolicy.class)), (DataListener<HistoryPolicy>) this::onPolicy),
            rpcs.registerRpcImplementations((ClearHistory) this::clear));
        changed();
    }

    private static ScheduledExecutorService executor(final String name) {
        return Executors.newSingleThreadScheduledExecutor(
            new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build());
    }

    /** Writes what is not written yet, and removes what is shown, as far as that can be done in a few seconds. */
    @Deactivate
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        publisher.close();
        publishing.shutdown();
        writing.execute(this::write);
        writing.shutdown();
        try {
            if (!writing.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The history of migrations could not be written in {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Map<String, Migration> records() {
        return history.records();
    }

    /**
     * A migration has begun.
     *
     * @param id what it should be called
     * @param record makes its record of what it is called, which is that or, if another is called so, something like it
     * @return what it is called
     */
    public String begin(final String id, final Function<String, Migration> record) {
        final String free;
        synchronized (this) {
            free = history.freeId(id);
            history.begin(record.apply(free));
        }
        changed();
        return free;
    }

    /**
     * A record has changed.
     *
     * @param record the record; ignored if it has been dropped meanwhile
     */
    public void update(final Migration record) {
        synchronized (this) {
            history.update(record);
        }
        changed();
    }

    private void onPolicy(final HistoryPolicy policy) {
        synchronized (this) {
            history.keep(policy == null || policy.getSize() == null ? DEFAULT_SIZE : policy.getSize().intValue());
        }
        changed();
    }

    ListenableFuture<RpcResult<ClearHistoryOutput>> clear(final ClearHistoryInput input) {
        final var before = input.getBefore() == null ? Instant.MAX
            : OffsetDateTime.parse(input.getBefore().getValue()).toInstant();
        final int count;
        synchronized (this) {
            count = history.clear(before);
        }
        LOG.info("{} records of migrations are removed, an operator says", count);
        changed();
        return RpcResultBuilder.success(new ClearHistoryOutputBuilder().setCleared(Uint32.valueOf(count)).build())
            .buildFuture();
    }

    private void changed() {
        publisher.changed();
        schedule(SETTLE_MILLIS);
    }

    private synchronized void schedule(final long millis) {
        if (!scheduled) {
            try {
                writing.schedule(this::write, millis, TimeUnit.MILLISECONDS);
                scheduled = true;
            } catch (RejectedExecutionException e) {
                LOG.debug("Closing", e);
            }
        }
    }

    private void write() {
        final Map<Long, List<Migration>> segments;
        synchronized (this) {
            scheduled = false;
            segments = history.takeChanged();
        }
        final var failed = new HashSet<Long>();
        segments.forEach((segment, records) -> {
            try {
                files.write(segment, records);
            } catch (IOException e) {
                failed.add(segment);
                if (!failing) {
                    LOG.error("The history of migrations cannot be written; it is tried again every {} ms",
                        RETRY_MILLIS, e);
                }
                failing = true;
            }
        });
        if (!failed.isEmpty()) {
            notWritten(failed);
            schedule(RETRY_MILLIS);
        } else if (failing && !segments.isEmpty()) {
            LOG.info("The history of migrations is written again");
            failing = false;
        }
    }

    private synchronized void notWritten(final Set<Long> segments) {
        history.notWritten(segments);
    }
}
