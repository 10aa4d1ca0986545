/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import io.peregrine.flow.DatapathId;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The network as it was known at one time. Immutable: whoever has one can compute on it without a lock.
 *
 * @param switches the connected switches by identifier, in the identifiers' order
 */
public record Topology(Map<DatapathId, SwitchView> switches) {
    /** Nothing is connected. */
    public static final Topology EMPTY = new Topology(Map.of());

    public Topology {
        switches = Collections.unmodifiableMap(new TreeMap<>(switches));
    }

    /**
     * The switch of an identifier.
     *
     * @param datapath the identifier
     * @return the switch, empty if it is not connected
     */
    public Optional<SwitchView> find(final DatapathId datapath) {
        return Optional.ofNullable(switches.get(datapath));
    }
}
