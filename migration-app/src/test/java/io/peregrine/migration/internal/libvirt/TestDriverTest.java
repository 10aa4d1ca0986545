/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.NativeLibrary;
import io.peregrine.migration.internal.core.DomainState;
import io.peregrine.migration.internal.core.LibvirtUri;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;

/**
 * The sessions with the real libvirt library and its test driver, whose domains live in this process.
 */
class TestDriverTest {
    private static final LibvirtUri URI = LibvirtUri.parse("test:///default");
    private static final String XML = """
        <domain type='test'>
          <name>guest</name>
          <uuid>11111111-2222-3333-4444-555555555555</uuid>
          <memory>8192</memory>
          <os><type>hvm</type></os>
          <devices>
            <interface type='bridge'>
              <mac address='52:54:00:00:00:01'/>
              <source bridge='br-int'/>
              <virtualport type='openvswitch'>
                <parameters interfaceid='11111111-0000-0000-0000-000000000001' profileid='demo'/>
              </virtualport>
            </interface>
          </devices>
        </domain>
        """;
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");

    private final Heard heard = new Heard();
    private HostSessions sessions;
    private Connect actor;

    @BeforeAll
    static void libvirtIsThere() {
        assumeTrue(isLibvirtThere(), "libvirt.so.0 is not installed (package libvirt0)");
    }

    static boolean isLibvirtThere() {
        try {
            NativeLibrary.getInstance("virt");
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    @BeforeEach
    void connect() throws LibvirtException {
        sessions = new HostSessions(new NativeDriver(), heard, () -> 0);
        sessions.follow(Map.of("h1", URI));
        await().until(() -> heard.has("inventory h1"));
        // Only now: the event loop must be there before the first connection.
        actor = new Connect("test:///default");
    }

    @AfterEach
    void close() throws LibvirtException {
        for (final var domain : actor.listAllDomains(1)) {
            if (domain.getName().equals("guest")) {
                domain.destroy();
            }
            domain.free();
        }
        actor.close();
        sessions.close();
    }

    @Test
    void tellsAGuestsLife() throws LibvirtException {
        assertEquals(List.of("connected h1", "inventory h1"), heard.log().subList(0, 2));
        final var domain = actor.domainCreateXML(XML, 0);
        await().until(() -> heard.has("h1 " + GUEST + " STARTED/BOOTED"));
        sessions.ask("h1", GUEST);
        await().until(() -> heard.has("answer h1 " + GUEST + " RUNNING"));
        final var port = heard.report(GUEST).description().orElseThrow().interfaces().get(0);
        assertEquals("demo", port.network().orElseThrow());
        assertTrue(port.problem().isEmpty());

        domain.suspend();
        await().until(() -> heard.has("h1 " + GUEST + " SUSPENDED/PAUSED"));
        sessions.ask("h1", GUEST);
        await().until(() -> heard.has("answer h1 " + GUEST + " PAUSED"));
        domain.resume();
        await().until(() -> heard.has("h1 " + GUEST + " RESUMED/UNPAUSED"));
        domain.destroy();
        await().until(() -> heard.has("h1 " + GUEST + " STOPPED/DESTROYED"));
        sessions.ask("h1", GUEST);
        await().until(() -> heard.has("answer h1 " + GUEST + " none"));
        domain.free();
    }

    @Test
    void findsWhatThereIsWhenItConnects() throws LibvirtException {
        final var domain = actor.domainCreateXML(XML, 0);
        await().until(() -> heard.has("h1 " + GUEST + " STARTED/BOOTED"));
        sessions.follow(Map.of());
        sessions.follow(Map.of("h2", URI));
        await().until(() -> heard.has("inventory h2"));
        assertEquals(DomainState.RUNNING, heard.report(GUEST).level().domainState());
        domain.suspend();
        await().until(() -> heard.has("h2 " + GUEST + " SUSPENDED/PAUSED"));
        assertFalse(heard.has("h1 " + GUEST + " SUSPENDED/PAUSED"));
        domain.free();
    }

    @Test
    void saysWhyItCannotConnect() {
        try (var driver = new NativeDriver()) {
            final var failure = assertThrows(IOException.class,
                () -> driver.open(LibvirtUri.parse("test:///no/such/file"), new Heard.Events()));
            assertTrue(failure.getMessage().contains("/no/such/file"), failure.getMessage());
        }
    }

    @Test
    void runsTheEventLoopAgainAfterAllHaveGone() throws LibvirtException {
        sessions.close();
        sessions = new HostSessions(new NativeDriver(), heard, () -> 0);
        sessions.follow(Map.of("h3", URI));
        await().atMost(Duration.ofSeconds(30)).until(() -> heard.has("inventory h3"));
        actor.domainCreateXML(XML, 0).free();
        await().until(() -> heard.has("h3 " + GUEST + " STARTED/BOOTED"));
    }
}
