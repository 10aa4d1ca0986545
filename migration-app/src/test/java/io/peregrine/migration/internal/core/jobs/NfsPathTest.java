/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.migration.internal.core.jobs.GuestNeeds.Disk;
import io.peregrine.migration.internal.core.jobs.SharedStorage.Place;
import io.peregrine.migration.internal.core.jobs.SharedStorage.Pool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NfsPathTest {
    private static final Disk FILE = new Disk("vda", "/vm/web.img", false, List.of(), false);

    private static Optional<Place> place(final String server, final boolean active) {
        return Optional.of(new Place(new Pool("vm", "netfs",
            "<source><host name='" + server + "'/><dir path='/srv/vm'/></source>", "/vm", active), true));
    }

    @Test
    void exportHasWhatIsBelowIt() {
        final var file = new NfsPath("nas", "/srv/vm/web.img");
        assertEquals(Optional.of("/srv/vm"), file.exportOf(List.of("/srv", "/srv/vm", "/srv/v", "/srv/vm/web")));
        assertEquals(Optional.of("/"), file.exportOf(List.of("/")));
        assertEquals(Optional.of("/srv/"), file.exportOf(List.of("/srv/")));
        assertEquals(Optional.of("/srv/vm/web.img"), file.exportOf(List.of("/srv/vm/web.img")));
        assertEquals(Optional.empty(), file.exportOf(List.of("/home")));
    }

    @Test
    void diskThatQemuReachesItself() {
        final var disk = new Disk("vda", "nfs:/srv/web.img", true, List.of("nas"), false);
        assertEquals(Optional.of(new NfsPath("nas", "/srv/web.img")),
            NfsPath.of(disk, Optional.empty(), Optional.empty()));
        for (final var other : List.of(new Disk("vda", "rbd:pool/web", true, List.of("mon"), false),
                new Disk("vda", "nfs:/x", true, List.of(), false))) {
            assertEquals(Optional.empty(), NfsPath.of(other, Optional.empty(), Optional.empty()));
        }
    }

    @Test
    void poolThatIsNotMounted() {
        assertEquals(Optional.empty(), NfsPath.of(FILE, place("here", true), place("there", true)));
        assertEquals(Optional.of(new NfsPath("there", "/srv/vm")),
            NfsPath.of(FILE, place("here", true), place("there", false)));
        assertEquals(Optional.of(new NfsPath("here", "/srv/vm")),
            NfsPath.of(FILE, place("here", true), Optional.empty()));
        assertEquals(Optional.empty(), NfsPath.of(FILE, Optional.empty(), Optional.empty()));
    }
}
