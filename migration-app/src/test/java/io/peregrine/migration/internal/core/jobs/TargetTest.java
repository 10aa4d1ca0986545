/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.migration.internal.core.LibvirtUri;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private static Optional<String> peer(final String libvirt) {
        return Target.of(Optional.of(LibvirtUri.parse(libvirt)), Optional.empty(), Optional.empty()).peer();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu+tcp://10.255.0.2/system", "qemu+ssh://root@hv2/system",
        "qemu://[2001:db8::2]:99/system"})
    void othersUseTheSameUri(final String uri) {
        assertEquals(Optional.of(uri), peer(uri));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu:///system", "qemu+tcp://127.0.0.1:16510/system", "qemu+tcp://[::1]/system",
        "qemu://hv2/system?pkipath=/etc/peregrine/pki", "test:///default"})
    void othersCannotUseWhatHoldsHereOnly(final String uri) {
        assertEquals(Optional.empty(), peer(uri));
    }

    @Test
    void intentOverrides() {
        final var given = Optional.of("qemu+tcp://10.9.0.2/system");
        assertEquals(given, Target.of(Optional.of(LibvirtUri.parse("qemu+tcp://10.255.0.2/system")), given,
            Optional.empty()).peer());
        assertEquals(given, Target.of(Optional.empty(), given, Optional.empty()).peer());
    }
}
