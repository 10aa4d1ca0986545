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
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.MigrationUri;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.GuestReference;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuestInputBuilder;

/**
 * The console command {@code peregrine:migrate}.
 */
@Service
@Command(scope = "peregrine", name = "migrate", description = "Moves a running guest to another hypervisor")
public final class MigrateCommand extends MoveCommand {
    private static final long ANSWER_SECONDS = 120;

    @Argument(index = 0, name = "guest", description = "The guest's name or UUID", required = true)
    @Completion(GuestCompleter.class)
    private String guest;

    @Argument(index = 1, name = "destination", description = "The hypervisor to move it to", required = true)
    @Completion(HypervisorCompleter.class)
    private String destination;

    @Option(name = "--migration-uri", description = "Where the data goes, such as tcp://192.0.2.2:49152")
    private String migrationUri;

    @Option(name = "--skip-check", description = "Starts without the checks")
    private boolean skipCheck;

    @Override
    Begun begin(final RpcConsumerRegistry registry) {
        final var answer = Calls.answer(registry.getRpc(MigrateGuest.class)
            .invoke(new MigrateGuestInputBuilder(options())
                .setGuest(Calls.input("guest", guest, GuestReference::new))
                .setDestination(Calls.input("destination", destination, EdgeName::new))
                .setMigrationUri(Calls.input("--migration-uri", migrationUri, MigrationUri::new))
                .setSkipCheck(skipCheck).build()), ANSWER_SECONDS, "the checks do");
        return new Begun(answer.getJob(), MigrateGuest.QNAME, answer);
    }
}
