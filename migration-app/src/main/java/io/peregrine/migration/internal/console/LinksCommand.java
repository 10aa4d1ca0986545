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
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinks;

/**
 * {@code peregrine:links}.
 */
@Service
@Command(scope = "peregrine", name = "links", description = "Shows the links between switches")
public final class LinksCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--switch",
        description = "Only those that begin or end at this switch or edge: its name or its datapath identifier")
    @Completion(SwitchCompleter.class)
    private String node;

    @Option(name = "--layer", description = "Only those of this layer, fabric or overlay")
    @Completion(value = StringsCompleter.class, values = {"fabric", "overlay"})
    private String layer;

    @Option(name = "--state", multiValued = true,
        description = "Only those in this state, such as one-way; can be given again, for one of several")
    @Completion(value = StringsCompleter.class, values = {"up", "one-way", "unconfirmed", "damped", "down"})
    private List<String> states = List.of();

    @Option(name = "--identity", multiValued = true, description = "Only those of the overlay whose other end is known"
        + " like this, such as miswired; can be given again, for one of several")
    @Completion(value = StringsCompleter.class, values = {"unverified", "verified", "miswired"})
    private List<String> identities = List.of();

    @Option(name = "--limit", description = "Print the first of them only, this many, 1 to 10000")
    private Integer limit;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        LinksUtil.print(datastore, rpcs.getRpc(FindLinks.class), screen,
            LinksUtil.wanted(node, layer, states, identities, limit));
    }
}
