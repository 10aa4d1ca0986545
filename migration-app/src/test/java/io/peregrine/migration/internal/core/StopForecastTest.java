/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopForecastTest {
    private static final long MS = 1_000_000;
    private static final long MIB = 1 << 20;
    /** Bytes per second; 300 ms of it are 30 MiB. */
    private static final long BANDWIDTH = 100;
    private static final Optional<Forecast> SOON = Optional.of(Forecast.STOP_SOON);
    private static final Optional<Forecast> GOES_ON = Optional.of(Forecast.COPY_GOES_ON);

    private long turnTime;
    private final StopForecast forecast = new StopForecast(() -> turnTime);

    private Optional<Forecast> at(final long milliseconds, final long pass, final long remaining,
            final long dirtyRate) {
        return measured(milliseconds, pass, remaining, BANDWIDTH, dirtyRate, 300);
    }

    private Optional<Forecast> measured(final long milliseconds, final long pass, final long remaining,
            final long bandwidth, final long dirtyRate, final int limit) {
        return forecast.on(new CopyProgress(milliseconds * MS, pass, remaining * MIB, 0, bandwidth * MIB,
            dirtyRate * MIB, limit, 300));
    }

    @Test
    void aShortFirstPassIsExpectedToEndInTheStop() {
        assertEquals(Optional.empty(), at(0, 0, 0, 0), "not begun");
        assertEquals(Optional.empty(), at(10, 1, 100, 0));
        assertEquals(Optional.empty(), at(600, 1, 40, 0));
        assertEquals(SOON, at(690, 1, 31, 0), "10 ms before the limit");
        assertEquals(Optional.empty(), at(700, 1, 30, 0), "told already");
        assertEquals(SOON, at(740, 2, 27, 10), "the pass has ended below the limit: now it comes");
    }

    @Test
    void theCopyGoesOnIfThePassEndsAboveTheLimit() {
        at(0, 1, 100, 0);
        assertEquals(SOON, at(700, 1, 30, 0));
        assertEquals(GOES_ON, at(750, 2, 60, 0));
        assertEquals(Optional.empty(), at(755, 2, 59, 0));
    }

    @Test
    void aLongFirstPassTellsNothing() {
        at(0, 1, 1000, 0);
        assertEquals(Optional.empty(), at(9700, 1, 30, 0));
        assertEquals(Optional.empty(), at(9750, 2, 60, 5));
        assertEquals(SOON, at(10_050, 2, 30, 5), "1.5 MiB have been written since");
    }

    @Test
    void aGuestThatWritesAsMuchIsNotStopped() {
        at(0, 1, 1000, 0);
        at(9750, 2, 60, 50);
        assertEquals(Optional.empty(), at(10_050, 2, 30, 50), "15 MiB have been written since");
        assertEquals(Optional.empty(), at(10_100, 3, 40, 50));
        assertEquals(SOON, at(10_200, 3, 30, 20), "2 MiB, and the stop can be there at once");
    }

    @Test
    void pagesOfZeroesGoFasterThanTheNetworkCarries() {
        at(0, 1, 1000, 0);
        assertEquals(Optional.empty(), at(500, 1, 950, 0));
        assertEquals(Optional.empty(), at(510, 1, 750, 0), "36 ms to the limit at this speed");
        assertEquals(SOON, at(530, 1, 150, 0), "4 ms");
    }

    @Test
    void aFewPagesOfZeroesAreNoSignOfTheEnd() {
        at(0, 1, 1000, 0);
        assertEquals(Optional.empty(), at(500, 1, 950, 0));
        assertEquals(Optional.empty(), at(508, 1, 250, 0), "at this speed it would be 2 ms");
        assertEquals(Optional.empty(), at(700, 1, 240, 0));
    }

    @Test
    void bandwidthIsEstimatedUntilQemuHasMeasuredIt() {
        forecast.on(new CopyProgress(0, 1, 8 * MIB, 0, 0, 0, 300, 300));
        assertEquals(Optional.empty(), forecast.on(new CopyProgress(20 * MS, 1, 6 * MIB, 2 * MIB, 0, 0, 300, 300)));
        assertEquals(Optional.empty(), forecast.on(new CopyProgress(60 * MS, 1, 2 * MIB, 6 * MIB, 0, 0, 300, 300)),
            "20 ms are left, and until then no limit holds");
        assertEquals(SOON, forecast.on(new CopyProgress(75 * MS, 1, MIB / 2, 15 * MIB / 2, 0, 0, 300, 300)));
    }

    @Test
    void measurementsBecomeFrequentTowardsTheEnd() {
        at(0, 1, 100, 0);
        assertEquals(StopForecast.SLICE, forecast.pause());
        at(600, 1, 40, 0);
        assertTrue(forecast.pause() <= 25 * MS && forecast.pause() > 4 * MS);
        at(700, 1, 30, 0);
        assertEquals(4 * MS, forecast.pause());
    }

    private Optional<Forecast> held(final long milliseconds, final long pass, final long remaining,
            final long dirtyRate) {
        return measured(milliseconds, pass, remaining, BANDWIDTH, dirtyRate, 1);
    }

    @Test
    void aSourceThatIsHeldMayStopAtTheEndOfAShortFirstPass() {
        held(0, 1, 100, 0);
        assertEquals(Optional.empty(), held(900, 1, 10, 0));
        assertEquals(SOON, held(980, 1, 2, 0), "it can be sent in 20 ms");
    }

    @Test
    void aSourceThatIsHeldStopsThoughSomewhatMoreRemainsThanMay() {
        held(0, 1, 100, 0);
        assertEquals(SOON, held(980, 1, 2, 0));
        assertEquals(SOON, held(1000, 2, 38, 0), "the 8 MiB too many can be sent in 80 ms");
        assertFalse(forecast.mayStop());
        assertEquals(Optional.empty(), held(1080, 2, 30, 0));
        assertTrue(forecast.mayStop());
        assertEquals(GOES_ON, held(1400, 3, 41, 0), "not in 100 ms");
    }

    @Test
    void aGuestThatWritesAsFastAsTheNetworkCarriesDoesNotComeNearer() {
        held(0, 1, 100, 0);
        assertEquals(SOON, held(980, 1, 2, 0));
        assertEquals(GOES_ON, held(1000, 2, 38, 100));
    }

    @Test
    void aStopThatDidNotComeIsForecastAnewInTheSamePass() {
        held(0, 1, 100, 0);
        assertEquals(SOON, held(980, 1, 2, 0));
        forecast.wasInVain();
        assertEquals(Optional.empty(), held(1990, 1, 2, 0), "it is no nearer");
        assertEquals(SOON, held(2000, 1, 1, 0));
    }

    @Test
    void aStopThatDidNotComeInALaterPassIsForecastAnewThoughTheLimitWasOnceSetBack() {
        held(0, 1, 100, 0);
        assertEquals(SOON, held(980, 1, 2, 0));
        assertEquals(SOON, at(1000, 2, 4, 0), "the limit is set back while senders wait");
        forecast.wasInVain();
        assertEquals(Optional.empty(), held(2000, 2, 4, 0), "it is no nearer");
        assertEquals(SOON, held(2010, 2, 2, 0));
    }

    @Test
    void aPassIsJudgedAsSoonAsItsSpeedIsKnown() {
        held(0, 1, 100, 0);
        assertEquals(SOON, held(980, 1, 2, 0));
        assertEquals(Optional.empty(), measured(1000, 2, 60, 0, 0, 1));
        assertEquals(GOES_ON, held(1010, 2, 60, 0));
    }

    @Test
    void slowSwitchesAreToldSooner() {
        turnTime = 60 * MS;
        held(0, 1, 100, 0);
        assertEquals(Optional.empty(), held(900, 1, 10, 0));
        assertEquals(SOON, held(945, 1, 6, 0), "it can be sent in 60 ms");
        assertEquals(SOON, held(1010, 2, 25, 5), "it is as near as before when the next pass begins");
    }

    @Test
    void aSourceThatIsHeldIsLetGoWhenLittleRemains() {
        held(0, 1, 1000, 0);
        assertEquals(Optional.empty(), held(9990, 1, 1, 0), "nobody knows what has been written since");
        assertEquals(Optional.empty(), held(10_000, 2, 20, 5), "within what is allowed, and not little");
        assertEquals(Optional.empty(), held(10_100, 2, 10, 5));
        assertEquals(SOON, held(10_180, 2, 1, 5));
        assertEquals(SOON, held(10_200, 3, 2, 5), "it is as near as before when the next pass begins");
        assertEquals(Optional.empty(), held(10_210, 3, 1, 5));
    }

    @Test
    void aGuestThatNeverLetsLittleRemainIsStoppedAllTheSame() {
        held(0, 1, 1000, 0);
        assertEquals(Optional.empty(), held(10_000, 4, 20, 50));
        assertEquals(SOON, held(10_500, 5, 20, 50));
    }

    @Test
    void aGuestThatWritesTooMuchIsNotLetGo() {
        held(0, 1, 1000, 0);
        for (int pass = 2; pass < 20; pass++) {
            assertEquals(Optional.empty(), held(10_000 + pass * 500L, pass, 40, 90));
        }
    }

    @Test
    void aGuestMayBeStoppedWhenItStandsStillNoLongerThanItMay() {
        assertFalse(forecast.mayStop(), "nothing is known");
        held(0, 1, 100, 0);
        held(980, 1, 2, 0);
        assertFalse(forecast.mayStop(), "nobody knows what has been written since");
        held(1000, 2, 40, 10);
        assertFalse(forecast.mayStop(), "400 ms");
        held(1150, 2, 28, 10);
        assertTrue(forecast.mayStop(), "295 ms with what has been written in this pass");
        held(1160, 3, 31, 10);
        assertFalse(forecast.mayStop());
    }
}
