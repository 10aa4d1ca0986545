/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.opendaylight.mdsal.binding.api.DataBroker;

/**
 * A command that shows state of the datastore, as a table or as JSON.
 */
abstract class ShowCommand implements Action {
    @Reference
    private DataBroker broker;

    @Option(name = "--json", description = "Print JSON")
    private boolean json;

    @Override
    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    public final Object execute() {
        print(broker, System.out, json);
        return null;
    }

    /**
     * Prints the state.
     *
     * @param datastore the datastore
     * @param out where to
     * @param asJson whether as JSON rather than as a table
     */
    abstract void print(DataBroker datastore, PrintStream out, boolean asJson);
}
