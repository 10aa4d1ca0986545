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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts changes in an order in which every intermediate state forwards rightly. First groups, those that others refer to
 * before those that refer. Then flow entries from the last table back to the first and from the highest priority down,
 * so that nothing leads to what is not there yet and an exception stands before its rule. Then removals the other way.
 */
final class Batch {
    private static final Comparator<FlowKey> BACK_TO_FRONT = Comparator.comparingInt(FlowKey::table)
        .thenComparingInt(FlowKey::priority).reversed();

    private Batch() {
        // static methods only
    }

    static List<Op> order(final Collection<? extends Op> ops, final Map<Long, Group> believed) {
        final var groups = new HashMap<Long, Op.PutGroup>();
        final var flows = new ArrayList<Op.PutFlow>();
        final var lessFlows = new ArrayList<Op.RemoveFlow>();
        final var lessGroups = new HashMap<Long, Op.RemoveGroup>();
        for (var op : ops) {
            if (op instanceof Op.PutGroup put) {
                groups.put(put.group().id(), put);
            } else if (op instanceof Op.PutFlow put) {
                flows.add(put);
            } else if (op instanceof Op.RemoveFlow remove) {
                lessFlows.add(remove);
            } else if (op instanceof Op.RemoveGroup remove) {
                lessGroups.put(remove.id(), remove);
            }
        }
        flows.sort(Comparator.comparing(put -> put.entry().key(), BACK_TO_FRONT));
        lessFlows.sort(Comparator.comparing(Op.RemoveFlow::key, BACK_TO_FRONT.reversed()));

        final var result = new ArrayList<Op>(ops.size());
        final var done = new HashSet<Long>();
        groups.keySet().stream().sorted().forEach(id -> referencedFirst(id, groups, done, result));
        result.addAll(flows);
        result.addAll(lessFlows);
        final var removals = new ArrayList<Long>();
        final var seen = new HashSet<Long>();
        lessGroups.keySet().stream().sorted().forEach(id -> collect(id, lessGroups.keySet(), believed, seen, removals));
        for (int i = removals.size() - 1; i >= 0; i--) {
            result.add(lessGroups.get(removals.get(i)));
        }
        return result;
    }

    private static void referencedFirst(final Long id, final Map<Long, Op.PutGroup> groups, final Set<Long> done,
            final List<Op> result) {
        final var put = groups.get(id);
        // A loop of groups ends here, and is for the switch to refuse
        if (put != null && done.add(id)) {
            groupsOf(put.group()).stream().sorted().forEach(next -> referencedFirst(next, groups, done, result));
            result.add(put);
        }
    }

    private static void collect(final Long id, final Set<Long> wanted, final Map<Long, Group> believed,
            final Set<Long> seen, final List<Long> result) {
        if (wanted.contains(id) && seen.add(id)) {
            final var group = believed.get(id);
            if (group != null) {
                groupsOf(group).stream().sorted().forEach(next -> collect(next, wanted, believed, seen, result));
            }
            result.add(id);
        }
    }

    static Set<Long> groupsOf(final Group group) {
        final var ids = new HashSet<Long>();
        group.buckets().forEach(bucket -> ids.addAll(Entry.groupsIn(bucket.actions())));
        return ids;
    }
}
