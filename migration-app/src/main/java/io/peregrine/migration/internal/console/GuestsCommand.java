/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;

/**
 * The console command {@code peregrine:guests}.
 */
@Service
@Command(scope = "peregrine", name = "guests", description = "Shows the guests and their interfaces")
public final class GuestsCommand extends ShowCommand {
    @Override
    void show(final DataBroker datastore, final Screen screen) {
        GuestsUtil.print(datastore, screen);
    }
}
