/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.config.JaasRealm;
import org.apache.karaf.jaas.modules.BackingEngine;
import org.apache.karaf.jaas.modules.encryption.EncryptionSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashedRealmTest {
    private final List<JaasRealm> others = new ArrayList<>();
    private JaasRealm karafs;
    private HashedRealm realm;
    private Path file;

    @BeforeEach
    void realm(@TempDir final Path etc) throws IOException {
        file = etc.resolve("users.properties");
        Files.writeString(file, PasswordLines.hash("olga = secret,_g_:readers\n_g_\\:readers = group,viewer\n").text()
            + "plain = secret,viewer\n");
        karafs = Karaf.realm("karaf", 0, Karaf.OFF, file);
        realm = new HashedRealm(7, () -> Optional.ofNullable(karafs), () -> others);
    }

    @Test
    void letsInByTheHashOfAPassword() throws LoginException {
        assertEquals(Set.of("viewer"), Karaf.logIn(realm, "olga", "secret"));
        Karaf.assertNoLogin(realm, "olga", "Secret");
    }

    @Test
    void letsNobodyInByTheTextOfTheFile() throws LoginException {
        final var hash = PasswordLines.hashOf("secret");
        // What it is there for
        assertEquals(Set.of("viewer"), Karaf.logIn(karafs, "olga", hash));
        assertEquals(Set.of("viewer"), Karaf.logIn(karafs, "plain", "secret"));

        Karaf.assertNoLogin(realm, "olga", hash);
        Karaf.assertNoLogin(realm, "plain", "secret");
    }

    @Test
    void hashesAsTheFileIsHashed() {
        assertEquals(new EncryptionSupport(realm.getEntries()[0].getOptions()).encrypt("pass word#1"),
            PasswordLines.hashOf("pass word#1"));
    }

    @Test
    void whatTheConsoleAddsHasAHashAtOnce() throws IOException, LoginException {
        engine().addUser("ulf", "Ge-heim-1");
        assertEquals(PasswordLines.hashOf("Ge-heim-1"),
            Files.readAllLines(file).stream().filter(line -> line.startsWith("ulf = ")).findFirst().orElseThrow()
                .substring("ulf = ".length()));
        assertEquals(Set.of(), Karaf.logIn(realm, "ulf", "Ge-heim-1"));
    }

    @Test
    void groupsStayWithoutUsers() throws IOException, LoginException {
        final var before = Files.readAllLines(file);
        final var engine = engine();
        engine.deleteGroup("olga", "readers");
        engine.addGroup("olga", "readers");
        assertEquals(Set.of("viewer"), Karaf.logIn(realm, "olga", "secret"));
        engine.deleteUser("olga");
        Karaf.assertNoLogin(realm, "olga", "secret");
        assertEquals(before.subList(1, before.size()), Files.readAllLines(file));
        engine.addUser("ulf", "secret");
        engine.addGroup("ulf", "readers");
        assertEquals(Set.of("viewer"), Karaf.logIn(realm, "ulf", "secret"));
    }

    @Test
    void aPasswordThatDependsOnTheMachineIsRefused() {
        final var engine = engine();
        for (final var password : List.of("пар", "geheiäm", "", "two\nlines")) {
            assertThrows(IllegalArgumentException.class, () -> engine.addUser("ulf", password), password);
        }
        Karaf.assertNoLogin(realm, "ulf", "??????");
    }

    /** As the console finds it. */
    private BackingEngine engine() {
        final var options = realm.getEntries()[0].getOptions();
        final var factory = new UsersEngine.Factory();
        assertEquals(options.get(ProxyLoginModule.PROPERTY_MODULE), factory.getModuleClass());
        return factory.build(options);
    }

    @Test
    void allElseIsAsInKarafsRealm() {
        final var expected = karafs.getEntries();
        final var entries = realm.getEntries();
        assertEquals(expected.length, entries.length);
        assertEquals(expected[0].getLoginModuleName(), entries[0].getLoginModuleName());
        assertSame(expected[0].getControlFlag(), entries[0].getControlFlag());
        expected[0].getOptions().forEach((name, value) -> {
            if (!name.startsWith("encryption.") && !name.startsWith("org.apache.karaf.jaas.")) {
                assertEquals(value, entries[0].getOptions().get(name), name);
            }
        });
        assertEquals(expected[1].getOptions(), entries[1].getOptions());
    }

    @Test
    void nobodyLogsInWithoutKarafsRealm() {
        karafs = null;
        assertEquals(0, realm.getEntries().length);
    }

    @Test
    void comesBeforeKarafsRealmAndBehindWhatPeopleMake() {
        assertEquals("karaf", realm.getName());
        assertEquals(1, realm.getRank());
        others.add(Karaf.realm("other", 1, Map.of(), file));
        assertEquals(1, realm.getRank());
        // Of equals, Karaf takes the first that came
        others.add(Karaf.realm("karaf", 1, Map.of(), file));
        assertEquals(0, realm.getRank());
    }
}
