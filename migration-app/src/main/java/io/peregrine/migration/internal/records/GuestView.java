/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.records;

import io.peregrine.migration.internal.core.NetworkInterface;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A guest as it is shown.
 *
 * @param uuid the domain
 * @param name its name
 * @param host where it is at home
 * @param state what it does
 * @param interfaces its interfaces, with problems that the overlay does not know of
 * @param problem what is wrong with it as a whole
 */
public record GuestView(UUID uuid, String name, Optional<String> host, State state, List<NetworkInterface> interfaces,
        Optional<String> problem) {
    /** What a guest does. */
    public enum State {
        /** It runs. */
        RUNNING,
        /** It is paused. */
        PAUSED,
        /** It is being moved. */
        MIGRATING,
        /** Its hypervisor is not heard, or it is not known where it is at home. */
        UNKNOWN
    }

    public GuestView {
        interfaces = List.copyOf(interfaces);
    }
}
