/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Packets;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.SizedProbe;
import io.peregrine.vxlan.SizeProbes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Sends frames of some sizes through tunnels, and hears which arrive. Thread-safe: tunnels are looked up on the
 * overlay's thread, frames are sent on another, and arrive on one of the programmer's, where all other packets cost one
 * look.
 */
final class SizeProbing implements SizeProbes {
    /**
     * Between two times that a frame is sent: at random, so that what others try at the same time, and loses frames
     * behind its big ones, does not stay in step.
     */
    static final long LEAST_PAUSE_MILLIS = 300;
    static final long MOST_PAUSE_MILLIS = 500;

    /** How often a frame is sent that does not arrive. */
    private static final int TIMES = 3;
    /** After so many pauses no frame is waited for any more. */
    private static final int PAUSES = 5;
    private static final int ETHERNET_HEADER = 14;

    /** A tunnel in one direction. */
    private record Way(PortId from, PortId to, Set<Integer> passed) {
        Way(final PortId from, final PortId to) {
            this(from, to, ConcurrentHashMap.newKeySet());
        }
    }

    /** A frame that has not arrived. */
    private record Frame(Way way, int size, Attempt attempt) {
        int length() {
            return ETHERNET_HEADER + size;
        }
    }

    /**
     * What was asked for.
     *
     * @param order the frames as they are sent, smaller ones first: a switch that sends in batches may lose what is
     *     behind a frame that is too big
     * @param open those that have not arrived
     */
    private record Attempt(Way there, Way back, List<UUID> order, Set<UUID> open, CompletableFuture<Passed> result) {
        Attempt(final Way there, final Way back, final CompletableFuture<Passed> result) {
            this(there, back, new ArrayList<>(), ConcurrentHashMap.newKeySet(), result);
        }

        void end() {
            result.complete(new Passed(there.passed(), back.passed()));
        }
    }

    private final Packets packets;
    private final BiFunction<String, String, PortId> tunnels;
    private final Predicate<Runnable> loop;
    private final Executor sending;
    private final Executor afterPause;
    private final Map<UUID, Frame> awaited = new ConcurrentHashMap<>();

    /**
     * Probes nothing yet.
     *
     * @param packets carries frames
     * @param tunnels tells the port of an edge's tunnel to another edge; an {@link IllegalStateException} has the
     *     reason if nothing can be sent there. Used on the overlay's thread
     * @param loop runs something on the overlay's thread; false if that has stopped
     * @param sending runs something on the thread that sends
     * @param afterPause runs something there in a pause
     */
    SizeProbing(final Packets packets, final BiFunction<String, String, PortId> tunnels,
            final Predicate<Runnable> loop, final Executor sending, final Executor afterPause) {
        this.packets = requireNonNull(packets);
        this.tunnels = requireNonNull(tunnels);
        this.loop = requireNonNull(loop);
        this.sending = requireNonNull(sending);
        this.afterPause = requireNonNull(afterPause);
    }

    @Override
    public CompletableFuture<Passed> probe(final String from, final String to, final Collection<Integer> sizes) {
        for (final int size : sizes) {
            if (size + ETHERNET_HEADER < SizedProbe.SHORTEST || size > LARGEST) {
                return CompletableFuture.failedFuture(new IllegalArgumentException("no frame has a size of " + size));
            }
        }
        final var result = new CompletableFuture<Passed>();
        final boolean begun = loop.test(() -> {
            try {
                final var here = tunnels.apply(from, to);
                final var there = tunnels.apply(to, from);
                sending.execute(() -> begin(new Attempt(new Way(here, there), new Way(there, here), result),
                    new TreeSet<>(sizes)));
            } catch (IllegalStateException | RejectedExecutionException e) {
                result.completeExceptionally(e);
            }
        });
        if (!begun) {
            result.completeExceptionally(new IllegalStateException("the overlay has stopped"));
        }
        return result;
    }

    private void begin(final Attempt attempt, final Set<Integer> sizes) {
        for (final var way : List.of(attempt.there(), attempt.back())) {
            for (final int size : sizes) {
                final var secret = UUID.randomUUID();
                attempt.order().add(secret);
                attempt.open().add(secret);
                awaited.put(secret, new Frame(way, size, attempt));
            }
        }
        attempt.result().whenComplete((passed, failure) -> attempt.open().forEach(awaited::remove));
        goOn(attempt, 0);
    }

    private void goOn(final Attempt attempt, final int paused) {
        if (paused == PAUSES) {
            attempt.end();
        }
        if (attempt.result().isDone()) {
            return;
        }
        if (paused < TIMES) {
            attempt.order().forEach(secret -> send(secret, awaited.get(secret)));
        }
        afterPause.execute(() -> goOn(attempt, paused + 1));
    }

    private void send(final UUID secret, final Frame frame) {
        if (frame != null) {
            final var port = frame.way().from();
            packets.send(port.datapath(), port.port(), SizedProbe.frame(secret, frame.length()))
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        frame.attempt().result().completeExceptionally(failure);
                    }
                });
        }
    }

    /** Takes a packet in; see {@link Packets.Listener}. */
    void onPacket(final DatapathId datapath, final long port, final Packets.Reason reason, final byte[] received) {
        if (!awaited.isEmpty()) {
            SizedProbe.secret(received).ifPresent(secret -> {
                final var frame = awaited.get(secret);
                if (frame != null && received.length >= frame.length()
                        && frame.way().to().equals(new PortId(datapath, port))) {
                    arrived(secret, frame);
                }
            });
        }
    }

    private void arrived(final UUID secret, final Frame frame) {
        final var attempt = frame.attempt();
        frame.way().passed().add(frame.size());
        awaited.remove(secret);
        // Only after what has passed is known: whoever takes the last one ends it
        attempt.open().remove(secret);
        if (attempt.open().isEmpty()) {
            attempt.end();
        }
    }
}
