/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.metrics.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.loops.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows when the certificates in {@code etc/tls} end, and warns once a day in the log while one has less than
 * {@link #NOTICE} left: with it every session that it protects ends at once. Thread-safe.
 */
@Component(service = Certificates.class, immediate = true)
public final class Certificates implements AutoCloseable {
    /** How long before its end a certificate is warned of. */
    static final Duration NOTICE = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final Duration WARNED_EVERY = Duration.ofDays(1);
    private static final String AUTHORITY = "ca.pem";
    private static final String OWN = "cert.pem";
    private static final String HOSTS = "hosts";

    private final Loop loop = new Loop("certificates");
    private final Path directory;
    private final Supplier<Instant> clock;
    private volatile Map<String, Instant> ends = Map.of();

    // On the loop only
    private final Map<String, Instant> warned = new TreeMap<>();
    private final Set<String> unread = new HashSet<>();

    /** Begins to look; where OpenDaylight is not ours there is no such directory, and nothing is told. */
    @Activate
    public Certificates() {
        this(Path.of(System.getProperty("karaf.etc", "etc"), "tls"), Instant::now);
        loop.scheduleWithFixedDelay(this::look, 0, 1, TimeUnit.HOURS);
    }

    Certificates(final Path directory, final Supplier<Instant> clock) {
        this.directory = requireNonNull(directory);
        this.clock = requireNonNull(clock);
    }

    @Deactivate
    @Override
    public void close() {
        loop.shutdownNow();
    }

    /**
     * When certificates end, as seen an hour ago at most.
     *
     * @return the end of each, by the name of its file in {@code etc/tls}
     */
    Map<String, Instant> ends() {
        return ends;
    }

    /**
     * Reads the certificates, and warns.
     *
     * @return what has been warned of
     */
    List<String> look() {
        final var found = new TreeMap<String, Instant>();
        read(AUTHORITY, found);
        read(OWN, found);
        if (Files.isDirectory(directory.resolve(HOSTS))) {
            try (Stream<Path> hosts = Files.list(directory.resolve(HOSTS))) {
                hosts.forEach(host -> read(HOSTS + "/" + host.getFileName() + "/" + OWN, found));
            } catch (IOException e) {
                LOG.warn("The hosts' certificates in {} cannot be listed", directory, e);
            }
        }
        ends = Map.copyOf(found);
        final var now = clock.get();
        final var due = found.entrySet().stream()
            .filter(entry -> entry.getValue().isBefore(now.plus(NOTICE)))
            .map(Map.Entry::getKey)
            .filter(name -> !warned.containsKey(name) || !now.isBefore(warned.get(name).plus(WARNED_EVERY)))
            .toList();
        due.forEach(name -> {
            warned.put(name, now);
            LOG.warn("The certificate {} {} {}: nobody trusts it from then on. {}", directory.resolve(name),
                found.get(name).isAfter(now) ? "ends at" : "has ended at",
                found.get(name).truncatedTo(ChronoUnit.SECONDS), remedy(name));
        });
        return due;
    }

    private static String remedy(final String name) {
        final var host = name.startsWith(HOSTS) ? name.split("/")[1] : "";
        return switch (name) {
            case AUTHORITY -> "Remove it and all others there, make them anew with bin/certificates, restart, and give"
                + " each host its own";
            case OWN -> "Make it anew with bin/certificates init or use, and restart";
            default -> "Make it anew with bin/certificates host " + host + ", and give it to the host; or remove "
                + HOSTS + "/" + host + " if there is no such host any more";
        };
    }

    private void read(final String name, final Map<String, Instant> found) {
        final var file = directory.resolve(name);
        if (!Files.exists(file)) {
            return;
        }
        try (var in = Files.newInputStream(file)) {
            // Of a chain the first that ends
            CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .map(certificate -> ((X509Certificate) certificate).getNotAfter().toInstant())
                .min(Instant::compareTo).ifPresent(end -> found.put(name, end));
            unread.remove(name);
        } catch (IOException | CertificateException e) {
            if (unread.add(name)) {
                LOG.warn("The certificate {} cannot be read", file, e);
            }
        }
    }
}
