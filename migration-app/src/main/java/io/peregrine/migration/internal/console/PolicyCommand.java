/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMSchemaService;

/**
 * The console command {@code peregrine:policy}.
 */
@Service
@Command(scope = "peregrine", name = "policy",
    description = "Shows the switches and limits that hold for all of Peregrine, and what they mean; peregrine:set PATH"
        + " VALUE changes one, peregrine:delete PATH brings its default back")
public final class PolicyCommand extends ShowCommand {
    @Reference
    private DOMDataBroker data;

    @Reference
    private DOMSchemaService models;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        PolicyUtil.print(models.getGlobalContext(), new Datastore(data), screen);
    }
}
