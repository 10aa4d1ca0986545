/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.util.function.Supplier;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Answers scrapes in Prometheus' text format, or in OpenMetrics' if that is asked for.
 */
@SuppressFBWarnings(value = "SE_BAD_FIELD", justification = "Nobody serializes servlets")
final class ScrapeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final ExpositionFormatWriter plain = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter open = OpenMetricsTextFormatWriter.create();
    private final Supplier<MetricSnapshots> source;

    /**
     * A servlet.
     *
     * @param source makes the figures, on the thread of a request
     */
    ScrapeServlet(final Supplier<MetricSnapshots> source) {
        this.source = requireNonNull(source);
    }

    @Override
    protected void doGet(final HttpServletRequest request, final HttpServletResponse response) throws IOException {
        final var writer = open.accepts(request.getHeader("Accept")) ? open : plain;
        final var snapshots = source.get();
        response.setContentType(writer.getContentType());
        writer.write(response.getOutputStream(), snapshots);
    }
}
