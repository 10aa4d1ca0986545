/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import io.peregrine.migration.internal.core.LibvirtUri;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * A hypervisor of intent, as one to move guests to.
 *
 * @param peer the URI by which other hypervisors' libvirt reach this one's; empty if intent does not say
 * @param migrationUri where the data goes; empty for what libvirt there says
 */
public record Target(Optional<String> peer, Optional<String> migrationUri) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Reads intent.
     *
     * @param libvirt the URI that the controller uses, empty if it is wrong
     * @param peer the URI that others are to use, if intent has one
     * @param migrationUri where the data goes, if intent says
     * @return what others can use: the controller's URI only if it names a host, and no files of the controller's
     */
    public static Target of(final Optional<LibvirtUri> libvirt, final Optional<String> peer,
            final Optional<String> migrationUri) {
        return new Target(peer.or(() -> libvirt.map(LibvirtUri::toString).filter(Target::usedByOthers)), migrationUri);
    }

    private static boolean usedByOthers(final String text) {
        final var uri = URI.create(text);
        return uri.getHost() != null && !LOOPBACK.contains(uri.getHost()) && uri.getRawQuery() == null;
    }
}
