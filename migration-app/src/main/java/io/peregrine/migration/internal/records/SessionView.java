/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.records;

import java.time.Instant;
import java.util.Optional;

/**
 * A session with libvirt as it is shown.
 *
 * @param host the hypervisor
 * @param state its state
 * @param since since when it has been so
 * @param problem why it is not connected
 */
public record SessionView(String host, State state, Instant since, Optional<String> problem) {
    /** How a session is. */
    public enum State {
        /** There is none. */
        DISCONNECTED,
        /** Its domains are being read. */
        SYNCING,
        /** Its domains have been read. */
        IN_SYNC
    }
}
