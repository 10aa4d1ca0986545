/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import io.peregrine.ovsdb.MonitorSnapshot;
import io.peregrine.ovsdb.MonitorSpec;
import io.peregrine.ovsdb.Row;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The part of an {@code Open_vSwitch} database that matters to an edge, as ovs-vswitchd.conf.db(5) describes it.
 *
 * @param content the replicated tables
 */
record EdgeDatabase(MonitorSnapshot content) {
    static final String NAME = "Open_vSwitch";
    static final String ROOT = "Open_vSwitch";
    static final String BRIDGE = "Bridge";
    static final String PORT = "Port";
    static final String INTERFACE = "Interface";
    static final String CONTROLLER = "Controller";

    /** Marks a bridge that is ours, with the edge's name; in {@code external_ids}. */
    static final String MARK_EDGE = "peregrine-edge";
    /** Marks a port that is a tunnel of ours, with the other edge's name. */
    static final String MARK_PEER = "peregrine-peer";
    /** Marks a port to hosts outside that we have put on the bridge. */
    static final String MARK_BORDER = "peregrine-border";

    /** Statistics are left out: they change every few seconds. */
    static final MonitorSpec SPEC = MonitorSpec.of(NAME)
        .table(ROOT, "bridges")
        .table(BRIDGE, "name", "datapath_id", "datapath_type", "ports", "controller", "fail_mode", "protocols",
            "other_config", "external_ids")
        .table(PORT, "name", "interfaces", "external_ids")
        .table(INTERFACE, "name", "type", "options", "external_ids", "ofport", "link_state", "bfd", "bfd_status",
            "error")
        .table(CONTROLLER, "target", "max_backoff", "connection_mode");

    /** Whether the root row is there, without which nothing stays in the database. */
    boolean isInitialized() {
        return !rows(ROOT).isEmpty();
    }

    Optional<Row> bridge(final String name) {
        return rows(BRIDGE).stream().filter(row -> row.string("name").equals(name)).findFirst();
    }

    /** A bridge, if it is marked as an edge's. */
    Optional<Row> bridgeOf(final String edge, final String name) {
        return bridge(name).filter(row -> mark(row, MARK_EDGE).equals(Optional.of(edge)));
    }

    Stream<Row> ports(final Row bridge) {
        return bridge.uuids("ports").stream().map(uuid -> row(PORT, uuid)).filter(Objects::nonNull);
    }

    Optional<Row> port(final String name) {
        return rows(PORT).stream().filter(row -> row.string("name").equals(name)).findFirst();
    }

    Stream<Row> interfaces(final Row port) {
        return port.uuids("interfaces").stream().map(uuid -> row(INTERFACE, uuid)).filter(Objects::nonNull);
    }

    Stream<Row> controllers(final Row bridge) {
        return bridge.uuids("controller").stream().map(uuid -> row(CONTROLLER, uuid)).filter(Objects::nonNull);
    }

    /** A mark in the {@code external_ids} of a bridge, port or interface. */
    static Optional<String> mark(final Row row, final String key) {
        return Optional.ofNullable(row.stringMap("external_ids").get(key));
    }

    private Collection<Row> rows(final String table) {
        return content.table(table).values();
    }

    private Row row(final String table, final UUID uuid) {
        return content.table(table).get(uuid);
    }
}
