/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * What follows from something that happened.
 *
 * @param transmissions packets to send, in this order
 * @param changes how the set of hosts changed, step by step; empty if it did not
 */
public record Reaction(List<Transmission> transmissions, List<HostChange> changes) {
    public Reaction {
        transmissions = ImmutableList.copyOf(transmissions);
        changes = ImmutableList.copyOf(changes);
    }
}
