/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.eclipse.jdt.annotation.Nullable;
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
public final class ClearHistoryCommand implements Action {
    private static final long ANSWER_SECONDS = 60;

    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--before", description = "Only those that began before this time, such as 2026-11-25T12:00:00Z")
    private String before;

    @Override
    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    public Object execute() {
        clear(rpcs.getRpc(ClearHistory.class), before, System.out);
        return null;
    }

    /**
     * Removes records.
     *
     * @param rpc does it
     * @param before the time, null for all
     * @param out where to print
     * @throws IllegalArgumentException if the time is none
     */
    static void clear(final ClearHistory rpc, final @Nullable String before, final PrintStream out) {
        final var answer = Calls.answer(rpc.invoke(new ClearHistoryInputBuilder()
            .setBefore(Calls.input("before", before, DateAndTime::new)).build()), ANSWER_SECONDS, "the history does");
        out.println("Removed " + answer.getCleared() + " records");
    }
}
