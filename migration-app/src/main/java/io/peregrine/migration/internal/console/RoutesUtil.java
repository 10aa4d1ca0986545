/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.net.InetAddresses;
import com.google.gson.JsonObject;
import io.peregrine.topology.Published;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Tunnels;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.edges.Edge;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutes;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutesOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.find.routes.output.Way;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Prints ways through tunnels and fabric.
 *
 * <pre>
 *   guest web &gt; hv1 vx-hv2 &gt; s1 s1-s2 &gt; s2 s2-s4 &gt; s4 s4-hv2 &gt; hv2 &gt; guest db
 *               tunnel      the fabric, between the tunnel's ends
 * </pre>
 */
public final class RoutesUtil {
    private static final long ANSWER_SECONDS = 10;

    /**
     * An end of a way.
     *
     * @param name as it was asked for
     * @param guest whether it is a guest
     * @param edge the edge it is or is at, null for a place of the fabric
     * @param place what the fabric knows it by
     */
    private record End(String name, boolean guest, @Nullable String edge, String place) {
    }

    private RoutesUtil() {
        // Static methods only
    }

    /**
     * Prints the ways between two places, or between all hosts. A place is a guest by its name, UUID or address, an
     * edge by its name, a host of the fabric by its address, or a switch.
     *
     * @param broker the datastore
     * @param rpc finds ways
     * @param screen where to
     * @param from where they begin, null for every host
     * @param to where they end, null for every host
     * @throws IllegalArgumentException if a place is not known; the message says what to do
     */
    public static void print(final DataBroker broker, final FindRoutes rpc, final Screen screen,
            final @Nullable String from, final @Nullable String to) {
        final var table = new Table("FROM", "TO", "COST", "WAY");
        final var objects = new ArrayList<JsonObject>();
        for (var start : places(broker, from)) {
            for (var end : places(broker, to)) {
                if (!start.equals(end)) {
                    final var cost = new AtomicReference<Uint32>();
                    final var ways = ways(broker, rpc, resolve(broker, start), resolve(broker, end), cost);
                    ways.forEach(way -> {
                        table.row(start, end, cost.get(), String.join(" > ", way));
                        objects.add(Shown.object("from", start, "to", end, "cost", cost.get(), "hop", way));
                    });
                    if (ways.isEmpty()) {
                        table.row(start, end, null, "no way");
                    }
                }
            }
        }
        if (screen.isJson()) {
            screen.object(Shown.object("way", objects));
        } else {
            screen.table(table);
        }
    }

    private static List<String> places(final DataBroker broker, final @Nullable String named) {
        return named != null ? List.of(named) : Published.read(broker, Hosts.class).stream()
            .flatMap(hosts -> hosts.nonnullHost().values().stream())
            .map(host -> host.getAddress().getValue())
            .sorted(Comparator.comparingLong(address -> Integer.toUnsignedLong(
                InetAddresses.coerceToInteger(InetAddresses.forString(address))))).toList();
    }

    private static End resolve(final DataBroker broker, final String name) {
        final var edges = Published.read(broker, Edges.class).map(Edges::nonnullEdge).orElse(Map.of()).values();
        for (var guest : Published.read(broker, Guests.class).map(Guests::nonnullGuest).orElse(Map.of()).values()) {
            if (name.equals(guest.getName()) || name.equals(guest.getUuid().getValue()) || hasAddress(guest, name)) {
                final var edge = Shown.text(guest.getHypervisor());
                if (edge == null) {
                    throw new IllegalArgumentException("guest '" + name + "' is at no hypervisor now");
                }
                return new End(name, true, edge, underlay(edges, edge));
            }
        }
        return edges.stream().anyMatch(edge -> edge.getName().getValue().equals(name))
            ? new End(name, false, name, underlay(edges, name)) : new End(name, false, null, name);
    }

    private static boolean hasAddress(final Guest guest, final String address) {
        return guest.getInterface() != null && guest.getInterface().stream()
            .anyMatch(port -> port.getAddress() != null
                && port.getAddress().stream().anyMatch(one -> address.equals(Shown.text(one))));
    }

    private static String underlay(final Collection<Edge> edges, final String name) {
        return edges.stream().filter(edge -> edge.getName().getValue().equals(name))
            .map(edge -> Shown.text(edge.getUnderlayAddress())).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("edge '" + name + "' is not known"));
    }

    private static List<List<String>> ways(final DataBroker broker, final FindRoutes rpc, final End from, final End to,
            final AtomicReference<Uint32> cost) {
        final var before = new ArrayList<String>();
        final var after = new ArrayList<String>();
        if (from.guest()) {
            before.add("guest " + from.name());
        }
        if (from.edge() != null && to.edge() != null) {
            before.add(from.edge().equals(to.edge()) ? from.edge() : tunnel(broker, from.edge(), to.edge()));
            if (!from.edge().equals(to.edge())) {
                after.add(to.edge());
            }
        }
        if (to.guest()) {
            after.add("guest " + to.name());
        }
        final var between = new ArrayList<List<String>>();
        if (from.edge() != null && from.edge().equals(to.edge())) {
            between.add(List.of());
        } else if (from.edge() == null || to.edge() == null || isFabric(broker)) {
            final var answer = find(rpc, from.place(), to.place());
            cost.set(answer.getCost());
            answer.nonnullWay().values().stream().sorted(Comparator.comparing(Way::getNumber))
                .forEach(way -> between.add(List.copyOf(way.getHop())));
        } else {
            between.add(List.of("IP underlay"));
        }
        return between.stream().map(hops -> Stream.of(before, hops, after).flatMap(List::stream).toList()).toList();
    }

    private static boolean isFabric(final DataBroker broker) {
        return Published.read(broker, FabricState.class).filter(state -> !state.nonnullSwitch().isEmpty()).isPresent();
    }

    private static String tunnel(final DataBroker broker, final String from, final String to) {
        return Published.read(broker, Tunnels.class).map(Tunnels::nonnullTunnel).orElse(Map.of()).values().stream()
            .filter(tunnel -> tunnel.getSource().getValue().equals(from)
                && tunnel.getDestination().getValue().equals(to))
            .map(tunnel -> from + " " + tunnel.getPortName()).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("there is no tunnel from '" + from + "' to '" + to
                + "'; peregrine:tunnels tells why"));
    }

    private static FindRoutesOutput find(final FindRoutes rpc, final String from, final String to) {
        return Calls.answer(rpc.invoke(new FindRoutesInputBuilder().setFrom(from).setTo(to).build()), ANSWER_SECONDS,
            "the fabric does");
    }
}
