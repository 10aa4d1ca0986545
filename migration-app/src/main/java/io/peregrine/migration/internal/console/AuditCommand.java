/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.audit.rev261125.Audit;

/**
 * Compares switches with what is desired of them.
 */
@Service
@Command(scope = "peregrine", name = "audit",
    description = "Reads switches and names entries that are not as desired; fails if there are any")
public final class AuditCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Argument(index = 0, name = "switch", multiValued = true,
        description = "Edges, switches of the fabric or datapath identifiers; all if left out")
    @Completion(SwitchCompleter.class)
    private List<String> switches;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        AuditUtil.print(rpcs.getRpc(Audit.class), switches == null ? List.of() : switches, screen);
    }
}
