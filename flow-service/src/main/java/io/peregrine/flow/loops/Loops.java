/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalLong;

/**
 * Tells how much waits for some of the controller's single threads. Thread-safe; no method blocks, and none holds up
 * the threads it tells of for longer than it takes to copy their queues.
 */
@FunctionalInterface
public interface Loops {
    /**
     * How much waits for one thread.
     *
     * @param name what the thread is called, without the prefix that all have
     * @param waiting tasks whose time has come and that have not begun
     * @param late how long the first of them has waited, nanoseconds; 0 if there is none, empty if that is not known
     */
    record Load(String name, int waiting, OptionalLong late) {
        public Load {
            requireNonNull(name);
            requireNonNull(late);
        }
    }

    /**
     * How much waits now.
     *
     * @return one entry for each thread, always in the same order
     */
    List<Load> loads();
}
