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
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.MigrationUri;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.GuestReference;

/**
 * The console command {@code peregrine:check}.
 */
@Service
@Command(scope = "peregrine", name = "check", description = "Says whether a guest can be moved to a hypervisor")
public final class CheckCommand extends OptionsCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Argument(index = 0, name = "guest", description = "The guest's name or UUID", required = true)
    @Completion(GuestCompleter.class)
    private String guest;

    @Argument(index = 1, name = "destination", description = "The hypervisor to move it to", required = true)
    @Completion(HypervisorCompleter.class)
    private String destination;

    @Option(name = "--migration-uri", description = "Where the data is to go, such as tcp://192.0.2.2:49152")
    private String migrationUri;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        CheckUtil.print(rpcs.getRpc(CheckMigration.class).invoke(new CheckMigrationInputBuilder(options())
            .setGuest(Calls.input("guest", guest, GuestReference::new))
            .setDestination(Calls.input("destination", destination, EdgeName::new))
            .setMigrationUri(Calls.input("--migration-uri", migrationUri, MigrationUri::new)).build()),
            guest, destination, screen);
    }
}
