/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import org.opendaylight.yangtools.concepts.Registration;

/**
 * Tells the network as it is. Thread-safe.
 */
public interface TopologyService {
    /**
     * Hears of changes.
     */
    @FunctionalInterface
    interface Listener {
        /**
         * The topology changed. Called in order, on a thread of the service that must not be blocked. Changes that came
         * together are told together.
         *
         * @param before what this listener was told last; {@link Topology#EMPTY} at first
         * @param now what is known now
         */
        void onTopology(Topology before, Topology now);
    }

    /**
     * The present snapshot.
     *
     * @return the topology
     */
    Topology topology();

    /**
     * Registers a listener. It is called at once if anything is connected, and then with every change.
     *
     * @param listener the listener
     * @return closing it ends the calls; one that is under way is not waited for
     */
    Registration listen(Listener listener);
}
