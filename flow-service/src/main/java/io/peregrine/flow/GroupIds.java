/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

/**
 * Hands out group numbers that stay the same over restarts, so that a restart changes no group. Thread-safe; never
 * blocks on I/O.
 */
public interface GroupIds {
    /**
     * The number that belongs to a name; a new one if the name has none.
     *
     * @param name what the group is for, unique and stable
     * @return a number of Peregrine's own range
     */
    long idOf(String name);

    /**
     * Gives a name's number back. It is not handed out again soon, lest a switch that was away still uses it.
     *
     * @param name what the group was for
     */
    void release(String name);
}
