/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a switch is believed to have, and which entries use which group. Not thread-safe.
 */
final class Belief {
    final Map<FlowKey, Entry> flows = new HashMap<>();
    /** A null value is a group that is there with content that we cannot say. */
    final Map<Long, Group> groups = new HashMap<>();

    private final Map<Long, Set<Object>> users = new HashMap<>();

    Belief() {
        // nothing is there
    }

    Belief(final Observed observed) {
        observed.flows().values().forEach(this::put);
        observed.groups().values().forEach(this::putGroup);
        observed.otherGroups().forEach(id -> groups.put(id, null));
    }

    void put(final Entry entry) {
        forget(entry.key());
        flows.put(entry.key(), entry);
        entry.groups().forEach(id -> users.computeIfAbsent(id, none -> new HashSet<>()).add(entry.key()));
    }

    void forget(final FlowKey key) {
        final var old = flows.remove(key);
        if (old != null) {
            old.groups().forEach(id -> unuse(id, key));
        }
    }

    void putGroup(final Group group) {
        forgetGroup(group.id());
        groups.put(group.id(), group);
        Batch.groupsOf(group).forEach(id -> users.computeIfAbsent(id, none -> new HashSet<>()).add(group.id()));
    }

    void forgetGroup(final long id) {
        final var old = groups.remove(id);
        if (old != null) {
            Batch.groupsOf(old).forEach(used -> unuse(used, id));
        }
    }

    private void unuse(final Long id, final Object user) {
        final var set = users.get(id);
        if (set != null && set.remove(user) && set.isEmpty()) {
            users.remove(id);
        }
    }

    /**
     * Who uses a group.
     *
     * @param id the group's number
     * @return flow identities and group numbers
     */
    Set<Object> usersOf(final long id) {
        return users.getOrDefault(id, Set.of());
    }

    /** Takes over from another belief what it says of some entries. */
    void adopt(final Belief other, final Set<Object> subjects) {
        for (var subject : subjects) {
            if (subject instanceof FlowKey key) {
                forget(key);
                final var entry = other.flows.get(key);
                if (entry != null) {
                    put(entry);
                }
            } else if (subject instanceof Long id) {
                forgetGroup(id);
                final var group = other.groups.get(id);
                if (group != null) {
                    putGroup(group);
                } else if (other.groups.containsKey(id)) {
                    groups.put(id, null);
                }
            }
        }
    }
}
