/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.servlet.FilterChain;
import javax.servlet.ServletOutputStream;
import javax.servlet.WriteListener;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.shiro.config.Ini;
import org.apache.shiro.web.env.IniWebEnvironment;
import org.apache.shiro.web.subject.WebSubject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/** With the rules that the distribution has. */
class PermissionFilterTest {
    private static final Path RULES = Path.of("..", "karaf-distribution", "src", "main", "assembly", "etc",
        "opendaylight", "datastore", "initial", "config", "aaa-app-config.xml");
    private static final String JSON = "application/yang-data+json";
    private static final String XML = "application/yang-data+xml";

    private static Map<String, String> main;
    private static Map<String, String> urls;

    /** Shiro as OpenDaylight sets it up. */
    private static final class Environment extends IniWebEnvironment {
        Environment(final Map<String, String> rules) {
            final var ini = new Ini();
            ini.addSection("main").putAll(main);
            ini.addSection("urls").putAll(rules);
            setIni(ini);
            configure();
        }
    }

    /** What was answered; 200 if what is asked for was reached. */
    private record Answer(int code, Map<String, String> headers, String body) {
    }

    private static final class Request {
        private final HttpServletRequest http = mock(HttpServletRequest.class);

        Request(final String user, final String password, final String method, final String path) {
            when(http.getMethod()).thenReturn(method);
            when(http.getServletPath()).thenReturn("");
            when(http.getPathInfo()).thenReturn(path);
            when(http.getRequestURI()).thenReturn("/rests" + path);
            when(http.getHeaders(anyString())).thenAnswer(call -> Collections.emptyEnumeration());
            if (user != null) {
                when(http.getHeader("Authorization")).thenReturn("Basic " + Base64.getEncoder().encodeToString(
                    (user + ":" + password).getBytes(StandardCharsets.UTF_8)));
            }
            final var attributes = new HashMap<String, Object>();
            when(http.getAttribute(anyString())).thenAnswer(call -> attributes.get(call.<String>getArgument(0)));
            doAnswer(call -> attributes.put(call.getArgument(0), call.getArgument(1)))
                .when(http).setAttribute(anyString(), any());
        }

        Request accepting(final String... types) {
            when(http.getHeaders("Accept")).thenAnswer(call -> Collections.enumeration(List.of(types)));
            return this;
        }

        Request sending(final String type) {
            when(http.getContentType()).thenReturn(type);
            return this;
        }

        Answer answer(final Map<String, String> rules) throws Exception {
            final var headers = new HashMap<String, String>();
            final var code = new int[1];
            final var body = new ByteArrayOutputStream();
            final var response = mock(HttpServletResponse.class);
            doAnswer(call -> code[0] = call.getArgument(0)).when(response).setStatus(anyInt());
            doAnswer(call -> headers.put(call.getArgument(0), call.getArgument(1)))
                .when(response).setHeader(anyString(), anyString());
            doAnswer(call -> headers.put("Content-Type", call.getArgument(0)))
                .when(response).setContentType(anyString());
            doAnswer(call -> headers.put("Content-Length", call.getArgument(0).toString()))
                .when(response).setContentLength(anyInt());
            when(response.getOutputStream()).thenReturn(new ServletOutputStream() {
                @Override
                public void write(final int octet) {
                    body.write(octet);
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setWriteListener(final WriteListener listener) {
                    throw new UnsupportedOperationException();
                }
            });
            final var shiro = new Environment(rules);
            final FilterChain reached = (request, answer) -> code[0] = HttpServletResponse.SC_OK;
            new WebSubject.Builder(shiro.getWebSecurityManager(), http, response).buildWebSubject().execute(() -> {
                shiro.getFilterChainResolver().getChain(http, response, reached).doFilter(http, response);
                return null;
            });
            return new Answer(code[0], headers, body.toString(StandardCharsets.UTF_8));
        }

        Answer answer() throws Exception {
            return answer(urls);
        }
    }

    @BeforeAll
    static void prepare() throws Exception {
        Backwards.configure();
        final var rules = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(RULES.toFile())
            .getDocumentElement();
        main = pairs(rules, "main");
        // OpenDaylight's own, which writes logins to its log
        main.keySet().removeIf(key -> key.contains("Listener"));
        urls = pairs(rules, "urls");
    }

    @AfterAll
    static void forget() {
        Backwards.forget();
    }

    private static Map<String, String> pairs(final Element rules, final String name) {
        final var pairs = new LinkedHashMap<String, String>();
        final var elements = rules.getElementsByTagName(name);
        for (int i = 0; i < elements.getLength(); i++) {
            final var pair = (Element) elements.item(i);
            pairs.put(text(pair, "pair-key"), text(pair, "pair-value"));
        }
        return pairs;
    }

    private static String text(final Element pair, final String name) {
        return pair.getElementsByTagName(name).item(0).getTextContent();
    }

    private static Request by(final String user, final String method, final String path) {
        return new Request(user, user == null ? null : Backwards.password(user), method, path);
    }

