/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FutureCallback;
import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import io.peregrine.topology.Topology;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.Switches;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.SwitchesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchKey;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.Port;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.PortBuilder;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes switches in the operational datastore. One transaction is under way at a time; what comes meanwhile is
 * written together by the next one. Unlike {@link io.peregrine.topology.StatePublisher} it writes what differs only: a
 * flapping port is not to cost a thousand switches. All methods are called on the executor's thread, which is never
 * blocked.
 */
final class SwitchesWriter {
    static final InstanceIdentifier<Switches> SWITCHES = InstanceIdentifier.create(Switches.class);

    private static final Logger LOG = LoggerFactory.getLogger(SwitchesWriter.class);
    private static final long RETRY_MILLIS = 1000;

    private final DataBroker dataBroker;
    private final ScheduledExecutorService executor;

    // What the datastore has; null if that is not known, then everything is written anew
    private Map<DatapathId, SwitchView> written;
    private Topology wanted = Topology.EMPTY;
    private boolean writing;

    SwitchesWriter(final DataBroker dataBroker, final ScheduledExecutorService executor) {
        this.dataBroker = requireNonNull(dataBroker);
        this.executor = requireNonNull(executor);
    }

    void write(final Topology topology) {
        wanted = requireNonNull(topology);
        if (!writing) {
            writeNext();
        }
    }

    private void writeNext() {
        final var target = wanted.switches();
        if (target.equals(written)) {
            return;
        }
        writing = true;
        final var tx = dataBroker.newWriteOnlyTransaction();
        if (written == null) {
            tx.put(LogicalDatastoreType.OPERATIONAL, SWITCHES, new SwitchesBuilder()
                .setSwitch(target.values().stream().map(SwitchesWriter::binding)
                    .collect(Collectors.toMap(Switch::key, Function.identity())))
                .build());
        } else {
            final var gone = new HashMap<>(written);
            target.forEach((datapath, view) -> {
                if (!view.equals(gone.remove(datapath))) {
                    tx.put(LogicalDatastoreType.OPERATIONAL, path(datapath), binding(view));
                }
            });
            gone.keySet().forEach(datapath -> tx.delete(LogicalDatastoreType.OPERATIONAL, path(datapath)));
        }
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                written = target;
                writing = false;
                writeNext();
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("The switches could not be published, trying again in {} ms", RETRY_MILLIS, cause);
                written = null;
                retry();
            }
        }, executor);
    }

    private void retry() {
        try {
            executor.schedule(this::writeNext, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Not published any more: the service has ended", e);
        }
    }

    private static InstanceIdentifier<Switch> path(final DatapathId datapath) {
        return SWITCHES.child(Switch.class, new SwitchKey(datapath.hex()));
    }

    private static Switch binding(final SwitchView view) {
        return new SwitchBuilder()
            .setDatapathId(view.datapath().hex())
            .setAddress(view.address().orElse(null))
            .setManufacturer(view.manufacturer().orElse(null))
            .setSoftware(view.software().orElse(null))
            .setConnectedSince(new DateAndTime(view.connectedSince().toString()))
            .setPort(view.ports().values().stream().map(SwitchesWriter::binding)
                .collect(Collectors.toMap(Port::key, Function.identity())))
            .build();
    }

    private static Port binding(final PortView view) {
        return new PortBuilder()
            .setNumber(Uint32.valueOf(view.number()))
            .setName(view.name())
            .setMacAddress(new MacAddress(view.mac().toString()))
            .setUp(view.up())
            .setSpeed(view.speed().isPresent() ? Uint64.valueOf(view.speed().orElseThrow()) : null)
            .build();
    }
}
