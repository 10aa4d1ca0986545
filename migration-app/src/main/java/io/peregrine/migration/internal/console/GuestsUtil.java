/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.migration.internal.search.GuestSearch;
import io.peregrine.topology.Published;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.ActiveGuest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.GuestsBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.Interface;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.Session;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.NetworkName;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Prints the guests, and what is wrong with the sessions with libvirt.
 */
public final class GuestsUtil {
    /** What the RPC answers with at most. */
    private static final int MOST = 1000;
    private static final String FIRST = "first";
    private static final FindGuestsInput ALL = new FindGuestsInputBuilder().build();

    private GuestsUtil() {
        // Static methods only
    }

    /**
     * Which guests the user wants. What is null or empty leaves the choice open.
     *
     * @param guest a name or a UUID
     * @param hypervisor where they run
     * @param network where they have an interface
     * @param states in one of which they are
     * @param address what an interface has
     * @param problem whether they have one
     * @param limit how many at most
     * @return the input of the RPC
     * @throws IllegalArgumentException if something cannot be meant; the message names the option
     */
    static FindGuestsInput wanted(final @Nullable String guest, final @Nullable String hypervisor,
            final @Nullable String network, final List<String> states, final @Nullable String address,
            final @Nullable Boolean problem, final @Nullable Integer limit) {
        return new FindGuestsInputBuilder()
            .setGuest(guest)
            .setHypervisor(Calls.input("--hypervisor", hypervisor, EdgeName::new))
            .setNetwork(Calls.input("--network", network, NetworkName::new))
            .setState(Calls.named("--state", states, GuestState.class))
            .setAddress(address)
            .setProblem(problem)
            .setLimit(Calls.limit(limit, MOST))
            .build();
    }

    /**
     * Prints guests by name, a line for each interface.
     *
     * @param broker the datastore
     * @param rpc finds guests
     * @param screen where to
     * @param wanted which
     * @throws IllegalArgumentException if the RPC refuses
     * @throws IllegalStateException if there are more in JSON than the RPC answers with; those have been printed
     */
    public static void print(final DataBroker broker, final FindGuests rpc, final Screen screen,
            final FindGuestsInput wanted) {
        final var chosen = find(broker, rpc, wanted);
        if (screen.isJson()) {
            screen.containers(broker, Guests.class, new GuestsBuilder().setGuest(BindingMap.of(
                chosen.entries().stream().map(guest -> new GuestBuilder(guest).build()).toList())).build(),
                LibvirtSessions.class);
            chosen.requireWhole(wanted.getLimit(), FIRST);
            return;
        }
        final var guests = chosen.entries().stream().sorted(GuestSearch.ORDER).toList();
        final var table = new Table("NAME", "HYPERVISOR", "STATE", "MAC", "NETWORK", "ADDRESS", "ATTACHED", "PROBLEM");
        for (final var guest : guests) {
            final var state = guest.getState() == null ? null : guest.getState().getName();
            final var ports = interfaces(guest);
            if (ports.isEmpty()) {
                table.row(guest.getName(), Shown.text(guest.getHypervisor()), state, null, null, null, null,
                    guest.getProblem());
            }
            for (final var port : ports) {
                table.row(guest.getName(), Shown.text(guest.getHypervisor()), state, Shown.text(port.getMacAddress()),
                    Shown.text(port.getNetwork()), String.join(", ", addresses(port)), Shown.yes(port.getAttached()),
                    guest.getProblem() != null ? guest.getProblem() : port.getProblem());
            }
        }
        screen.table(table);

        final var sessions = new ArrayList<Session>();
        Published.read(broker, LibvirtSessions.class).ifPresent(all -> sessions.addAll(all.nonnullSession().values()));
        screen.problems(Stream.concat(chosen.cut(FIRST).stream(), sessions.stream()
            .filter(session -> session.getProblem() != null)
            .sorted(Comparator.comparing(session -> session.getHypervisor().getValue()))
            .map(session -> Shown.text(session.getHypervisor()) + ": libvirt: " + session.getProblem())).toList());
    }

    /** All that there are do not fit into an answer of the RPC. */
    private static Chosen<ActiveGuest> find(final DataBroker broker, final FindGuests rpc,
            final FindGuestsInput wanted) {
        return wanted.equals(ALL) ? Chosen.all(broker, Guests.class, Guests::nonnullGuest)
            : Chosen.found(rpc.invoke(wanted.getLimit() != null ? wanted
                : new FindGuestsInputBuilder(wanted).setLimit(Uint32.valueOf(MOST)).build()),
                FindGuestsOutput::nonnullGuest, FindGuestsOutput::getMatched);
    }

    private static List<Interface> interfaces(final ActiveGuest guest) {
        return guest.getInterface() == null ? List.of() : guest.getInterface();
    }

    private static List<String> addresses(final Interface port) {
        return port.getAddress() == null ? List.of()
            : port.getAddress().stream().map(Shown::text).sorted().collect(Collectors.toList());
    }
}
