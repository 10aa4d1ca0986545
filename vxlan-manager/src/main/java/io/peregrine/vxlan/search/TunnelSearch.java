/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.search;

import static java.util.Objects.requireNonNull;

import io.peregrine.topology.search.Wishes;
import java.util.Comparator;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnelsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.TunnelDirection;

/**
 * What is looked for among tunnels: those for which all that is given is so.
 *
 * @param wanted what is given
 */
public record TunnelSearch(FindTunnelsInput wanted) implements Predicate<TunnelDirection> {
    /** By source and destination. */
    public static final Comparator<TunnelDirection> ORDER = Comparator
        .comparing((TunnelDirection tunnel) -> tunnel.getSource().getValue())
        .thenComparing(tunnel -> tunnel.getDestination().getValue());

    public TunnelSearch {
        requireNonNull(wanted);
    }

    @Override
    public boolean test(final TunnelDirection tunnel) {
        final var edge = wanted.getEdge();
        return (edge == null || edge.equals(tunnel.getSource()) || edge.equals(tunnel.getDestination()))
            && Wishes.isOneOf(wanted.getLiveness(), tunnel.getLiveness());
    }
}
