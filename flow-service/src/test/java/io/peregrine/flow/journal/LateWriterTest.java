/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LateWriterTest {
    private final Semaphore written = new Semaphore(0);
    private final AtomicInteger failures = new AtomicInteger();
    private final LateWriter writer = new LateWriter("things", "late-writer-test", () -> {
        if (failures.getAndDecrement() > 0) {
            throw new IOException("the disk is full");
        }
        written.release();
    });

    @Test
    void whatChangesIsWritten() throws InterruptedException {
        writer.changed();
        written.acquire();
        writer.changed();
        written.acquire();
        writer.close();
    }

    @Test
    void whatFailsIsTriedAgain() throws InterruptedException {
        failures.set(1);
        writer.changed();
        written.acquire();
        assertEquals(-1, failures.get());
        writer.close();
    }

    @Test
    void closingWritesOnceMoreAndNeverAgain() {
        writer.changed();
        writer.close();
        assertEquals(1, written.drainPermits());
        writer.changed();
        writer.close();
        assertEquals(0, written.availablePermits());
    }
}
