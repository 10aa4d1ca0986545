/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.felix.utils.properties.Properties;
import org.apache.karaf.jaas.modules.encryption.EncryptionSupport;
import org.junit.jupiter.api.Test;

class PasswordLinesTest {
    private static final String HASH = PasswordLines.hashOf("secret");
    /** The end of a line for some, and a part of letters in UTF-8. */
    private static final String NEXT_LINE = String.valueOf((char) 0x85);
    private static final EncryptionSupport KARAF = new EncryptionSupport(new HashedRealm(7,
        () -> Optional.of(Karaf.realm("karaf", 0, Karaf.OFF, Path.of("users.properties"))), List::of)
        .getEntries()[0].getOptions());

    @Test
    void replacesPasswordsAndNothingElse() {
        final var hashed = PasswordLines.hash("""
            # eve = secret
            ! Who \\
            \tadmin:secret,_g_:admingroup\r
            olga  =  secret,_g_:\\
                operatorgroup
            ulf secret
            a\\ b = secret,viewer , ssh
            done = %s,_g_:viewergroup

            _g_\\:admingroup = group,admin,\\
              viewer
            _g_\\:viewergroup = group,viewer
            last = secret""".formatted(HASH));
        assertEquals("""
            # eve = secret
            ! Who \\
            \tadmin:HASH,_g_:admingroup\r
            olga  =  HASH,_g_:\\
                operatorgroup
            ulf HASH
            a\\ b = HASH,viewer , ssh
            done = HASH,_g_:viewergroup

            _g_\\:admingroup = group,admin,\\
              viewer
            _g_\\:viewergroup = group,viewer
            last = HASH""".replace("HASH", HASH), hashed.text());
        assertEquals(5, hashed.replaced());
        assertEquals(List.of(), hashed.left());
    }

    @Test
    void leavesWhatItDoesNotUnderstand() {
        for (var line : List.of("olga", "olga = ", "olga = ,_g_:viewergroup", "olga = back\\\\slash,viewer",
            "olga = con\\\ntinued", "olga = {CRYPT}0123", "olga = 0123{CRYPT},viewer", "olga = {CRYPT}{CRYPT}",
            "olga = {ENC}0123{ENC},viewer",
            "olga = ${env:SECRET}", "olga = secret,${roles}", "olga = geheiÃ¤", "olg\\u0061 = secret",
            "= secret")) {
            final var hashed = PasswordLines.hash("ulf = secret\n" + line + "\n");
            assertEquals("ulf = " + HASH + "\n" + line + "\n", hashed.text());
            assertEquals(List.of(2), hashed.left().stream().map(PasswordLines.Left::number).toList(), line);
        }
    }

    @Test
    void halfAGroupIsNoUser() {
        for (var line : List.of("_g_", "_g_\\", "_g_\\:", "_g_\\:viewergroup", "_g_\\:viewergroup = gro")) {
            assertEquals(new PasswordLines.Hashed(line, 0, List.of()), PasswordLines.hash(line));
        }
    }

    /** Whatever the file, Karaf reads from it what it did, with hashes that are its own. */
    @Property
    void karafReadsTheSame(@ForAll("files") final String text) throws IOException {
        final var hashed = PasswordLines.hash(text);
        final var before = read(text);
        final var after = read(hashed.text());
        assertEquals(List.copyOf(before.keySet()), List.copyOf(after.keySet()));
        var plain = 0;
        for (var name : before.keySet()) {
            final var was = before.get(name);
            final var comma = was.indexOf(',') < 0 ? was.length() : was.indexOf(',');
            final var password = was.substring(0, comma);
            if (!was.equals(after.get(name))) {
                assertFalse(name.startsWith("_g_:"), name);
                assertFalse(password.isEmpty(), name);
                assertEquals(KARAF.encrypt(password) + was.substring(comma), after.get(name));
            } else if (!name.startsWith("_g_") && !KARAF.encrypt(password).equals(password)) {
                plain++;
            }
        }
        assertTrue(plain <= hashed.left().size(), () -> "more is plain than it says: " + hashed);
        assertEquals(new PasswordLines.Hashed(hashed.text(), 0, hashed.left()), PasswordLines.hash(hashed.text()));
    }

    private static Properties read(final String text) throws IOException {
        final var properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    @Provide
    Arbitrary<String> files() {
        return Arbitraries.of("olga", "eve", "_g_", "_g_\\:", "x", " ", "\t", "=", " = ", ":", ",", ",_g_:", "secret",
            "\n", "\n", "\n", "\r\n", "\r", "\\", "\\\\", "\\\n", "#", "!", "{CRYPT}", HASH, "{",
            "ä", NEXT_LINE, "\\u0061", "\f").list().ofMaxSize(40).map(parts -> String.join("", parts));
    }
}
