/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;

/**
 * {@code peregrine:hosts}.
 */
@Service
@Command(scope = "peregrine", name = "hosts", description = "Shows the hosts that hang on the fabric")
public final class HostsCommand implements Action {
    @Reference
    private DataBroker broker;

    @Option(name = "--json", description = "Print JSON")
    private boolean json;

    @Override
    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    public Object execute() {
        HostsUtil.print(broker, System.out, json);
        return null;
    }
}
