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

import io.peregrine.migration.internal.core.Command.Ask;
import io.peregrine.migration.internal.core.Command.RenewLease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Orders of signs, one test each. S is the source, D the destination, O another host.
 */
class GuestTrackerTest {
    private static final UUID GUEST = UUID.fromString("dd2ee381-5a83-5928-8136-becde7ef88a2");
    private static final LifecycleEvent BOOTED = new LifecycleEvent(2, 0);
    private static final LifecycleEvent STARTED = new LifecycleEvent(2, 1);
    private static final LifecycleEvent PAUSED = new LifecycleEvent(3, 0);
    private static final LifecycleEvent SUSPENDED = new LifecycleEvent(3, 1);
    private static final LifecycleEvent POSTCOPY = new LifecycleEvent(3, 7);
    private static final LifecycleEvent UNPAUSED = new LifecycleEvent(4, 0);
    private static final LifecycleEvent RESUMED = new LifecycleEvent(4, 1);
    private static final LifecycleEvent RESUMED_POSTCOPY = new LifecycleEvent(4, 3);
    private static final LifecycleEvent SHUTDOWN = new LifecycleEvent(5, 0);
    private static final LifecycleEvent DESTROYED = new LifecycleEvent(5, 1);
    private static final LifecycleEvent CRASHED = new LifecycleEvent(5, 2);
    private static final LifecycleEvent LEFT = new LifecycleEvent(5, 3);
    private static final LifecycleEvent FAILED = new LifecycleEvent(5, 5);
    private static final LevelState RUNS = new LevelState(1, 1, false);
    private static final LevelState RUNS_AND_COPIES = new LevelState(1, 1, true);
    private static final LevelState ARRIVED = new LevelState(1, 2, false);
    private static final LevelState WAITS = new LevelState(3, 2, false);
    private static final LevelState HANDS_OVER = new LevelState(3, 2, true);
    private static final LevelState PAUSED_BY_USER = new LevelState(3, 1, false);

    private static final class AllHosts implements Hosts {
        final Set<String> names = new TreeSet<>(Set.of("S", "D", "O"));
        final Set<String> heard = new TreeSet<>(names);

        @Override
        public Set<String> names() {
            return names;
        }

        @Override
        public boolean heard(final String host) {
            return heard.contains(host);
        }
    }

    private final AllHosts hosts = new AllHosts();
    private Mode mode = Mode.REACTIVE;
    private boolean hold;
    private final GuestTracker tracker = new GuestTracker(GUEST, hosts,
        guest -> new Manner(mode, hold, Optional.empty()), new GuestTracker.Waits(150, 10, 150, 5, 20, 12, 40));
    private final List<String> done = new ArrayList<>();
    private final List<Migration> moves = new ArrayList<>();
    /** The last command of those that are equal. */
    private final Map<Command, Command> issued = new HashMap<>();
    private boolean confirming = true;
    private long now;

    @BeforeEach
    void guestRunsAtTheSource() {
        event("S", BOOTED);
        assertDone("Attach S");
    }

    private void event(final String host, final LifecycleEvent event) {
        now++;
        take(tracker.on(Sign.event(host, event, now), now));
    }

    private void answer(final String host, final LevelState level) {
        now++;
        take(tracker.on(Sign.answer(host, level, now), now));
    }

    private void absent(final String host) {
        now++;
        take(tracker.on(Sign.notThere(host, now), now));
    }

    private void tick() {
        now = tracker.wake().orElseThrow();
        take(tracker.onTick(now));
    }

    private void forecast(final Forecast forecast) {
        take(tracker.onForecast("S", forecast, ++now));
    }

    private void drained(final Migration move) {
        take(tracker.onDrained(move, (Command.Drain) issued.get(new Command.Drain("S")), true, ++now));
    }

    private void lose(final String host) {
        hosts.heard.remove(host);
        take(tracker.onHostsChanged(++now));
    }

    private void take(final List<GuestTracker.Order> orders) {
        for (final var order : orders) {
            final var command = order.command();
            done.add(command.getClass().getSimpleName() + object(command));
            issued.put(command, command);
            order.move().filter(move -> !moves.contains(move)).ifPresent(moves::add);
            if (confirming && order.move().isPresent() && command instanceof Command.Network network) {
                now++;
                take(tracker.onConfirmed(order.move().orElseThrow(), command, Map.of(network.edge(), 1), now));
            }
        }
    }

    private static String object(final Command command) {
        if (command instanceof Command.Network network) {
            return " " + network.edge();
        } else if (command instanceof Ask ask) {
            return " " + ask.host();
        } else if (command instanceof Command.Drain drain) {
            return " " + drain.edge();
        } else if (command instanceof Command.StopBy stop) {
            return " " + stop.host() + " " + stop.who();
        } else if (command instanceof Command.Watch watch) {
            return " " + watch.host() + (watch.on() ? "" : " off");
        }
        return "";
    }

    private void assertDone(final String... expected) {
        assertEquals(List.of(expected), done);
        done.clear();
    }

    private void assertPhase(final Phase expected) {
        assertEquals(expected, tracker.migration().orElseThrow().phase());
    }

    private Migration.Snapshot assertEnd(final Phase expected, final String owner) {
        assertEquals(Optional.empty(), tracker.migration());
        assertEquals(Optional.ofNullable(owner), tracker.owner());
        final var last = moves.get(moves.size() - 1).snapshot();
        assertEquals(expected, last.phase());
        assertTrue(last.finished().isPresent());
        assertTrue(owner == null || tracker.wake().isEmpty());
        return last;
    }

    private static List<String> names(final Migration.Snapshot record) {
        return record.steps().stream().map(Migration.Step::name).toList();
    }

    // The table of the usual order, and its variations

