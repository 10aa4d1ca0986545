/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.util.function.Supplier;
import javax.servlet.Servlet;
import javax.servlet.ServletConfig;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Answers scrapes in Prometheus' text format, or in OpenMetrics' if that is asked for.
 */
final class ScrapeServlet implements Servlet {
    private final ExpositionFormatWriter plain = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter open = OpenMetricsTextFormatWriter.create();
    private final Supplier<MetricSnapshots> source;
    private ServletConfig config;

    /**
     * A servlet.
     *
     * @param source makes the figures, on the thread of a request
     */
    ScrapeServlet(final Supplier<MetricSnapshots> source) {
        this.source = requireNonNull(source);
    }

    @Override
    public void init(final ServletConfig newConfig) {
        config = newConfig;
    }

    @Override
    public ServletConfig getServletConfig() {
        return config;
    }

    @Override
    public void service(final ServletRequest request, final ServletResponse response)
            throws ServletException, IOException {
        if (!(request instanceof HttpServletRequest asked && response instanceof HttpServletResponse answer)) {
            throw new ServletException("no HTTP");
        }
        if (!"GET".equals(asked.getMethod())) {
            answer.setHeader("Allow", "GET");
            answer.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        final var writer = open.accepts(asked.getHeader("Accept")) ? open : plain;
        final var snapshots = source.get();
        answer.setContentType(writer.getContentType());
        writer.write(answer.getOutputStream(), snapshots);
    }

    @Override
    public String getServletInfo() {
        return "Peregrine's metrics";
    }

    @Override
    public void destroy() {
        // nothing to let go of
    }
}
