/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;

/**
 * Completes names of the fabric's switches.
 */
@Service
public final class FabricSwitchCompleter extends NameCompleter {
    @Override
    Stream<String> names(final DataBroker datastore) {
        return fabricSwitches(datastore);
    }
}