    @Test
    void usualOrder() {
        event("D", STARTED);
        assertDone("Prepare D");
        assertPhase(Phase.PREPARED);
        event("S", SUSPENDED);
        assertDone("Open D");
        assertPhase(Phase.OPEN);
        assertEquals(Optional.of("S"), tracker.owner());
        event("D", RESUMED);
        assertDone("Commit D");
        assertPhase(Phase.SWITCHED);
        assertEquals(Optional.of("D"), tracker.owner());
        event("S", LEFT);
        assertDone("Detach S", "Ask D");
        final var record = assertEnd(Phase.COMPLETED, "D");
        assertEquals(List.of("destination-started", "prepare", "prepared", "source-suspended", "open", "opened",
            "destination-resumed", "switch", "switched", "source-stopped", "clean-up", "cleaned-up"), names(record));
        assertEquals(Map.of("D", 3, "S", 1), record.changes());
        assertEquals(0, record.steps().get(0).offset());
    }

    @Test
    void phasesWaitForConfirmation() {
        confirming = false;
        event("D", STARTED);
        assertPhase(Phase.PREPARING);
        event("S", SUSPENDED);
        event("D", RESUMED);
        event("S", LEFT);
        assertDone("Prepare D", "Open D", "Commit D", "Detach S", "Ask D");
        assertPhase(Phase.SWITCHED);
        final var move = tracker.migration().orElseThrow();
        unconfirmed(move, new Command.Detach("S"), "S is away");
        confirmed(move, new Command.Commit("D"));
        assertPhase(Phase.SWITCHED);
        tick();
        assertDone("Detach S");
        confirmed(move, new Command.Detach("S"));
        assertEquals(List.of("clean up: S is away"), assertEnd(Phase.COMPLETED, "D").problems());
    }

    @Test
    void anEdgeThatComesIntoLineIsAskedAtOnceWhatItCouldNotConfirm() {
        final var move = switchedOnly();
        take(tracker.onInLine(++now));
        assertDone();
        unconfirmed(move, new Command.Commit("D"), "D is away");
        assertDone();
        take(tracker.onInLine(++now));
        assertDone("Commit D");
        take(tracker.onInLine(++now));
        assertDone();
        confirmed(move, new Command.Commit("D"));
        assertEnd(Phase.COMPLETED, "D");
    }

    private void confirmed(final Migration move, final Command command) {
        take(tracker.onConfirmed(move, issued.getOrDefault(command, command), Map.of(), ++now));
    }

    private void unconfirmed(final Migration move, final Command command, final String why) {
        take(tracker.onUnconfirmed(move, issued.getOrDefault(command, command), why, ++now));
    }

    /** A move after which the destination's switch has not confirmed anything. */
    private Migration switchedOnly() {
        confirming = false;
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", RESUMED);
        event("S", LEFT);
        final var move = tracker.migration().orElseThrow();
        confirmed(move, new Command.Detach("S"));
        done.clear();
        return move;
    }

    @Test
    void completedOnlyWhenTheSwitchIsConfirmed() {
        final var move = switchedOnly();
        unconfirmed(move, new Command.Open("D"), "edge D: no session");
        unconfirmed(move, new Command.Commit("D"), "edge D: no session");
        assertPhase(Phase.SWITCHED);
        assertEquals(List.of("open: edge D: no session", "switch: edge D: no session"), move.snapshot().problems());
        assertFalse(tracker.moving(), "libvirt has no more to tell");
        tick();
        assertDone("Commit D");
        tick();
        assertDone();
        unconfirmed(move, new Command.Commit("D"), "edge D: no session");
        tick();
        assertDone("Commit D");
        assertPhase(Phase.SWITCHED);
        confirmed(move, new Command.Commit("D"));
        assertEquals(List.of(move), tracker.takeEnded());
        final var record = assertEnd(Phase.COMPLETED, "D");
        assertEquals(2, record.problems().size());
        assertEquals("switched", names(record).get(names(record).size() - 1));
    }

    @Test
    void nextMoveDoesNotWaitForAnEdgeThatIsAway() {
        final var first = switchedOnly();
        unconfirmed(first, new Command.Commit("D"), "edge O: no session");
        confirming = true;
        event("S", STARTED);
        assertDone("Prepare S");
        assertEquals(List.of(first), tracker.takeEnded());
        assertEquals(Phase.COMPLETED, first.snapshot().phase());
        assertEquals(List.of("switch: edge O: no session",
            "the guest moved on or ended before every switch had confirmed"), first.snapshot().problems());
        tick();
        assertDone("Ask D", "Ask S");
        event("D", SUSPENDED);
        event("S", RESUMED);
        event("D", LEFT);
        assertDone("Open S", "Commit S", "Detach D");
        assertEquals(List.of(), assertEnd(Phase.COMPLETED, "S").problems());
    }

    @Test
    void nothingIsAskedOfAnEdgeOnceTheGuestHasEndedOrIsElsewhere() {
        final var first = switchedOnly();
        unconfirmed(first, new Command.Commit("D"), "edge D: no session");
        lose("D");
        event("O", BOOTED);
        assertDone("Attach O");
        assertEquals(Phase.COMPLETED, first.snapshot().phase());
        assertEquals(OptionalLong.empty(), tracker.wake());
        event("O", SHUTDOWN);
        assertDone("Withdraw");
        assertEquals(OptionalLong.empty(), tracker.wake());
    }

    @Test
    void guestThatEndsBeforeTheSwitchIsConfirmedHasMoved() {
        final var move = switchedOnly();
        event("D", SHUTDOWN);
        assertDone("Withdraw");
        assertEquals(Phase.COMPLETED, move.snapshot().phase());
        assertEquals(1, move.snapshot().problems().size());
        assertTrue(tracker.gone());
    }

    @Test
    void lateConfirmationOfPreparingDoesNotGoBack() {
        confirming = false;
        event("D", STARTED);
        event("S", SUSPENDED);
        final var move = tracker.migration().orElseThrow();
        take(tracker.onConfirmed(move, new Command.Prepare("D"), Map.of(), ++now));
        assertPhase(Phase.OPEN);
    }

