/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static java.util.Objects.requireNonNull;

/**
 * News about a domain at one host.
 *
 * @param host the host
 * @param state what the domain is there now
 * @param at when it became so, or for an answer when the question was asked: nanoseconds of a monotonic clock
 * @param asked whether it is an answer to a question, rather than an event
 * @param arrival whether it says that the guest came here by migration and has run here
 * @param ended whether an absent domain is known to have ended here, as opposed to merely not being here
 * @param outgoing whether the host has a job for the domain under way; meaningful in answers
 * @param text libvirt's words
 */
public record Sign(String host, DomainState state, long at, boolean asked, boolean arrival, boolean ended,
        boolean outgoing, String text) {
    public Sign {
        requireNonNull(host);
        requireNonNull(state);
        requireNonNull(text);
    }

    /**
     * The sign in an event that says something of use.
     *
     * @param host the host
     * @param event the event
     * @param at when it was received
     * @return the sign
     * @throws java.util.NoSuchElementException if the event changes nothing a move cares about
     */
    public static Sign event(final String host, final LifecycleEvent event, final long at) {
        final var state = event.state().orElseThrow();
        return new Sign(host, state, at, false, event.arrival(), state == DomainState.ABSENT, false, event.toString());
    }

    /**
     * The sign in an answer.
     *
     * @param host the host
     * @param level what libvirt said
     * @param at when it was asked
     * @return the sign
     */
    public static Sign answer(final String host, final LevelState level, final long at) {
        final var state = level.domainState();
        return new Sign(host, state, at, true, level.arrival(), level.ended(), level.outgoing(),
            "found " + state);
    }

    /**
     * The sign in the host's not knowing the domain.
     *
     * @param host the host
     * @param at when it was asked
     * @return the sign
     */
    public static Sign notThere(final String host, final long at) {
        return new Sign(host, DomainState.ABSENT, at, true, false, false, false, "not there");
    }
}
