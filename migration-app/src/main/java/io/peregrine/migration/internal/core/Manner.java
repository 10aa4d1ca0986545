/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * How one guest is to be moved.
 *
 * @param mode how the network is made to follow
 * @param hold whether QEMU may be kept from stopping the guest until senders have been turned; for predictive moves
 * @param job the job that moves it, empty if somebody else does
 */
public record Manner(Mode mode, boolean hold, Optional<String> job) {
    /** Somebody moves it, and the network follows. */
    public static final Manner REACTIVE = new Manner(Mode.REACTIVE, false, Optional.empty());

    public Manner {
        requireNonNull(mode);
        requireNonNull(job);
    }
}
