/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.graph;

import static java.util.Objects.requireNonNull;

/**
 * Names a route: where it is used, and where it leads to.
 *
 * @param node the switch that forwards
 * @param target the switch that is the destination
 */
public record RouteKey(NodeId node, NodeId target) {
    public RouteKey {
        requireNonNull(node);
        requireNonNull(target);
    }

    @Override
    public String toString() {
        return node + "=>" + target;
    }
}
