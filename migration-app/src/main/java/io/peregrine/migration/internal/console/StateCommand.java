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
 * The console command {@code peregrine:state}.
 */
@Service
@Command(scope = "peregrine", name = "state",
    description = "Shows what is, as JSON; most of it other commands show as tables")
public final class StateCommand extends DataCommand {
    @Argument(index = 0, name = "path",
        description = "Only what is there, such as edges/edge=hv1 or fabric-counters; all if left out")
    @Completion(StateCompleter.class)
    private String path;

    @Override
    void run(final PrintStream out) {
        out.println(Json.pretty(read(false, path)));
    }
}
