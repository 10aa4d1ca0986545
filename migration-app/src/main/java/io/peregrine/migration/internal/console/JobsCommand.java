/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.FindJobs;

/**
 * The console command {@code peregrine:jobs}.
 */
@Service
@Command(scope = "peregrine", name = "jobs", description = "Shows the moves and evacuations that Peregrine has started")
public final class JobsCommand extends ShowCommand {
    @Reference
    private RpcConsumerRegistry rpcs;

    @Option(name = "--guest", description = "Only those that move this guest, evacuations among them: its name or UUID")
    @Completion(GuestCompleter.class)
    private String guest;

    @Option(name = "--hypervisor", description = "Only those that leave this hypervisor or move a guest to it")
    @Completion(HypervisorCompleter.class)
    private String hypervisor;

    @Option(name = "--kind", description = "Only migrations, or only evacuations: migration or evacuation")
    @Completion(value = StringsCompleter.class, values = {"migration", "evacuation"})
    private String kind;

    @Option(name = "--state", multiValued = true,
        description = "Only those in this state, such as failed; can be given again, for one of several")
    @Completion(value = StringsCompleter.class,
        values = {"waiting", "running", "done", "failed", "cancelled", "interrupted"})
    private List<String> states = List.of();

    @Option(name = "--since", description = "Only those asked for then or later, such as 2026-11-25T09:00:00Z")
    private String since;

    @Option(name = "--limit", description = "Print the newest of them only, this many, 1 to 1000")
    private Integer limit;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        JobsUtil.print(datastore, rpcs.getRpc(FindJobs.class), screen,
            JobsUtil.wanted(guest, hypervisor, kind, states, since, limit));
    }
}
