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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens connections for changes to the hypervisors of intent, apart from the sessions, which are for reading. What is
 * never answered uses up the attempts of its own kind only: questions do not keep moves from connecting, nor do those
 * about storage, which hang where a file server is silent, keep others from being asked.
 */
public final class Controls {
    /** What is asked over a connection. */
    @FunctionalInterface
    public interface Question<T> {
        /**
         * Asks; blocks however long that takes.
         *
         * @param control the connection
         * @return the answer
         * @throws IOException if there is none
         */
        T ask(Control control) throws IOException;
    }

    /** An NFS server that a host is asked about. */
    private record Server(String host, LibvirtUri uri, String name) {
    }

    /** What has been asked about a server, and not been answered yet. */
    private static final class Pending {
        final CompletableFuture<List<String>> answer = new CompletableFuture<>();
        private final long began = System.nanoTime();
        volatile boolean connected;

        /** The server may have been mended since. */
        boolean isOld() {
            return System.nanoTime() - began > OLD.toNanos();
        }
    }

    /**
     * How long things take at most.
     *
     * @param connect connecting, and what is asked
     * @param storage what is asked about storage
     * @param exports what is asked of an NFS server
     */
    record Limits(Duration connect, Duration storage, Duration exports) {
        static final Limits DEFAULT = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(10),
            Duration.ofSeconds(5));
    }

    private static final Duration PROBE = Duration.ofSeconds(3);
    /** For how long others join who has asked about a server. */
    private static final Duration OLD = Duration.ofSeconds(10);

    private final LibvirtDriver driver;
    private final Limits limits;
    private final Map<String, Attempts> moves = new ConcurrentHashMap<>();
    private final Map<String, Attempts> questions = new ConcurrentHashMap<>();
    private final Map<String, Attempts> storage = new ConcurrentHashMap<>();
    private final Map<Server, Pending> servers = new ConcurrentHashMap<>();

    private volatile Map<String, LibvirtUri> uris = Map.of();

    /**
     * Connections by a driver.
     *
     * @param driver closed by its owner, after the connections
     */
    public Controls(final LibvirtDriver driver) {
        this(driver, Limits.DEFAULT);
    }

    Controls(final LibvirtDriver driver, final Limits limits) {
        this.driver = requireNonNull(driver);
        this.limits = requireNonNull(limits);
    }

    /**
     * Takes in the hypervisors of intent.
     *
     * @param wanted their URIs
     */
    public void follow(final Map<String, LibvirtUri> wanted) {
        uris = Map.copyOf(wanted);
        List.of(moves, questions, storage).forEach(attempts -> attempts.keySet().retainAll(wanted.keySet()));
    }

    /**
     * Opens a connection; blocks for some seconds at most.
     *
     * @param host the hypervisor
     * @return the connection, to be closed
     * @throws IOException if there is none; the message begins with the hypervisor's name
     */
    public Control open(final String host) throws IOException {
        return at(host, moves, (uri, attempts) ->
            attempts.make(limits.connect(), () -> driver.control(uri), Control::close));
    }

    /**
     * Asks over a connection of its own; blocks for some seconds at most. What is answered later is lost.
     *
     * @param host the hypervisor
     * @param question what is asked
     * @param <T> the answer
     * @return the answer
     * @throws IOException if there is none; the message begins with the hypervisor's name
     */
    public <T> T ask(final String host, final Question<T> question) throws IOException {
        return within(limits.connect(), host, questions, question);
    }

    /**
     * Asks about storage, as {@link #ask(String, Question)} does about the rest.
     *
     * @param host the hypervisor
     * @param question what is asked
     * @param <T> the answer
     * @return the answer
     * @throws IOException if there is none; the message begins with the hypervisor's name
     */
    public <T> T askStorage(final String host, final Question<T> question) throws IOException {
        return within(limits.storage(), host, storage, question);
    }

    /**
     * What an NFS server tells a host that it exports. A server that is silent keeps libvirt there waiting for a minute
     * and more, so it has a few seconds. Whoever asks the same meanwhile waits for the same answer.
     *
     * @param host the hypervisor
     * @param server the server's name or address
     * @return the exported directories; none if the host has heard nothing
     * @throws IOException if libvirt cannot be asked; the message begins with the hypervisor's name
     */
    public List<String> exports(final String host, final String server) throws IOException {
        return at(host, storage, (uri, attempts) -> {
            final var asked = new Server(host, uri, server);
            final var own = new Pending();
            final var joined = servers.merge(asked, own, (other, fresh) -> other.isOld() ? fresh : other);
            if (joined == own) {
                begin(asked, own, uri, attempts);
            }
            return heard(joined);
        });
    }

    private void begin(final Server asked, final Pending pending, final LibvirtUri uri, final Attempts attempts)
            throws IOException, InterruptedException {
        boolean begun = false;
        try {
            attempts.begin(limits.exports(), () -> answer(uri, control -> {
                pending.connected = true;
                return control.exports(asked.name());
            }), late -> { }).whenComplete((paths, failure) -> {
                servers.remove(asked, pending);
                if (failure == null) {
                    pending.answer.complete(paths);
                } else {
                    pending.answer.completeExceptionally(failure);
                }
            });
            begun = true;
        } finally {
            if (!begun) {
                servers.remove(asked, pending);
                pending.answer.completeExceptionally(new IOException("libvirt could not be asked"));
            }
        }
    }

    private List<String> heard(final Pending pending) throws IOException, InterruptedException {
        try {
            return pending.answer.get(limits.exports().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (pending.connected) {
                return List.of();
            }
            throw new IOException("libvirt does not answer", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    private <T> T within(final Duration limit, final String host, final Map<String, Attempts> kind,
            final Question<T> question) throws IOException {
        return at(host, kind, (uri, attempts) -> attempts.make(limit, () -> answer(uri, question), late -> { }));
    }

    /** Closes the connection when the answer has come, which may be long after anybody has waited for it. */
    private <T> T answer(final LibvirtUri uri, final Question<T> question) throws IOException {
        try (var control = driver.control(uri)) {
            return question.ask(control);
        }
    }

    /** What is done with a host that can be reached. */
    @FunctionalInterface
    private interface Use<T> {
        T use(LibvirtUri uri, Attempts attempts) throws IOException, InterruptedException;
    }

    private <T> T at(final String host, final Map<String, Attempts> kind, final Use<T> use) throws IOException {
        final var uri = uris.get(host);
        if (uri == null) {
            throw new IOException(host + ": it has no libvirt URI that can be used");
        }
        try {
            Attempts.probe(uri, PROBE);
            return use.use(uri, kind.computeIfAbsent(host, Attempts::new));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(host + ": interrupted", e);
        } catch (IOException e) {
            throw new IOException(host + ": " + e.getMessage(), e);
        }
    }
}
