/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.CallbackReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;

class EventLoopTest {
    private static final int TIMES = 100;
    private static final int NEVER = -1;

    @BeforeAll
    static void libvirtIsThere() {
        assumeTrue(TestDriverTest.isLibvirtThere(), "libvirt.so.0 is not installed (package libvirt0)");
    }

    /** libvirt closes a connection's socket as it frees what the loop looked at for it. */
    @Test
    void whatIsTakenAwayIsFreedBeforeTheLoopEnds() throws LibvirtException {
        final var freed = new AtomicInteger();
        final Libvirt.VirEventTimeoutCallback call = (timer, opaque) -> { };
        final Libvirt.VirFreeCallback free = opaque -> freed.incrementAndGet();
        for (int i = 1; i <= TIMES; i++) {
            EventLoop.acquire();
            Libvirt.INSTANCE.virEventRemoveTimeout(Libvirt.INSTANCE.virEventAddTimeout(NEVER, call, null,
                CallbackReference.getFunctionPointer(free)));
            EventLoop.release();
            assertEquals(i, freed.get());
        }
    }
}
