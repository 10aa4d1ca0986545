/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistory;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.ClearHistoryInputBuilder;

/**
 * The console command {@code peregrine:clear-history}.
 */
@Service
@Command(scope = "peregrine", name = "clear-history",
    description = "Removes records of finished migrations for good; those under way stay")
public final class ClearHistoryCommand extends ShowCommand {
    private static final long ANSWER_SECONDS = 60;

    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--before", description = "Only those that began before this time, such as 2026-11-25T12:00:00Z")
    private String before;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        clear(rpcs.getRpc(ClearHistory.class), before, screen);
    }

    /**
     * Removes records.
     *
     * @param rpc does it
     * @param before the time, null for all
     * @param screen where to show how many
     * @throws IllegalArgumentException if the time is none
     */
    static void clear(final ClearHistory rpc, final @Nullable String before, final Screen screen) {
        final var answer = Calls.answer(rpc.invoke(new ClearHistoryInputBuilder()
            .setBefore(Calls.input("before", before, DateAndTime::new)).build()), ANSWER_SECONDS, "the history does");
        if (screen.isJson()) {
            screen.output(ClearHistory.QNAME, answer);
        } else {
            screen.line("Removed " + answer.getCleared() + " records");
        }
    }
}
