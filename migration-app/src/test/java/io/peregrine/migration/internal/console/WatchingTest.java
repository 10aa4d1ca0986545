/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opendaylight.mdsal.binding.api.NotificationService;
import org.opendaylight.mdsal.binding.api.NotificationService.Listener;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.EdgeChangedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChanged;
import org.opendaylight.yang.gen.v1.urn.peregrine.events.rev261126.LinkChangedBuilder;
import org.opendaylight.yangtools.concepts.Registration;

class WatchingTest {
    private static final DateAndTime TIME = new DateAndTime("2026-11-26T01:02:03Z");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final Screen words = new Screen(out, () -> 0, false, null);
    private final Screen programs = new Screen(out, () -> 0, false, Jsons.of(LinkChanged.class));
    private final NotificationService notifications = mock(NotificationService.class);
    private final Map<Class<?>, Listener<?>> listeners = new HashMap<>();

    @BeforeEach
    @SuppressWarnings("unchecked")
    void listen() {
        when(notifications.registerListener(any(), any(Listener.class))).thenAnswer(call -> {
            listeners.put(call.getArgument(0), call.getArgument(1));
            return (Registration) () -> listeners.remove(call.<Class<?>>getArgument(0));
        });
    }

    @SuppressWarnings("unchecked")
    private void link(final String state) {
        ((Listener<LinkChanged>) listeners.get(LinkChanged.class)).onNotification(new LinkChangedBuilder()
            .setTime(TIME).setText("link a > b: " + state).setSource("a").setTarget("b").setState(state).build());
    }

    @Test
    void aLineForEachEvent() throws InterruptedException {
        try (var watching = new Watching(notifications, List.of(), words)) {
            assertEquals(6, listeners.size());
            link("up");
            link("down");
            link("gone");
            watching.watch(0, 2);
        }
        assertEquals("""
            2026-11-26T01:02:03Z link a > b: up
            2026-11-26T01:02:03Z link a > b: down
            """, bytes.toString(StandardCharsets.UTF_8));
        assertTrue(listeners.isEmpty(), "nobody listens any more");
    }

    @Test
    @SuppressWarnings("unchecked")
    void anObjectOnALineForPrograms() throws InterruptedException {
        try (var watching = new Watching(notifications, List.of("edge", "link"), programs)) {
            assertEquals(2, listeners.size());
            ((Listener<EdgeChanged>) listeners.get(EdgeChanged.class)).onNotification(new EdgeChangedBuilder()
                .setTime(TIME).setText("edge hv1: not ready").setName(new EdgeName("hv1"))
                .setState(EdgeChanged.State.NotReady).setProblem(List.of("away")).build());
            watching.watch(0, 1);
        }
        assertEquals("""
            {"ietf-restconf:notification":{"event-time":"2026-11-26T01:02:03Z","peregrine-events:edge-changed":%s}}
            """.formatted("{\"time\":\"2026-11-26T01:02:03Z\",\"text\":\"edge hv1: not ready\",\"name\":\"hv1\","
                + "\"state\":\"not-ready\",\"problem\":[\"away\"]}"), bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void itEndsByItself() throws InterruptedException {
        try (var watching = new Watching(notifications, List.of(), words)) {
            link("up");
            watching.watch(1, 0);
        }
        assertEquals("2026-11-26T01:02:03Z link a > b: up\n", bytes.toString(StandardCharsets.UTF_8));
    }

    /** Nothing else tells of a session that has been closed. */
    @Test
    void itEndsWhenNobodyIsThere() throws InterruptedException {
        final var closed = new PrintStream(new OutputStream() {
            @Override
            public void write(final int octet) {
                // Taken, and never seen
            }

            @Override
            public void flush() throws IOException {
                throw new IOException("closed");
            }
        }, false, StandardCharsets.UTF_8);
        final var screen = new Screen(new LiveOutput(out, closed), () -> 0, false, null);
        try (var watching = new Watching(notifications, List.of(), screen)) {
            watching.watch(0, 0);
        }
        assertTrue(listeners.isEmpty(), "nobody listens any more");
    }

    @Test
    void whatASlowTerminalHasMissedIsCounted() throws InterruptedException {
        try (var watching = new Watching(notifications, List.of(), programs)) {
            for (int i = 0; i < Watching.MOST_WAITING + 2; i++) {
                link("up");
            }
            watching.watch(0, 1);
        }
        assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith("""
            {"left-out":2}
            {"ietf-restconf:notification":{"event-time":"2026-11-26T01:02:03Z","peregrine-events:link-changed":{"""),
            bytes::toString);
    }

    @Test
    void anUnknownKindIsRefused() {
        final var refusal = assertThrows(IllegalArgumentException.class,
            () -> new Watching(notifications, List.of("links"), words));
        assertEquals("--only: there is no kind 'links'; there are link, tunnel, edge, guest, migration, job",
            refusal.getMessage());
        assertTrue(listeners.isEmpty());
    }
}
