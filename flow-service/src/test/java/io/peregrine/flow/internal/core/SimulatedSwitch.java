/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import static org.junit.jupiter.api.Assertions.fail;

import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A switch's tables under the rules of OpenFlow 1.3.5, 6.4 and 6.7, as far as they matter here: an add overwrites an
 * entry but not a group, an entry cannot use a group that is not there, a group goes with the entries that use it.
 */
public final class SimulatedSwitch {
    public final Map<FlowKey, Entry> flows = new HashMap<>();
    public final Map<Long, Group> groups = new HashMap<>();

    /**
     * Takes a change.
     *
     * @param op the change
     * @return what is wrong with it, or null
     */
    public String take(final Op op) {
        if (op instanceof Op.PutGroup put) {
            final boolean there = groups.containsKey(put.group().id());
            if (put.how() == Op.How.ADD && there) {
                return "GROUPEXISTS";
            } else if (put.how() == Op.How.MODIFY && !there) {
                return "UNKNOWNGROUP";
            } else if (!groups.keySet().containsAll(Batch.groupsOf(put.group()))) {
                return "BADOUTGROUP";
            }
            groups.put(put.group().id(), put.group());
        } else if (op instanceof Op.PutFlow put) {
            if (!groups.keySet().containsAll(put.entry().groups())) {
                return "BADOUTGROUP";
            }
            flows.put(put.entry().key(), put.entry());
        } else if (op instanceof Op.RemoveFlow remove) {
            flows.computeIfPresent(remove.key(), (key, entry) -> entry.isOwn() ? null : entry);
        } else if (op instanceof Op.RemoveGroup remove) {
            groups.remove(remove.id());
            flows.values().removeIf(entry -> entry.groups().contains(remove.id()));
        }
        return null;
    }

    /**
     * Takes changes all of which must succeed, and keeps every reference valid meanwhile.
     *
     * @param ops the changes
     */
    void takeAll(final List<Op> ops) {
        for (var op : ops) {
            final int before = flows.size();
            final var wrong = take(op);
            if (wrong != null) {
                fail(op + ": " + wrong);
            }
            if (op instanceof Op.RemoveGroup && flows.size() < before) {
                fail(op + " took entries with it");
            }
            for (var group : groups.values()) {
                if (!groups.keySet().containsAll(Batch.groupsOf(group))) {
                    fail("after " + op + " a group refers to one that is gone: " + group);
                }
            }
        }
    }

    /** Loses everything, as when it restarts. */
    public void clear() {
        flows.clear();
        groups.clear();
    }

    public Observed observe() {
        return new Observed(flows, List.of(), groups, Set.of());
    }

    Set<Object> contents() {
        final var all = new HashSet<Object>(flows.values());
        all.addAll(groups.values());
        return all;
    }
}
