/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutes;

/**
 * {@code peregrine:routes}.
 */
@Service
@Command(scope = "peregrine", name = "routes", description = "Shows the ways between guests, edges, hosts or switches")
public final class RoutesCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Argument(index = 0, name = "from",
        description = "A guest, an edge, a host's address or a switch; all hosts if left out")
    @Completion(PlaceCompleter.class)
    private String from;

    @Argument(index = 1, name = "to",
        description = "A guest, an edge, a host's address or a switch; all hosts if left out")
    @Completion(PlaceCompleter.class)
    private String to;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        RoutesUtil.print(datastore, rpcs.getRpc(FindRoutes.class), screen, from, to);
    }
}
