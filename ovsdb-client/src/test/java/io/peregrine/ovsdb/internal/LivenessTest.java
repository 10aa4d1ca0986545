/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private final List<String> actions = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1000;
    private final EmbeddedChannel channel = frozen();

    @AfterEach
    void closeChannel() {
        channel.finishAndReleaseAll();
    }

    @Test
    void silenceIsQuestionedThenPunished() {
        pass(9);
        assertEquals(List.of(), actions);
        pass(1);
        assertEquals(List.of("ask"), actions);
        pass(4);
        assertEquals(List.of("ask"), actions);
        pass(1);
        assertEquals(List.of("ask", "dead"), actions);
        pass(100);
        assertEquals(List.of("ask", "dead"), actions);
    }

    @Test
    void anyByteIsASignOfLife() {
        pass(8);
        read();
        pass(9);
        assertEquals(List.of(), actions);
        pass(1);
        pass(4);
        read();
        pass(9);
        assertEquals(List.of("ask"), actions);
        pass(1);
        assertEquals(List.of("ask", "ask"), actions);
        pass(5);
        assertEquals(List.of("ask", "ask", "dead"), actions);
    }

    @Test
    void nobodyIsBlamedForWhatWeDoNotRead() {
        pass(10);
        channel.config().setAutoRead(false);
        pass(100);
        channel.config().setAutoRead(true);
        pass(4);
        assertEquals(List.of("ask"), actions);
        pass(100);
        assertEquals(List.of("ask", "ask", "dead"), actions);
    }

    @Test
    void aClosedConnectionIsForgotten() {
        channel.close();
        pass(100);
        assertEquals(List.of(), actions);
    }

    private void read() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
    }

    /** Seconds pass, one by one. */
    private void pass(final int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private EmbeddedChannel frozen() {
        final EmbeddedChannel result = new EmbeddedChannel();
        result.freezeTime();
        result.pipeline().addLast(new Liveness(Duration.ofSeconds(10), Duration.ofSeconds(5), new Liveness.Actions() {
            @Override
            public void ask() {
                actions.add("ask");
            }

            @Override
            public void dead() {
                actions.add("dead");
            }
        }, () -> now));
        result.pipeline().fireChannelActive();
        return result;
    }
}
