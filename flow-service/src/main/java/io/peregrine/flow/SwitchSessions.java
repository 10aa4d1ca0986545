/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

/**
 * Tells which switches have an OpenFlow session with us as master, owned by somebody or not. Thread-safe.
 */
public interface SwitchSessions {
    /**
     * Hears of sessions.
     */
    interface Listener {
        /**
         * A session began: requests to the switch are possible.
         *
         * @param datapath the switch
         */
        void onConnected(DatapathId datapath);

        /**
         * The session ended, or somebody else became master.
         *
         * @param datapath the switch
         */
        void onDisconnected(DatapathId datapath);
    }

    /**
     * Subscribes to sessions. Those that exist are told first.
     *
     * @param listener hears of each switch's sessions in order, on a thread of the programmer that it must not block
     * @return closing it ends the subscription
     */
    Subscription subscribe(Listener listener);
}
