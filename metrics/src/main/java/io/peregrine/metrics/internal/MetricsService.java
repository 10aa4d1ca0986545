/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.loops.Loop;
import io.peregrine.metrics.internal.core.MoveStatistics;
import io.peregrine.metrics.internal.core.Observed;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.servlet.ServletException;
import org.opendaylight.aaa.web.ServletDetails;
import org.opendaylight.aaa.web.WebContext;
import org.opendaylight.aaa.web.WebContextSecurer;
import org.opendaylight.aaa.web.WebServer;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yangtools.concepts.Registration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers Prometheus at {@code /metrics/} of OpenDaylight's web server, after the same login as RESTCONF. What it tells
 * is collected when it is asked, but for moves, which are counted as their records end.
 */
@Component(service = { })
public final class MetricsService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsService.class);
    private static final String PATH = "/metrics";

    /** Looks through what is read: however many ask, one core is busy. */
    private final Loop loop = new Loop("metrics");
    private final StateReader reader;
    private final SwitchLoads switches;
    private final HealthService health;
    private final Certificates certificates;
    private final long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
    private final MoveStatistics moves = new MoveStatistics(Instant.ofEpochMilli(startMillis));
    private final Registration records;
    private final Registration web;

    /**
     * Begins to answer.
     *
     * @param broker where the services publish their state
     * @param switches tells the switches' loads
     * @param health tells how the services are
     * @param certificates tells when certificates end
     * @param server answers HTTP
     * @param securer makes it ask for a login
     * @throws ServletException if the web server does not take it
     */
    @Activate
    public MetricsService(@Reference final DataBroker broker, @Reference final SwitchLoads switches,
            @Reference final HealthService health, @Reference final Certificates certificates,
            @Reference final WebServer server, @Reference final WebContextSecurer securer) throws ServletException {
        reader = new StateReader(broker);
        this.switches = requireNonNull(switches);
        this.health = requireNonNull(health);
        this.certificates = requireNonNull(certificates);
        final var context = WebContext.builder().name("Peregrine metrics").contextPath(PATH).supportsSessions(false)
            .addServlet(ServletDetails.builder().name("peregrine-metrics").addUrlPattern("/*")
                .servlet(new ScrapeServlet(this::collect)).build());
        securer.requireAuthentication(context, "/*");
        web = server.registerWebContext(context.build());
        records = MoveListener.follow(broker, moves);
    }

    @Deactivate
    @Override
    public void close() {
        web.close();
        records.close();
        loop.shutdownNow();
    }

    /** Waits for the data store, a few seconds at most. */
    private MetricSnapshots collect() {
        return Exposition.of(new Exposition.Sources(observed(), switches.switchLoads(), health.loads(), moves.figures(),
            health.statuses(), certificates.ends(), startMillis));
    }

    private Optional<Observed> observed() {
        try {
            return Optional.of(reader.read(loop).get(HealthService.ANSWER.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("The state of the services cannot be read", e);
        }
        return Optional.empty();
    }
}
