/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import io.peregrine.ovsdb.Condition;
import io.peregrine.ovsdb.Datum;
import io.peregrine.ovsdb.Mutation;
import io.peregrine.ovsdb.Operation;
import io.peregrine.ovsdb.Row;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What to change in an edge's database so that it is as wanted. Pure. Only rows of ours, which carry our mark, are
 * changed or removed; nothing is touched on a bridge that is somebody else's.
 */
final class EdgeReconciler {
    /** How long a switch waits between attempts to reach us, in milliseconds. */
    private static final long MAX_BACKOFF = 1000;
    /** Between two BFD control packets, in milliseconds. */
    private static final String BFD_INTERVAL = "100";
    /** IFNAMSIZ without the terminating NUL. */
    private static final int MAX_NAME = 15;
    private static final String TUNNEL_PREFIX = "vx-";
    private static final Map<String, String> BFD =
        Map.of("enable", "true", "min_tx", BFD_INTERVAL, "min_rx", BFD_INTERVAL);
    private static final Map<String, String> OTHER_CONFIG = Map.of("disable-in-band", "true");

    private final EdgeWish wish;
    private final EdgeDatabase database;
    private final List<Operation> operations = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private EdgeReconciler(final EdgeWish wish, final EdgeDatabase database) {
        this.wish = wish;
        this.database = database;
    }

    /**
     * A plan.
     *
     * @param operations one transaction; empty if all is as wanted
     * @param problems what cannot be done, one sentence each
     */
    record Plan(List<Operation> operations, List<String> problems) {
        Plan {
            operations = List.copyOf(operations);
            problems = List.copyOf(problems);
        }
    }

    static Plan plan(final EdgeWish wish, final EdgeDatabase database) {
        final var run = new EdgeReconciler(wish, database);
        run.reconcile();
        return new Plan(run.operations, run.problems);
    }

    /**
     * Lets go of an edge's bridge: our ports, our controller and our mark go, the bridge stays with whatever else is on
     * it.
     *
     * @param bridge the bridge, which is marked as ours
     * @param database how it is
     * @return one transaction
     */
    static List<Operation> retire(final Row bridge, final EdgeDatabase database) {
        final var ours = database.ports(bridge)
            .filter(port -> EdgeDatabase.mark(port, EdgeDatabase.MARK_PEER).isPresent()
                || EdgeDatabase.mark(port, EdgeDatabase.MARK_BORDER).isPresent())
            .map(Row::uuid).toList();
        final var here = Condition.uuid(bridge.uuid());
        return List.of(
            Operation.mutate(EdgeDatabase.BRIDGE, here).with(Mutation.delete("ports", Datum.uuids(ours)))
                .with(Mutation.delete("external_ids", Datum.strings(List.of(EdgeDatabase.MARK_EDGE)))),
            Operation.update(EdgeDatabase.BRIDGE, here).set("controller", Datum.empty()));
    }

    private void reconcile() {
        if (!database.isInitialized()) {
            problems.add("the Open_vSwitch database is empty: start Open vSwitch there, or run 'ovs-vsctl init'");
            return;
        }
        final var bridge = database.bridge(wish.bridge());
        if (bridge.isEmpty()) {
            makeBridge();
            return;
        }
        final var row = bridge.orElseThrow();
        if (!mayUse(row)) {
            problems.add("bridge " + wish.bridge() + EdgeDatabase.mark(row, EdgeDatabase.MARK_EDGE)
                .map(other -> " is marked as that of edge '" + other + "', of this controller's past or another's")
                .orElse(" has ports and is not marked as Peregrine's") + ": set take-over of '" + wish.edge()
                + "' to true to use it (its flows are lost), or name another bridge");
            return;
        }
        settings(row);
        controller(row);
        tunnels(row);
        borderPorts(row);
    }

    private boolean mayUse(final Row bridge) {
        return wish.takeOver() || EdgeDatabase.mark(bridge, EdgeDatabase.MARK_EDGE)
            .map(name -> name.equals(wish.edge()) || wish.formerNames().contains(name))
            .orElseGet(() -> database.ports(bridge).allMatch(port -> port.string("name").equals(wish.bridge())));
    }

