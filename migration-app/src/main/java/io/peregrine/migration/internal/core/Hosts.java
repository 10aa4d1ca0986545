/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import java.util.Set;

/**
 * The hypervisors of intent, as the guests' trackers see them.
 */
public interface Hosts {
    /**
     * All of them.
     *
     * @return their names
     */
    Set<String> names();

    /**
     * Whether a host's libvirt is connected and has told all its domains since it was.
     *
     * @param host the host
     * @return false also if the host is not one of intent
     */
    boolean heard(String host);

    /**
     * Whether a guest that a host has not told of is not there.
     *
     * @param host the host
     * @return true if the host is heard or is not one of intent
     */
    default boolean absenceKnown(final String host) {
        return heard(host) || !names().contains(host);
    }
}
