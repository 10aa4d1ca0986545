/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A named piece of a switch's desired program, replaced as a whole: what one guest port, one network or one tunnel
 * needs there. Immutable.
 *
 * @param groups its groups, by number
 * @param flows its flow entries, by identity
 */
public record Fragment(Map<Long, Group> groups, Map<FlowKey, Flow> flows) {
    public static final Fragment EMPTY = new Fragment(Map.of(), Map.of());

    public Fragment {
        groups = Map.copyOf(groups);
        flows = Map.copyOf(flows);
    }

    /**
     * A fragment of these parts.
     *
     * @param groups groups with distinct numbers
     * @param flows flow entries with distinct identities
     * @return the fragment
     * @throws IllegalStateException if a number or identity occurs twice
     */
    public static Fragment of(final Collection<Group> groups, final Collection<Flow> flows) {
        return new Fragment(groups.stream().collect(Collectors.toMap(Group::id, Function.identity())),
            flows.stream().collect(Collectors.toMap(Flow::key, Function.identity())));
    }

    public boolean isEmpty() {
        return groups.isEmpty() && flows.isEmpty();
    }
}
