/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An executor whose time passes when the test says so, on the test's thread. A task that throws fails the test.
 */
final class ManualLoop extends AbstractExecutorService implements ScheduledExecutorService {
    private static final Comparator<Task<?>> ORDER = Comparator.<Task<?>>comparingLong(task -> task.time)
        .thenComparingLong(task -> task.order);

    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>(ORDER);
    private long now = 1_000_000_000L;
    private long count;

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long time;
        private final long order = count++;

        Task(final Callable<V> work, final long time) {
            super(work);
            this.time = time;
        }

        @Override
        public long getDelay(final TimeUnit unit) {
            return unit.convert(time - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(final Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    /** The time, nanoseconds. */
    long now() {
        return now;
    }

    /** Does what is due. */
    void settle() {
        pass(Duration.ZERO);
    }

    void pass(final Duration time) {
        final long end = now + time.toNanos();
        while (!tasks.isEmpty() && tasks.element().time <= end) {
            final var task = tasks.remove();
            now = Math.max(now, task.time);
            task.run();
            if (!task.isCancelled()) {
                check(task);
            }
        }
        now = end;
    }

    private static void check(final Task<?> task) {
        try {
            task.get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("a task failed", e);
        }
    }

    /** Forgets all that is to be done: whoever wanted it done is no more. */
    void clear() {
        tasks.clear();
    }

    @Override
    public void execute(final Runnable command) {
        schedule(command, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public ScheduledFuture<?> schedule(final Runnable command, final long delay, final TimeUnit unit) {
        return schedule(Executors.callable(command), delay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(final Callable<V> callable, final long delay, final TimeUnit unit) {
        final var task = new Task<>(callable, now + unit.toNanos(delay));
        tasks.add(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(final Runnable command, final long initialDelay, final long period,
            final TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(final Runnable command, final long initialDelay,
            final long delay, final TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(final long timeout, final TimeUnit unit) {
        throw new UnsupportedOperationException();
    }
}
