/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that operators want of the overlay, as of one commit. Immutable.
 *
 * @param networks the virtual networks by name, in the names' order
 * @param edges hypervisors and borders by name, in the names' order
 */
public record Intent(Map<String, NetworkIntent> networks, Map<String, EdgeIntent> edges) {
    /** Nothing is wanted. */
    public static final Intent EMPTY = new Intent(Map.of(), Map.of());

    public Intent {
        networks = Collections.unmodifiableMap(new TreeMap<>(networks));
        edges = Collections.unmodifiableMap(new TreeMap<>(edges));
    }
}
