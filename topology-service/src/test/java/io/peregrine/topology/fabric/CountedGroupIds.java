/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import io.peregrine.flow.GroupIds;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers groups in the order in which they are asked for.
 */
public final class CountedGroupIds implements GroupIds {
    private final Map<String, Long> ids = new HashMap<>();
    private long next = 0x5000_0000L;

    @Override
    public long idOf(final String name) {
        return ids.computeIfAbsent(name, none -> next++);
    }

    @Override
    public void release(final String name) {
        ids.remove(name);
    }
}
