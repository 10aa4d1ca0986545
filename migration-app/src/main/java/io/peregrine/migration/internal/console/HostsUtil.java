/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.net.InetAddresses;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.hosts.Host;

/**
 * Prints the fabric's hosts.
 */
public final class HostsUtil {
    private HostsUtil() {
        // Static methods only
    }

    /**
     * Prints all hosts, by address.
     *
     * @param broker the datastore
     * @param out where to
     * @param json whether as JSON rather than as a table
     */
    public static void print(final DataBroker broker, final PrintStream out, final boolean json) {
        final var hosts = new ArrayList<Host>();
        Shown.read(broker, Hosts.class).ifPresent(all -> hosts.addAll(all.nonnullHost().values()));
        hosts.sort(Comparator.comparingLong(host -> Integer.toUnsignedLong(
            InetAddresses.coerceToInteger(InetAddresses.forString(host.getAddress().getValue())))));
        if (json) {
            Shown.json(out, "hosts", hosts.stream().map(host -> Shown.object(
                "address", Shown.text(host.getAddress()),
                "mac-address", Shown.text(host.getMacAddress()),
                "switch", host.getSwitch().getValue(),
                "port", host.getPort(),
                "port-name", host.getPortName(),
                "segment", Shown.text(host.getSegment()),
                "state", host.getState(),
                "since", Shown.text(host.getSince()))).toList());
            return;
        }
        final var table = new Table("ADDRESS", "MAC", "AT", "SEGMENT", "STATE", "SINCE");
        hosts.forEach(host -> table.row(Shown.text(host.getAddress()), Shown.text(host.getMacAddress()),
            host.getPortName(), Shown.text(host.getSegment()), host.getState(), Shown.text(host.getSince())));
        table.print(out);
    }
}
