/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.dom.api.DOMSchemaService;

/**
 * A command that shows something, for people or as JSON.
 */
abstract class ShowCommand extends ConsoleCommand {
    @Reference
    private DataBroker broker;

    @Reference
    private DOMSchemaService schemas;

    @Reference
    private BindingNormalizedNodeSerializer serializer;

    @Option(name = "--json", description = "Print JSON, as RESTCONF has it")
    private boolean json;

    @Override
    final void run(final PrintStream out) {
        show(broker, new Screen(out, this::columns, isColour(),
            json ? new Json(serializer, schemas.getGlobalContext()) : null));
    }

    /**
     * Does what the command is for, and shows it.
     *
     * @param datastore the datastore
     * @param screen where to show it
     */
    abstract void show(DataBroker datastore, Screen screen);
}
