/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import io.peregrine.flow.journal.Journal;
import io.peregrine.migration.internal.libvirt.Controls;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.SizeProbes;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;

/**
 * Moves that Peregrine starts: puts the parts together.
 */
public final class JobService implements Started, AutoCloseable {
    /** BFD takes 0.3 s to miss a beat, and as long as its session takes to come up to hear one again. */
    private static final Duration RECOVERY = Duration.ofSeconds(2);

    private final Jobs jobs;
    private final JobsFile file;
    private final ShownJobs shown;
    private final JobRpcs rpcs;

    /**
     * Goes on with the jobs that an earlier process has left, offers the RPCs, and shows the jobs.
     *
     * @param broker the datastores
     * @param rpcs where RPCs are offered
     * @param ports the overlay
     * @param sizes the overlay's way to try tunnels
     * @param known guests and hypervisors
     * @param controls connections to libvirt
     * @param journal has the file of jobs
     * @param writing one thread for records; shut down by the owner, after this object is closed
     */
    public JobService(final DataBroker broker, final RpcProviderService rpcs, final GuestPorts ports,
            final SizeProbes sizes, final Known known, final Controls controls, final Journal journal,
            final ScheduledExecutorService writing) {
        jobs = new Jobs(known, new FactFinder(known, ports, sizes, new EdgeFacts(broker), controls, RECOVERY),
            new LibvirtMover(known, controls), Jobs.Limits.DEFAULT);
        file = new JobsFile(journal, jobs::kept);
        shown = new ShownJobs(broker, jobs::views, jobs::moving, writing);
        jobs.listen(() -> {
            shown.changed();
            file.changed();
        }, file::keep);
        jobs.restore(file.read());
        this.rpcs = new JobRpcs(rpcs, jobs);
    }

    @Override
    public Optional<String> job(final UUID guest) {
        return jobs.job(guest);
    }

    @Override
    public boolean begunHere(final UUID guest) {
        return jobs.begunHere(guest);
    }

    @Override
    public void close() {
        rpcs.close();
        jobs.close();
        file.close();
        shown.close();
    }
}
