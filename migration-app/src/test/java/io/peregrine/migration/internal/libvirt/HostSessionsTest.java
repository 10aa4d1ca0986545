/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.migration.internal.core.CopyProgress;
import io.peregrine.migration.internal.core.DomainState;
import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.LevelState;
import io.peregrine.migration.internal.core.LifecycleEvent;
import io.peregrine.migration.internal.core.Stopper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostSessionsTest {
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final LevelState RUNS = new LevelState(1, 1, false);
    private static final String XML = "<domain><uuid>" + GUEST + "</uuid><name>guest</name></domain>";

    private final FakeDriver driver = new FakeDriver();
    private final Heard heard = new Heard();
    private final HostSessions sessions = new HostSessions(driver, heard, () -> 0, new HostSession.Timing(
        Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofMillis(5), Duration.ofMillis(20),
        Duration.ofMillis(200), Duration.ofMillis(100)));

    @AfterEach
    void close() {
        sessions.close();
        assertTrue(driver.closed());
    }

    @Test
    void readsAllAndThenAgainFromTimeToTime() {
        driver.daemon("h1").happen(GUEST, null, RUNS, XML);
        assertEquals(Set.of("h1"), sessions.follow(Map.of("h1", FakeDriver.uri("h1"))));
        await().until(() -> heard.has("inventory h1"));
        assertEquals("connected h1", heard.log().get(0));
        assertEquals(DomainState.RUNNING, heard.report(GUEST).level().domainState());
        assertEquals(Set.of(), sessions.follow(Map.of("h1", FakeDriver.uri("h1"))));
        await().until(() -> heard.count("inventory h1") > 2);
    }

    @Test
    void unreadableXmlIsAReportWithoutADescription() {
        driver.daemon("h1").happen(GUEST, null, RUNS, "<domain>");
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        assertTrue(heard.report(GUEST).description().isEmpty());
    }

    @Test
    void connectsAgain() {
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        driver.daemon("h1").down();
        await().until(() -> heard.has("disconnected h1: the daemon has gone"));
        await().until(() -> heard.count("disconnected h1: connection refused") > 3);
        driver.daemon("h1").up();
        await().until(() -> heard.count("connected h1") == 2);
        driver.daemon("h1").happen(GUEST, new LifecycleEvent(2, 0), RUNS, XML);
        await().until(() -> heard.has("h1 " + GUEST + " STARTED/BOOTED"));
        sessions.ask("h1", GUEST);
        await().until(() -> heard.has("answer h1 " + GUEST + " RUNNING"));
    }

    @Test
    void hostThatHangsStallsNoOther() {
        final var latch = driver.daemon("slow").hang();
        sessions.follow(Map.of("slow", FakeDriver.uri("slow"), "h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        await().until(() -> heard.has("disconnected slow: libvirt does not answer"));
        // Attempts that never end are not made without limit.
        await().until(() -> heard.has("disconnected slow: libvirt has not answered 4 attempts"));
        sessions.ask("slow", GUEST);
        sessions.ask("h1", GUEST);
        await().until(() -> heard.has("answer h1 " + GUEST + " none"));
        latch.countDown();
        await().until(() -> heard.has("inventory slow"));
        await().until(() -> driver.daemon("slow").connections() == 1);
    }

    @Test
    void aDomainThatDoesNotAnswerStaysAsItWasAndStallsNoOther() {
        final var other = new UUID(1, 1);
        final var daemon = driver.daemon("h1");
        daemon.happen(GUEST, null, new LevelState(3, 2, true), XML);
        daemon.happen(other, null, RUNS, "<domain><uuid>" + other + "</uuid><name>other</name></domain>");
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        final var latch = new CountDownLatch(1);
        daemon.stuck.put(GUEST, latch);
        daemon.happen(GUEST, null, new LevelState(3, 2, false), XML);
        sessions.ask("h1", GUEST);
        sessions.ask("h1", other);
        await().until(() -> heard.has("answer h1 " + other + " RUNNING"));
        awaitInventories(3);
        assertEquals(DomainState.HANDING_OVER, heard.report(GUEST).level().domainState());
        assertFalse(heard.log().stream().anyMatch(line -> line.startsWith("answer h1 " + GUEST)));
        // One of which nothing is known yet, and more than may be asked at a time
        for (int number = 1; number <= 6; number++) {
            final var one = new UUID(2, number);
            daemon.stuck.put(one, latch);
            daemon.happen(one, null, new LevelState(3, 2, true), XML);
        }
        awaitInventories(3);
        assertEquals(DomainState.RUNNING, heard.report(other).level().domainState());
        assertEquals(DomainState.HANDING_OVER, heard.report(new UUID(2, 1)).level().domainState());
        daemon.stuck.clear();
        latch.countDown();
        await().until(() -> {
            sessions.ask("h1", GUEST);
            return heard.has("answer h1 " + GUEST + " INCOMING");
        });
        assertFalse(heard.log().stream().anyMatch(line -> line.startsWith("disconnected")));
    }

    @Test
    void aDomainThatDoesNotSayWhetherItMovesStaysAsItWas() {
        final var daemon = driver.daemon("h1");
        daemon.happen(GUEST, null, new LevelState(3, 2, true), XML);
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        daemon.silent.add(GUEST);
        final var fresh = new UUID(1, 1);
        daemon.silent.add(fresh);
        daemon.happen(fresh, null, RUNS, "<domain><uuid>" + fresh + "</uuid><name>fresh</name></domain>");
        daemon.happen(GUEST, null, new LevelState(3, 2, false), XML);
        sessions.ask("h1", GUEST);
        awaitInventories(3);
        assertEquals(DomainState.HANDING_OVER, heard.report(GUEST).level().domainState());
        assertEquals(DomainState.RUNNING, heard.report(fresh).level().domainState());
        assertFalse(heard.log().stream().anyMatch(line -> line.startsWith("answer h1 " + GUEST)));
        daemon.silent.clear();
        await().until(() -> {
            sessions.ask("h1", GUEST);
            return heard.has("answer h1 " + GUEST + " INCOMING");
        });
    }

    private void awaitInventories(final int more) {
        final long before = heard.count("inventory h1");
        await().until(() -> heard.count("inventory h1") >= before + more);
    }

    @Test
    void anotherUriIsAnotherSession() {
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        assertEquals(Set.of("h1"), sessions.follow(Map.of("h1", FakeDriver.uri("h2"))));
        await().until(() -> driver.daemon("h2").connections() == 1 && driver.daemon("h1").connections() == 0);
        sessions.follow(Map.of());
        await().until(() -> driver.daemon("h2").connections() == 0);
    }

    @Test
    void closedSessionsSayNothing() {
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        sessions.close();
        final var before = heard.log();
        driver.daemon("h1").happen(GUEST, new LifecycleEvent(2, 0), RUNS, XML);
        sessions.ask("h1", GUEST);
        assertEquals(before, heard.log());
        assertFalse(heard.log().stream().anyMatch(line -> line.startsWith("disconnected")));
        assertEquals(Set.of(), sessions.follow(Map.of("h1", FakeDriver.uri("h1"))));
    }

    @Test
    void aWatchedCopyIsForecastAcrossConnections() {
        final var soon = "forecast h1 " + GUEST + " " + Forecast.STOP_SOON;
        final var goesOn = "forecast h1 " + GUEST + " " + Forecast.COPY_GOES_ON;
        final var daemon = driver.daemon("h1");
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        sessions.watch("h1", GUEST, true, false);
        sessions.watch("h1", GUEST, true, false);
        sessions.watch("other", GUEST, true, false);
        daemon.copies(GUEST, new CopyProgress(1, 1, 200, 0, 1000, 0, 300, 300));
        await().until(() -> heard.count(soon) == 1);
        daemon.down();
        await().until(() -> heard.has("disconnected h1: the daemon has gone"));
        daemon.up();
        await().until(() -> heard.count("inventory h1") > 1);
        daemon.copies(GUEST, new CopyProgress(2, 2, 500, 0, 1000, 0, 300, 300));
        await().until(() -> heard.count(goesOn) == 1);
        sessions.watch("h1", GUEST, false, false);
        daemon.copies(GUEST, new CopyProgress(3, 2, 200, 0, 1000, 0, 300, 300));
        sessions.watch("h1", GUEST, true, false);
        await().until(() -> heard.count(soon) == 2);
    }

    @Test
    void aDomainIsHeldUntilItIsLetGo() {
        final var daemon = held();
        sessions.stopBy("h1", GUEST, Stopper.SOURCE);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
        sessions.watch("h1", GUEST, false, false);
        sessions.watch("h1", GUEST, true, true);
        await().until(() -> daemon.limits.size() == 3);
        sessions.watch("h1", GUEST, false, false);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L, CopyWatch.HELD, 500L)));
    }

    @Test
    void aLimitThatLibvirtSetsBackToTheHoldAtTheJobsEndIsSetBackAgain() {
        final var daemon = driver.daemon("h1");
        daemon.changeable = true;
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        sessions.watch("h1", GUEST, true, true);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD)));
        sessions.watch("h1", GUEST, false, false);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, CopyWatch.USUAL)));
        daemon.limit = CopyWatch.HELD;
        await().until(() -> daemon.limit == CopyWatch.USUAL);
    }

    /** A domain that is held, with 20 bytes left at 1,000 per second of its first pass, in 500 ms at most. */
    private FakeDriver.Daemon held() {
        final var daemon = driver.daemon("h1");
        daemon.changeable = true;
        daemon.copies(GUEST, new CopyProgress(1, 1, 20, 0, 1000, 0, 500, 500));
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        sessions.watch("h1", GUEST, true, true);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD)));
        return daemon;
    }

    /** A domain that has been held and stopped in its second pass. */
    private FakeDriver.Daemon stopped() {
        final var daemon = held();
        daemon.copies(GUEST, new CopyProgress(2, 2, 400, 0, 1000, 0, 500, 500));
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        await().until(() -> daemon.stops == 1);
        return daemon;
    }

    @Test
    void aDomainIsStoppedAsSoonAsItIsKnownHowLittleRemains() {
        final var daemon = held();
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
        assertEquals(0, daemon.stops, "in the first pass nobody knows what has been written since");
        daemon.copies(GUEST, new CopyProgress(2, 2, 400, 0, 1000, 0, 500, 500));
        await().until(() -> daemon.stops == 1);
        sessions.watch("h1", GUEST, false, false);
    }

    @Test
    void aStopIsToldOfBeforeItIsMade() {
        final var told = new CompletableFuture<Boolean>();
        final var daemon = held();
        daemon.atStop = () -> told.complete(heard.has("forecast h1 " + GUEST + " " + Forecast.STOP_UNDER_WAY));
        daemon.copies(GUEST, new CopyProgress(2, 2, 400, 0, 1000, 0, 500, 500));
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        assertTrue(told.join());
        sessions.watch("h1", GUEST, false, false);
    }

    @Test
    void aStopIsForecastAnewAfterOneThatDidNotCome() {
        final var soon = "forecast h1 " + GUEST + " " + Forecast.STOP_SOON;
        final var daemon = held();
        await().until(() -> heard.count(soon) == 1);
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
        sessions.stopBy("h1", GUEST, Stopper.NOBODY);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L, CopyWatch.HELD)));
        daemon.copies(GUEST, new CopyProgress(2, 1, 11, 0, 1000, 0, 500, 500));
        final int before = daemon.asked;
        await().until(() -> daemon.asked > before + 1);
        assertEquals(1, heard.count(soon), "more than half of what remained then");
        daemon.copies(GUEST, new CopyProgress(3, 1, 10, 0, 1000, 0, 500, 500));
        await().until(() -> heard.count(soon) == 2);
        sessions.watch("h1", GUEST, false, false);
    }

    @Test
    void aDomainIsNotStoppedOnceThatIsTakenBack() {
        final var daemon = held();
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        sessions.stopBy("h1", GUEST, Stopper.SOURCE);
        daemon.copies(GUEST, new CopyProgress(2, 2, 400, 0, 1000, 0, 500, 500));
        await().until(() -> heard.count("forecast h1 " + GUEST + " " + Forecast.STOP_SOON) == 2);
        sessions.watch("h1", GUEST, false, false);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
        assertEquals(0, daemon.stops);
    }

    @Test
    void aDomainWhoseStopIsTakenBackIsHeldAnew() {
        final var daemon = held();
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
        sessions.stopBy("h1", GUEST, Stopper.NOBODY);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L, CopyWatch.HELD)));
        daemon.copies(GUEST, new CopyProgress(2, 2, 400, 0, 1000, 0, 500, 500));
        final int before = daemon.asked;
        await().until(() -> daemon.asked > before + 1);
        assertEquals(0, daemon.stops);
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        await().until(() -> daemon.stops == 1);
        sessions.watch("h1", GUEST, false, false);
    }

    @Test
    void aDomainThatCouldNotBeHeldIsHeldWhenItCan() {
        final var daemon = driver.daemon("h1");
        daemon.copies(GUEST, new CopyProgress(1, 1, 400, 0, 1000, 0, 500, 500));
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        sessions.watch("h1", GUEST, true, true);
        await().until(() -> daemon.asked > 0);
        daemon.changeable = true;
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD)));
        sessions.watch("h1", GUEST, false, false);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
    }

    @Test
    void aMoveThatDoesNotEndAfterTheStopIsGivenUp() {
        final var daemon = stopped();
        daemon.happen(GUEST, new LifecycleEvent(3, 1), new LevelState(3, 2, true), XML);
        sessions.watch("h1", GUEST, false, false);
        await().until(() -> daemon.aborts == 1);
    }

    @Test
    void aMoveIsGivenUpThoughTheSessionWasLostMeanwhile() {
        final var daemon = stopped();
        daemon.happen(GUEST, new LifecycleEvent(3, 1), new LevelState(3, 2, true), XML);
        daemon.down();
        await().until(() -> heard.has("disconnected h1: the daemon has gone"));
        sessions.watch("h1", GUEST, false, false);
        daemon.up();
        await().until(() -> daemon.aborts == 1);
        daemon.happen(GUEST, new LifecycleEvent(4, 1), new LevelState(1, 1, false), XML);
    }

    @Test
    void aDomainThatWasLeftPausedByItsMoveGoesOn() {
        final var daemon = stopped();
        daemon.copies(GUEST, null);
        daemon.happen(GUEST, new LifecycleEvent(3, 1), new LevelState(3, 2, false), XML);
        sessions.watch("h1", GUEST, false, false);
        await().until(() -> daemon.resumes == 1);
        assertEquals(0, daemon.aborts);
    }

    @Test
    void aDomainIsNotStoppedOnWhatWasKnownBefore() {
        final var daemon = held();
        daemon.copies(GUEST, new CopyProgress(2, 2, 400, 0, 1000, 0, 500, 500));
        await().until(() -> heard.count("forecast h1 " + GUEST + " " + Forecast.STOP_SOON) == 2);
        daemon.withoutStatistics = true;
        sessions.stopBy("h1", GUEST, Stopper.CONTROLLER);
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
        assertEquals(0, daemon.stops);
        daemon.withoutStatistics = false;
        await().until(() -> daemon.stops == 1);
        sessions.watch("h1", GUEST, false, false);
    }

    @Test
    void aDomainIsLetGoThoughTheConnectionThatHeldItIsLost() {
        final var daemon = held();
        daemon.changeable = false;
        sessions.stopBy("h1", GUEST, Stopper.SOURCE);
        await().until(() -> daemon.refused > 0);
        daemon.changeable = true;
        await().until(() -> daemon.limits.equals(List.of(CopyWatch.HELD, 500L)));
    }

    @Test
    void aDomainThatAnEarlierControllerHeldIsLetGo() {
        final var daemon = driver.daemon("h1");
        daemon.changeable = true;
        daemon.happen(GUEST, null, new LevelState(1, 1, true), XML);
        daemon.copies(GUEST, new CopyProgress(1, 1, 200, 0, 1000, 0, CopyWatch.HELD, CopyWatch.HELD));
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> daemon.limits.contains(CopyWatch.USUAL));
    }

    @Test
    void aDomainThatAnEarlierControllerHeldIsLetGoThoughItIsWatched() {
        final var daemon = driver.daemon("h1");
        daemon.changeable = true;
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.has("inventory h1"));
        sessions.watch("h1", GUEST, true, false);
        daemon.copies(GUEST, new CopyProgress(1, 1, 200, 0, 1000, 0, CopyWatch.HELD, CopyWatch.HELD));
        daemon.happen(GUEST, null, new LevelState(1, 1, true), XML);
        await().until(() -> daemon.limits.contains(CopyWatch.USUAL));
    }

    @Test
    void aDomainWithoutStatisticsDoesNotCostTheConnection() {
        final var daemon = driver.daemon("h1");
        daemon.withoutStatistics = true;
        daemon.happen(GUEST, null, new LevelState(1, 1, true), XML);
        sessions.follow(Map.of("h1", FakeDriver.uri("h1")));
        await().until(() -> heard.count("inventory h1") > 2);
        assertEquals(1, heard.count("connected h1"));
    }
}
