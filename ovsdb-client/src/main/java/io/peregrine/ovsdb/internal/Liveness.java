/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks for an echo when nothing has come for a while, and gives up when nothing comes after that. Any byte is a sign of
 * life: the answer may be queued behind a long message.
 */
final class Liveness extends ChannelInboundHandlerAdapter {
    /** What to do, on the event loop. */
    interface Actions {
        /** Nothing has come for a while. */
        void ask();

        /** Nothing has come since the question. */
        void dead();
    }

    private final long idleNanos;
    private final long timeoutNanos;
    private final Actions actions;
    private final LongSupplier clock;

    private long lastRead;
    private boolean asked;
    private long askedAt;
    private ScheduledFuture<?> check;

    /** {@code clock} is {@link System#nanoTime()} but in tests. */
    Liveness(final Duration idle, final Duration timeout, final Actions actions, final LongSupplier clock) {
        idleNanos = idle.toNanos();
        timeoutNanos = timeout.toNanos();
        this.actions = actions;
        this.clock = clock;
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) {
        lastRead = clock.getAsLong();
        schedule(ctx, idleNanos);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object msg) {
        lastRead = clock.getAsLong();
        if (asked) {
            asked = false;
            check.cancel(false);
            schedule(ctx, idleNanos);
        }
        ctx.fireChannelRead(msg);
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        if (check != null) {
            check.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    private void schedule(final ChannelHandlerContext ctx, final long nanos) {
        check = ctx.executor().schedule(() -> check(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void check(final ChannelHandlerContext ctx) {
        final long now = clock.getAsLong();
        if (!ctx.channel().config().isAutoRead()) {
            // we do not listen, so silence says nothing
            lastRead = now;
            asked = false;
        }
        final long left = asked ? askedAt + timeoutNanos - now : lastRead + idleNanos - now;
        if (left > 0) {
            schedule(ctx, left);
        } else if (asked) {
            actions.dead();
        } else {
            asked = true;
            askedAt = now;
            schedule(ctx, timeoutNanos);
            actions.ask();
        }
    }
}
