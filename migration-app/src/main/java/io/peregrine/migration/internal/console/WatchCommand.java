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
import org.opendaylight.mdsal.binding.api.NotificationService;

/**
 * The console command {@code peregrine:watch}.
 */
@Service
@Command(scope = "peregrine", name = "watch", description = "Prints what happens, as it happens, until Ctrl-C")
public final class WatchCommand extends ShowCommand {
    @Reference
    private NotificationService notifications;

    @Option(name = "--only", multiValued = true,
        description = "Kinds to print: link, tunnel, edge, guest, migration, job; can be given again")
    @Completion(value = StringsCompleter.class, values = {"link", "tunnel", "edge", "guest", "migration", "job"})
    private List<String> only = List.of();

    @Option(name = "--for", description = "End after so many seconds")
    private int seconds;

    @Option(name = "--count", description = "End after so many events")
    private int count;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        try (var watching = new Watching(notifications, only, screen)) {
            watching.watch(seconds, count);
        } catch (InterruptedException e) {
            // Ctrl-C is how it is meant to end
            return;
        }
    }
}