    private static String json(final String role) {
        return "{\"errors\":{\"error\":[{\"error-type\":\"application\",\"error-tag\":\"access-denied\","
            + "\"error-message\":\"this needs the role " + role + " (docs/security.md)\"}]}}\n";
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /data/peregrine-edge:edges,                     viewer",
        "HEAD,   /data/peregrine-edge:edges,                     viewer",
        "GET,    /data/peregrine-edge:edges/edge=hv1,            viewer",
        "GET,    /data/network-topology:network-topology,        viewer",
        "GET,    /data/ietf-yang-library:modules-state,          viewer",
        "GET,    /data/ietf-restconf-monitoring:restconf-state,  viewer",
        "GET,    /notif/x,                                       viewer",
        "GET,    /,                                              viewer",
        "POST,   /operations/peregrine-audit:audit,              viewer",
        "POST,   /operations/peregrine-fabric:find-routes,       viewer",
        "POST,   /operations/peregrine-fabric:find-links,        viewer",
        "POST,   /operations/peregrine-fabric:find-hosts,        viewer",
        "POST,   /operations/peregrine-jobs:check-migration,     viewer",
        "POST,   /operations/peregrine-migration:find-migrations, viewer",
        "POST,   /operations/peregrine-guest:find-guests,        viewer",
        "POST,   /operations/peregrine-jobs:find-jobs,           viewer",
        "POST,   /operations/peregrine-edge:find-tunnels,        viewer",
        "POST,   /operations/peregrine-jobs:migrate-guest,       operator",
        "POST,   /operations/peregrine-jobs:cancel-migration,    operator",
        "POST,   /operations/peregrine-jobs:evacuate-hypervisor, operator",
        "PUT,    /data/peregrine-edge:hypervisors,               admin",
        "PATCH,  /data/peregrine-edge:hypervisors,               admin",
        "POST,   /data/peregrine-edge:hypervisors,               admin",
        "DELETE, /data/peregrine-edge:hypervisors/hypervisor=1,  admin",
        "GET,    /data,                                          admin",
        "GET,    /data/aaa-app-config:shiro-configuration,       admin",
        "GET,    /operations,                                    admin",
        "POST,   /operations/peregrine-migration:clear-history,  admin"})
    void whoseRoleIsTooSmallIsToldWhichItTakes(final String method, final String path, final String least)
            throws Exception {
        final var roles = List.of("viewer", "operator", "admin");
        for (var role : roles) {
            final var answer = by(role, method, path).answer();
            if (roles.indexOf(role) >= roles.indexOf(least)) {
                assertEquals(new Answer(200, Map.of(), ""), answer, role);
            } else {
                assertEquals(new Answer(403, Map.of("Content-Type", JSON, "Content-Length",
                    Integer.toString(json(least).length())), json(least)), answer, role);
            }
        }
        assertEquals(json(least), by("ssh", method, path).answer().body(), "no role of ours");
        for (var nobody : List.of(by(null, method, path), new Request("admin", "wrong", method, path))) {
            assertEquals(new Answer(401, Map.of("WWW-Authenticate", "BASIC realm=\"application\""), ""),
                nobody.answer());
        }
    }

    @Test
    void theErrorIsInTheFormThatIsAskedFor() throws Exception {
        assertEquals(JSON, refused().answer().headers().get("Content-Type"));
        assertEquals(JSON, refused().accepting("text/event-stream").answer().headers().get("Content-Type"));
        assertEquals(JSON, refused().accepting(XML, JSON).answer().headers().get("Content-Type"));
        assertEquals(JSON, refused().accepting("*/*").sending(JSON).answer().headers().get("Content-Type"));
        assertEquals(XML, refused().accepting("text/xml, */*;q=0.1").answer().headers().get("Content-Type"));
        assertEquals(XML, refused().sending("Application/XML").answer().headers().get("Content-Type"));
        final var answer = refused().accepting(XML).sending(JSON).answer();
        assertEquals(new Answer(403, Map.of("Content-Type", XML, "Content-Length",
            Integer.toString(answer.body().length())), """
            <errors xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf"><error><error-type>application</error-type>\
            <error-tag>access-denied</error-tag><error-message>this needs the role admin (docs/security.md)\
            </error-message></error></errors>
            """), answer);
    }

    private static Request refused() {
        return by("viewer", "PUT", "/data/peregrine-edge:hypervisors");
    }

    @Test
    void everyRuleAsksForALoginAndAPermissionAndNoPathIsWithoutOne() {
        urls.forEach((path, rule) ->
            assertTrue(rule.matches("noSessionCreation, authcBasic, needs\\[[a-z:*]+]"), path));
        assertEquals("/**", List.copyOf(urls.keySet()).get(urls.size() - 1));
    }

    @ParameterizedTest
    @CsvSource({"needs", "needs[]", "'needs[ ]'", "needs[unknown]", "'needs[view, unknown]'"})
    void aRuleThatSaysTooLittleIsForAdministrators(final String rule) throws Exception {
        final var rules = Map.of("/**", "noSessionCreation, authcBasic, " + rule);
        assertEquals(200, by("admin", "GET", "/x").answer(rules).code());
        final var answer = by("operator", "GET", "/x").answer(rules);
        assertEquals(403, answer.code());
        assertEquals(json("admin"), answer.body());
    }

    @Test
    void aRuleWithoutALoginLetsNobodyThrough() throws Exception {
        assertEquals(new Answer(401, Map.of("WWW-Authenticate", "BASIC realm=\"application\""), ""),
            by("admin", "GET", "/x").answer(Map.of("/**", "needs[view]")));
    }
}
