/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.servlet.Servlet;
import javax.servlet.ServletException;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * HTTP without a network.
 */
final class Scraping {
    private Scraping() {
        // static methods only
    }

    static ServletOutputStream stream(final ByteArrayOutputStream body) {
        return new ServletOutputStream() {
            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(final WriteListener listener) {
                // never asked to wait
            }

            @Override
            public void write(final int octet) {
                body.write(octet);
            }
        };
    }

    static String get(final Servlet servlet) throws ServletException, IOException {
        final var body = new ByteArrayOutputStream();
        final var request = mock(HttpServletRequest.class);
        final var response = mock(HttpServletResponse.class);
        doReturn("GET").when(request).getMethod();
        doReturn(stream(body)).when(response).getOutputStream();
        servlet.service(request, response);
        return body.toString(StandardCharsets.UTF_8);
    }
}
