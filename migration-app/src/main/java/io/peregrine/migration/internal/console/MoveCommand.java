/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yangtools.yang.binding.DataContainer;
import org.opendaylight.yangtools.yang.common.QName;

/**
 * A command that moves guests, and waits until that is done.
 */
abstract class MoveCommand extends OptionsCommand {
    /** A job that has been begun, and the answer of the RPC that did it. */
    record Begun(JobId job, QName rpc, DataContainer answer) {
    }

    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--no-wait", description = "Prints the job and does not wait for its end")
    private boolean noWait;

    @Override
    final void show(final DataBroker datastore, final Screen screen) {
        final var begun = begin(rpcs);
        final var id = begun.job().getValue();
        if (screen.isJson()) {
            if (noWait) {
                screen.output(begun.rpc(), begun.answer());
            }
        } else {
            screen.line("Job " + id);
        }
        if (!noWait) {
            follow(datastore, id, screen);
        }
    }

    private static void follow(final DataBroker datastore, final String id, final Screen screen) {
        try {
            new Following(() -> JobsUtil.job(datastore, id), screen).follow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the job goes on; peregrine:jobs shows it, peregrine:cancel " + id
                + " cancels it", e);
        }
    }

    /**
     * Begins the job.
     *
     * @param registry the RPCs
     * @return the job
     */
    abstract Begun begin(RpcConsumerRegistry registry);
}
