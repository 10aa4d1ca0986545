/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;

/**
 * What the phases of records mean.
 */
public final class Phases {
    private Phases() {
        // static methods only
    }

    /**
     * Whether a phase is an end.
     *
     * @param phase the phase
     * @return true if nothing follows it
     */
    public static boolean isOver(final Phase phase) {
        return switch (phase) {
            case Completed, RolledBack, Lost, Interrupted -> true;
            case Preparing, Prepared, Turned, Open, Switched, RollingBack -> false;
        };
    }
}
