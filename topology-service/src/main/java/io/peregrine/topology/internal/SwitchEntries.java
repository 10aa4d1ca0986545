/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal;

import io.peregrine.flow.DatapathId;
import io.peregrine.topology.PortView;
import io.peregrine.topology.SwitchView;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.MacAddress;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.Switches;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches.SwitchKey;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.Port;
import org.opendaylight.yang.gen.v1.urn.peregrine._switch.rev261123.switches._switch.PortBuilder;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;

/**
 * Switches as they are in the data store.
 */
final class SwitchEntries {
    static final InstanceIdentifier<Switches> SWITCHES = InstanceIdentifier.create(Switches.class);

    private SwitchEntries() {
        // Static methods only
    }

    static InstanceIdentifier<Switch> path(final DatapathId datapath) {
        return SWITCHES.child(Switch.class, new SwitchKey(datapath.hex()));
    }

    static Switch entry(final SwitchView view) {
        return new SwitchBuilder()
            .setDatapathId(view.datapath().hex())
            .setAddress(view.address().orElse(null))
            .setManufacturer(view.manufacturer().orElse(null))
            .setSoftware(view.software().orElse(null))
            .setConnectedSince(new DateAndTime(view.connectedSince().toString()))
            .setPort(view.ports().values().stream().map(SwitchEntries::port)
                .collect(Collectors.toMap(Port::key, Function.identity())))
            .build();
    }

    private static Port port(final PortView view) {
        return new PortBuilder()
            .setNumber(Uint32.valueOf(view.number()))
            .setName(view.name())
            .setMacAddress(new MacAddress(view.mac().toString()))
            .setUp(view.up())
            .setSpeed(view.speed().isPresent() ? Uint64.valueOf(view.speed().orElseThrow()) : null)
            .build();
    }
}
