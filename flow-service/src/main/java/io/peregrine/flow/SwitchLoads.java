/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Tells how much the switches are wanted to have, and how much waits to be sent to them. Thread-safe; no method blocks.
 */
@FunctionalInterface
public interface SwitchLoads {
    /**
     * One switch that somebody has charge of.
     *
     * @param datapath the switch
     * @param flows how many flows it shall have
     * @param groups how many groups it shall have
     * @param waiting changes to be sent, answers and timers to be taken in that have not had their turn
     */
    record Load(DatapathId datapath, int flows, int groups, int waiting) {
        public Load {
            requireNonNull(datapath);
        }
    }

    /**
     * All switches that somebody has charge of, connected or not.
     *
     * @return one entry for each
     */
    List<Load> switchLoads();
}
