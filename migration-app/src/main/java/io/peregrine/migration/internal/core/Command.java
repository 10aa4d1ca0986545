/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * Something that a guest's tracker wants done. Commands to the network concern all of the guest's ports at once.
 */
public sealed interface Command {
    /**
     * A command that changes switches.
     */
    sealed interface Network extends Command {
        /**
         * The edge meant.
         *
         * @return a host's name
         */
        String edge();
    }

    /**
     * Serve at one edge and nowhere else.
     *
     * @param edge where the guest is
     */
    record Attach(String edge) implements Network {
    }

    /**
     * Prepare the destination behind a closed gate.
     *
     * @param edge the destination
     */
    record Prepare(String edge) implements Network {
    }

    /**
     * Open the destination's gate.
     *
     * @param edge the destination
     */
    record Open(String edge) implements Network {
    }

    /**
     * Make the destination ready with its gate open, while all send to the source.
     *
     * @param edge the destination
     */
    record MakeReady(String edge) implements Network {
    }

    /**
     * Turn every sender to one of the two places in one step: to the destination, or back to the source.
     *
     * @param edge the place
     */
    record TurnTo(String edge) implements Network {
    }

    /**
     * Send to the destination only.
     *
     * @param edge the destination
     */
    record Commit(String edge) implements Network {
    }

    /**
     * Stop serving at an edge: the source after a move, the destination of a move that failed.
     *
     * @param edge the edge left
     */
    record Detach(String edge) implements Network {
    }

    /**
     * Start the lease of the destination's closed gate anew.
     *
     * @param edge the destination
     */
    record RenewLease(String edge) implements Network {
    }

    /**
     * Forget the guest's ports: it has ended.
     */
    record Withdraw() implements Command {
    }

    /**
     * Ask whether the guest has taken what has come to it at the source, where senders do not send any more.
     *
     * @param edge the source
     */
    record Drain(String edge) implements Command {
    }

    /**
     * Ask a host's libvirt about the domain.
     *
     * @param host the host
     */
    record Ask(String host) implements Command {
    }

    /**
     * Forecast when the source is going to pause the guest, or stop doing so.
     *
     * @param host the source
     * @param on whether to begin
     * @param hold whether to keep the source from pausing the guest until {@link StopBy} says otherwise
     */
    record Watch(String host, boolean on, boolean hold) implements Command {
    }

    /**
     * Says who pauses the guest at a source that has been held, whatever was said before. It is held while that is
     * nobody.
     *
     * @param host the source
     * @param who who does
     */
    record StopBy(String host, Stopper who) implements Command {
    }
}