    @Test
    void sourceStoppedBeforeDestinationResumed() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("S", LEFT);
        assertDone("Prepare D", "Open D", "Commit D", "Detach S");
        assertPhase(Phase.SWITCHED);
        event("D", RESUMED);
        assertDone("Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void destinationResumedBeforeSourceSuspended() {
        event("D", STARTED);
        event("D", RESUMED);
        assertDone("Prepare D", "Commit D");
        event("S", SUSPENDED);
        assertDone();
        event("S", LEFT);
        assertDone("Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void startedLate() {
        event("S", SUSPENDED);
        assertDone();
        event("D", STARTED);
        assertDone("Prepare D", "Open D");
        event("D", RESUMED);
        event("S", LEFT);
        assertDone("Commit D", "Detach S", "Ask D");
        assertEquals("source-suspended", names(assertEnd(Phase.COMPLETED, "D")).get(0));
    }

    @Test
    void startedMissing() {
        event("S", SUSPENDED);
        event("D", RESUMED);
        assertDone("Commit D");
        event("S", LEFT);
        assertDone("Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void allOfTheSourceMissingUntilItIsAsked() {
        event("D", RESUMED);
        assertDone("Commit D");
        tick();
        assertDone("Ask S", "Ask D");
        answer("D", ARRIVED);
        absent("S");
        assertDone("Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void allOfTheDestinationMissingUntilItIsAsked() {
        event("S", SUSPENDED);
        event("S", LEFT);
        assertDone("Ask D", "Ask O");
        absent("O");
        assertDone();
        answer("D", ARRIVED);
        assertDone("Commit D", "Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void everySignTwice() {
        for (final var sign : List.of(Map.entry("D", STARTED), Map.entry("S", SUSPENDED), Map.entry("D", RESUMED),
                Map.entry("S", LEFT))) {
            event(sign.getKey(), sign.getValue());
            event(sign.getKey(), sign.getValue());
        }
        assertDone("Prepare D", "Open D", "Commit D", "Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void pausedAtTheDestinationIsAnEnd() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", PAUSED);
        assertDone("Prepare D", "Open D");
        event("S", LEFT);
        assertDone("Commit D", "Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
        assertEquals(Optional.of(DomainState.PAUSED), tracker.state());
    }

    @Test
    void pausedBeforeAndAfter() {
        event("S", PAUSED);
        event("D", STARTED);
        assertDone("Prepare D");
        event("D", PAUSED);
        event("S", LEFT);
        assertDone("Commit D", "Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void pausedAtTheDestinationWithTheSourceGoneForAnUnknownReason() {
        event("D", STARTED);
        event("D", PAUSED);
        absent("S");
        assertDone("Prepare D", "Commit D", "Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void postCopy() {
        event("D", STARTED);
        event("S", POSTCOPY);
        assertDone("Prepare D", "Commit D");
        event("D", RESUMED_POSTCOPY);
        event("S", LEFT);
        assertDone("Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void postCopyThatFailsIsNotTurnedBack() {
        event("D", STARTED);
        event("S", POSTCOPY);
        event("D", RESUMED_POSTCOPY);
        assertDone("Prepare D", "Commit D");
        event("D", CRASHED);
        assertDone("Detach S", "Withdraw");
        assertEquals("the guest ended at the destination: STOPPED/CRASHED",
            assertEnd(Phase.LOST, null).reason().orElseThrow());
    }

    // The table of failures

    @Test
    void abortDuringTheCopyShowsNothingAtTheSource() {
        event("D", STARTED);
        event("D", FAILED);
        assertDone("Prepare D", "Detach D", "Ask S");
        assertPhase(Phase.ROLLING_BACK);
        answer("S", RUNS);
        assertDone();
        assertEquals("the destination ended: STOPPED/FAILED",
            assertEnd(Phase.ROLLED_BACK, "S").reason().orElseThrow());
    }

    @Test
    void destinationKilledJustAfterTheStop() {
        event("D", STARTED);
        event("S", SUSPENDED);
        assertDone("Prepare D", "Open D");
        event("S", UNPAUSED);
        assertDone("Detach D", "Ask D");
        assertPhase(Phase.PREPARING);
        event("D", FAILED);
        assertDone("Ask S");
        answer("S", RUNS);
        assertEnd(Phase.ROLLED_BACK, "S");
    }

    @Test
    void guestThatDiedDuringTheCopyIsLostWhicheverEndIsToldFirst() {
        event("D", STARTED);
        event("D", FAILED);
        assertDone("Prepare D", "Detach D", "Ask S");
        assertTrue(tracker.migration().isPresent());
        event("S", CRASHED);
        assertDone("Withdraw");
        assertEquals("the guest ended at the source: STOPPED/CRASHED",
            assertEnd(Phase.LOST, null).reason().orElseThrow());
        assertTrue(tracker.gone());
    }

    @Test
    void sourceThatAnswersWithoutTheGuestHasLostIt() {
        event("D", STARTED);
        event("D", FAILED);
        absent("S");
        assertEquals("the guest ended at the source: not there", moves.get(0).snapshot().reason().orElseThrow());
        assertEquals(Phase.LOST, moves.get(0).snapshot().phase());
    }

    @Test
    void sourceThatIsNotHeardIsWaitedFor() {
        event("D", STARTED);
        answer("S", RUNS_AND_COPIES);
        lose("S");
        event("D", FAILED);
        assertDone("Prepare D", "Detach D");
        assertPhase(Phase.ROLLING_BACK);
        assertEquals(List.of("waits for libvirt at S to say whether the guest is there"),
            moves.get(0).snapshot().problems());
        tick();
        assertDone("Ask D");
        absent("D");
        tick();
        assertPhase(Phase.ROLLING_BACK);
        hosts.heard.add("S");
        done.clear();
        answer("S", RUNS);
        assertDone();
        assertEnd(Phase.ROLLED_BACK, "S");
    }

    @Test
    void sourceThatComesBackWithoutTheGuestHasLostIt() {
        event("D", STARTED);
        lose("S");
        event("D", FAILED);
        hosts.heard.add("S");
        absent("S");
        assertEquals(Phase.LOST, moves.get(0).snapshot().phase());
        assertTrue(tracker.migration().isEmpty());
    }

    @Test
    void sourceThatIsTakenOutOfIntentIsNotWaitedFor() {
        event("D", STARTED);
        lose("S");
        event("D", FAILED);
        hosts.names.remove("S");
        take(tracker.onHostsChanged(++now));
        assertEquals("the source is no hypervisor any more", assertEnd(Phase.LOST, null).reason().orElseThrow());
    }

    @Test
    void guestStartedAnewWhereItWasToGoWhileTheSourceIsDead() {
        event("D", STARTED);
        lose("S");
        event("D", FAILED);
        event("D", BOOTED);
        assertDone("Prepare D", "Detach D", "Attach D");
        assertEquals("the guest was started anew at D, and the source is not heard",
            assertEnd(Phase.LOST, "D").reason().orElseThrow());
    }

    @Test
    void wordOfTheSourceFromBeforeTheDestinationsEndDoesNotCount() {
        event("D", STARTED);
        final long asked = ++now;
        event("D", FAILED);
        take(tracker.on(Sign.answer("S", RUNS_AND_COPIES, asked), ++now));
        assertDone("Prepare D", "Detach D", "Ask S", "Ask S");
        assertPhase(Phase.ROLLING_BACK);
    }

    @Test
    void secondAttemptAtOnceEndsTheFirst() {
        event("D", STARTED);
        event("D", FAILED);
        event("D", STARTED);
        assertDone("Prepare D", "Detach D", "Ask S", "Prepare D");
        assertEquals(Phase.ROLLED_BACK, moves.get(0).snapshot().phase());
        assertPhase(Phase.PREPARED);
    }

    @Test
    void sourceLeftPausedByAMigrationThatIsOverHasTheGuest() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", FAILED);
        answer("S", HANDS_OVER);
        assertPhase(Phase.ROLLING_BACK);
        tick();
        answer("S", WAITS);
        assertEquals(Phase.ROLLED_BACK, moves.get(0).snapshot().phase());
        assertEquals(Optional.of("S"), tracker.owner());
    }

    @Test
    void destinationKilledJustAfterTheStopToldTheOtherWayRound() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", FAILED);
        assertDone("Prepare D", "Open D", "Detach D", "Ask S");
        event("S", UNPAUSED);
        assertDone();
        // The event may be older than the destination's end: nobody knows how long either was on its way.
        assertPhase(Phase.ROLLING_BACK);
        answer("S", RUNS);
        assertDone();
        assertEnd(Phase.ROLLED_BACK, "S");
    }

    @Test
    void guestPausedAndResumedDuringTheCopyIsServedAtBothAgain() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("S", UNPAUSED);
        assertDone("Prepare D", "Open D", "Detach D", "Ask D");
        answer("D", WAITS);
        assertDone("Prepare D");
        assertPhase(Phase.PREPARED);
        event("S", SUSPENDED);
        event("D", RESUMED);
        event("S", LEFT);
        assertDone("Open D", "Commit D", "Detach S", "Ask D");
        final var record = assertEnd(Phase.COMPLETED, "D");
        assertTrue(names(record).containsAll(List.of("open", "closed", "open-2", "source-suspended-2")),
            record.toString());
    }

    @Test
    void answersOlderThanAnEventCountForNothing() {
        event("D", STARTED);
        final long asked = ++now;
        event("S", SUSPENDED);
        take(tracker.on(Sign.answer("S", RUNS_AND_COPIES, asked), ++now));
        assertDone("Prepare D", "Open D");
        assertPhase(Phase.OPEN);
    }

    @Test
    void destinationLibvirtKilledDuringTheCopy() {
        event("D", STARTED);
        assertDone("Prepare D");
        lose("D");
        assertDone();
        tick();
        assertDone("Ask S");
        answer("S", RUNS_AND_COPIES);
        assertDone("RenewLease D");
        assertPhase(Phase.PREPARED);
        tick();
        answer("S", RUNS);
        assertDone("Ask S", "RenewLease D");
        assertPhase(Phase.PREPARED);
        tick();
        answer("S", RUNS);
        assertDone("Ask S", "Detach D");
        assertEquals("the source's libvirt has no migration under way, and the destination is not heard",
            assertEnd(Phase.ROLLED_BACK, "S").reason().orElseThrow());
    }

    @Test
    void destinationHeardAgainWithoutTheDomain() {
        event("D", STARTED);
        lose("D");
        hosts.heard.add("D");
        absent("D");
        assertDone("Prepare D", "Detach D", "Ask S");
        answer("S", RUNS);
        assertEnd(Phase.ROLLED_BACK, "S");
    }

    @Test
    void sourceLostDuringTheCopyKeepsItsPlace() {
        event("D", STARTED);
        lose("S");
        tick();
        assertDone("Prepare D", "Ask D");
        assertPhase(Phase.PREPARED);
        hosts.heard.add("S");
        answer("S", RUNS_AND_COPIES);
        assertPhase(Phase.PREPARED);
        assertEquals(Optional.of("S"), tracker.owner());
    }

    @Test
    void sourceLostAfterThePointOfNoReturn() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", RESUMED);
        lose("S");
        assertDone("Prepare D", "Open D", "Commit D");
        assertPhase(Phase.SWITCHED);
        hosts.heard.add("S");
        absent("S");
        assertDone("Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void sourceTakenOutOfIntent() {
        event("D", STARTED);
        event("D", RESUMED);
        done.clear();
        hosts.names.remove("S");
        lose("S");
        assertDone("Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void guestThatEndsAtTheSourceHasNotMigrated() {
        event("D", STARTED);
        event("S", DESTROYED);
        assertDone("Prepare D");
        event("D", FAILED);
        assertDone("Detach D", "Withdraw");
        assertEquals("the guest ended at the source: STOPPED/DESTROYED",
            assertEnd(Phase.LOST, null).reason().orElseThrow());
        assertTrue(tracker.gone());
    }

    @Test
    void sourceCrashesWhileTheDestinationTakesOver() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("S", CRASHED);
        assertDone("Prepare D", "Open D");
        event("D", RESUMED);
        assertDone("Commit D", "Detach S", "Ask D");
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void newerDestinationSaysThatTheOlderWasGivenUp() {
        event("D", STARTED);
        lose("D");
        event("O", STARTED);
        assertDone("Prepare D", "Detach D", "Prepare O");
        event("S", SUSPENDED);
        event("O", RESUMED);
        event("S", LEFT);
        assertDone("Open O", "Commit O", "Detach S", "Ask O");
        assertEnd(Phase.COMPLETED, "O");
    }

    @Test
    void nextMoveBeginsBeforeTheLastHasEnded() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", RESUMED);
        assertDone("Prepare D", "Open D", "Commit D");
        event("O", STARTED);
        assertDone("Detach S", "Ask D", "Prepare O");
        assertEquals("D", tracker.migration().orElseThrow().source);
        event("S", LEFT);
        event("D", SUSPENDED);
        event("O", RESUMED);
        event("D", LEFT);
        assertDone("Open O", "Commit O", "Detach D", "Ask O");
        assertEnd(Phase.COMPLETED, "O");
    }

    @Test
    void backAtOnceWithoutTheSourceHavingBeenHeard() {
        event("D", STARTED);
        event("D", RESUMED);
        assertDone("Prepare D", "Commit D");
        answer("S", WAITS);
        assertDone("Detach S", "Ask D", "Prepare S");
        event("D", SUSPENDED);
        event("S", RESUMED);
        event("D", LEFT);
        assertDone("Open S", "Commit S", "Detach D", "Ask S");
        assertEnd(Phase.COMPLETED, "S");
    }

    // The gate's lease

    @Test
    void leaseIsRenewedOnceBothSidesHaveAnswered() {
        event("D", STARTED);
        done.clear();
        tick();
        assertDone("Ask S", "Ask D");
        answer("D", WAITS);
        assertDone();
        answer("S", RUNS_AND_COPIES);
        assertDone("RenewLease D");
        tick();
        assertDone("Ask S", "Ask D");
    }

    @Test
    void leaseIsRenewedAtTheWordOfTheOneThatIsHeard() {
        event("D", STARTED);
        lose("D");
        done.clear();
        tick();
        assertDone("Ask S");
        answer("S", RUNS_AND_COPIES);
        assertDone("RenewLease D");
        lose("S");
        hosts.heard.add("D");
        tick();
        assertDone("Ask D");
        answer("D", WAITS);
        assertDone("RenewLease D");
    }

    @Test
    void leaseIsNotRenewedWhereNobodyIsHeardNorAfterOpening() {
        event("D", STARTED);
        lose("S");
        lose("D");
        tick();
        hosts.heard.addAll(List.of("S", "D"));
        tick();
        answer("S", RUNS_AND_COPIES);
        event("S", SUSPENDED);
        answer("D", WAITS);
        assertFalse(done.contains("RenewLease D"), done.toString());
        assertTrue(done.contains("Open D"), done.toString());
    }

    // Where a guest is, without a move

    @Test
    void endsWithItsGuest() {
        event("S", SHUTDOWN);
        assertDone("Withdraw");
        assertTrue(tracker.gone());
    }

    @Test
    void absentIsNotEndedWhileAnotherHostIsNotHeard() {
        lose("O");
        absent("S");
        assertDone("Ask D");
        absent("D");
        assertDone();
        assertEquals(Optional.of("not at S any more, and O is not heard"), tracker.problem());
        hosts.heard.add("O");
        absent("O");
        assertDone("Withdraw");
    }

    @Test
    void leftForAHostOutsideOfIntent() {
        event("S", SUSPENDED);
        event("S", LEFT);
        absent("D");
        absent("O");
        assertDone("Ask D", "Ask O", "Withdraw");
    }

    @Test
    void unknownIsNotAbsent() {
        lose("S");
        assertDone();
        assertEquals(Optional.of("S"), tracker.owner());
    }

    @Test
    void restartedElsewhereWhileItsHostIsAway() {
        lose("S");
        event("D", BOOTED);
        assertDone("Attach D");
        hosts.heard.add("S");
        absent("S");
        assertDone();
        assertEquals(Optional.of("D"), tracker.owner());
    }

    @Test
    void restartedElsewhereAfterItsEndWasMissed() {
        event("D", BOOTED);
        assertDone("Ask S");
        absent("S");
        assertDone("Attach D");
    }

    @Test
    void runsTwice() {
        event("D", BOOTED);
        answer("S", RUNS);
        assertDone("Ask S");
        assertEquals(Optional.of("runs at S and at D; served at S"), tracker.problem());
        event("D", DESTROYED);
        assertDone();
        assertEquals(Optional.empty(), tracker.problem());
        assertEquals(Optional.of("S"), tracker.owner());
    }

    @Test
    void hostTakenOutOfIntent() {
        hosts.names.remove("S");
        lose("S");
        assertDone("Withdraw");
        assertTrue(tracker.gone());
    }

    // A controller that starts in the middle

    private GuestTracker fresh(final Object... hostsAndLevels) {
        final var late = new GuestTracker(GUEST, hosts, Modes.REACTIVE, GuestTracker.Waits.DEFAULT);
        done.clear();
        confirming = false;
        hosts.heard.clear();
        for (int i = 0; i < hostsAndLevels.length; i += 2) {
            now++;
            final String host = (String) hostsAndLevels[i];
            hosts.heard.add(host);
            take(late.on(hostsAndLevels[i + 1] == null ? Sign.notThere(host, now)
                : Sign.answer(host, (LevelState) hostsAndLevels[i + 1], now), now));
        }
        return late;
    }

    @Test
    void startDuringTheCopy() {
        fresh("S", RUNS_AND_COPIES, "D", WAITS);
        assertDone("Attach S", "Prepare D");
    }

    @Test
    void startDuringTheCopyWithTheDestinationHeardFirst() {
        assertTrue(fresh("D", WAITS).undecided());
        assertDone();
        assertFalse(fresh("D", WAITS, "S", RUNS_AND_COPIES).undecided());
        assertDone("Attach S", "Prepare D");
    }

    @Test
    void startDuringTheHandOver() {
        assertTrue(fresh("S", HANDS_OVER).undecided());
        fresh("S", HANDS_OVER, "D", WAITS);
        assertDone("Attach S", "Prepare D", "Open D");
        fresh("D", WAITS, "S", HANDS_OVER);
        assertDone("Attach S", "Prepare D", "Open D");
    }

    @Test
    void startAfterTheDestinationHasResumed() {
        fresh("D", ARRIVED, "S", HANDS_OVER);
        assertDone("Attach D");
        fresh("S", HANDS_OVER, "D", ARRIVED);
        assertDone("Attach D");
    }

    @Test
    void startWithTheGuestPausedAndMoving() {
        fresh("S", PAUSED_BY_USER, "D", WAITS);
        assertDone("Attach S", "Prepare D");
    }

    @Test
    void startWithAGuestComingFromOutside() {
        final var late = fresh("S", null, "D", WAITS, "O", null);
        assertDone();
        assertFalse(late.undecided());
        take(late.on(Sign.event("D", RESUMED, ++now), now));
        assertDone("Attach D");
    }

    @Test
    void pauseIsTakenFromTheSource() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", RESUMED);
        event("S", LEFT);
        assertEquals(Optional.empty(), tracker.onPause("O", 5));
        assertTrue(tracker.onPause("D", 7).isPresent());
        assertTrue(tracker.onPause("S", 178).isPresent());
        assertEquals(Optional.empty(), tracker.onPause("D", 7));
        assertEquals(OptionalLong.of(178), moves.get(0).snapshot().pause());
    }

    @Test
    void newPortsAreBroughtWhereTheOthersAre() {
        assertEquals(List.of(new Command.Attach("S")), tracker.replay());
        event("D", STARTED);
        event("S", SUSPENDED);
        assertEquals(List.of(new Command.Attach("S"), new Command.Prepare("D"), new Command.Open("D")),
            tracker.replay());
        event("D", RESUMED);
        assertEquals(List.of(new Command.Attach("D")), tracker.replay());
    }

    @Test
    void renewalIsACommandOfItsOwn() {
        assertEquals("D", new RenewLease("D").edge());
    }

    @Test
    void aPredictiveMoveTurnsSendersBeforeTheSourceStops() {
        mode = Mode.PREDICTIVE;
        event("D", STARTED);
        assertDone("MakeReady D", "Watch S");
        assertPhase(Phase.PREPARED);
        forecast(Forecast.STOP_SOON);
        assertDone("TurnTo D");
        assertPhase(Phase.TURNED);
        assertEquals(Optional.of("S"), tracker.owner());
        event("S", SUSPENDED);
        assertDone("Watch S off", "Open D");
        assertPhase(Phase.OPEN);
        event("D", RESUMED);
        assertDone("Commit D");
        event("S", LEFT);
        assertDone("Detach S", "Ask D");
        final var record = assertEnd(Phase.COMPLETED, "D");
        assertEquals(Mode.PREDICTIVE, record.manner().mode());
        assertTrue(names(record).containsAll(List.of("turn", "turned", "open", "switch")), record::toString);
    }

    @Test
    void sendersAreTurnedAtTheStopThatWasNotForeseen() {
        mode = Mode.PREDICTIVE;
        event("D", STARTED);
        event("S", SUSPENDED);
        assertDone("MakeReady D", "Watch S", "Watch S off", "TurnTo D", "Open D");
        assertPhase(Phase.OPEN);
    }

    @Test
    void sendersAreTurnedBackWhenTheStopDoesNotCome() {
        mode = Mode.PREDICTIVE;
        event("D", STARTED);
        forecast(Forecast.STOP_SOON);
        assertDone("MakeReady D", "Watch S", "TurnTo D");
        tick();
        assertDone("Ask S", "Ask D", "TurnTo S");
        assertPhase(Phase.PREPARED);
        forecast(Forecast.STOP_SOON);
        assertDone("TurnTo D");
        forecast(Forecast.COPY_GOES_ON);
        assertDone("TurnTo S");
        forecast(Forecast.STOP_SOON);
        assertDone();
        event("S", SUSPENDED);
        assertDone("Watch S off", "TurnTo D", "Open D");
    }

    @Test
    void sendersAreNotTurnedToADestinationThatIsNotReady() {
        mode = Mode.PREDICTIVE;
        confirming = false;
        event("D", STARTED);
        forecast(Forecast.STOP_SOON);
        assertDone("MakeReady D", "Watch S");
        take(tracker.onConfirmed(moves.get(0), new Command.MakeReady("D"), Map.of(), ++now));
        assertDone("TurnTo D");
    }

    @Test
    void aPredictiveMoveThatFailsIsServedAtTheSource() {
        mode = Mode.PREDICTIVE;
        event("D", STARTED);
        forecast(Forecast.STOP_SOON);
        done.clear();
        event("D", FAILED);
        assertDone("Detach D", "Watch S off", "Ask S");
        answer("S", RUNS);
        assertEnd(Phase.ROLLED_BACK, "S");
    }

    @Test
    void aSourceThatGoesOnIsServedAgain() {
        mode = Mode.PREDICTIVE;
        event("D", STARTED);
        forecast(Forecast.STOP_SOON);
        event("S", SUSPENDED);
        done.clear();
        event("S", UNPAUSED);
        assertDone("Detach D", "Ask D");
        answer("D", WAITS);
        assertDone("MakeReady D", "Watch S");
    }

    @Test
    void theAnnouncementOpensTheGateAndIsNoPointOfNoReturn() {
        event("D", STARTED);
        done.clear();
        take(tracker.onAnnounced("D", ++now, now));
        assertDone("Open D");
        assertPhase(Phase.OPEN);
        assertEquals(Optional.of("S"), tracker.owner());
        take(tracker.onAnnounced("D", ++now, now));
        event("S", SUSPENDED);
        assertDone();
        event("S", UNPAUSED);
        assertDone("Detach D", "Ask D");
    }

    @Test
    void aSourceThatIsFoundRunningBeforeTheAnnouncementDoesNotCloseTheGate() {
        event("D", STARTED);
        done.clear();
        final long asked = ++now;
        take(tracker.onAnnounced("D", ++now, now));
        take(tracker.on(Sign.answer("S", RUNS_AND_COPIES, asked), ++now));
        assertDone("Open D");
        answer("S", RUNS_AND_COPIES);
        assertDone("Detach D", "Ask D");
    }

    @Test
    void theGuestsOwnFrameIsThePointOfNoReturn() {
        event("D", STARTED);
        done.clear();
        lose("S");
        lose("D");
        take(tracker.onHeard("D", ++now, now));
        assertDone("Commit D");
        assertPhase(Phase.SWITCHED);
        assertEquals(Optional.of("D"), tracker.owner());
        take(tracker.onHeard("D", ++now, now));
        take(tracker.onHeard("O", ++now, now));
        take(tracker.onAnnounced("O", ++now, now));
        assertDone();
    }

    @Test
    void aPortThatIsFoundDuringAPredictiveMoveFollows() {
        mode = Mode.PREDICTIVE;
        event("D", STARTED);
        assertEquals(List.of(new Command.Attach("S"), new Command.MakeReady("D")), tracker.replay());
        forecast(Forecast.STOP_SOON);
        assertEquals(List.of(new Command.Attach("S"), new Command.MakeReady("D"), new Command.TurnTo("D")),
            tracker.replay());
        event("S", SUSPENDED);
        assertEquals(List.of(new Command.Attach("S"), new Command.MakeReady("D"), new Command.TurnTo("D"),
            new Command.Open("D")), tracker.replay());
    }

    private void turned(final Migration move) {
        confirmed(move, new Command.TurnTo("D"));
        assertDone("Drain S");
        drained(move);
    }

    @Test
    void aSourceThatIsHeldIsStoppedOnceSendersHaveBeenTurned() {
        final var move = held();
        confirmed(move, new Command.TurnTo("D"));
        assertDone("Drain S");
        drained(move);
        assertDone("StopBy S CONTROLLER");
        drained(move);
        assertDone();
        event("S", SUSPENDED);
        assertTrue(names(move.snapshot()).containsAll(List.of("turn", "drained", "source-suspended")));
    }

    @Test
    void whatTheGuestTookBeforeAnEarlierTurnStopsNothing() {
        final var move = held();
        confirmed(move, new Command.TurnTo("D"));
        forecast(Forecast.COPY_GOES_ON);
        drained(move);
        assertDone("Drain S", "TurnTo S");
        forecast(Forecast.STOP_SOON);
        drained(move);
        assertDone("TurnTo D");
        final var first = issued.get(new Command.Drain("S"));
        confirmed(move, new Command.TurnTo("D"));
        take(tracker.onDrained(move, (Command.Drain) first, true, ++now));
        assertDone("Drain S");
        drained(move);
        assertDone("StopBy S CONTROLLER");
    }

    @Test
    void aGuestThatCannotTellIsStoppedAllTheSame() {
        final var move = held();
        confirmed(move, new Command.TurnTo("D"));
        assertDone("Drain S");
        take(tracker.onDrained(move, (Command.Drain) issued.get(new Command.Drain("S")), false, ++now));
        assertDone("StopBy S CONTROLLER");
        assertFalse(names(move.snapshot()).contains("drained"));
    }

    @Test
    void aSourceThatWasLetGoForASlowDestinationIsStoppedOnceSendersHaveBeenTurned() {
        mode = Mode.PREDICTIVE;
        hold = true;
        confirming = false;
        event("D", STARTED);
        tick();
        assertDone("MakeReady D", "Watch S", "Ask S", "Ask D", "StopBy S SOURCE");
        final var move = moves.get(0);
        confirmed(move, new Command.MakeReady("D"));
        forecast(Forecast.STOP_SOON);
        assertDone("TurnTo D");
        turned(move);
        assertDone("StopBy S CONTROLLER");
    }

    @Test
    void aGuestThatTakesNothingIsNotWaitedForLong() {
        confirmed(held(), new Command.TurnTo("D"));
        assertDone("Drain S");
        tick();
        assertDone("Ask S", "Ask D", "StopBy S CONTROLLER");
    }

    @Test
    void anEarlierTurnsConfirmationStopsNothing() {
        final var move = held();
        final var first = issued.get(new Command.TurnTo("D"));
        forecast(Forecast.COPY_GOES_ON);
        assertDone("TurnTo S");
        forecast(Forecast.STOP_SOON);
        assertDone("TurnTo D");
        take(tracker.onConfirmed(move, first, Map.of(), ++now));
        assertDone();
        turned(move);
        assertDone("StopBy S CONTROLLER");
    }

    @Test
    void aSourceIsNotStoppedWhileSendersSendThere() {
        final var move = held();
        turned(move);
        assertDone("StopBy S CONTROLLER");
        forecast(Forecast.COPY_GOES_ON);
        assertDone("TurnTo S", "StopBy S NOBODY");
        forecast(Forecast.STOP_SOON);
        assertDone("TurnTo D");
        turned(move);
        assertDone("StopBy S CONTROLLER");
        assertEquals(now + 20, tracker.wake().orElseThrow(), "it has time anew");
    }

    @Test
    void aStopThatIsUnderWayIsWaitedForAnew() {
        turned(held());
        assertDone("StopBy S CONTROLLER");
        now = tracker.wake().orElseThrow() - 2;
        forecast(Forecast.STOP_UNDER_WAY);
        assertDone();
        assertEquals(now + 20, tracker.wake().orElseThrow());
        now += 19;
        take(tracker.onTick(now));
        assertPhase(Phase.TURNED);
        tick();
        assertDone("Ask S", "Ask D", "TurnTo S", "StopBy S NOBODY");
    }

    @Test
    void sendersAreTurnedOnceMoreForAStopThatIsUnderWay() {
        turned(held());
        forecast(Forecast.COPY_GOES_ON);
        assertDone("StopBy S CONTROLLER", "TurnTo S", "StopBy S NOBODY");
        forecast(Forecast.STOP_UNDER_WAY);
        assertDone("TurnTo D");
        assertPhase(Phase.TURNED);
    }

    @Test
    void aGuestThatStandsStillLongIsAProblemWithWhatHelps() {
        event("D", STARTED);
        final long stopped = now + 1;
        event("S", SUSPENDED);
        final var move = moves.get(0);
        while (tracker.wake().orElseThrow() < stopped + 40) {
            tick();
            answer("S", HANDS_OVER);
            answer("D", WAITS);
            assertEquals(List.of(), move.snapshot().problems());
        }
        tick();
        tick();
        assertEquals(1, move.snapshot().problems().size());
        assertTrue(move.snapshot().problems().get(0).contains("not at D yet"));
        event("D", RESUMED);
        event("S", LEFT);
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void aGuestWhoseMemoryHasComeMayStandStillAsWell() {
        event("D", STARTED);
        event("S", SUSPENDED);
        final var move = moves.get(0);
        take(tracker.onAnnounced("D", ++now, now));
        for (int times = 0; times < 10; times++) {
            tick();
            answer("S", HANDS_OVER);
            answer("D", WAITS);
        }
        assertEquals(1, move.snapshot().problems().size());
        assertTrue(move.snapshot().problems().get(0).contains("is at D, but it does not go on there"));
        event("D", RESUMED);
        event("S", LEFT);
        assertEnd(Phase.COMPLETED, "D");
    }

    @Test
    void whereADestinationIsNotHeardNobodyKnowsThatTheGuestStandsStill() {
        event("D", STARTED);
        event("S", SUSPENDED);
        final var move = moves.get(0);
        lose("D");
        for (int times = 0; times < 10; times++) {
            tick();
            answer("S", HANDS_OVER);
        }
        assertEquals(List.of(), move.snapshot().problems());
    }

    @Test
    void aGuestThatIsPausedWhileItsMemoryIsCopiedIsNoProblem() {
        event("S", new LifecycleEvent(3, 0));
        event("D", STARTED);
        for (int times = 0; times < 10; times++) {
            tick();
            answer("S", new LevelState(3, 1, true));
            answer("D", WAITS);
        }
        assertEquals(List.of(), moves.get(0).snapshot().problems());
    }

    private Migration held() {
        mode = Mode.PREDICTIVE;
        hold = true;
        event("D", STARTED);
        confirming = false;
        forecast(Forecast.STOP_SOON);
        assertDone("MakeReady D", "Watch S", "TurnTo D");
        return moves.get(0);
    }

    @Test
    void aDestinationThatCannotBePreparedDoesNotKeepTheSourceFromStopping() {
        mode = Mode.PREDICTIVE;
        hold = true;
        confirming = false;
        event("D", STARTED);
        assertDone("MakeReady D", "Watch S");
        assertPhase(Phase.PREPARING);
        forecast(Forecast.STOP_SOON);
        tick();
        assertDone("Ask S", "Ask D", "StopBy S SOURCE");
        tick();
        assertDone("Ask S", "Ask D");
    }

    @Test
    void anEdgeThatCannotBeTurnedDoesNotKeepTheSourceFromStopping() {
        final var move = held();
        unconfirmed(move, new Command.TurnTo("D"), "edge E: no session");
        assertDone("Drain S");
        drained(move);
        assertDone("StopBy S CONTROLLER");
        assertPhase(Phase.TURNED);
        event("S", SUSPENDED);
        assertDone("Watch S off", "Open D");
    }

    @Test
    void aSourceThatIsNotHeardIsNotHeldOverAgain() {
        turned(held());
        assertDone("StopBy S CONTROLLER");
        lose("S");
        tick();
        assertDone("Ask D", "TurnTo S", "StopBy S SOURCE");
    }

    @Test
    void anEdgeThatDoesNotAnswerDoesNotKeepTheSourceFromStopping() {
        final var move = held();
        tick();
        assertDone("Ask S", "Ask D", "StopBy S CONTROLLER");
        assertPhase(Phase.TURNED);
        tick();
        assertDone("Ask S", "Ask D", "TurnTo S", "StopBy S NOBODY");
        forecast(Forecast.STOP_SOON);
        tick();
        assertDone("TurnTo D", "Ask S", "Ask D", "StopBy S CONTROLLER");
        tick();
        assertDone("Ask S", "Ask D", "TurnTo S", "StopBy S SOURCE");
        unconfirmed(move, new Command.TurnTo("D"), "edge E: no answer");
        assertDone();
        event("S", SUSPENDED);
        assertDone("Watch S off", "TurnTo D", "Open D");
    }

    @Test
    void aSourceThatIsToBeStoppedHasTimeForThatAndIsHeldAfterIt() {
        turned(held());
        final long since = now;
        assertDone("StopBy S CONTROLLER");
        assertEquals(since + 20, tracker.wake().orElseThrow());
        tick();
        assertDone("Ask S", "Ask D", "TurnTo S", "StopBy S NOBODY");
        assertPhase(Phase.PREPARED);
    }

    /** A daemon that was away at the end of a move leaves the source's domain paused for ever. */
    @Test
    void aSourceWhoseLibvirtHasMissedTheEndIsLeftBehind() {
        event("D", STARTED);
        event("S", SUSPENDED);
        event("D", RESUMED);
        done.clear();
        answer("S", HANDS_OVER);
        assertDone();
        answer("S", WAITS);
        assertDone("Detach S", "Ask D");
        final var record = assertEnd(Phase.COMPLETED, "D");
        assertEquals(List.of("libvirt at S has not seen the end of the move, and keeps the guest there, paused; remove"
            + " it there with: virsh destroy " + GUEST), record.problems());
    }

    @Test
    void whatIsLeftBehindIsNoDestination() {
        answer("D", WAITS);
        assertDone("Prepare D");
        answer("S", RUNS);
        answer("S", RUNS);
        assertDone("Detach D");
        assertTrue(assertEnd(Phase.ROLLED_BACK, "S").reason().orElseThrow().contains("left behind by an earlier one"));
    }

    @Test
    void aDestinationThatIsNewerThanTheSourcesAnswersIsOne() {
        answer("S", RUNS);
        answer("S", RUNS);
        event("D", STARTED);
        answer("S", RUNS);
        answer("S", RUNS_AND_COPIES);
        answer("S", RUNS);
        assertDone("Prepare D");
        assertPhase(Phase.PREPARED);
    }

    @Test
    void aGuestAtRestNeedNotHearOfWhereItIsNot() {
        assertTrue(tracker.isIndifferentTo("D"));
        assertFalse(tracker.isIndifferentTo("S"), "where it is");
        event("D", STARTED);
        assertFalse(tracker.isIndifferentTo("D"), "where it moves to");
        assertFalse(tracker.isIndifferentTo("O"), "while it moves");
        event("D", FAILED);
        assertFalse(tracker.isIndifferentTo("O"), "while it is not settled");
        answer("S", RUNS);
        assertTrue(tracker.isIndifferentTo("D"));
        absent("S");
        assertFalse(tracker.isIndifferentTo("D"), "when it is looked for");
    }
}
