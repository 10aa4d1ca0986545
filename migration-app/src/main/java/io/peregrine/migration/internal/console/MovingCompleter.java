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
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Moving;

/**
 * Completes jobs that have not ended, and names of guests that are being moved.
 */
@Service
public final class MovingCompleter extends NameCompleter {
    @Override
    Stream<String> names(final DataBroker datastore) {
        return Stream.concat(jobs(datastore), Published.read(datastore, Moving.class).stream()
            .flatMap(all -> all.nonnullGuest().values().stream()).map(guest -> guest.getName()));
    }
}
