/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import java.util.ArrayList;
import java.util.Comparator;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.RetiredEdges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.retired.edges.RetiredEdge;

/**
 * Prints the bridges that are being let go of.
 */
final class RetiredEdgesUtil {
    private RetiredEdgesUtil() {
        // Static methods only
    }

    /**
     * Prints all of them, by the name that their edge had.
     *
     * @param broker the datastore
     * @param screen where to
     */
    static void print(final DataBroker broker, final Screen screen) {
        if (screen.isJson()) {
            screen.containers(broker, RetiredEdges.class);
            return;
        }
        final var edges = new ArrayList<RetiredEdge>();
        Published.read(broker, RetiredEdges.class).ifPresent(all -> edges.addAll(all.nonnullRetiredEdge().values()));
        edges.sort(Comparator.comparing((RetiredEdge edge) -> edge.getName().getValue())
            .thenComparing(RetiredEdge::getOvsdb).thenComparing(edge -> edge.getBridge().getValue()));
        final var table = new Table("NAME", "OVSDB", "BRIDGE", "SINCE", "WAITS FOR");
        edges.forEach(edge -> table.row(edge.getName().getValue(), edge.getOvsdb(), edge.getBridge().getValue(),
            Shown.text(edge.getSince()), edge.getWaitsFor()));
        screen.table(table);
    }
}
