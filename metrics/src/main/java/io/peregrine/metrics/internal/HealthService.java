/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import io.peregrine.metrics.internal.core.Health;
import io.peregrine.metrics.internal.core.Health.Service;
import io.peregrine.metrics.internal.core.Health.Status;
import io.peregrine.metrics.internal.core.Observed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.opendaylight.infrautils.diagstatus.DiagStatusService;
import org.opendaylight.infrautils.diagstatus.ServiceDescriptor;
import org.opendaylight.infrautils.diagstatus.ServiceRegistration;
import org.opendaylight.infrautils.diagstatus.ServiceState;
import org.opendaylight.mdsal.binding.api.ClusteredDataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.ChildOf;
import org.opendaylight.yangtools.yang.binding.DataRoot;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells OpenDaylight's diagstatus how Peregrine's services are. It looks at what they publish: the data store is read
 * after something in it has changed, and every few seconds what is known is judged anew, since what is wrong counts
 * only after a while.
 *
 * <p>Statuses are reported, not asked for: a provider of statuses that comes would make diagstatus start again, and
 * with it OpenFlowPlugin.
 */
@Component(service = HealthService.class, immediate = true)
public final class HealthService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);
    private static final Duration PERIOD = Duration.ofSeconds(2);
    /** When the data store is taken for silent. */
    static final Duration ANSWER = Duration.ofSeconds(5);

    private final Loop loop = new Loop("health");
    private final StateReader reader;
    private final LongSupplier clock;
    private final Map<Service, ServiceRegistration> reports = new EnumMap<>(Service.class);
    private final List<Registration> registrations = new ArrayList<>();
    private volatile boolean dirty = true;
    private volatile Map<Service, Status> statuses = Map.of();

    // On the loop only
    private final Health health;
    private Optional<Observed> observed = Optional.empty();
    private boolean reading;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    volatile List<Loops> loops = List.of();

    /**
     * Begins to report.
     *
     * @param broker where the services publish their state
     * @param diagnostics where it is reported
     */
    @Activate
    public HealthService(@Reference final DataBroker broker, @Reference final DiagStatusService diagnostics) {
        this(broker, diagnostics, PERIOD, System::nanoTime);
    }

    HealthService(final DataBroker broker, final DiagStatusService diagnostics, final Duration period,
            final LongSupplier clock) {
        reader = new StateReader(broker);
        this.clock = requireNonNull(clock);
        health = new Health(clock.getAsLong());
        for (var service : Service.values()) {
            reports.put(service, diagnostics.register(diagnosticName(service)));
        }
        follow(broker, Edges.class);
        follow(broker, Tunnels.class);
        follow(broker, FabricState.class);
        follow(broker, LibvirtSessions.class);
        loop.scheduleWithFixedDelay(this::tick, 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    static String diagnosticName(final Service service) {
        return "PEREGRINE-" + service.name();
    }

    private <T extends ChildOf<? extends DataRoot>> void follow(final DataBroker broker, final Class<T> container) {
        registrations.add(broker.registerDataTreeChangeListener(
            DataTreeIdentifier.create(LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.create(container)),
            (ClusteredDataTreeChangeListener<T>) changes -> dirty = true));
    }

    @Deactivate
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        loop.shutdownNow();
        reports.values().forEach(ServiceRegistration::close);
    }

    /**
     * How the services are, as reported last.
     *
     * @return the status of each; empty before the first report
     */
    Map<Service, Status> statuses() {
        return statuses;
    }

    /**
     * How much waits for the controller's threads.
     *
     * @return one entry for each, by name
     */
    List<Loops.Load> loads() {
        return loops.stream().flatMap(some -> some.loads().stream()).sorted(Comparator.comparing(Loops.Load::name))
            .toList();
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private void tick() {
        try {
            if ((dirty || observed.isEmpty()) && !reading) {
                dirty = false;
                reading = true;
                read();
            } else {
                judge();
            }
        } catch (RuntimeException e) {
            LOG.error("Health cannot be judged", e);
        }
    }

    private void read() {
        Futures.addCallback(Futures.withTimeout(reader.read(loop), ANSWER.toMillis(), TimeUnit.MILLISECONDS, loop),
            new FutureCallback<Observed>() {
                @Override
                public void onSuccess(final Observed result) {
                    taken(Optional.of(result));
                }

                @Override
                public void onFailure(final Throwable cause) {
                    LOG.debug("The state of the services cannot be read", cause);
                    taken(Optional.empty());
                }
            }, this::execute);
    }

    private void execute(final Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closing", e);
        }
    }

    private void taken(final Optional<Observed> result) {
        reading = false;
        observed = result;
        judge();
    }

    private void judge() {
        final var late = new HashMap<String, Long>();
        loads().forEach(load -> load.late().ifPresent(nanos -> late.put(load.name(), nanos)));
        final var before = statuses;
        final var now = health.judge(observed, late, clock.getAsLong());
        statuses = now;
        now.forEach((service, status) -> {
            if (!status.equals(before.get(service))) {
                report(service, status);
            }
        });
    }

    private void report(final Service service, final Status status) {
        LOG.debug("{} is {}: {}", service, status.state(), status.text());
        final var state = switch (status.state()) {
            case STARTING -> ServiceState.STARTING;
            case OPERATIONAL -> ServiceState.OPERATIONAL;
            case ERROR -> ServiceState.ERROR;
        };
        reports.get(service).report(new ServiceDescriptor(diagnosticName(service), state, status.text()));
    }
}
