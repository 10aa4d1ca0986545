/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;

/**
 * Completes names of networks that guests are in.
 */
@Service
public final class NetworkCompleter extends NameCompleter {
    @Override
    Stream<String> names(final DataBroker datastore) {
        return Published.read(datastore, Guests.class).stream().flatMap(all -> all.nonnullGuest().values().stream())
            .flatMap(guest -> guest.nonnullInterface().stream()).map(port -> Shown.text(port.getNetwork())).distinct();
    }
}
