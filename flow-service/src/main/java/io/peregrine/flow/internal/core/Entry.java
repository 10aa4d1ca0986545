/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.Action;
import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A flow entry as it stands on a switch.
 *
 * @param flow the entry
 * @param cookie its cookie
 * @param tellsRemoval whether the switch says so when it is gone
 */
public record Entry(Flow flow, long cookie, boolean tellsRemoval) {
    public Entry {
        requireNonNull(flow);
    }

    /**
     * An entry as we send them: its removal is told.
     *
     * @param flow the entry
     * @param cookie its cookie
     */
    public Entry(final Flow flow, final long cookie) {
        this(flow, cookie, true);
    }

    public FlowKey key() {
        return flow.key();
    }

    public boolean isOwn() {
        return OwnRange.isOwnCookie(cookie);
    }

    public boolean isTimed() {
        return flow.hardTimeout() != 0;
    }

    /**
     * Tells whether two entries treat packets alike and are ours alike. A lease that was sent again with the rest of
     * its time is the same lease, and whether a removal is told does not matter to packets.
     *
     * @param other the other entry
     * @return true if nothing needs to be sent
     */
    boolean sameAs(final Entry other) {
        return cookie == other.cookie && isTimed() == other.isTimed() && key().equals(other.key())
            && flow.instructions().equals(other.flow.instructions());
    }

    Entry withTimeout(final int seconds) {
        return new Entry(new Flow(flow.key(), flow.instructions(), seconds), cookie, tellsRemoval);
    }

    Set<Long> groups() {
        return groupsIn(flow.instructions().actions());
    }

    static Set<Long> groupsIn(final Collection<Action> actions) {
        return actions.stream().filter(Action.ToGroup.class::isInstance)
            .map(action -> ((Action.ToGroup) action).groupId()).collect(Collectors.toSet());
    }
}
