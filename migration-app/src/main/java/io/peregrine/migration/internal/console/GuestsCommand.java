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
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuests;

/**
 * The console command {@code peregrine:guests}.
 */
@Service
@Command(scope = "peregrine", name = "guests", description = "Shows the guests and their interfaces")
public final class GuestsCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--guest", description = "Only this one: its name or UUID")
    @Completion(GuestCompleter.class)
    private String guest;

    @Option(name = "--hypervisor", description = "Only those that run there")
    @Completion(HypervisorCompleter.class)
    private String hypervisor;

    @Option(name = "--network", description = "Only those with an interface in this network")
    @Completion(NetworkCompleter.class)
    private String network;

    @Option(name = "--state", multiValued = true,
        description = "Only those in this state, such as paused; can be given again, for one of several")
    @Completion(value = StringsCompleter.class, values = {"running", "paused", "migrating", "unknown"})
    private List<String> states = List.of();

    @Option(name = "--address", description = "Only those with an interface that has this MAC or IP address; with"
        + " --network that in the network")
    private String address;

    @Option(name = "--problem",
        description = "Only those with a problem, their own or an interface's; --problem=false for those without")
    private Boolean problem;

    @Option(name = "--limit", description = "Print the first of them only, this many, 1 to 1000")
    private Integer limit;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        GuestsUtil.print(datastore, rpcs.getRpc(FindGuests.class), screen,
            GuestsUtil.wanted(guest, hypervisor, network, states, address, problem, limit));
    }
}
