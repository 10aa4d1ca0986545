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
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.LibvirtSessions;

/**
 * Completes names of hypervisors.
 */
@Service
public final class HypervisorCompleter implements Completer {
    @Reference
    private DataBroker broker;

    @Override
    public int complete(final Session session, final CommandLine line, final List<String> candidates) {
        final var names = new StringsCompleter();
        Shown.read(broker, LibvirtSessions.class).ifPresent(all -> all.nonnullSession().values()
            .forEach(one -> names.getStrings().add(one.getHypervisor().getValue())));
        return names.complete(session, line, candidates);
    }
}
