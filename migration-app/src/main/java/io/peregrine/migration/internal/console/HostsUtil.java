/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import io.peregrine.topology.search.HostSearch;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Ipv4Prefix;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricHost;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflicts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.Conflict;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.HostBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Prints the fabric's hosts, and who else has the address of one.
 */
public final class HostsUtil {
    /** What the RPC answers with at most. */
    private static final int MOST = 10_000;
    private static final String FIRST = "first";
    private static final FindHostsInput ALL = new FindHostsInputBuilder().build();

    private HostsUtil() {
        // Static methods only
    }

    /**
     * Which hosts the user wants. What is null or empty leaves the choice open.
     *
     * @param node the switch they hang on
     * @param segment the one they are in
     * @param address theirs, MAC or IP
     * @param states in one of which they are
     * @param limit how many at most
     * @return the input of the RPC
     * @throws IllegalArgumentException if something cannot be meant; the message names the option
     */
    static FindHostsInput wanted(final @Nullable String node, final @Nullable String segment,
            final @Nullable String address, final List<String> states, final @Nullable Integer limit) {
        return new FindHostsInputBuilder()
            .setSwitch(node)
            .setSegment(Calls.input("--segment", segment, Ipv4Prefix::new))
            .setAddress(address)
            .setState(Calls.named("--state", states, HostState.class))
            .setLimit(Calls.limit(limit, MOST))
            .build();
    }

    /**
     * Prints hosts, by address.
     *
     * @param broker the datastore
     * @param rpc finds hosts
     * @param screen where to
     * @param wanted which
     * @throws IllegalArgumentException if the RPC refuses
     * @throws IllegalStateException if there are more in JSON than the RPC answers with; those have been printed
     */
    public static void print(final DataBroker broker, final FindHosts rpc, final Screen screen,
            final FindHostsInput wanted) {
        final var chosen = find(broker, rpc, wanted);
        if (screen.isJson()) {
            screen.containers(broker, Hosts.class, new HostsBuilder().setHost(BindingMap.of(
                chosen.entries().stream().map(host -> new HostBuilder(host).build()).toList())).build(),
                HostConflicts.class);
            chosen.requireWhole(wanted.getLimit(), FIRST);
            return;
        }
        final var hosts = chosen.entries().stream().sorted(HostSearch.ORDER).toList();
        final var conflicts = new HashMap<String, Conflict>();
        Published.read(broker, HostConflicts.class).ifPresent(all -> all.nonnullConflict().values()
            .forEach(conflict -> conflicts.put(Shown.text(conflict.getAddress()), conflict)));
        final var table = new Table("ADDRESS", "MAC", "AT", "SEGMENT", "STATE", "SINCE");
        hosts.forEach(host -> table.row(Shown.text(host.getAddress()), Shown.text(host.getMacAddress()),
            host.getPortName(), Shown.text(host.getSegment()), host.getState() == null ? null
                : host.getState().getName(), Shown.text(host.getSince())));
        screen.table(table);
        screen.problems(Stream.concat(chosen.cut(FIRST).stream(), hosts.stream()
            .map(host -> conflicts.get(Shown.text(host.getAddress())))
            .filter(Objects::nonNull)
            .map(conflict -> Shown.text(conflict.getAddress()) + ": " + Shown.text(conflict.getRivalMacAddress())
                + " at " + conflict.getRivalPortName() + " has this address, too, since "
                + Shown.text(conflict.getSince()) + "; give one of the two another")).toList());
    }

    /** All that there are do not fit into an answer of the RPC. */
    private static Chosen<FabricHost> find(final DataBroker broker, final FindHosts rpc, final FindHostsInput wanted) {
        return wanted.equals(ALL) ? Chosen.all(broker, Hosts.class, Hosts::nonnullHost)
            : Chosen.found(rpc.invoke(wanted.getLimit() != null ? wanted
                : new FindHostsInputBuilder(wanted).setLimit(Uint32.valueOf(MOST)).build()),
                FindHostsOutput::nonnullHost, FindHostsOutput::getMatched);
    }
}
