/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.loops.Endings;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import io.peregrine.migration.internal.core.LibvirtUri;
import io.peregrine.migration.internal.core.Manner;
import io.peregrine.migration.internal.core.Mode;
import io.peregrine.migration.internal.core.ProbePace;
import io.peregrine.migration.internal.core.jobs.Target;
import io.peregrine.migration.internal.history.HistoryService;
import io.peregrine.migration.internal.jobs.JobService;
import io.peregrine.migration.internal.jobs.Known;
import io.peregrine.migration.internal.libvirt.Controls;
import io.peregrine.migration.internal.libvirt.HostSessions;
import io.peregrine.migration.internal.libvirt.LibvirtDriver;
import io.peregrine.migration.internal.libvirt.NativeDriver;
import io.peregrine.migration.internal.probes.MoveProbes;
import io.peregrine.migration.internal.records.ShownState;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.GuestProbes;
import io.peregrine.vxlan.SizeProbes;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataListener;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.MigrationUri;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.MigrationPolicy;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The migration application: puts its parts together and makes them follow the hypervisors of intent.
 */
@Component(service = Loops.class, immediate = true)
public final class MigrationApp implements DataListener<Hypervisors>, Loops, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationApp.class);

    private final Loop decisions = new Loop("migration");
    private final Loop writing = new Loop("migration-records");
    private final Loop probing = new Loop("probes");
    private final MoveProbes prober;
    private final ShownState shown;
    private final GuestRegistry registry;
    private final HostSessions sessions;
    private final Known known;
    private final Controls controls;
    private final JobService jobs;
    private final Registration taps;
    private final Registration policy;
    private final Registration intent;

    private final class PortListener implements GuestPorts.Listener {
        @Override
        public void onTap(final String interfaceId, final String edge, final boolean present) {
            registry.onTap(interfaceId);
        }

        @Override
        public void onFirstFrame(final String interfaceId, final String edge, final GuestPorts.FirstFrame frame,
                final long at) {
            registry.onFirstFrame(interfaceId, edge, frame, at);
        }

        @Override
        public void onInLine(final String edge) {
            registry.onInLine();
        }
    }

    /**
     * The application with the machine's libvirt.
     *
     * @param broker the datastores
     * @param ports the overlay
     * @param probes the overlay's way to probe guests
     * @param sizes the overlay's way to try tunnels
     * @param history keeps the records
     * @param rpcs where RPCs are offered
     * @param journal keeps the jobs
     */
    @Activate
    public MigrationApp(@Reference final DataBroker broker, @Reference final GuestPorts ports,
            @Reference final GuestProbes probes, @Reference final SizeProbes sizes,
            @Reference final HistoryService history, @Reference final RpcProviderService rpcs,
            @Reference final Journal journal) {
        this(broker, ports, probes, sizes, history, rpcs, journal, new NativeDriver());
    }

    MigrationApp(final DataBroker broker, final GuestPorts ports, final GuestProbes probes, final SizeProbes sizes,
            final HistoryService history, final RpcProviderService rpcs, final Journal journal,
            final LibvirtDriver driver) {
        requireNonNull(ports);
        shown = new ShownState(broker, ports, history, writing, InstantSource.system(), System::nanoTime);
        known = new Known(shown);
        controls = new Controls(driver);
        jobs = new JobService(broker, rpcs, ports, sizes, known, controls, journal, writing);
        prober = new MoveProbes(probes, probing, System::nanoTime);
        registry = new GuestRegistry(ports, known, prober, decisions);
        sessions = new HostSessions(driver, registry, registry.turnTime());
        registry.sessions(sessions::follow, sessions::ask, sessions::watch, sessions::stopBy);
        onPolicy(null);
        policy = broker.registerDataListener(DataTreeIdentifier.create(LogicalDatastoreType.CONFIGURATION,
            InstanceIdentifier.create(MigrationPolicy.class)), this::onPolicy);
        taps = ports.listen(new PortListener());
        intent = broker.registerDataListener(DataTreeIdentifier.create(LogicalDatastoreType.CONFIGURATION,
            InstanceIdentifier.create(Hypervisors.class)), this);
    }

    @Override
    public List<Load> loads() {
        return List.of(decisions.load(), writing.load(), probing.load());
    }

    @Override
    public void dataChangedTo(final Hypervisors data) {
        final var wanted = new HashMap<String, LibvirtUri>();
        final var refused = new HashMap<String, String>();
        final var targets = new HashMap<String, Target>();
        if (data != null) {
            for (final var hypervisor : data.nonnullHypervisor().values()) {
                final String name = hypervisor.getName().getValue();
                try {
                    wanted.put(name, LibvirtUri.parse(hypervisor.getLibvirt()));
                } catch (IllegalArgumentException e) {
                    refused.put(name, e.getMessage());
                }
                targets.put(name, Target.of(Optional.ofNullable(wanted.get(name)),
                    Optional.ofNullable(hypervisor.getPeerLibvirt()),
                    Optional.ofNullable(hypervisor.getMigrationUri()).map(MigrationUri::getValue)));
            }
        }
        controls.follow(wanted);
        known.follow(targets);
        registry.onIntent(wanted, refused);
    }

    private void onPolicy(final MigrationPolicy data) {
        prober.rate(data == null || data.getProbeRate() == null ? ProbePace.MOST : data.getProbeRate().intValue());
        final boolean all = data != null && data.getPredictive() == MigrationPolicy.Predictive.All;
        final boolean own = data == null || data.getPredictive() != MigrationPolicy.Predictive.Off;
        registry.modes(guest -> {
            // Other people's migrations, and those under way at a start, are looked at, and not meddled with.
            final boolean hold = own && jobs.begunHere(guest);
            return new Manner(all || hold ? Mode.PREDICTIVE : Mode.REACTIVE, hold, jobs.job(guest));
        });
    }

    @Override
    @Deactivate
    public void close() {
        Endings.all(LOG, intent::close, policy::close, taps::close, jobs::close, sessions::close, prober::close,
            probing::shutdown, decisions::shutdown, shown::close, writing::shutdown);
    }
}
