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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a switch said it has, at one moment.
 *
 * @param flows its flow entries
 * @param otherFlows those that use what {@link io.peregrine.flow.Flow} cannot say
 * @param groups its groups
 * @param otherGroups numbers of groups that use what {@link Group} cannot say
 */
public record Observed(Map<FlowKey, Entry> flows, List<Other> otherFlows, Map<Long, Group> groups,
        Set<Long> otherGroups) {
    /**
     * A flow entry that cannot be said whole.
     *
     * @param cookie its cookie
     * @param key its identity, if that can be said
     * @param text as much of it as can be said
     */
    public record Other(long cookie, Optional<FlowKey> key, String text) {
        boolean isOwn() {
            return OwnRange.isOwnCookie(cookie);
        }
    }

    public Observed {
        flows = Map.copyOf(flows);
        otherFlows = List.copyOf(otherFlows);
        groups = Map.copyOf(groups);
        otherGroups = Set.copyOf(otherGroups);
    }
}
