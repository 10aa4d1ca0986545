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
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.FindMigrations;

/**
 * The console command {@code peregrine:migrations}.
 */
@Service
@Command(scope = "peregrine", name = "migrations", description = "Shows the migrations of guests")
public final class MigrationsCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--steps", description = "Print the steps of each migration, too")
    private boolean steps;

    @Option(name = "--hypervisor", description = "Only those that leave this hypervisor or go to it")
    @Completion(HypervisorCompleter.class)
    private String hypervisor;

    @Option(name = "--phase", multiValued = true,
        description = "Only those in this phase, such as rolled-back; can be given again, for one of several")
    @Completion(PhaseCompleter.class)
    private List<String> phases = List.of();

    @Option(name = "--initiator", description = "Only those that this job has started; libvirt for those of others")
    private String initiator;

    @Option(name = "--since", description = "Only those that began then or later, such as 2026-11-25T09:00:00Z")
    private String since;

    @Option(name = "--limit", description = "Print the newest of them only, this many, 1 to 1000")
    private Integer limit;

    @Argument(index = 0, name = "which",
        description = "A guest's name or UUID, for its migrations only; or a migration's identifier, for all about that"
            + " one")
    @Completion(MigrationCompleter.class)
    private String which;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        MigrationsUtil.print(datastore, rpcs.getRpc(FindMigrations.class), screen, steps,
            MigrationsUtil.wanted(which, hypervisor, phases, initiator, since, limit));
    }
}
