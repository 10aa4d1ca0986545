/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.peregrine.migration.internal.core.CopyProgress;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.libvirt.MadeStop.Verdict;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MadeStopTest {
    private static final UUID GUEST = UUID.fromString("33333333-3333-4333-8333-333333333333");
    private static final LevelState RUNS = new LevelState(1, 1, false);
    private static final LevelState STANDS_STILL = new LevelState(3, 2, true);
    private static final LevelState LEFT = new LevelState(3, 2, false);

    private final LibvirtDriver.Link link = mock(LibvirtDriver.Link.class);
    private final MadeStop stop = new MadeStop(GUEST, link, 0, 100);

    private Verdict look(final long now, final LevelState level, final long processed, final long remaining)
            throws IOException {
        return look(link, now, level, processed, remaining);
    }

    private Verdict look(final LibvirtDriver.Link current, final long now, final LevelState level,
            final long processed, final long remaining) throws IOException {
        when(current.busy(GUEST)).thenReturn(Optional.of(level != null && level.outgoing()));
        when(current.domain(eq(GUEST), anyBoolean())).thenReturn(Optional.ofNullable(level)
            .map(known -> new LibvirtDriver.DomainText(known, "")));
        when(current.copyProgress(GUEST)).thenReturn(level != null && level.outgoing()
            ? Optional.of(new CopyProgress(now, 2, remaining, processed, 1, 0, 300, 300)) : Optional.empty());
        return stop.look(current, now);
    }

    @Test
    void aMoveThatHasEndedIsOver() throws IOException {
        assertEquals(Verdict.WAIT, look(10, STANDS_STILL, 5, 50));
        assertEquals(Verdict.OVER, look(20, null, 0, 0), "it has left");
        assertEquals(Verdict.OVER, look(20, RUNS, 0, 0), "it goes on here");
        assertEquals(Verdict.OVER, look(20, new LevelState(3, 1, false), 0, 0), "somebody has paused it");
        assertEquals(Verdict.OVER, look(20, new LevelState(5, 4, false), 0, 0), "it is defined here, and has left");
    }

    @Test
    void nothingIsConcludedFromADomainThatDoesNotSayWhetherItMoves() throws IOException {
        assertEquals(Verdict.WAIT, look(10, STANDS_STILL, 5, 50));
        when(link.busy(GUEST)).thenReturn(Optional.empty());
        assertEquals(Verdict.WAIT, stop.look(link, 500));
    }

    @Test
    void aMoveThatIsSlowIsNotGivenUp() throws IOException {
        for (int now = 10; now < 1000; now += 50) {
            assertEquals(Verdict.WAIT, look(now, STANDS_STILL, now, 50));
        }
        assertEquals(Verdict.WAIT, look(1059, STANDS_STILL, 960, 50));
        assertEquals(Verdict.WAIT, look(1060, STANDS_STILL, 960, 0), "all is across");
        assertEquals(Verdict.STUCK, look(1060, STANDS_STILL, 960, 50), "nothing has come across since 960");
        assertEquals(1060, stop.time(1060));
    }

    @Test
    void whatIsSeenForTheFirstTimeIsNotGivenUp() throws IOException {
        assertEquals(Verdict.WAIT, look(5000, STANDS_STILL, 0, 50));
        assertEquals(Verdict.STUCK, look(5100, STANDS_STILL, 0, 50));
    }

    @Test
    void anotherMoveIsNotGivenUp() throws IOException {
        assertEquals(Verdict.WAIT, look(10, STANDS_STILL, 50, 50));
        assertEquals(Verdict.OVER, look(500, STANDS_STILL, 40, 50));
    }

    @Test
    void whatAFailedMoveHasLeftPausedGoesOnIfTwoLooksSayTheSame() throws IOException {
        assertEquals(Verdict.WAIT, look(10, LEFT, 0, 0));
        assertEquals(Verdict.WAIT, look(20, STANDS_STILL, 5, 50));
        assertEquals(Verdict.WAIT, look(30, LEFT, 0, 0));
        assertEquals(Verdict.LEFT_PAUSED, look(40, LEFT, 0, 0));
    }

    @Test
    void whatLibvirtKeepsPausedAfterItWasStartedAnewIsLeftToIt() throws IOException {
        final var anew = mock(LibvirtDriver.Link.class);
        assertEquals(Verdict.UNSURE, look(anew, 10, LEFT, 0, 0));
    }
}
