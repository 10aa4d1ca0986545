/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

/**
 * A flow entry. Its cookie is not its owner's business: the programmer gives it one of the range it keeps.
 *
 * @param key identity
 * @param instructions what happens to packets
 * @param hardTimeout seconds until the switch removes the entry by itself, 0 for never, at most 65535. An entry with a
 *     timeout is a lease: a repair does not bring it back once it has run out
 */
public record Flow(FlowKey key, Instructions instructions, int hardTimeout) {
    public Flow {
        requireNonNull(key);
        requireNonNull(instructions);
        if (hardTimeout < 0 || hardTimeout > 65535) {
            throw new IllegalArgumentException("hard timeout " + hardTimeout);
        }
    }

    public Flow(final int table, final int priority, final Match match, final Instructions instructions) {
        this(new FlowKey(table, priority, match), instructions, 0);
    }

    @Override
    public String toString() {
        return key + (hardTimeout == 0 ? "" : ",hard_timeout=" + hardTimeout) + " -> " + instructions;
    }
}
