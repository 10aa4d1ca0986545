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
import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.journal.LateWriter;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import io.peregrine.topology.Found;
import io.peregrine.topology.RpcAnswers;
import io.peregrine.topology.StatePublisher;
import io.peregrine.topology.search.Wishes;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrationsOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.HistoryPolicy;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.find.migrations.output.MigrationBuilder;
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
@Component(service = { HistoryService.class, Loops.class })
public final class HistoryService implements Loops, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryService.class);
    private static final InstanceIdentifier<Migrations> MIGRATIONS = InstanceIdentifier.create(Migrations.class);
    /** What the model says. */
    private static final int DEFAULT_SIZE = 1000;

    private final Loop publishing = new Loop("history");
    private final LateWriter writer = new LateWriter("records of migrations", "peregrine-history-files", this::write);
    private final HistoryFiles files;
    private final StatePublisher<String, Migration, Migration> publisher;
    private final List<Registration> registrations;

    // Guarded by this
    private final History history = new History();

    /**
     * Begins with what an earlier process has left.
     *
     * @param broker the datastores
     * @param rpcs takes the model's RPCs
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
            rpcs.registerRpcImplementations((ClearHistory) this::clear, (FindMigrations) this::find));
        changed();
    }

    /** Writes what is not written yet, and removes what is shown, as far as that can be done in a few seconds. */
    @Deactivate
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        publisher.close();
        publishing.shutdown();
        writer.close();
    }

    @Override
    public List<Load> loads() {
        return List.of(publishing.load());
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
        final Instant before;
        try {
            before = Wishes.time("before", input.getBefore(), Instant.MAX);
        } catch (IllegalArgumentException e) {
            return RpcAnswers.refused(e);
        }
        final int count;
        synchronized (this) {
            count = history.clear(before);
        }
        LOG.info("{} records of migrations are removed, an operator says", count);
        changed();
        return RpcResultBuilder.success(new ClearHistoryOutputBuilder().setCleared(Uint32.valueOf(count)).build())
            .buildFuture();
    }

    /** Looks through a copy, so that those who add records need not wait. */
    ListenableFuture<RpcResult<FindMigrationsOutput>> find(final FindMigrationsInput input) {
        final Search search;
        try {
            search = new Search(input, Wishes.time("since", input.getSince(), Instant.MIN));
        } catch (IllegalArgumentException e) {
            return RpcAnswers.refused(e);
        }
        final List<Migration> all;
        synchronized (this) {
            all = history.newestFirst();
        }
        final var found = Found.of(all.stream().filter(search), input.getLimit());
        return RpcResultBuilder.success(new FindMigrationsOutputBuilder().setMatched(found.matched())
            .setMigration(found.entries().stream().map(record -> new MigrationBuilder(record).build()).toList())
            .build()).buildFuture();
    }

    private void changed() {
        publisher.changed();
        writer.changed();
    }

    private void write() throws IOException {
        final Map<Long, List<Migration>> segments;
        synchronized (this) {
            segments = history.takeChanged();
        }
        final var failed = new HashSet<Long>();
        IOException failure = null;
        for (final var entry : segments.entrySet()) {
            try {
                files.write(entry.getKey(), entry.getValue());
            } catch (IOException e) {
                failed.add(entry.getKey());
                failure = e;
            }
        }
        notWritten(failed);
        if (failure != null) {
            throw failure;
        }
    }

    private synchronized void notWritten(final Set<Long> segments) {
        history.notWritten(segments);
    }
}
