/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.openapi.internal;

import static java.util.Objects.requireNonNull;

import edu.umd.cs.findbugs.annotations.SuppressFBWarnings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Gives the document to whoever asks.
 */
@SuppressFBWarnings(value = "SE_BAD_FIELD", justification = "Nobody serializes servlets")
final class DocumentServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final Supplier<String> document;

    /**
     * A servlet.
     *
     * @param document makes the document, on the thread of a request
     */
    DocumentServlet(final Supplier<String> document) {
        this.document = requireNonNull(document);
    }

    @Override
    protected void doGet(final HttpServletRequest request, final HttpServletResponse response) throws IOException {
        final byte[] body = document.get().getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
