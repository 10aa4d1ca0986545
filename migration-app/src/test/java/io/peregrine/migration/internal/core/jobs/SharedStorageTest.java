/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.migration.internal.core.jobs.SharedStorage.Pool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SharedStorageTest {
    private static Pool pool(final String name, final String type, final String target, final boolean active) {
        return new Pool(name, type, "", target, active);
    }

    private static Optional<String> holder(final String path, final Pool... pools) {
        return SharedStorage.holder(path, List.of(pools)).map(Pool::name);
    }

    @Test
    void findsThePoolWhoseDirectoryHasThePath() {
        assertEquals(Optional.of("b"), holder("/b/web.img", pool("a", "dir", "/a", true),
            pool("b", "dir", "/b", true)));
        assertEquals(Optional.of("b"), holder("/b/web.img", pool("b", "netfs", "/b/", false)));
        assertEquals(Optional.empty(), holder("/b-old/web.img", pool("b", "dir", "/b", true)));
        assertEquals(Optional.empty(), holder("/b/web.img", pool("none", "rbd", "", true)));
    }

    @Test
    void devicesAreNotFoundByTheirDirectory() {
        assertEquals(Optional.empty(), holder("/dev/disk/by-path/x", pool("i", "iscsi", "/dev/disk/by-path", true)));
    }

    @Test
    void innermostIsWhatIsMountedThere() {
        final var outer = pool("outer", "dir", "/a", true);
        assertEquals(Optional.of("inner"), holder("/a/b/web.img", outer, pool("inner", "netfs", "/a/b", false)));
        assertEquals(Optional.of("outer"), holder("/a/c/web.img", outer, pool("inner", "netfs", "/a/b", false)));
    }

    @Test
    void belowAPoolThatIsNotMountedIsSomethingElse() {
        final var there = new Pool("vm", "netfs", "nas:/vm", "/srv/vm", true);
        assertTrue(SharedStorage.same(Optional.of(there), there));
        assertFalse(SharedStorage.same(Optional.of(new Pool("vm", "netfs", "nas:/vm", "/srv/vm", false)), there));
        assertFalse(SharedStorage.same(Optional.of(new Pool("vm", "netfs", "nas:/other", "/srv/vm", true)), there));
        assertFalse(SharedStorage.same(Optional.empty(), there));
    }

    @Test
    void activeComesFirstWhereTwoHaveOneDirectory() {
        assertEquals(Optional.of("on"), holder("/a/web.img", pool("off", "dir", "/a", false),
            pool("on", "dir", "/a", true), pool("off-too", "dir", "/a", false)));
    }
}
