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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows when the certificates in {@code etc/tls} end, and warns once a day in the log while one has less than
 * {@link #NOTICE} left: with it every session that it protects ends at once. What hosts use may be another than what
 * was made for them here, and is not looked at. Thread-safe.
 */
@Component(service = Certificates.class, immediate = true)
public final class Certificates implements AutoCloseable {
    /** How long before its end a certificate is warned of. */
    static final Duration NOTICE = Duration.ofDays(30);

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final Duration WARNED_EVERY = Duration.ofDays(1);
    private static final String AUTHORITY = "ca.pem";
    private static final String AUTHORITYS_KEY = "ca-key.pem";
    private static final String OWN = "cert.pem";
    private static final String HOSTS = "hosts/";
    private static final Integer DNS_NAME = 2;
    private static final Integer IP_ADDRESS = 7;
    /** Names that every certificate of the controller is given. */
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");

    private final Loop loop = new Loop("certificates");
    private final Path directory;
    private final Supplier<Instant> clock;
    private volatile Map<String, Instant> ends = Map.of();

    // On the loop only
    private final Map<String, Instant> warned = new HashMap<>();
    private final Set<String> unread = new HashSet<>();

    /**
     * A certificate.
     *
     * @param end when it ends
     * @param names whose it is: names and addresses
     */
    private record Seen(Instant end, List<String> names) {
    }

    /**
     * What there is to warn of.
     *
     * @param name the certificate's file
     * @param text what to do
     */
    record Warning(String name, String text) {
    }

    /** Begins to look; where OpenDaylight is not ours there is no such directory, and nothing is told. */
    @Activate
    public Certificates() {
        this(Path.of(System.getProperty("karaf.etc", "etc"), "tls"), Instant::now);
        loop.scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.HOURS);
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
     * When certificates end, as seen an hour ago at most; of one that cannot be read any more, as seen last.
     *
     * @return the end of each, by the name of its file in {@code etc/tls}
     */
    Map<String, Instant> ends() {
        return ends;
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private void tick() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("The certificates in {} cannot be looked at", directory, e);
        }
    }

    /**
     * Reads the certificates, and warns.
     *
     * @return what has been warned of
     */
    List<Warning> look() {
        final var found = new TreeMap<String, Instant>();
        final var due = new ArrayList<Warning>();
        final var now = clock.get();
        for (var name : files()) {
            final var seen = read(name);
            seen.map(Seen::end).or(() -> Optional.ofNullable(ends.get(name))).ifPresent(end -> found.put(name, end));
            seen.filter(one -> one.end().isBefore(now.plus(NOTICE)) && !heard(name, now)).ifPresent(one -> {
                final var text = remedy(name, one.names());
                due.add(new Warning(name, text));
                warned.put(name, now);
                LOG.warn("The certificate {} {} {}: nobody trusts it from then on. {}", directory.resolve(name),
                    one.end().isAfter(now) ? "ends at" : "has ended at", one.end().truncatedTo(ChronoUnit.SECONDS),
                    text);
            });
        }
        ends = Map.copyOf(found);
        return due;
    }

    /** The certificates that there are, by the names of their files. */
    private List<String> files() {
        final var names = new ArrayList<>(List.of(AUTHORITY, OWN));
        if (Files.isDirectory(directory.resolve(HOSTS))) {
            try (var hosts = Files.newDirectoryStream(directory.resolve(HOSTS))) {
                hosts.forEach(host -> names.add(HOSTS + host.getFileName() + "/" + OWN));
            } catch (IOException | DirectoryIteratorException e) {
                LOG.warn("The hosts' certificates in {} cannot be listed", directory, e);
            }
        }
        names.removeIf(name -> Files.notExists(directory.resolve(name)));
        return names;
    }

    private boolean heard(final String name, final Instant now) {
        return warned.containsKey(name) && now.isBefore(warned.get(name).plus(WARNED_EVERY));
    }

    private String remedy(final String name, final List<String> names) {
        final boolean ours = Files.exists(directory.resolve(AUTHORITYS_KEY));
        if (AUTHORITY.equals(name)) {
            return ours ? "All that it has signed ends with it: operations.md says how to make all of them anew"
                : "Its owner has to make it, and what it has signed, anew: then bin/certificates use, a restart, and"
                    + " peregrine-host-setup on the hosts";
        }
        if (!ours) {
            return "Its owner's authority has to sign another, or " + AUTHORITYS_KEY + " is to be brought here for as"
                + " long as it takes";
        }
        if (OWN.equals(name)) {
            return "bin/certificates init " + String.join(" ", names.stream().filter(one -> !LOCAL.contains(one))
                .toList()) + ", and a restart";
        }
        final var host = name.split("/")[1];
        return "bin/certificates host " + host + " " + String.join(" ", names.stream().filter(one -> !one.equals(host))
            .toList()) + ", and give it to the host; or remove " + HOSTS + host + " if there is no such host any more";
    }

    private Optional<Seen> read(final String name) {
        final var file = directory.resolve(name);
        try (var in = Files.newInputStream(file)) {
            final var all = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .map(X509Certificate.class::cast).toList();
            // Of a chain the first end counts; of several authorities one may be enough
            final var byEnd = Comparator.comparing((X509Certificate one) -> one.getNotAfter().toInstant());
            final var counts = (AUTHORITY.equals(name) ? all.stream().max(byEnd) : all.stream().min(byEnd))
                .orElseThrow(() -> new CertificateException("There is none in it"));
            final var seen = new Seen(counts.getNotAfter().toInstant(), names(all.get(0)));
            unread.remove(name);
            return Optional.of(seen);
        } catch (IOException | CertificateException e) {
            if (unread.add(name)) {
                LOG.warn("The certificate {} cannot be read", file, e);
            }
            return Optional.empty();
        }
    }

    /** The names and addresses of a certificate (RFC 5280, section 4.2.1.6). */
    private static List<String> names(final X509Certificate certificate) throws CertificateException {
        final var alternatives = certificate.getSubjectAlternativeNames();
        return alternatives == null ? List.of() : alternatives.stream()
            .filter(one -> one.get(0).equals(DNS_NAME) || one.get(0).equals(IP_ADDRESS))
            .map(one -> one.get(1).toString()).toList();
    }
}
