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
import java.util.Map;
import java.util.Set;

/**
 * How a desired program changed: only what differs from before.
 *
 * @param groups groups new or with new content
 * @param droppedGroups numbers no longer desired
 * @param flows entries new or with new content
 * @param droppedFlows identities no longer desired
 */
public record Change(Map<Long, Group> groups, Set<Long> droppedGroups, Map<FlowKey, Entry> flows,
        Set<FlowKey> droppedFlows) {
    /** Nothing changed. */
    public static final Change NONE = new Change(Map.of(), Set.of(), Map.of(), Set.of());

    public Change {
        groups = Map.copyOf(groups);
        droppedGroups = Set.copyOf(droppedGroups);
        flows = Map.copyOf(flows);
        droppedFlows = Set.copyOf(droppedFlows);
    }
}
