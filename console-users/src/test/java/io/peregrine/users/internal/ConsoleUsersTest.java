/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.ArgumentMatchers.isNull;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.jaas.config.JaasRealm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.mockito.Captor;
import org.mockito.Mock;
import org.mockito.junit.jupiter.MockitoExtension;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

@ExtendWith(MockitoExtension.class)
class ConsoleUsersTest {
    private static final String ETC = "karaf.etc";

    private final Bundle ours = bundle("io.peregrine.console-users");

    @Mock
    private BundleContext context;
    @Captor
    private ArgumentCaptor<ServiceListener> listeners;
    @Captor
    private ArgumentCaptor<JaasRealm> realm;
    private Path file;
    private ConsoleUsers consoleUsers;

    @BeforeEach
    void start(@TempDir final Path etc) throws Exception {
        System.setProperty(ETC, etc.toString());
        file = etc.resolve("users.properties");
        Files.writeString(file, "admin = secret\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(20)));
        lenient().doReturn(ours).when(context).getBundle();
        consoleUsers = new ConsoleUsers();
        consoleUsers.start(context);
        verify(context, times(2)).addServiceListener(listeners.capture(), any());
        verify(context).registerService(eq(JaasRealm.class), realm.capture(), isNull());
    }

    @AfterEach
    void stop() throws Exception {
        consoleUsers.stop(context);
        System.clearProperty(ETC);
    }

    private static Bundle bundle(final String name) {
        final var bundle = mock(Bundle.class);
        lenient().doReturn(name).when(bundle).getSymbolicName();
        return bundle;
    }

    private void publish(final JaasRealm published, final Bundle bundle) {
        final ServiceReference<?> reference = mock(ServiceReference.class);
        lenient().doReturn(bundle).when(reference).getBundle();
        lenient().doReturn(published).when(context).getService(reference);
        for (var listener : List.copyOf(listeners.getAllValues())) {
            listener.serviceChanged(new ServiceEvent(ServiceEvent.REGISTERED, reference));
        }
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(one -> one.getName().equals("users-file")).toList();
    }

    @Test
    void atStartPasswordsAreHashesAtOnce() throws Exception {
        assertEquals("admin = " + PasswordLines.hashOf("secret") + "\n", Files.readString(file));
    }

    @Test
    void oneThreadLooksOnUntilTheBundleEnds() throws Exception {
        assertEquals(List.of(true), threads().stream().map(Thread::isDaemon).toList());
        Files.writeString(file, "admin = another\n");
        await().atMost(20, TimeUnit.SECONDS).untilAsserted(
            () -> assertEquals("admin = " + PasswordLines.hashOf("another") + "\n", Files.readString(file)));
        consoleUsers.stop(context);
        assertEquals(List.of(), threads());
    }

    @Test
    void standsInForKarafsRealmWheneverThatComes() throws Exception {
        final var hashed = realm.getValue();
        assertEquals(0, hashed.getEntries().length);
        publish(hashed, ours);
        assertEquals(0, hashed.getEntries().length);
        publish(Karaf.realm("karaf", 0, Karaf.OFF, file), bundle("org.apache.karaf.jaas.modules"));
        assertEquals(2, hashed.getEntries().length);
        assertEquals(1, hashed.getRank());
        assertTrue(Karaf.logIn(hashed, "admin", "secret").isEmpty());
        Karaf.assertNoLogin(hashed, "admin", PasswordLines.hashOf("secret"));
    }

    @Test
    void givesWayToWhatPeopleMake() {
        final var hashed = realm.getValue();
        publish(Karaf.realm("karaf", 1, Karaf.OFF, file), bundle("blueprint"));
        assertEquals(0, hashed.getRank());
        assertEquals(0, hashed.getEntries().length);
    }
}
