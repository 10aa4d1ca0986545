/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/**
 * The console command {@code peregrine:intent}.
 */
@Service
@Command(scope = "peregrine", name = "intent",
    description = "Shows what is asked for, as JSON that peregrine:set takes: networks, hypervisors, borders, the"
        + " fabric, policies")
public final class IntentCommand extends DataCommand {
    @Argument(index = 0, name = "path",
        description = "Only what is there, such as networks or networks/network=green; all if left out")
    @Completion(IntentCompleter.class)
    private String path;

    @Override
    void run(final PrintStream out) {
        out.println(Json.pretty(read(true, path)));
    }
}
