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
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Hosts;

/**
 * Completes segments that hosts are in.
 */
@Service
public final class SegmentCompleter extends NameCompleter {
    @Override
    Stream<String> names(final DataBroker datastore) {
        return Published.read(datastore, Hosts.class).stream().flatMap(all -> all.nonnullHost().values().stream())
            .map(host -> Shown.text(host.getSegment())).distinct();
    }
}
