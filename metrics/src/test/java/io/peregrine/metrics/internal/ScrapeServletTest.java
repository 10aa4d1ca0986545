/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mock;
import org.mockito.junit.jupiter.MockitoExtension;

@ExtendWith(MockitoExtension.class)
class ScrapeServletTest {
    @Mock
    private HttpServletRequest request;
    @Mock
    private HttpServletResponse response;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ScrapeServlet servlet = new ScrapeServlet(() -> {
        final var scrape = new Scrape();
        scrape.counter(Metric.MOVES, 2, "reactive", "completed");
        return scrape.snapshots();
    });

    @BeforeEach
    void before() throws Exception {
        lenient().doReturn(Scraping.stream(body)).when(response).getOutputStream();
        lenient().doReturn("GET").when(request).getMethod();
    }

    private String body() {
        return body.toString(StandardCharsets.UTF_8);
    }

    @Test
    void itAnswersInPrometheusFormat() throws Exception {
        servlet.service(request, response);
        verify(response).setContentType("text/plain; version=0.0.4; charset=utf-8");
        assertEquals("""
            # HELP peregrine_moves_total Moves that have ended, since the start
            # TYPE peregrine_moves_total counter
            peregrine_moves_total{mode="reactive",phase="completed"} 2.0
            """, body());
    }

    @Test
    void itAnswersInOpenMetricsIfAsked() throws Exception {
        doReturn("application/openmetrics-text;version=1.0.0,text/plain;q=0.5").when(request).getHeader("Accept");
        servlet.service(request, response);
        verify(response).setContentType("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertTrue(body().endsWith("# EOF\n"), body());
        assertTrue(body().contains("# TYPE peregrine_moves counter\n"), body());
    }

    @ParameterizedTest
    @ValueSource(strings = { "POST", "PUT", "DELETE" })
    void itOnlyTells(final String method) throws Exception {
        doReturn(method).when(request).getMethod();
        doReturn("HTTP/1.1").when(request).getProtocol();
        servlet.service(request, response);
        verify(response).sendError(eq(405), anyString());
        verify(response, never()).setContentType(anyString());
        assertEquals("", body());
    }
}
