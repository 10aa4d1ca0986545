/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigrationInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.GuestReference;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.cancel.migration.input.what.GuestBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.cancel.migration.input.what.JobBuilder;

/**
 * The console command {@code peregrine:cancel}.
 */
@Service
@Command(scope = "peregrine", name = "cancel",
    description = "Cancels a job, or the move of a guest whoever started it; the guest stays where it is")
public final class CancelCommand extends ShowCommand {
    private static final long ANSWER_SECONDS = 60;

    @Reference
    private RpcConsumerRegistry rpcs;

    @Argument(index = 0, name = "job or guest", description = "A job of peregrine:jobs, or a guest's name or UUID",
        required = true)
    @Completion(MovingCompleter.class)
    private String what;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        cancel(datastore, rpcs.getRpc(CancelMigration.class), what, screen);
    }

    /**
     * Cancels.
     *
     * @param datastore tells which jobs there are
     * @param rpc cancels
     * @param what a job, else a guest
     * @param screen where to show what is cancelled
     * @throws IllegalArgumentException if it cannot be cancelled; the message says why
     */
    static void cancel(final DataBroker datastore, final CancelMigration rpc, final String what,
            final Screen screen) {
        final boolean isJob = JobsUtil.job(datastore, what).isPresent();
        final var answer = Calls.answer(rpc.invoke(new CancelMigrationInputBuilder().setWhat(isJob
            ? new JobBuilder().setJob(new JobId(what)).build()
            : new GuestBuilder().setGuest(new GuestReference(what)).build()).build()), ANSWER_SECONDS, "the jobs do");
        if (screen.isJson()) {
            screen.output(CancelMigration.QNAME, answer);
        } else {
            screen.line(answer.getJob() == null ? "Cancelling the move of " + what + ", which is no job of Peregrine's"
                : "Cancelling job " + answer.getJob().getValue());
        }
    }
}
