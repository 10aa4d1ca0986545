/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has something done at a time that may be brought forward. Every method is called on the thread of {@code loop}, and
 * the task is run there.
 */
final class WakeUp {
    private final ScheduledExecutorService loop;
    private final LongSupplier clock;
    private final Runnable task;
    private ScheduledFuture<?> alarm;
    private long alarmAt;

    /**
     * Waits for nothing yet.
     *
     * @param loop the thread
     * @param clock nanoseconds
     * @param task what to do
     */
    WakeUp(final ScheduledExecutorService loop, final LongSupplier clock, final Runnable task) {
        this.loop = requireNonNull(loop);
        this.clock = requireNonNull(clock);
        this.task = requireNonNull(task);
    }

    /**
     * Has the task run at a time, unless it will be run earlier anyway.
     *
     * @param next the time, which may have come already; empty for no wish
     */
    void by(final OptionalLong next) {
        if (next.isEmpty() || alarm != null && alarmAt - next.orElseThrow() <= 0) {
            return;
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        alarmAt = next.orElseThrow();
        alarm = loop.schedule(this::ring, Math.max(0, alarmAt - clock.getAsLong()), TimeUnit.NANOSECONDS);
    }

    private void ring() {
        alarm = null;
        task.run();
    }
}
