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
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.Switches;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;

/**
 * Prints the switches, and what they are: edges, switches of the fabric, or none of ours.
 */
public final class SwitchesUtil {
    /** A switch of the fabric. */
    private record Member(String name, String state, List<String> problems) {
        static Member of(
                final org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch found) {
            return new Member(found.getName(), found.getState() == null ? null : found.getState().getName(),
                found.getProblem() == null ? List.of() : found.getProblem().stream().sorted().toList());
        }

        boolean ready() {
            return "in-sync".equals(state) && problems.isEmpty();
        }
    }

    private SwitchesUtil() {
        // Static methods only
    }

    /**
     * Prints all switches, those of intent that are not connected last.
     *
     * @param broker the datastore
     * @param screen where to
     */
    public static void print(final DataBroker broker, final Screen screen) {
        if (screen.isJson()) {
            screen.containers(broker, Switches.class, Edges.class, FabricState.class);
            return;
        }
        final var switches = new TreeMap<String, Switch>();
        Published.read(broker, Switches.class).ifPresent(container -> container.nonnullSwitch().values()
            .forEach(found -> switches.put(found.getDatapathId(), found)));
        final var edges = new ArrayList<Edge>();
        Published.read(broker, Edges.class).ifPresent(container -> edges.addAll(container.nonnullEdge().values()));
        edges.sort(Comparator.comparing(edge -> edge.getName().getValue()));
        final var byDatapath = new HashMap<String, Edge>();
        edges.forEach(edge -> {
            if (edge.getDatapathId() != null) {
                byDatapath.put(edge.getDatapathId(), edge);
            }
        });

        final var fabric = new TreeMap<String, Member>();
        Published.read(broker, FabricState.class).ifPresent(container -> container.nonnullSwitch().values()
            .forEach(one -> fabric.put(one.getDatapathId().getValue(), Member.of(one))));

        final var table = new Table("DATAPATH", "NAME", "READY", "ADDRESS", "SOFTWARE", "PORTS UP", "CONNECTED SINCE");
        switches.forEach((datapath, found) -> {
            final var edge = byDatapath.get(datapath);
            final var ports = found.nonnullPort().values();
            final var mine = fabric.get(datapath);
            table.row(datapath, edge != null ? edge.getName().getValue() : mine == null ? null : mine.name(),
                edge != null ? Shown.yes(edge.getReady()) : mine == null ? null : Shown.yes(mine.ready()),
                found.getAddress(), found.getSoftware(),
                ports.stream().filter(port -> Boolean.TRUE.equals(port.getUp())).count() + "/" + ports.size(),
                Shown.text(found.getConnectedSince()));
        });
        final var problems = new ArrayList<String>();
        fabric.forEach((datapath, mine) -> {
            if (!switches.containsKey(datapath)) {
                table.row(datapath, mine.name(), Shown.yes(mine.ready()), null, null, null, null);
            }
            mine.problems().forEach(problem -> problems.add(mine.name() + ": " + problem));
        });
        for (final var edge : edges) {
            if (edge.getDatapathId() == null || !switches.containsKey(edge.getDatapathId())) {
                table.row(edge.getDatapathId(), edge.getName().getValue(), Shown.yes(edge.getReady()), null, null,
                    null, null);
            }
            for (final var problem : problems(edge)) {
                problems.add(edge.getName().getValue() + ": " + problem);
            }
            if (!cleanUpWaitsFor(edge).isEmpty()) {
                problems.add(edge.getName().getValue() + ": obsolete entries stay until heard of "
                    + String.join(", ", cleanUpWaitsFor(edge)));
            }
        }
        screen.table(table);
        screen.problems(problems);
    }

    private static List<String> problems(final Edge edge) {
        return edge.getProblem() == null ? List.of() : List.copyOf(edge.getProblem());
    }

    private static List<String> cleanUpWaitsFor(final Edge edge) {
        return edge.getCleanUpWaitsFor() == null ? List.of()
            : edge.getCleanUpWaitsFor().stream().map(EdgeName::getValue).toList();
    }
}