    private void makeBridge() {
        operations.add(Operation.insert(EdgeDatabase.INTERFACE).named("localInterface")
            .set("name", wish.bridge()).set("type", "internal"));
        operations.add(Operation.insert(EdgeDatabase.PORT).named("localPort")
            .set("name", wish.bridge()).set("interfaces", Datum.named("localInterface")));
        operations.add(insertController());
        operations.add(Operation.insert(EdgeDatabase.BRIDGE).named("bridge")
            .set("name", wish.bridge())
            .set("datapath_type", wish.datapathType())
            .set("fail_mode", "secure")
            .set("protocols", "OpenFlow13")
            .set("other_config", OTHER_CONFIG)
            .set("external_ids", Map.of(EdgeDatabase.MARK_EDGE, wish.edge()))
            .set("controller", Datum.named("controller"))
            .set("ports", Datum.named("localPort")));
        operations.add(Operation.mutateAll(EdgeDatabase.ROOT).with(Mutation.insert("bridges", Datum.named("bridge"))));
    }

    private void settings(final Row bridge) {
        var update = Operation.update(EdgeDatabase.BRIDGE, Condition.uuid(bridge.uuid()));
        if (!bridge.optionalString("fail_mode").equals(Optional.of("secure"))) {
            update = update.set("fail_mode", "secure");
        }
        if (!bridge.strings("protocols").equals(Set.of("OpenFlow13"))) {
            update = update.set("protocols", "OpenFlow13");
        }
        final var otherConfig = merged(bridge.stringMap("other_config"), OTHER_CONFIG);
        if (!otherConfig.equals(bridge.stringMap("other_config"))) {
            update = update.set("other_config", otherConfig);
        }
        final var ids = merged(bridge.stringMap("external_ids"), Map.of(EdgeDatabase.MARK_EDGE, wish.edge()));
        if (!ids.equals(bridge.stringMap("external_ids"))) {
            update = update.set("external_ids", ids);
        }
        if (!update.row().isEmpty()) {
            operations.add(update);
        }
    }

    /** Only another target is a reason to replace the row: Open vSwitch drops a bridge's flows with its controller. */
    private void controller(final Row bridge) {
        final var present = database.controllers(bridge).toList();
        if (present.size() == 1 && present.get(0).string("target").equals(wish.controller())) {
            final var row = present.get(0);
            if (row.optionalInteger("max_backoff").orElse(0) != MAX_BACKOFF
                    || !row.optionalString("connection_mode").equals(Optional.of("out-of-band"))) {
                operations.add(Operation.update(EdgeDatabase.CONTROLLER, Condition.uuid(row.uuid()))
                    .set("max_backoff", MAX_BACKOFF).set("connection_mode", "out-of-band"));
            }
        } else {
            operations.add(insertController());
            operations.add(Operation.update(EdgeDatabase.BRIDGE, Condition.uuid(bridge.uuid()))
                .set("controller", Datum.named("controller")));
        }
    }

    private Operation insertController() {
        return Operation.insert(EdgeDatabase.CONTROLLER).named("controller").set("target", wish.controller())
            .set("max_backoff", MAX_BACKOFF).set("connection_mode", "out-of-band");
    }

    private void tunnels(final Row bridge) {
        final var wanted = new TreeMap<>(wish.peers());
        final var gone = new HashSet<UUID>();
        final var ports = database.ports(bridge)
            .filter(port -> EdgeDatabase.mark(port, EdgeDatabase.MARK_PEER).isPresent()).toList();
        for (var port : ports) {
            final var peer = EdgeDatabase.mark(port, EdgeDatabase.MARK_PEER).orElseThrow();
            final var address = wanted.remove(peer);
            if (address == null) {
                gone.add(port.uuid());
            } else {
                database.interfaces(port).forEach(row -> tunnelSettings(row, address));
            }
        }
        removePorts(bridge, gone);
        int index = 0;
        for (var entry : wanted.entrySet()) {
            final var name = tunnelName(entry.getKey());
            if (isFree(name, "the tunnel to '" + entry.getKey() + "'", gone)) {
                addPort(bridge, name, "tunnel" + index++, Map.of(EdgeDatabase.MARK_PEER, entry.getKey()),
                    Operation.insert(EdgeDatabase.INTERFACE).set("name", name).set("type", "vxlan")
                        .set("options", tunnelOptions(entry.getValue())).set("bfd", BFD));
            }
        }
    }

