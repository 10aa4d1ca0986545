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
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.FindTunnels;

/**
 * The console command {@code peregrine:tunnels}.
 */
@Service
@Command(scope = "peregrine", name = "tunnels", description = "Shows the tunnels between edges")
public final class TunnelsCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--edge", description = "Only those that begin or end at this edge")
    @Completion(EdgeCompleter.class)
    private String edge;

    @Option(name = "--liveness", multiValued = true,
        description = "Only those that are up, down or unknown; can be given again, for one of several")
    @Completion(value = StringsCompleter.class, values = {"up", "down", "unknown"})
    private List<String> liveness = List.of();

    @Option(name = "--limit", description = "Print the first of them only, this many, 1 to 10000")
    private Integer limit;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        TunnelsUtil.print(datastore, rpcs.getRpc(FindTunnels.class), screen,
            TunnelsUtil.wanted(edge, liveness, limit));
    }
}
