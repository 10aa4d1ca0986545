/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Edges;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.Guests;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.Jobs;

/**
 * Completes names of what there is now.
 */
abstract class NameCompleter implements Completer {
    @Reference
    private DataBroker broker;

    @Override
    public final int complete(final Session session, final CommandLine line, final List<String> candidates) {
        return new StringsCompleter(names(broker).filter(name -> name != null && !name.isEmpty()).toList())
            .complete(session, line, candidates);
    }

    /**
     * The names.
     *
     * @param datastore tells what there is
     * @return names; what is null or empty is left out
     */
    abstract Stream<String> names(DataBroker datastore);

    static Stream<String> guests(final DataBroker datastore) {
        return Published.read(datastore, Guests.class).stream().flatMap(all -> all.nonnullGuest().values().stream())
            .map(guest -> guest.getName());
    }

    static Stream<String> edges(final DataBroker datastore) {
        return Published.read(datastore, Edges.class).stream().flatMap(all -> all.nonnullEdge().values().stream())
            .map(edge -> edge.getName().getValue());
    }

    static Stream<String> fabricSwitches(final DataBroker datastore) {
        return Published.read(datastore, FabricState.class).stream()
            .flatMap(all -> all.nonnullSwitch().values().stream()).map(one -> one.getName());
    }

    /** Jobs that have not ended. */
    static Stream<String> jobs(final DataBroker datastore) {
        return Published.read(datastore, Jobs.class).stream().flatMap(all -> all.nonnullJob().values().stream())
            .filter(job -> !JobsUtil.over(job)).map(job -> job.getId().getValue());
    }
}
