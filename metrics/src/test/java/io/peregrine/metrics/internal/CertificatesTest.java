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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    /** Writes a certificate that is good for some days. */
    private void make(final String name, final int days) throws IOException, InterruptedException {
        final var store = Files.createTempDirectory(directory, "store").resolve("keys.p12");
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-alias", "one", "-validity",
            Integer.toString(days), "-keystore", store.toString(), "-storepass", "secret");
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
        assertEquals(List.of("hosts/hv1/cert.pem"), certificates.look());
        pass(Duration.ofDays(5).minus(AN_HOUR));
        assertEquals(List.of("cert.pem", "hosts/hv1/cert.pem"), certificates.look());
        pass(AN_HOUR);
        assertEquals(List.of(), certificates.look());
        pass(Duration.ofDays(1));
        assertEquals(List.of("cert.pem", "hosts/hv1/cert.pem"), certificates.look());

        make("cert.pem", 400);
        Files.delete(directory.resolve("hosts/hv1/cert.pem"));
        pass(Duration.ofDays(1));
        assertEquals(List.of(), certificates.look());
    }

    @Test
    void ofWhatIsNoCertificateNothingIsTold() throws IOException, InterruptedException {
        make("ca.pem", 400);
        Files.writeString(directory.resolve("cert.pem"), "-----BEGIN CERTIFICATE-----\nrubbish\n");
        assertEquals(List.of(), certificates.look());
        assertEquals(List.of("ca.pem"), List.copyOf(certificates.ends().keySet()));
    }
}
