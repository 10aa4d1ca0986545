/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With certificates that Java's own tool has made. */
class CertificatesTest {
    private static final Duration AN_HOUR = Duration.ofHours(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

    @TempDir
    private Path directory;
    private Certificates certificates;

    @BeforeEach
    void before() {
        certificates = new Certificates(directory, now::get);
    }

    @AfterEach
    void after() {
        certificates.close();
    }

    /** Writes a certificate that is good for some days, of somebody with names as keytool has them. */
    private void make(final String name, final int days, final String... names)
            throws IOException, InterruptedException {
        final var store = Files.createTempDirectory(directory, "store").resolve("keys.p12");
        final var command = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-alias",
            "one", "-validity", Integer.toString(days), "-keystore", store.toString(), "-storepass", "secret"));
        if (names.length > 0) {
            command.addAll(List.of("-ext", "SAN=" + String.join(",", names)));
        }
        keytool(command.toArray(String[]::new));
        final var file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        keytool("-exportcert", "-rfc", "-alias", "one", "-keystore", store.toString(), "-storepass", "secret", "-file",
            file.toString());
    }

    private static void keytool(final String... arguments) throws IOException, InterruptedException {
        final var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
            .toString()));
        command.addAll(List.of(arguments));
        final var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final var said = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), said);
    }

    private List<String> warned() {
        return certificates.look().stream().map(Certificates.Warning::name).toList();
    }

    private void pass(final Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    @Test
    void whereThereAreNoneNothingIsTold() {
        assertEquals(List.of(), certificates.look());
        assertEquals(Map.of(), certificates.ends());
    }

    @Test
    void ofThoseThatEndSoonOneHearsOnceADay() throws IOException, InterruptedException {
        make("ca.pem", 400);
        make("cert.pem", 40);
        make("hosts/hv1/cert.pem", 35);
        assertEquals(List.of(), certificates.look());
        assertEquals(List.of("ca.pem", "cert.pem", "hosts/hv1/cert.pem"),
            certificates.ends().keySet().stream().sorted().toList());
        final var left = Duration.between(now.get(), certificates.ends().get("cert.pem"));
        assertTrue(left.compareTo(Duration.ofDays(39)) > 0 && left.compareTo(Duration.ofDays(41)) < 0, left::toString);

        pass(Duration.ofDays(7));
        assertEquals(List.of("hosts/hv1/cert.pem"), warned());
        pass(Duration.ofDays(5).minus(AN_HOUR));
        assertEquals(List.of("cert.pem", "hosts/hv1/cert.pem"), warned());
        pass(AN_HOUR);
        assertEquals(List.of(), certificates.look());
        pass(Duration.ofDays(1));
        assertEquals(List.of("cert.pem", "hosts/hv1/cert.pem"), warned());

        make("cert.pem", 400);
        Files.delete(directory.resolve("hosts/hv1/cert.pem"));
        pass(Duration.ofDays(1));
        assertEquals(List.of(), certificates.look());
    }

    @Test
    void whatToDoIsACommandThatDoesIt() throws IOException, InterruptedException {
        make("ca.pem", 10);
        make("cert.pem", 10, "dns:ctl.example.net", "ip:192.0.2.7", "dns:localhost", "ip:127.0.0.1", "ip:::1");
        make("hosts/hv1/cert.pem", 10, "dns:hv1", "ip:10.255.0.1", "ip:2001:db8::1");
        // The authority's key is somewhere else
        assertEquals(List.of("Its owner", "Its owner", "Its owner"),
            certificates.look().stream().map(one -> one.text().substring(0, 9)).toList());
        Files.createFile(directory.resolve("ca-key.pem"));
        pass(Duration.ofDays(1));
        final var texts = certificates.look().stream().map(Certificates.Warning::text).toList();
        assertTrue(texts.get(0).contains("operations.md"), texts::toString);
        assertEquals("bin/certificates init ctl.example.net 192.0.2.7, and a restart", texts.get(1));
        assertTrue(texts.get(2).startsWith("bin/certificates host hv1 10.255.0.1 2001:db8:0:0:0:0:0:1, and give it"),
            texts::toString);
    }

    @Test
    void ofSeveralAuthoritiesOneIsEnough() throws IOException, InterruptedException {
        make("ca.pem", 10);
        make("other.pem", 400);
        Files.writeString(directory.resolve("ca.pem"), Files.readString(directory.resolve("other.pem")),
            StandardOpenOption.APPEND);
        assertEquals(List.of(), certificates.look());
    }

    @Test
    void whatCannotBeReadIsToldAsItWas() throws IOException, InterruptedException {
        make("ca.pem", 400);
        make("cert.pem", 400);
        certificates.look();
        final var before = certificates.ends();
        assertEquals(Set.of("ca.pem", "cert.pem"), before.keySet());
        Files.writeString(directory.resolve("ca.pem"), "");
        Files.writeString(directory.resolve("cert.pem"), "-----BEGIN CERTIFICATE-----\nrubbish\n");
        assertEquals(List.of(), certificates.look());
        assertEquals(before, certificates.ends());
    }
}
