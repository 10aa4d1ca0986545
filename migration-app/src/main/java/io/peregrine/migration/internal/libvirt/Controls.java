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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens connections for changes to the hypervisors of intent, apart from the sessions, which are for reading.
 * Thread-safe.
 */
public final class Controls {
    private static final Duration PROBE = Duration.ofSeconds(3);
    private static final Duration CONNECT = Duration.ofSeconds(20);

    private final LibvirtDriver driver;
    private final Map<String, Attempts> attempts = new ConcurrentHashMap<>();

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
    }

    /**
     * Opens a connection; blocks for some seconds at most.
     *
     * @param host the hypervisor
     * @return the connection, to be closed
     * @throws IOException if there is none; the message begins with the hypervisor's name
     */
    public Control open(final String host) throws IOException {
        final var uri = uris.get(host);
        if (uri == null) {
            throw new IOException(host + ": it has no libvirt URI that can be used");
        }
        try {
            Attempts.probe(uri, PROBE);
            return attempts.computeIfAbsent(host, Attempts::new)
                .connect(CONNECT, () -> driver.control(uri), Control::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(host + ": interrupted", e);
        } catch (IOException e) {
            throw new IOException(host + ": " + e.getMessage(), e);
        }
    }
}
