/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.login;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.shiro.web.filter.authz.HttpMethodPermissionFilter;
import org.apache.shiro.web.util.WebUtils;

/**
 * Lets through who has a permission: {@code needs[operate:call]}, or {@code needs[view]} with what the request's method
 * does, such as {@code view:read} for a GET. Who has not is told by an error as RESTCONF has them (RFC 8040, section
 * 7.1) which role it takes, and who has not logged in is asked to; Shiro's own filters say 401 to both, and nothing
 * else. OpenDaylight's configuration of Shiro ({@code aaa-app-config.xml}) names this class.
 *
 * <p>Any thread may call.
 */
public final class PermissionFilter extends HttpMethodPermissionFilter {
    /** The same as Shiro's filter for logins says. */
    private static final String CHALLENGE = "BASIC realm=\"application\"";
    private static final String JSON = """
        {"errors":{"error":[{"error-type":"application","error-tag":"access-denied","error-message":"%s"}]}}
        """;
    private static final String XML = """
        <errors xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf"><error><error-type>application</error-type>\
        <error-tag>access-denied</error-tag><error-message>%s</error-message></error></errors>
        """;

    /** A rule that names no permission is for administrators; Shiro would let everybody through. */
    @Override
    protected String[] buildPermissions(final String[] permissions, final String action) {
        return permissions == null ? new String[] {"*"}
            : Stream.of(permissions).map(each -> each.contains(":") ? each : each + ":" + action)
                .toArray(String[]::new);
    }

    @Override
    protected boolean onAccessDenied(final ServletRequest request, final ServletResponse response,
            final Object mappedValue) throws IOException {
        final var answer = WebUtils.toHttp(response);
        if (getSubject(request, response).getPrincipal() == null) {
            answer.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            answer.setHeader("WWW-Authenticate", CHALLENGE);
            return false;
        }
        final var role = KarafRealm.roleWith(buildPermissions((String[]) mappedValue, getHttpMethodAction(request)));
        final var xml = isXmlWanted(WebUtils.toHttp(request));
        final var body = (xml ? XML : JSON).formatted("this needs the role " + role + " (docs/security.md)")
            .getBytes(StandardCharsets.UTF_8);
        answer.setStatus(HttpServletResponse.SC_FORBIDDEN);
        answer.setContentType(xml ? "application/yang-data+xml" : "application/yang-data+json");
        answer.setContentLength(body.length);
        answer.getOutputStream().write(body);
        return false;
    }

    /** As RESTCONF chooses: what is accepted, else what was sent; JSON if both are, or neither. */
    private static boolean isXmlWanted(final HttpServletRequest request) {
        final var accepted = String.join(",", Collections.list(request.getHeaders("Accept"))).toLowerCase(Locale.ROOT);
        final var types = accepted.contains("xml") || accepted.contains("json") ? accepted
            : Objects.toString(request.getContentType(), "").toLowerCase(Locale.ROOT);
        return types.contains("xml") && !types.contains("json");
    }
}
