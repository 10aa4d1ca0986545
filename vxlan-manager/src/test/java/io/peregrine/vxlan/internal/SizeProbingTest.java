/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Packets;
import io.peregrine.topology.PortId;
import io.peregrine.vxlan.SizeProbes.Passed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Edges a and b with a tunnel between them, whose underlay carries no more than the test says.
 */
class SizeProbingTest {
    private static final Map<String, PortId> PORTS = Map.of("a", new PortId(new DatapathId(1), 12),
        "b", new PortId(new DatapathId(2), 21));
    private static final List<Integer> SIZES = List.of(1400, 128, 1350);

    /** A frame that was sent. */
    private record Sent(PortId from, byte[] frame) {
        int size() {
            return frame.length - 14;
        }
    }

    private final Packets packets = mock(Packets.class);
    private final List<Sent> sent = new ArrayList<>();
    private final Queue<Runnable> pauses = new ArrayDeque<>();
    /** The biggest size that passes from a port. */
    private ToIntFunction<PortId> limit = port -> 9000;
    private boolean stopped;
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    private final SizeProbing probing = new SizeProbing(packets, SizeProbingTest::tunnel, task -> {
        if (!stopped) {
            task.run();
        }
        return !stopped;
    }, Runnable::run, pauses::add);

    private static PortId tunnel(final String edge, final String other) {
        if (!PORTS.containsKey(other)) {
            throw new IllegalStateException("no tunnel to " + other);
        }
        return PORTS.get(edge);
    }

    @BeforeEach
    void before() {
        when(packets.send(any(), anyLong(), any())).thenAnswer(call -> {
            sent.add(new Sent(new PortId(call.getArgument(0), call.getArgument(1)), call.getArgument(2)));
            return taken;
        });
    }

    private CompletableFuture<Passed> probe() {
        return probing.probe("a", "b", SIZES);
    }

    /** What was sent arrives, as far as it passes: a frame that is too big takes along what its batch has behind it. */
    private void deliver() {
        final var under = List.copyOf(sent);
        sent.clear();
        final var blocked = new HashSet<PortId>();
        for (final var one : under) {
            if (one.size() > limit.applyAsInt(one.from())) {
                blocked.add(one.from());
            } else if (!blocked.contains(one.from())) {
                arrive(PORTS.get(one.from().equals(PORTS.get("a")) ? "b" : "a"), one.frame());
            }
        }
    }

    private void arrive(final PortId at, final byte[] frame) {
        probing.onPacket(at.datapath(), at.port(), Packets.Reason.ACTION, frame);
    }

    private void pause() {
        pauses.remove().run();
    }

    @Test
    void endsAsSoonAsAllHasArrived() {
        final var result = probe();
        assertEquals(2 * SIZES.size(), sent.size());
        assertFalse(result.isDone());
        deliver();
        assertEquals(new Passed(Set.copyOf(SIZES), Set.copyOf(SIZES)), result.join());
        pause();
        assertEquals(List.of(), sent);
        assertEquals(0, pauses.size());
    }

    @Test
    void whatDoesNotArriveIsSentThreeTimes() {
        limit = port -> port.equals(PORTS.get("a")) ? 1399 : 1349;
        final var result = probe();
        final var counts = new ArrayList<Integer>();
        for (int i = 0; i < 5; i++) {
            counts.add(sent.size());
            deliver();
            assertFalse(result.isDone());
            pause();
        }
        assertEquals(List.of(6, 3, 3, 0, 0), counts);
        assertEquals(new Passed(Set.of(128, 1350), Set.of(128)), result.join());
        assertEquals(0, pauses.size());
    }

    @Test
    void whatIsLateCounts() {
        final var result = probe();
        final var first = List.copyOf(sent);
        sent.clear();
        pause();
        pause();
        sent.addAll(first);
        deliver();
        assertEquals(new Passed(Set.copyOf(SIZES), Set.copyOf(SIZES)), result.join());
    }

    @Test
    void onlyTheWholeFrameAtItsPortCounts() {
        final var result = probe();
        for (final var one : sent) {
            arrive(one.from(), one.frame());
            arrive(new PortId(new DatapathId(3), 21), one.frame());
            arrive(PORTS.get(one.from().equals(PORTS.get("a")) ? "b" : "a"),
                Arrays.copyOf(one.frame(), one.frame().length - 1));
            final byte[] forged = one.frame().clone();
            forged[50] ^= 1;
            arrive(PORTS.get(one.from().equals(PORTS.get("a")) ? "b" : "a"), forged);
        }
        for (int i = 0; i < 5; i++) {
            pause();
        }
        assertEquals(new Passed(Set.of(), Set.of()), result.join());
        deliver();
        assertEquals(new Passed(Set.of(), Set.of()), result.join());
    }

    @Test
    void whatCannotBeSentIsTold() {
        assertEquals("no tunnel to c",
            assertThrows(CompletionException.class, () -> probing.probe("a", "c", SIZES).join()).getCause()
                .getMessage());
        for (final int size : List.of(46, 65_001)) {
            assertThrows(CompletionException.class, () -> probing.probe("a", "b", List.of(size)).join());
        }
        taken = CompletableFuture.failedFuture(new IllegalStateException("no session"));
        assertEquals("no session", assertThrows(CompletionException.class, () -> probe().join()).getCause()
            .getMessage());
        stopped = true;
        assertThrows(CompletionException.class, () -> probe().join());
    }
}
