/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHosts;

/**
 * {@code peregrine:hosts}.
 */
@Service
@Command(scope = "peregrine", name = "hosts", description = "Shows the hosts that hang on the fabric")
public final class HostsCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--switch",
        description = "Only those that hang on this switch: its name or its datapath identifier")
    @Completion(FabricSwitchCompleter.class)
    private String node;

    @Option(name = "--segment", description = "Only those in this segment, such as 10.1.0.0/24")
    @Completion(SegmentCompleter.class)
    private String segment;

    @Option(name = "--address", description = "Only the one with this IPv4 address, or those with this MAC address")
    private String address;

    @Option(name = "--state", multiValued = true,
        description = "Only those in this state, such as unreachable; can be given again, for one of several")
    @Completion(value = StringsCompleter.class, values = {"confirmed", "unverified", "unreachable"})
    private List<String> states = List.of();

    @Option(name = "--limit", description = "Print the first of them only, this many, 1 to 10000")
    private Integer limit;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        HostsUtil.print(datastore, rpcs.getRpc(FindHosts.class), screen,
            HostsUtil.wanted(node, segment, address, states, limit));
    }
}
