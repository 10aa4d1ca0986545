/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.Action;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Packets;
import io.peregrine.vxlan.GuestProbes;
import io.peregrine.vxlan.plan.Overlay;
import io.peregrine.vxlan.plan.ProbeAddress;
import io.peregrine.vxlan.plan.ProbeFrames;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Sends probes and hears answers. Thread-safe: sessions begin and end on the overlay's thread, answers come on one of
 * the programmer's, and all other packets cost one look there.
 */
final class Probing implements GuestProbes {
    private final Overlay overlay;
    private final Packets packets;
    private final Predicate<Runnable> loop;
    private final Map<Integer, Probed> sessions = new ConcurrentHashMap<>();
    /** Sessions' numbers in use, and where to look for the next; on the overlay's thread. */
    private final BitSet used = new BitSet(ProbeAddress.SESSIONS);
    private int next;

    /**
     * Probes nobody yet.
     *
     * @param overlay knows where guests are; used on its thread
     * @param packets carries probes
     * @param loop runs something on the overlay's thread; false if that has stopped
     */
    Probing(final Overlay overlay, final Packets packets, final Predicate<Runnable> loop) {
        this.overlay = requireNonNull(overlay);
        this.packets = requireNonNull(packets);
        this.loop = requireNonNull(loop);
    }

    @Override
    public CompletableFuture<Session> probe(final String interfaceId, final AnswerListener listener) {
        final var result = new CompletableFuture<Session>();
        run(result, () -> {
            try {
                begin(interfaceId, listener, result);
            } catch (IllegalStateException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private void run(final CompletableFuture<?> result, final Runnable task) {
        if (!loop.test(task)) {
            result.completeExceptionally(new IllegalStateException("the overlay has stopped"));
        }
    }

    private void begin(final String interfaceId, final AnswerListener listener,
            final CompletableFuture<Session> result) {
        if (used.cardinality() == ProbeAddress.SESSIONS) {
            throw new IllegalStateException(ProbeAddress.SESSIONS + " guests are being probed already");
        }
        // A number is not taken again at once: late answers are nobody else's
        final int number = used.nextClearBit(next) < ProbeAddress.SESSIONS ? used.nextClearBit(next)
            : used.nextClearBit(0);
        final var point = overlay.probe(interfaceId, number);
        used.set(number);
        next = number + 1;
        final var session = new Probed(interfaceId, number, point, requireNonNull(listener));
        sessions.put(number, session);
        point.confirmed().whenComplete((ok, failure) -> {
            if (failure == null) {
                result.complete(session);
            } else {
                session.close();
                result.completeExceptionally(failure);
            }
        });
    }

    /** Takes a packet in; see {@link Packets.Listener}. */
    void onPacket(final DatapathId datapath, final long port, final Packets.Reason reason, final byte[] frame) {
        if (!sessions.isEmpty()) {
            ProbeFrames.answer(frame).ifPresent(answer -> {
                final long now = System.nanoTime();
                final var session = sessions.get(answer.probe().session());
                if (session != null && session.point.datapath().equals(datapath)
                        && session.point.mac().equals(answer.guest())) {
                    session.listener.onAnswer(answer.probe().number(), now);
                }
            });
        }
    }

    private final class Probed implements Session {
        private final String interfaceId;
        private final int number;
        private final Overlay.ProbePoint point;
        private final AnswerListener listener;

        Probed(final String interfaceId, final int number, final Overlay.ProbePoint point,
                final AnswerListener listener) {
            this.interfaceId = interfaceId;
            this.number = number;
            this.point = point;
            this.listener = listener;
        }

        @Override
        public String edge() {
            return point.edge();
        }

        @Override
        public InetAddress address() {
            return point.address();
        }

        private byte[] frame(final int probe) {
            return ProbeFrames.probe(new ProbeAddress(number, probe), point.mac(), point.address());
        }

        @Override
        public CompletableFuture<Void> send(final int probe) {
            return packets.send(point.datapath(), Action.TABLE, frame(probe));
        }

        @Override
        public CompletableFuture<Void> sendBehind(final int probe, final String edge) {
            return onLoop(() -> overlay.switchPort(interfaceId, edge)
                .map(port -> packets.send(port.datapath(), port.number(), frame(probe)))
                .orElseGet(() -> CompletableFuture.failedFuture(
                    new IllegalStateException("it is not attached at edge '" + edge + "'"))));
        }

        @Override
        public CompletableFuture<Void> renew() {
            return onLoop(() -> overlay.renewProbes(interfaceId, number));
        }

        private CompletableFuture<Void> onLoop(final Supplier<CompletableFuture<Void>> task) {
            final var result = new CompletableFuture<Void>();
            run(result, () -> task.get().whenComplete((ok, failure) -> {
                if (failure == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(failure);
                }
            }));
            return result;
        }

        @Override
        public void close() {
            if (sessions.remove(number, this)) {
                loop.test(() -> {
                    overlay.endProbes(interfaceId, number);
                    used.clear(number);
                });
            }
        }
    }
}
