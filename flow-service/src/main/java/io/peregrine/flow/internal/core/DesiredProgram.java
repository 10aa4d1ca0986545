/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a switch shall have, made of named fragments no two of which have an entry in common. Not thread-safe.
 */
public final class DesiredProgram {
    private final Map<String, Fragment> fragments = new HashMap<>();
    private final Map<FlowKey, String> flowOwners = new HashMap<>();
    private final Map<Long, String> groupOwners = new HashMap<>();

    /**
     * Replaces fragments, all or none.
     *
     * @param changes fragment name to new content, empty to remove it
     * @return the difference
     * @throws IllegalArgumentException if two fragments would have an entry in common, or no switch could take one
     */
    public Change replace(final Map<String, Fragment> changes) {
        check(changes);

        final var groups = new HashMap<Long, Group>();
        final var flows = new HashMap<FlowKey, Entry>();
        final var droppedGroups = new HashSet<Long>();
        final var droppedFlows = new HashSet<FlowKey>();
        final var before = new HashMap<FlowKey, Entry>();
        final var groupsBefore = new HashMap<Long, Group>();
        for (var name : changes.keySet()) {
            final var old = fragments.remove(name);
            if (old != null) {
                final long cookie = OwnRange.cookieOf(name);
                old.flows().forEach((key, flow) -> before.put(key, new Entry(flow, cookie)));
                groupsBefore.putAll(old.groups());
            }
        }
        before.keySet().forEach(flowOwners::remove);
        groupsBefore.keySet().forEach(groupOwners::remove);

        changes.forEach((name, fragment) -> {
            if (fragment.isEmpty()) {
                return;
            }
            fragments.put(name, fragment);
            final long cookie = OwnRange.cookieOf(name);
            fragment.flows().forEach((key, flow) -> {
                flowOwners.put(key, name);
                final var entry = new Entry(flow, cookie);
                if (!entry.equals(before.remove(key))) {
                    flows.put(key, entry);
                }
            });
            fragment.groups().forEach((id, group) -> {
                groupOwners.put(id, name);
                if (!group.equals(groupsBefore.remove(id))) {
                    groups.put(id, group);
                }
            });
        });
        droppedFlows.addAll(before.keySet());
        droppedGroups.addAll(groupsBefore.keySet());
        return new Change(groups, droppedGroups, flows, droppedFlows);
    }

    private void check(final Map<String, Fragment> changes) {
        final var newFlows = new HashMap<FlowKey, String>();
        final var newGroups = new HashMap<Long, String>();
        changes.forEach((name, fragment) -> {
            final var old = fragments.getOrDefault(name, Fragment.EMPTY);
            fragment.flows().forEach((key, flow) -> {
                if (!key.equals(flow.key())) {
                    throw new IllegalArgumentException("fragment " + name + " has " + flow + " under " + key);
                }
                if (!flow.equals(old.flows().get(key))) {
                    Expressible.check(flow);
                }
                claim(key, name, newFlows.put(key, name), flowOwners.get(key), changes.keySet());
            });
            fragment.groups().forEach((id, group) -> {
                if (id != group.id()) {
                    throw new IllegalArgumentException("fragment " + name + " has " + group + " under " + id);
                }
                if (!group.equals(old.groups().get(id))) {
                    Expressible.check(group);
                }
                claim("group " + id, name, newGroups.put(id, name), groupOwners.get(id), changes.keySet());
            });
        });
    }

    private static void claim(final Object what, final String name, final String other, final String owner,
            final Set<String> replaced) {
        if (other != null) {
            throw new IllegalArgumentException(what + " is in fragments " + other + " and " + name);
        }
        if (owner != null && !replaced.contains(owner)) {
            throw new IllegalArgumentException(what + " of fragment " + name + " belongs to fragment " + owner);
        }
    }

    /**
     * The entries of a fragment that are leases.
     *
     * @param name the fragment's name
     * @return their identities, empty if there is no such fragment
     */
    public Set<FlowKey> leasesOf(final String name) {
        final var keys = new HashSet<FlowKey>();
        for (Flow flow : fragments.getOrDefault(name, Fragment.EMPTY).flows().values()) {
            if (flow.hardTimeout() != 0) {
                keys.add(flow.key());
            }
        }
        return keys;
    }

    /**
     * What some fragments consist of.
     *
     * @param names the fragments' names
     * @return the identities of their flows and the numbers of their groups
     */
    public Set<Object> subjectsOf(final Set<String> names) {
        final var subjects = new HashSet<Object>();
        for (var name : names) {
            final var fragment = fragments.getOrDefault(name, Fragment.EMPTY);
            subjects.addAll(fragment.flows().keySet());
            subjects.addAll(fragment.groups().keySet());
        }
        return subjects;
    }

    public Map<String, Fragment> fragments() {
        return Map.copyOf(fragments);
    }

    /**
     * How many flows all fragments have.
     *
     * @return their number
     */
    public int flows() {
        return flowOwners.size();
    }

    /**
     * How many groups all fragments have.
     *
     * @return their number
     */
    public int groups() {
        return groupOwners.size();
    }
}
