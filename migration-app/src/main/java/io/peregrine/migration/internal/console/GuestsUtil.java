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
import java.util.List;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.guests.guest.Interface;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.libvirt.sessions.Session;

/**
 * Prints the guests, and what is wrong with the sessions with libvirt.
 */
public final class GuestsUtil {
    private GuestsUtil() {
        // Static methods only
    }

    /**
     * Prints all guests by name, a line for each interface.
     *
     * @param broker the datastore
     * @param screen where to
     */
    public static void print(final DataBroker broker, final Screen screen) {
        if (screen.isJson()) {
            screen.containers(broker, Guests.class, LibvirtSessions.class);
            return;
        }
        final var guests = new ArrayList<Guest>();
        Published.read(broker, Guests.class).ifPresent(all -> guests.addAll(all.nonnullGuest().values()));
        guests.sort(Comparator.comparing((Guest guest) -> String.valueOf(guest.getName()))
            .thenComparing(guest -> guest.getUuid().getValue()));
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
        screen.problems(sessions.stream().filter(session -> session.getProblem() != null)
            .sorted(Comparator.comparing(session -> session.getHypervisor().getValue()))
            .map(session -> Shown.text(session.getHypervisor()) + ": libvirt: " + session.getProblem()).toList());
    }

    private static List<Interface> interfaces(final Guest guest) {
        return guest.getInterface() == null ? List.of() : guest.getInterface();
    }

    private static List<String> addresses(final Interface port) {
        return port.getAddress() == null ? List.of()
            : port.getAddress().stream().map(Shown::text).sorted().collect(Collectors.toList());
    }
}
