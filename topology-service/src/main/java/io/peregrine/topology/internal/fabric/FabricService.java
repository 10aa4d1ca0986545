/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.Packets;
import io.peregrine.flow.Subscription;
import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.loops.Endings;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import io.peregrine.topology.Fabric;
import io.peregrine.topology.PortId;
import io.peregrine.topology.TopologyService;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.intent.IntentSource;
import java.net.Inet4Address;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindRoutes;
import org.opendaylight.yangtools.concepts.AbstractRegistration;
import org.opendaylight.yangtools.concepts.Registration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the fabric in OpenDaylight. The controller of the fabric has a thread of its own; the data store and the journal
 * are dealt with on another.
 */
@Component(service = { Fabric.class, Loops.class }, immediate = true)
public final class FabricService implements Fabric, Loops, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FabricService.class);
    /** Packets that may wait, and how many of them of one port; what comes beyond is dropped. */
    private static final int MOST_PACKETS = 8192;
    private static final int MOST_PACKETS_OF_PORT = 256;
    private static final long JOURNAL_MILLIS = 1000;
    /** How long to wait for more of what changes in crowds. */
    private static final long OVERLAY_MILLIS = 50;

    private final Loop loop = new Loop("fabric");
    private final Loop publishing = new Loop("fabric-state");
    private final PacketGate gate = new PacketGate(MOST_PACKETS, MOST_PACKETS_OF_PORT);
    private final FabricJournal journal;
    private final FabricController controller;
    private final TunnelIdentities tunnels;
    private final FabricPublisher publisher;
    private final NetworkTopologyPublisher topologyPublisher;
    private final List<Registration> registrations;
    private final IntentSource<FabricIntent> intent;
    private final Subscription packets;

    // on the loop only
    private final Map<Object, Set<Inet4Address>> expected = new HashMap<>();

    // on the publishing thread only
    private boolean journalPending;
    private FabricJournal.Remembered remembered;
    private Collection<OverlayLink> overlayLinks = List.of();

    private final AtomicBoolean overlayPending = new AtomicBoolean();
    private volatile Supplier<? extends Collection<OverlayLink>> overlay = List::of;

    /**
     * Begins to run the fabric.
     *
     * @param dataBroker intent comes from there, state goes there
     * @param rpcs takes the model's RPC
     * @param topology tells of switches and ports
     * @param programmer programs the switches
     * @param packetService brings and takes packets
     * @param groupIds numbers groups
     * @param files keeps what is remembered
     */
    @Activate
    public FabricService(@Reference final DataBroker dataBroker, @Reference final RpcProviderService rpcs,
            @Reference final TopologyService topology, @Reference final FlowProgrammer programmer,
            @Reference final Packets packetService, @Reference final GroupIds groupIds,
            @Reference final Journal files) {
        journal = new FabricJournal(files);
        final var codec = new ProbeCodec(journal.key());
        final long epoch = System.currentTimeMillis();
        tunnels = new TunnelIdentities(packetService, codec, epoch, loop, System::nanoTime, this::tunnelsIdentified);
        controller = new FabricController(new FabricController.Surroundings(programmer, packetService, groupIds, loop,
            System::nanoTime, this::counted, this::changed), codec, epoch);
        publisher = new FabricPublisher(dataBroker, this::view, this::overlay, tunnels::view, publishing);
        topologyPublisher = new NetworkTopologyPublisher(dataBroker, this::view, this::overlay, publishing);
        remembered = journal.read();
        run(() -> controller.restore(remembered.links(), remembered.hosts()));
        packets = packetService.listen(this::onPacket);
        registrations = List.of(
            topology.listen((before, now) -> run(() -> {
                controller.onTopology(now);
                tunnels.onTopology(now);
            })),
            rpcs.registerRpcImplementations((FindRoutes) new RouteFinder(this::view)::find));
        intent = FabricReader.follow(dataBroker, loop, wanted -> guarded(() -> controller.onIntent(wanted)));
        LOG.info("Fabric started; {} links and {} hosts remembered", remembered.links().size(),
            remembered.hosts().size());
    }

    @Deactivate
    @Override
    public void close() {
        Endings.all(LOG, packets::close, intent::close, () -> registrations.forEach(Registration::close),
            // What is still to come, probes for example, is another's business then
            () -> run(() -> Endings.all(LOG, controller::close, loop::shutdownNow)),
            publisher::close, topologyPublisher::close, () -> publishing.execute(this::writeJournal),
            publishing::shutdown);
        LOG.info("Fabric stopped; switches go on as they are");
    }

    @Override
    public List<Load> loads() {
        return List.of(loop.load(), publishing.load());
    }

    private FabricView view() {
        return controller.view();
    }

    private Collection<OverlayLink> overlay() {
        return List.copyOf(overlay.get());
    }

    private void run(final Runnable task) {
        try {
            loop.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("The fabric has stopped", e);
        }
    }

    @SuppressWarnings("checkstyle:illegalCatch")
    private static void guarded(final Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A step of the fabric failed", e);
        }
    }

    private void onPacket(final DatapathId datapath, final long port, final Packets.Reason reason,
            final byte[] frame) {
        final var at = new PortId(datapath, port);
        if (gate.enter(at)) {
            run(() -> {
                gate.leave(at);
                if (!controller.onPacket(at, reason, frame)) {
                    tunnels.onPacket(at, frame);
                }
            });
        }
    }

    /** What is counted beside the fabric; on the loop. */
    private Map<String, Long> counted() {
        final var counted = new HashMap<>(tunnels.counters());
        counted.put("packets-dropped", gate.refused());
        return counted;
    }

    private void tunnelsIdentified() {
        publisher.changed();
    }

    /** Something that is shown or remembered has changed; on the loop. */
    private void changed() {
        show();
        try {
            publishing.execute(this::scheduleJournal);
        } catch (RejectedExecutionException e) {
            LOG.debug("The fabric has stopped", e);
        }
    }

    private void scheduleJournal() {
        if (!journalPending) {
            journalPending = true;
            publishing.schedule(() -> {
                journalPending = false;
                writeJournal();
            }, JOURNAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void writeJournal() {
        final var view = view();
        final var now = new FabricJournal.Remembered(view.costs(),
            view.hosts().values().stream().map(FabricJournal::asRemembered).toList());
        if (!now.equals(remembered) && journal.write(now)) {
            remembered = now;
        }
    }

    @Override
    public Registration expect(final Set<Inet4Address> addresses) {
        final var key = new Object();
        final var copy = Set.copyOf(addresses);
        run(() -> {
            expected.put(key, copy);
            tellExpected();
        });
        return new AbstractRegistration() {
            @Override
            protected void removeRegistration() {
                run(() -> {
                    expected.remove(key);
                    tellExpected();
                });
            }
        };
    }

    private void tellExpected() {
        final var all = new HashSet<Inet4Address>();
        expected.values().forEach(all::addAll);
        controller.expect(all);
    }

    @Override
    public Registration showOverlay(final Supplier<? extends Collection<OverlayLink>> links) {
        synchronized (this) {
            overlay = requireNonNull(links);
        }
        overlayChanged();
        return new AbstractRegistration() {
            @Override
            protected void removeRegistration() {
                synchronized (FabricService.this) {
                    if (overlay == links) {
                        overlay = List::of;
                    }
                }
                overlayChanged();
            }
        };
    }

    @Override
    public void overlayChanged() {
        show();
        if (!overlayPending.getAndSet(true)) {
            try {
                publishing.schedule(() -> guarded(this::readOverlay), OVERLAY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("The fabric has stopped", e);
            }
        }
    }

    /** Asking may take a moment with thousands of tunnels; what is new only is for the loop. */
    private void readOverlay() {
        overlayPending.set(false);
        final var now = overlay();
        if (!now.equals(overlayLinks)) {
            overlayLinks = now;
            run(() -> tunnels.onLinks(now));
        }
    }

    private void show() {
        publisher.changed();
        topologyPublisher.changed();
    }
}
