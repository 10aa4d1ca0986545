/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.net.InetAddresses;
import io.peregrine.topology.Published;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Objects;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.HostConflicts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.host.conflicts.Conflict;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.Host;

/**
 * Prints the fabric's hosts.
 */
public final class HostsUtil {
    private HostsUtil() {
        // Static methods only
    }

    /**
     * Prints all hosts, by address, and who else has the address of one.
     *
     * @param broker the datastore
     * @param screen where to
     */
    public static void print(final DataBroker broker, final Screen screen) {
        if (screen.isJson()) {
            screen.containers(broker, Hosts.class, HostConflicts.class);
            return;
        }
        final var hosts = new ArrayList<Host>();
        Published.read(broker, Hosts.class).ifPresent(all -> hosts.addAll(all.nonnullHost().values()));
        hosts.sort(Comparator.comparingLong(host -> Integer.toUnsignedLong(
            InetAddresses.coerceToInteger(InetAddresses.forString(host.getAddress().getValue())))));
        final var conflicts = new HashMap<String, Conflict>();
        Published.read(broker, HostConflicts.class).ifPresent(all -> all.nonnullConflict().values()
            .forEach(conflict -> conflicts.put(Shown.text(conflict.getAddress()), conflict)));
        final var table = new Table("ADDRESS", "MAC", "AT", "SEGMENT", "STATE", "SINCE");
        hosts.forEach(host -> table.row(Shown.text(host.getAddress()), Shown.text(host.getMacAddress()),
            host.getPortName(), Shown.text(host.getSegment()), host.getState(), Shown.text(host.getSince())));
        screen.table(table);
        screen.problems(hosts.stream().map(host -> conflicts.get(Shown.text(host.getAddress())))
            .filter(Objects::nonNull)
            .map(conflict -> Shown.text(conflict.getAddress()) + ": " + Shown.text(conflict.getRivalMacAddress())
                + " at " + conflict.getRivalPortName() + " has this address, too, since "
                + Shown.text(conflict.getSince()) + "; give one of the two another")
            .toList());
    }
}
