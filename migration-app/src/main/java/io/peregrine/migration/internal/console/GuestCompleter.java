/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;

/**
 * Completes names of guests.
 */
@Service
public final class GuestCompleter implements Completer {
    @Reference
    private DataBroker broker;

    @Override
    public int complete(final Session session, final CommandLine line, final List<String> candidates) {
        final var names = new StringsCompleter();
        Shown.read(broker, Guests.class).ifPresent(all -> all.nonnullGuest().values()
            .forEach(guest -> names.getStrings().add(String.valueOf(guest.getName()))));
        return names.complete(session, line, candidates);
    }
}
