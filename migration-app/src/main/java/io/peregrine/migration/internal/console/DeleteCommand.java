/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/**
 * The console command {@code peregrine:delete}.
 */
@Service
@Command(scope = "peregrine", name = "delete",
    description = "Does not ask for something any more: removes intent at a path. A leaf goes back to its default."
        + " Example: delete networks/network=green")
public final class DeleteCommand extends DataCommand {
    @Argument(index = 0, name = "path", required = true, description = "Where, such as networks/network=green")
    @Completion(IntentCompleter.class)
    private String path;

    @Override
    void run(final PrintStream out) {
        final var place = DataPath.of(models(), true, path);
        datastore().delete(place);
        tell(out, "Deleted", List.of(place));
    }
}
