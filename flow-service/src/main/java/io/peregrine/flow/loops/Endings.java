/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import org.slf4j.Logger;

/**
 * Ends things that belong together.
 */
public final class Endings {
    private Endings() {
        // Static methods only
    }

    /**
     * Ends one after the other, each of them though another one fails: what is not ended would go on for ever.
     *
     * @param log gets what fails
     * @param steps end one thing each, in this order
     */
    @SuppressWarnings("checkstyle:illegalCatch")
    public static void all(final Logger log, final Runnable... steps) {
        for (final var step : steps) {
            try {
                step.run();
            } catch (RuntimeException e) {
                log.error("Something could not be ended", e);
            }
        }
    }
}
