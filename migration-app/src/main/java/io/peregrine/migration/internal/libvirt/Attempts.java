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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Attempts to connect to one host, or to have something answered there, each on a thread of its own: libvirt may never
 * answer one, and cannot take it back.
 */
final class Attempts {
    /** Opens a connection, or has an answer; blocks however long that takes. */
    @FunctionalInterface
    interface Opener<T> {
        T open() throws IOException;
    }

    private static final int MOST = 4;

    private final String host;
    private final Semaphore free = new Semaphore(MOST);

    Attempts(final String host) {
        this.host = requireNonNull(host);
    }

    /**
     * Sees whether a host can be reached by TCP. The kernel's own attempts to reach a dead host take minutes, during
     * which it may have come back.
     *
     * @param uri its libvirt
     * @param limit how long at most
     * @throws IOException if it cannot be reached
     */
    static void probe(final LibvirtUri uri, final Duration limit) throws IOException {
        final var name = uri.tcpHost();
        if (name.isEmpty()) {
            return;
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(name.orElseThrow(), uri.tcpPort()), (int) limit.toMillis());
        } catch (IOException e) {
            throw new IOException("cannot reach " + name.orElseThrow() + " port " + uri.tcpPort() + ": "
                + e.getMessage(), e);
        }
    }

    /**
     * Connects, or has something answered.
     *
     * @param limit how long at most
     * @param opener does it; what it gives too late is closed
     * @param close closes what it gives
     * @param <T> the connection or answer
     * @return the connection or answer
     * @throws IOException if there is none in time
     * @throws InterruptedException if the thread is interrupted
     */
    <T> T make(final Duration limit, final Opener<T> opener, final Consumer<T> close)
            throws IOException, InterruptedException {
        final long until = System.nanoTime() + limit.toNanos();
        final var result = begin(limit, opener, close);
        try {
            return result.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // It may have ended just now
            result.completeExceptionally(new IOException("libvirt does not answer", e));
            return ended(result);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            // Nobody else would close it
            if (!result.completeExceptionally(e) && !result.isCompletedExceptionally()) {
                close.accept(result.join());
            }
            throw e;
        }
    }

    private static <T> T ended(final CompletableFuture<T> result) throws IOException {
        try {
            return result.join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    /**
     * Begins to connect, or to have something answered, as soon as one of the others has ended if those are too many.
     *
     * @param limit how long at most until that
     * @param opener does it; what it gives once the future is complete is closed
     * @param close closes what it gives
     * @param <T> the connection or answer
     * @return the connection or answer, when there is one
     * @throws IOException if it has not been begun in time
     * @throws InterruptedException if the thread is interrupted
     */
    <T> CompletableFuture<T> begin(final Duration limit, final Opener<T> opener, final Consumer<T> close)
            throws IOException, InterruptedException {
        if (!free.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IOException("libvirt has not answered " + MOST + " attempts");
        }
        final var result = new CompletableFuture<T>();
        final var attempt = new Thread(() -> {
            try {
                final T made;
                try {
                    made = opener.open();
                } finally {
                    // Who waits for the result may begin the next at once
                    free.release();
                }
                if (!result.complete(made)) {
                    close.accept(made);
                }
            } catch (IOException e) {
                result.completeExceptionally(e);
            } finally {
                // Whatever else went wrong must not leave anybody waiting for the whole time.
                result.completeExceptionally(new IOException("calling libvirt failed unexpectedly"));
            }
        }, "libvirt-attempt-" + host);
        attempt.setDaemon(true);
        attempt.start();
        return result;
    }
}
