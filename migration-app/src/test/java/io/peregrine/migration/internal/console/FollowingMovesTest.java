/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.moving.GuestBuilder;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

class FollowingMovesTest {
    @Test
    void movesOfAllAreFollowedUntilTheLastHasEnded() throws Exception {
        final var web = new GuestBuilder().setUuid(new Uuid("11111111-2222-3333-4444-555555555555"))
            .setName("web").setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2"));
        final var db = new GuestBuilder().setUuid(new Uuid("21111111-2222-3333-4444-555555555555"))
            .setSource(new EdgeName("hv2")).setDestination(new EdgeName("hv1"));
        final var views = List.of(List.of(web.build(), db.build()),
            List.of(web.setPercent(Uint8.valueOf(9)).setRemaining(Uint64.valueOf(1 << 20)).build(), db.build()),
            List.of(web.setPercent(Uint8.TEN).build()), List.<Guest>of());
        final var empty = "[..............................] ";
        final var other = empty + "21111111-2222-3333-4444-555555555555 from hv2 to hv1\n";
        final var gone = "%1$s is not being moved any more; peregrine:migrations %1$s tells how it ended\n";
        final var ten = "[###...........................] web from hv1 to hv2, 10 %, 1.0 MiB left\n";
        assertEquals(empty + "web from hv1 to hv2\n" + other
            + gone.formatted("21111111-2222-3333-4444-555555555555") + ten + gone.formatted("web"),
            movesFollowed(false, views));
        assertEquals(empty + "web from hv1 to hv2\n" + other
            + "\u001b[2F\u001b[J[##............................] web from hv1 to hv2, 9 %, 1.0 MiB left\n" + other
            + "\u001b[2F\u001b[J" + gone.formatted("21111111-2222-3333-4444-555555555555") + ten
            + "\u001b[1F\u001b[J" + gone.formatted("web"), movesFollowed(true, views));
        assertEquals("No guest is being moved\n", movesFollowed(true, List.of(List.of())));
    }

    @Test
    void aLineIsNoLongerThanTheTerminals() throws Exception {
        final var web = new GuestBuilder().setUuid(new Uuid("11111111-2222-3333-4444-555555555555"))
            .setName("web").setSource(new EdgeName("hv1")).setDestination(new EdgeName("hv2")).build();
        final var left = new ArrayDeque<>(List.of(List.of(web), List.<Guest>of()));
        final var bytes = new ByteArrayOutputStream();
        new FollowingMoves(left::remove, new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> 40,
            false, null), "").follow();
        assertEquals("[..............................] web fr", bytes.toString(StandardCharsets.UTF_8).lines()
            .findFirst().orElseThrow());
    }

    private static String movesFollowed(final boolean terminal, final List<List<Guest>> views) throws Exception {
        final var left = new ArrayDeque<>(views);
        final var bytes = new ByteArrayOutputStream();
        new FollowingMoves(left::remove, new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8),
            () -> terminal ? 200 : 0, false, null), "No guest is being moved").follow();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
