/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;

/**
 * A change of one fragment of one switch.
 *
 * @param datapath the switch
 * @param name the fragment's name
 * @param content its new content, empty to remove it
 * @param destination the switch that packets are led to by it; steps of one destination wait for each other
 */
public record Step(DatapathId datapath, String name, Fragment content, DatapathId destination) {
    public Step {
        requireNonNull(datapath);
        requireNonNull(name);
        requireNonNull(content);
        requireNonNull(destination);
    }
}