    private void tunnelSettings(final Row row, final InetAddress address) {
        var update = Operation.update(EdgeDatabase.INTERFACE, Condition.uuid(row.uuid()));
        if (!row.string("type").equals("vxlan")) {
            update = update.set("type", "vxlan");
        }
        if (!row.stringMap("options").equals(tunnelOptions(address))) {
            update = update.set("options", tunnelOptions(address));
        }
        if (!row.stringMap("bfd").equals(BFD)) {
            update = update.set("bfd", BFD);
        }
        if (!update.row().isEmpty()) {
            operations.add(update);
        }
    }

    private Map<String, String> tunnelOptions(final InetAddress address) {
        return Map.of("key", "flow", "remote_ip", address.getHostAddress(),
            "local_ip", wish.underlay().getHostAddress());
    }

    private void borderPorts(final Row bridge) {
        final var here = database.ports(bridge).toList();
        final var gone = new HashSet<UUID>();
        final var missing = new HashSet<>(wish.borderPorts());
        for (var port : here) {
            final var name = port.string("name");
            if (!missing.remove(name) && EdgeDatabase.mark(port, EdgeDatabase.MARK_BORDER).isPresent()) {
                gone.add(port.uuid());
            }
        }
        removePorts(bridge, gone);
        int index = 0;
        for (var name : missing.stream().sorted().toList()) {
            if (isFree(name, "border port " + name, gone)) {
                addPort(bridge, name, "border" + index++, Map.of(EdgeDatabase.MARK_BORDER, wish.edge()),
                    Operation.insert(EdgeDatabase.INTERFACE).set("name", name));
            }
        }
    }

    private boolean isFree(final String name, final String purpose, final Set<UUID> goneWithThis) {
        final var taken = database.port(name).filter(port -> !goneWithThis.contains(port.uuid()));
        if (taken.isPresent()) {
            problems.add(purpose + ": a port named " + name
                + " exists already and is not ours: remove it from its bridge");
        }
        return taken.isEmpty();
    }

    private void addPort(final Row bridge, final String name, final String reference, final Map<String, String> mark,
            final Operation.Insert port) {
        operations.add(port.named(reference + "Interface"));
        operations.add(Operation.insert(EdgeDatabase.PORT).named(reference).set("name", name)
            .set("external_ids", mark).set("interfaces", Datum.named(reference + "Interface")));
        operations.add(Operation.mutate(EdgeDatabase.BRIDGE, Condition.uuid(bridge.uuid()))
            .with(Mutation.insert("ports", Datum.named(reference))));
    }

    private void removePorts(final Row bridge, final Set<UUID> ports) {
        if (!ports.isEmpty()) {
            operations.add(Operation.mutate(EdgeDatabase.BRIDGE, Condition.uuid(bridge.uuid()))
                .with(Mutation.delete("ports", Datum.uuids(ports))));
        }
    }

    private static Map<String, String> merged(final Map<String, String> present, final Map<String, String> wanted) {
        final var map = new TreeMap<>(present);
        map.putAll(wanted);
        return map;
    }

    /** A name that fits an interface: the peer's own if it is short enough, else a digest of it. */
    static String tunnelName(final String peer) {
        if (TUNNEL_PREFIX.length() + peer.length() <= MAX_NAME) {
            return TUNNEL_PREFIX + peer;
        }
        final var digest = UUID.nameUUIDFromBytes(peer.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
        return TUNNEL_PREFIX + digest.substring(0, MAX_NAME - TUNNEL_PREFIX.length());
    }
}
