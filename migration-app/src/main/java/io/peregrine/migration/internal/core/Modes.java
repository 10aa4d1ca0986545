/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.UUID;

/**
 * Says how guests are to be moved. Asked on the trackers' thread when a migration is first seen; answers at once.
 */
@FunctionalInterface
public interface Modes {
    /** Whatever it is, wait for the source to pause the guest. */
    Modes REACTIVE = guest -> Manner.REACTIVE;

    /**
     * How a guest that begins to move is to be moved.
     *
     * @param guest the domain
     * @return the manner
     */
    Manner of(UUID guest);
}
