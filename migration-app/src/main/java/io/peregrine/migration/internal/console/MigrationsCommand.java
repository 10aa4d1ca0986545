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
import org.opendaylight.mdsal.binding.api.DataBroker;

/**
 * The console command {@code peregrine:migrations}.
 */
@Service
@Command(scope = "peregrine", name = "migrations", description = "Shows the migrations of guests")
public final class MigrationsCommand extends ShowCommand {
    @Option(name = "--steps", description = "Print the steps of each migration, too")
    private boolean steps;

    @Option(name = "--limit", description = "Print the newest of them only, this many")
    private int limit = Integer.MAX_VALUE;

    @Argument(index = 0, name = "which",
        description = "A guest's name, for its migrations only; or a migration's identifier, for all about that one")
    @Completion(MigrationCompleter.class)
    private String which;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        MigrationsUtil.print(datastore, screen, steps, limit, which);
    }
}
