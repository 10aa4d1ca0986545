/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.probes;

import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.Probed;
import java.util.List;
import java.util.function.Consumer;

/**
 * Probes guests while they move. All methods return at once.
 */
public interface Prober {
    /**
     * Begins to probe a guest.
     *
     * @param move its move, by identity
     * @param interfaceIds its ports
     * @param result takes the outcome, once, on any thread
     */
    void begin(Migration move, List<String> interfaceIds, Consumer<Probed> result);

    /**
     * Something is happening to a guest: it is probed quickly for a while.
     *
     * @param move its move; ignored if it is not known
     */
    void hurry(Migration move);

    /**
     * Asks whether a guest has taken what has come at an edge so far to that of its ports which is probed.
     *
     * @param move its move
     * @param edge the edge
     * @param done hears once, on any thread: true when the guest has answered what was sent behind that; false soon, if
     *     it does not, and at once, if it is not probed or has not answered yet
     */
    void drain(Migration move, String edge, Consumer<Boolean> done);

    /**
     * A move is over; what follows at once still counts.
     *
     * @param move the move; ignored if it is not known
     */
    void end(Migration move);
}
