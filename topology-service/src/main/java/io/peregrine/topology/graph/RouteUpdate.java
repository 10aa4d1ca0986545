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
 * What a change of the graph or of the targets has led to.
 *
 * @param table the routes as they are now
 * @param changed exactly those routes whose set of next hops differs; links that differ only in cost are the same
 */
public record RouteUpdate(RouteTable table, ChangedRoutes changed) {
    public RouteUpdate {
        requireNonNull(table);
        requireNonNull(changed);
    }
}
