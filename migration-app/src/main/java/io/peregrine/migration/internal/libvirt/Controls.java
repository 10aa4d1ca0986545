/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.LibvirtUri;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Opens connections for changes to the hypervisors of intent, apart from the sessions, which are for reading.
 * Thread-safe.
 */
public final class Controls {
    private static final Duration PROBE = Duration.ofSeconds(3);
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Duration EXPORTS = Duration.ofSeconds(5);

    private final LibvirtDriver driver;
    private final Map<String, Attempts> attempts = new ConcurrentHashMap<>();
    /** Those that a silent server holds up must not keep others from connecting. */
    private final Map<String, Attempts> questions = new ConcurrentHashMap<>();

    private volatile Map<String, LibvirtUri> uris = Map.of();

    /**
     * Connections by a driver.
     *
     * @param driver closed by its owner, after the connections
     */
    public Controls(final LibvirtDriver driver) {
        this.driver = requireNonNull(driver);
    }

    /**
     * Takes in the hypervisors of intent.
     *
     * @param wanted their URIs
     */
    public void follow(final Map<String, LibvirtUri> wanted) {
        uris = Map.copyOf(wanted);
        attempts.keySet().retainAll(wanted.keySet());
        questions.keySet().retainAll(wanted.keySet());
    }

    /**
     * Opens a connection; blocks for some seconds at most.
     *
     * @param host the hypervisor
     * @return the connection, to be closed
     * @throws IOException if there is none; the message begins with the hypervisor's name
     */
    public Control open(final String host) throws IOException {
        return make(host, attempts, CONNECT, driver::control, Control::close);
    }

    /**
     * What an NFS server tells a host that it exports. A server that is silent keeps libvirt there waiting for a minute
     * and more, so the host has a few seconds, and a connection of its own that is closed whenever it comes to an end.
     *
     * @param host the hypervisor
     * @param server the server's name or address
     * @return the exported directories; none if the host has heard nothing
     * @throws IOException if libvirt cannot be asked; the message begins with the hypervisor's name
     */
    public List<String> exports(final String host, final String server) throws IOException {
        try {
            return make(host, questions, EXPORTS, uri -> {
                try (var control = driver.control(uri)) {
                    return control.exports(server);
                }
            }, late -> { });
        } catch (IOException e) {
            if (e.getCause() instanceof IOException cause && cause.getCause() instanceof TimeoutException) {
                return List.of();
            }
            throw e;
        }
    }

    /** Makes something of a host's URI. */
    @FunctionalInterface
    private interface Maker<T> {
        T make(LibvirtUri uri) throws IOException;
    }

    private <T> T make(final String host, final Map<String, Attempts> by, final Duration limit, final Maker<T> maker,
            final Consumer<T> close) throws IOException {
        final var uri = uris.get(host);
        if (uri == null) {
            throw new IOException(host + ": it has no libvirt URI that can be used");
        }
        try {
            Attempts.probe(uri, PROBE);
            return by.computeIfAbsent(host, Attempts::new).make(limit, () -> maker.make(uri), close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(host + ": interrupted", e);
        } catch (IOException e) {
            throw new IOException(host + ": " + e.getMessage(), e);
        }
    }
}
