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
 * The console command {@code peregrine:switches}.
 */
@Service
@Command(scope = "peregrine", name = "switches", description = "Shows the switches and edges")
public final class SwitchesCommand extends ShowCommand {
    @Override
    void show(final DataBroker datastore, final Screen screen) {
        SwitchesUtil.print(datastore, screen);
    }
}
