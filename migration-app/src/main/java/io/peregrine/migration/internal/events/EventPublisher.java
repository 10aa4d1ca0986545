/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.events;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.opendaylight.mdsal.binding.api.ClusteredDataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.binding.api.NotificationPublishService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.tunnels.Tunnel;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.Event;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.jobs.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Migrations;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.binding.Notification;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells changes of the operational data store as YANG notifications (peregrine-events), and the log. The threads that
 * bring changes only hand them over to a thread of this object's own: MD-SAL makes whoever publishes wait for a
 * listener that has fallen far behind. What is more than can wait is dropped, and the log says how much.
 */
@Component(service = { })
public final class EventPublisher implements AutoCloseable {
    /**
     * Makes an event of a change.
     *
     * @param <T> the entry
     * @param <N> the event
     */
    @FunctionalInterface
    private interface Maker<T extends DataObject, N extends Notification<N> & Event> {
        Optional<N> make(T was, T is, Instant now);
    }

    /** Commits that wait to be told; one has the changes of 0.1 s at least. */
    static final int MOST_WAITING = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);

    private final NotificationPublishService publisher;
    /** Belongs to the executor's thread. */
    private final EventLog log = new EventLog();
    private final InstantSource clock;
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(MOST_WAITING),
        new ThreadFactoryBuilder().setNameFormat("peregrine-events-%d").setDaemon(true).setUncaughtExceptionHandler(
            (thread, failure) -> LOG.error("Events have not been told", failure)).build());
    private final AtomicLong dropped = new AtomicLong();
    private final List<Registration> registrations;

    /**
     * Begins to tell.
     *
     * @param broker the data store
     * @param publisher takes the notifications
     */
    @Activate
    public EventPublisher(@Reference final DataBroker broker, @Reference final NotificationPublishService publisher) {
        this(broker, publisher, InstantSource.system());
    }

    EventPublisher(final DataBroker broker, final NotificationPublishService publisher, final InstantSource clock) {
        this.publisher = requireNonNull(publisher);
        this.clock = requireNonNull(clock);
        final var began = clock.instant();
        registrations = List.of(
            follow(broker, InstanceIdentifier.create(Links.class).child(Link.class), Events::link),
            follow(broker, InstanceIdentifier.create(Tunnels.class).child(Tunnel.class), Events::tunnel),
            follow(broker, InstanceIdentifier.create(Edges.class).child(Edge.class), Events::edge),
            follow(broker, InstanceIdentifier.create(Guests.class).child(Guest.class), Events::guest),
            follow(broker, InstanceIdentifier.create(Migrations.class).child(Migration.class),
                (was, is, now) -> Events.migration(was, is, began, now)),
            follow(broker, InstanceIdentifier.create(Jobs.class).child(Job.class),
                (was, is, now) -> Events.job(was, is, began, now)));
    }

    private <T extends DataObject, N extends Notification<N> & Event> Registration follow(final DataBroker broker,
            final InstanceIdentifier<T> path, final Maker<T, N> maker) {
        return broker.registerDataTreeChangeListener(DataTreeIdentifier.create(LogicalDatastoreType.OPERATIONAL, path),
            (ClusteredDataTreeChangeListener<T>) changes -> {
                final var now = clock.instant();
                try {
                    executor.execute(() -> tell(changes, maker, now));
                } catch (RejectedExecutionException e) {
                    dropped.addAndGet(changes.size());
                    LOG.trace("No room", e);
                }
            });
    }

    private <T extends DataObject, N extends Notification<N> & Event> void tell(
            final Collection<DataTreeModification<T>> changes, final Maker<T, N> maker, final Instant now) {
        final long lost = dropped.getAndSet(0);
        if (lost > 0) {
            LOG.warn("{} changes have not been told: who listens is too slow", lost);
        }
        for (final var change : changes) {
            final var root = change.getRootNode();
            maker.make(root.getDataBefore(), root.getDataAfter(), now).ifPresent(event -> {
                log.write(event);
                publisher.offerNotification(event);
            });
        }
    }

    /** Ends telling; what has not been told by now is not. */
    @Deactivate
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        executor.shutdownNow();
    }
}
