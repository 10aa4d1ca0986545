/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import com.sun.jna.CallbackReference;
import com.sun.jna.Pointer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of libvirt a process has only one of: its event loop, and the function that is told of errors. It is used while
 * anybody has acquired it; afterwards libvirt has nothing left to call here, for these classes may go.
 */
final class EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STOP_MILLIS = 2_000;
    private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Native code keeps its address: it must never be collected. */
    private static final Libvirt.VirEventTimeoutCallback WAKE = EventLoop::wake;

    /** As {@link #WAKE}. */
    private static final Libvirt.VirFreeCallback DRAINED = EventLoop::drained;

    /** libvirt prints errors on standard error otherwise; whoever makes the call gets them anyway. */
    private static final Libvirt.VirErrorCallback ERRORS =
        (userData, error) -> LOG.trace("libvirt: {}", error == null ? "" : error.message);

    private static int users;
    private static EventLoop running;

    /** Written and read by the thread of the loop that runs. */
    private static volatile boolean drained;

    private final Thread thread = new Thread(this::run, "libvirt-events");

    private volatile boolean stopped;

    private EventLoop() {
        thread.setDaemon(true);
    }

    /**
     * Makes the loop run; to be called before the first connection is opened.
     *
     * @throws LibvirtException if libvirt cannot set it up
     */
    static synchronized void acquire() throws LibvirtException {
        if (users == 0) {
            Libvirt.INSTANCE.virSetErrorFunc(null, ERRORS);
            Library.initEventLoop();
            running = new EventLoop();
            running.thread.start();
        }
        users++;
    }

    /** Undoes one {@link #acquire()}; not on the loop's own thread, whose end is waited for. */
    static synchronized void release() {
        users--;
        if (users == 0) {
            running.stop();
            running = null;
            Libvirt.INSTANCE.virSetErrorFunc(null, null);
        }
    }

    private static void wake(final int timer, final Pointer opaque) {
        Libvirt.INSTANCE.virEventRemoveTimeout(timer);
    }

    private static void drained(final Pointer opaque) {
        drained = true;
    }

    private void run() {
        while (!stopped) {
            try {
                Library.processEvent();
            } catch (LibvirtException e) {
                // One bad turn must not leave every connection without events and keepalive.
                LOG.warn("libvirt's event loop: {}", e.getMessage());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        try {
            // Twice: what is freed may take away something else
            drain();
            drain();
        } catch (LibvirtException e) {
            LOG.warn("libvirt's event loop, at its end: {}", e.getMessage());
        }
    }

    /**
     * Goes on until libvirt has freed what was taken away before: a closed connection's socket is only then closed.
     * libvirt frees in the order of taking away, in turns that have nothing more urgent (virEventGLibHandleRemove).
     */
    private static void drain() throws LibvirtException {
        drained = false;
        if (Libvirt.INSTANCE.virEventAddTimeout(0, WAKE, null, CallbackReference.getFunctionPointer(DRAINED)) < 0) {
            return;
        }
        final long until = System.nanoTime() + DRAIN_NANOS;
        while (!drained && System.nanoTime() < until) {
            Library.processEvent();
        }
    }

    private void stop() {
        stopped = true;
        final int timer = Libvirt.INSTANCE.virEventAddTimeout(0, WAKE, null, null);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A loop that was not asleep has ended without it, and the next one would call it
        Libvirt.INSTANCE.virEventRemoveTimeout(timer);
    }
}
