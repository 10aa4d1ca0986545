/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.openapi.internal;

import static java.util.Objects.requireNonNull;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.peregrine.openapi.internal.core.OpenApiDocument;
import javax.servlet.ServletException;
import org.opendaylight.aaa.web.ServletDetails;
import org.opendaylight.aaa.web.WebContext;
import org.opendaylight.aaa.web.WebContextSecurer;
import org.opendaylight.aaa.web.WebServer;
import org.opendaylight.mdsal.dom.api.DOMSchemaService;
import org.opendaylight.yangtools.concepts.Registration;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Answers at {@code /peregrine-openapi/} of OpenDaylight's web server, after the same login as RESTCONF, with the
 * description of what RESTCONF offers for Peregrine's models. It is made anew for each who asks, some milliseconds.
 */
@Component(service = { })
public final class OpenApiService implements AutoCloseable {
    private static final String PATH = "/peregrine-openapi";
    /** What the namespaces of Peregrine's models begin with. */
    private static final String NAMESPACES = "urn:peregrine:";

    private final Gson gson = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private final DOMSchemaService models;
    private final String version;
    private final Registration web;

    /**
     * Begins to answer.
     *
     * @param models has the models
     * @param server answers HTTP
     * @param securer makes it ask for a login
     * @param bundle tells the version
     * @throws ServletException if the web server does not take it
     */
    @Activate
    public OpenApiService(@Reference final DOMSchemaService models, @Reference final WebServer server,
            @Reference final WebContextSecurer securer, final BundleContext bundle) throws ServletException {
        this.models = requireNonNull(models);
        version = bundle.getBundle().getVersion().toString();
        final var context = WebContext.builder().name("Peregrine OpenAPI").contextPath(PATH).supportsSessions(false)
            .addServlet(ServletDetails.builder().name("peregrine-openapi").addUrlPattern("/*")
                .servlet(new DocumentServlet(this::document)).build());
        securer.requireAuthentication(context, "/*");
        web = server.registerWebContext(context.build());
    }

    @Deactivate
    @Override
    public void close() {
        web.close();
    }

    private String document() {
        return gson.toJson(OpenApiDocument.of(models.getGlobalContext(), NAMESPACES, "Peregrine", version));
    }
}
