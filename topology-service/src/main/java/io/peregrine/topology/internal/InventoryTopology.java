/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.loops.Loop;
import io.peregrine.flow.loops.Loops;
import io.peregrine.topology.StatePublisher;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import io.peregrine.topology.TopologyService;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import org.opendaylight.mdsal.binding.api.ClusteredDataTreeChangeListener;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.api.DataTreeModification;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.Nodes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.nodes.Node;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.SwitchesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.Switch;
import org.opendaylight.yangtools.concepts.AbstractRegistration;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows OpenFlowPlugin's inventory. Every change is judged by what the node is afterwards, not by the kind of change:
 * the plugin puts a whole port to say that it went down, and once more before it deletes it.
 *
 * <p>The inventory's thread only hands over; snapshots are made, listeners called and the datastore written on a thread
 * of the service's own.
 */
@Component(immediate = true, service = { TopologyService.class, Loops.class })
public final class InventoryTopology
        implements TopologyService, Loops, ClusteredDataTreeChangeListener<Node>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InventoryTopology.class);

    private final Loop executor = new Loop("topology");
    // Used on the executor's thread only
    private final List<Listening> listeners = new ArrayList<>();

    private final Clock clock;
    private final StatePublisher<DatapathId, SwitchView, Switch> publisher;
    private final Registration registration;

    private volatile Topology topology = Topology.EMPTY;

    private static final class Listening {
        private final Listener listener;
        private Topology told = Topology.EMPTY;

        Listening(final Listener listener) {
            this.listener = requireNonNull(listener);
        }

        @SuppressWarnings("checkstyle:illegalCatch")
        void tell(final Topology now) {
            if (now.equals(told)) {
                return;
            }
            final var before = told;
            told = now;
            try {
                listener.onTopology(before, now);
            } catch (RuntimeException e) {
                // One listener's mistake is not to stop the others
                LOG.error("A listener failed: {}", listener, e);
            }
        }
    }

    /**
     * Begins to follow the inventory.
     *
     * @param dataBroker where the inventory is, and where the switches are published
     */
    @Activate
    public InventoryTopology(@Reference final DataBroker dataBroker) {
        this(dataBroker, Clock.systemUTC());
    }

    InventoryTopology(final DataBroker dataBroker, final Clock clock) {
        this.clock = requireNonNull(clock);
        publisher = new StatePublisher<>(dataBroker, SwitchEntries.SWITCHES, new SwitchesBuilder().build(),
            SwitchEntries::path, SwitchEntries::entry, () -> topology.switches(), executor);
        registration = dataBroker.registerDataTreeChangeListener(DataTreeIdentifier.create(
            LogicalDatastoreType.OPERATIONAL, InstanceIdentifier.builder(Nodes.class).child(Node.class).build()), this);
    }

    @Deactivate
    @Override
    public void close() {
        registration.close();
        publisher.close();
        executor.shutdown();
    }

    @Override
    public List<Load> loads() {
        return List.of(executor.load());
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public Registration listen(final Listener listener) {
        final var listening = new Listening(listener);
        execute(() -> {
            listeners.add(listening);
            listening.tell(topology);
        });
        return new AbstractRegistration() {
            @Override
            protected void removeRegistration() {
                execute(() -> listeners.remove(listening));
            }
        };
    }

    @Override
    public void onDataTreeChanged(final Collection<DataTreeModification<Node>> changes) {
        execute(() -> apply(changes));
    }

    private void apply(final Collection<DataTreeModification<Node>> changes) {
        final var switches = new TreeMap<DatapathId, SwitchView>(topology.switches());
        for (var change : changes) {
            final var id = change.getRootPath().getRootIdentifier().firstKeyOf(Node.class).getId();
            InventoryReader.datapath(id).ifPresent(
                datapath -> apply(switches, datapath, change.getRootNode().getDataAfter()));
        }
        final var now = new Topology(switches);
        if (now.equals(topology)) {
            return;
        }
        topology = now;
        listeners.forEach(listening -> listening.tell(now));
        publisher.changed();
    }

    private void apply(final TreeMap<DatapathId, SwitchView> switches, final DatapathId datapath, final Node after) {
        if (after == null) {
            if (switches.remove(datapath) != null) {
                LOG.info("Switch {} is gone", datapath);
            }
            return;
        }
        final var known = switches.get(datapath);
        if (known == null) {
            LOG.info("Switch {} is connected", datapath);
        }
        switches.put(datapath,
            InventoryReader.read(datapath, after, known == null ? clock.instant() : known.connectedSince()));
    }

    private void execute(final Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The service has ended", e);
        }
    }
}
