/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import io.peregrine.flow.DatapathId;
import io.peregrine.ovsdb.Row;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import io.peregrine.vxlan.plan.EdgeSnapshot.Liveness;
import io.peregrine.vxlan.plan.EdgeSnapshot.Tap;
import io.peregrine.vxlan.plan.EdgeSnapshot.TunnelPort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads an edge's state out of its database. Pure.
 */
final class EdgeReader {
    private EdgeReader() {
        // functions
    }

    /**
     * The state of the bridge and its ports.
     *
     * @param wish how the edge should be
     * @param database how it is
     * @param problems what the reconciler found wrong
     * @return the state
     */
    static EdgeSnapshot read(final EdgeWish wish, final EdgeDatabase database, final List<String> problems) {
        final var bridge = database.bridgeOf(wish.edge(), wish.bridge());
        if (bridge.isEmpty()) {
            return new EdgeSnapshot(Optional.empty(), Map.of(), Map.of(), Map.of(), problems);
        }
        final var tunnels = new HashMap<String, TunnelPort>();
        final var taps = new HashMap<String, Tap>();
        final var borderPorts = new HashMap<String, Long>();
        database.ports(bridge.orElseThrow()).forEach(port -> {
            final var peer = EdgeDatabase.mark(port, EdgeDatabase.MARK_PEER);
            database.interfaces(port).forEach(row -> {
                final var number = number(row);
                if (peer.isPresent()) {
                    tunnels.put(peer.orElseThrow(), new TunnelPort(row.string("name"), number, liveness(row),
                        row.optionalString("error")));
                } else if (number.isPresent()) {
                    EdgeDatabase.mark(row, "iface-id").ifPresent(id -> taps.merge(id, tap(row, number.getAsLong()),
                        EdgeReader::newer));
                    if (wish.borderPorts().contains(row.string("name"))) {
                        borderPorts.put(row.string("name"), number.getAsLong());
                    }
                }
            });
        });
        taps.values().removeIf(tap -> !tap.linkUp());
        return new EdgeSnapshot(bridge.orElseThrow().optionalString("datapath_id").map(DatapathId::parseHex), tunnels,
            taps, borderPorts, problems);
    }

    /** A number of -1 means that Open vSwitch could not open the port; it says nothing about the number to come. */
    private static OptionalLong number(final Row row) {
        final var number = row.optionalInteger("ofport");
        return number.isPresent() && number.getAsLong() > 0 ? number : OptionalLong.empty();
    }

    private static Tap tap(final Row row, final long number) {
        return new Tap(row.uuid(), row.string("name"), number,
            !row.optionalString("link_state").equals(Optional.of("down")));
    }

    /** A row left over from a crash has the same {@code iface-id} as the one in use. */
    private static Tap newer(final Tap one, final Tap two) {
        return one.linkUp() != two.linkUp() ? one.linkUp() ? one : two : one.port() > two.port() ? one : two;
    }

    private static Liveness liveness(final Row row) {
        final var state = row.stringMap("bfd_status").get("state");
        return state == null ? Liveness.UNKNOWN : state.equals("up") ? Liveness.UP : Liveness.DOWN;
    }
}
