/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import io.peregrine.migration.internal.core.Manner;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.Phase;
import io.peregrine.migration.internal.core.jobs.Answer;
import io.peregrine.migration.internal.core.jobs.Facts;
import io.peregrine.migration.internal.core.jobs.GuestNeeds;
import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.JobView.State;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.Progress;
import io.peregrine.migration.internal.core.jobs.Target;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.migration.internal.records.Records;
import io.peregrine.migration.internal.records.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Jobs with moves that end when the test says so: hv1 has guests 1, 2, ..., hv2 and hv3 may take them.
 */
class JobsTest {
    private static final Jobs.Limits LIMITS = new Jobs.Limits(2, 2, 5, 3, Duration.ofMillis(10), Duration.ofSeconds(30),
        Duration.ofMillis(10));
    private static final long GUEST_MEMORY = 100;

    private final Known known = new Known(mock(Records.class));
    private final FakeMover mover = new FakeMover();
    private final Map<String, Long> available = new ConcurrentHashMap<>(
        Map.of("hv1", 1000L, "hv2", 1000L, "hv3", 500L));
    /** What keeps guests from going to a hypervisor. */
    private final Map<String, String> unready = new ConcurrentHashMap<>();
    private Jobs jobs;

    @BeforeEach
    void start() {
        known.follow(Map.of("hv1", target(), "hv2", target(), "hv3", target()));
        for (final var host : List.of("hv1", "hv2", "hv3")) {
            known.session(new SessionView(host, SessionView.State.IN_SYNC, Instant.EPOCH, Optional.empty()));
        }
        jobs = jobs();
        guest(1);
    }

    private Jobs jobs() {
        return new Jobs(known, new Jobs.Finder() {
            @Override
            public Facts find(final GuestView guest, final String destination, final MoveOptions options,
                    final long promised) {
                return new Facts(new Facts.Place(guest.name(), guest.state() == GuestView.State.MIGRATING
                        ? Facts.Activity.MOVING : Facts.Activity.SETTLED, guest.host(), destination,
                        known.targets().keySet(), known.disconnected()),
                    new Facts.Net(Optional.ofNullable(unready.get(destination)), Optional.of(Facts.Liveness.UP),
                        Optional.of(Facts.Liveness.UP), List.of(), 1, List.of(), true,
                        Answer.none("nothing was sent")),
                    new Facts.Domain(needs(guest), Optional.of("qemu+tcp://x/system"), Answer.of(List.of()),
                        available(destination), promised, Answer.of(""), Answer.of(Map.of()),
                        Answer.of(Map.of()), Map.of()),
                    options);
            }

            @Override
            public Answer<Long> available(final String host) {
                return Answer.of(available.get(host));
            }

            @Override
            public Answer<GuestNeeds> needs(final GuestView guest) {
                return Answer.of(new GuestNeeds(guest.uuid(), guest.name(), GUEST_MEMORY, "kvm", "x86_64", "q35",
                    Optional.empty(), Optional.empty(), List.of(), List.of(), OptionalLong.empty()));
            }
        }, mover, LIMITS);
    }

    @AfterEach
    void stop() {
        List.copyOf(mover.running.values()).forEach(end -> end.complete(""));
        jobs.close();
    }

    private static Target target() {
        return new Target(Optional.of("qemu+tcp://x/system"), Optional.empty());
    }

    private static UUID uuid(final int number) {
        return new UUID(0, number);
    }

    private void guest(final int number) {
        guest(number, "hv1", GuestView.State.RUNNING);
    }

    private void guest(final int number, final String host, final GuestView.State state) {
        known.guest(new GuestView(uuid(number), "g" + number, Optional.of(host), state, List.of(), Optional.empty()));
    }

    private void course(final int number, final Phase phase) {
        known.migration(new Migration.Snapshot(uuid(number), "g" + number, "hv1", "hv2", Manner.REACTIVE, phase, 1,
            OptionalLong.empty(), List.of(), OptionalLong.empty(), Optional.empty(), Map.of(), Optional.empty(),
            List.of()));
    }

    private String migrate(final int number) throws Refusal {
        return jobs.migrate("g" + number, "hv2", MoveOptions.NONE, false);
    }

    private JobView view(final String id) {
        return jobs.views().get(id);
    }

    private void awaitState(final String id, final State state) {
        await().until(() -> view(id).state() == state);
    }

    private void awaitCall(final String call) {
        await().until(() -> mover.calls().contains(call));
    }

    private void end(final int number, final String error) {
        await().until(() -> mover.running.containsKey(uuid(number)));
        mover.end(uuid(number), error);
    }

    private String refused(final Refusal.Kind kind, final Executable call) {
        final var refusal = assertThrows(Refusal.class, call);
        assertEquals(kind, refusal.kind());
        return refusal.getMessage();
    }

    @Test
    void movesAGuest() throws Refusal {
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        assertEquals(State.RUNNING, view(id).state());
        end(1, "");
        awaitState(id, State.DONE);
    }

    @Test
    void tellsLibvirtsError() throws Refusal {
        final var id = migrate(1);
        end(1, "operation failed: Connection refused");
        awaitState(id, State.FAILED);
        assertEquals(Optional.of("operation failed: Connection refused"), view(id).error());
    }

    @Test
    void knowsWhatItHasStartedBeforeLibvirtIsCalled() throws Refusal {
        assertEquals(Optional.empty(), jobs.job(uuid(1)));
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        assertEquals(Optional.of(id), jobs.job(uuid(1)));
        end(1, "");
        awaitState(id, State.DONE);
        assertEquals(Optional.empty(), jobs.job(uuid(1)));
    }

    @Test
    void refusesWithEachFailedPoint() {
        unready.put("hv2", "ovsdb does not answer");
        available.put("hv2", 5L);
        final var refusal = assertThrows(Refusal.class, () -> migrate(1));
        assertEquals(2, refusal.reasons().size());
        assertTrue(refusal.reasons().get(0).startsWith("destination: edge: "), refusal.reasons().toString());
        assertTrue(refusal.reasons().get(1).startsWith("destination: memory: "), refusal.reasons().toString());
        assertEquals(Map.of(), jobs.views());
    }

    @Test
    void skipsTheChecksOnDemand() throws Refusal {
        unready.put("hv2", "ovsdb does not answer");
        jobs.migrate("g1", "hv2", MoveOptions.NONE, true);
        awaitCall("migrate hv1 1 hv2");
        assertTrue(refused(Refusal.Kind.MISSING, () -> jobs.migrate("g1", "hv9", MoveOptions.NONE, true))
            .startsWith("destination: "));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertTrue(refused(Refusal.Kind.MISSING, () -> jobs.migrate("nope", "hv2", MoveOptions.NONE, false))
            .startsWith("guest: "));
        assertTrue(refused(Refusal.Kind.MISSING, () -> jobs.migrate("g1", "hv9", MoveOptions.NONE, false))
            .startsWith("destination: "));
        assertTrue(refused(Refusal.Kind.INVALID, () -> jobs.migrate("g1", "hv1", MoveOptions.NONE, false))
            .startsWith("destination: "));
        assertTrue(refused(Refusal.Kind.MISSING, () -> jobs.cancel("j")).startsWith("job: "));
        assertTrue(refused(Refusal.Kind.MISSING, () -> jobs.evacuate("hv9", 2, Set.of(), MoveOptions.NONE))
            .startsWith("hypervisor: "));
        assertTrue(refused(Refusal.Kind.MISSING, () -> jobs.evacuate("hv1", 2, Set.of("hv9"), MoveOptions.NONE))
            .startsWith("destination: "));
        assertTrue(refused(Refusal.Kind.INVALID, () -> jobs.evacuate("hv1", 2, Set.of("hv1"), MoveOptions.NONE))
            .startsWith("destination: "));
    }

    @Test
    void takesTheUuidWhereTwoHaveAName() throws Refusal {
        known.guest(new GuestView(uuid(7), "g1", Optional.of("hv1"), GuestView.State.RUNNING, List.of(),
            Optional.empty()));
        assertTrue(refused(Refusal.Kind.INVALID, () -> migrate(1)).contains(uuid(7).toString()));
        jobs.migrate(uuid(7).toString(), "hv2", MoveOptions.NONE, false);
        awaitCall("migrate hv1 7 hv2");
    }

    @Test
    void movesAGuestOnceAtATime() throws Refusal {
        final var id = migrate(1);
        assertTrue(refused(Refusal.Kind.BUSY, () -> migrate(1)).contains(id));
    }

    @Test
    void doesNotBeginWhatIsCancelledWhileItWaits() throws Refusal {
        guest(2);
        guest(3);
        migrate(1);
        migrate(2);
        final var third = migrate(3);
        awaitCall("migrate hv1 2 hv2");
        assertEquals(State.WAITING, view(third).state());
        jobs.cancel(third);
        assertEquals(State.CANCELLED, view(third).state());
        end(1, "");
        end(2, "");
        await().until(() -> jobs.views().values().stream().allMatch(job -> job.state().over()));
        assertFalse(mover.calls().contains("migrate hv1 3 hv2"));
    }

    @Test
    void abortsUntilItWorks() throws Refusal {
        mover.refuseAborts(3);
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        assertEquals(id, jobs.cancel(id));
        awaitState(id, State.CANCELLED);
        assertEquals(Optional.empty(), view(id).error());
    }

    @Test
    void cancelsTwiceAndNotAfterTheEnd() throws Refusal {
        mover.refuseAborts(Integer.MAX_VALUE);
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        jobs.cancel(id);
        jobs.cancel(id);
        mover.refuseAborts(0);
        awaitState(id, State.CANCELLED);
        assertTrue(refused(Refusal.Kind.IMPOSSIBLE, () -> jobs.cancel(id)).contains("has ended already: cancelled"));
    }

    @Test
    void aMoveThatArrivesInSpiteOfTheAbortIsDone() throws Refusal {
        mover.refuseAborts(Integer.MAX_VALUE);
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        jobs.cancel(id);
        end(1, "");
        awaitState(id, State.DONE);
    }

    @Test
    void cancelsByGuestWhoeverStartedTheMove() throws Refusal {
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        assertEquals(Optional.of(id), jobs.cancelGuest("g1"));
        awaitState(id, State.CANCELLED);

        guest(2, "hv1", GuestView.State.MIGRATING);
        course(2, Phase.PREPARED);
        mover.running.put(uuid(2), new CompletableFuture<>());
        assertEquals(Optional.empty(), jobs.cancelGuest("g2"));
        assertTrue(mover.calls().contains("abort hv1 2"));
        mover.running.remove(uuid(2));
        assertTrue(refused(Refusal.Kind.IMPOSSIBLE, () -> jobs.cancelGuest("g2")).contains("no job is active"));
    }

    @Test
    void abortsWhatTakesTooLong() throws Refusal {
        final var id = jobs.migrate("g1", "hv2", new MoveOptions(false, false, false, false, false, false, false,
            OptionalInt.empty(), Optional.of(Duration.ofMillis(20)), Optional.empty()), false);
        awaitState(id, State.FAILED);
        assertTrue(view(id).error().orElseThrow().contains(FakeMover.ABORTED), view(id).error().orElseThrow());
    }

    @Test
    void switchesToPostCopyAfterTheFirstPass() throws Refusal {
        final var id = jobs.migrate("g1", "hv2", new MoveOptions(false, false, false, true, false, false, false,
            OptionalInt.empty(), Optional.empty(), Optional.empty()), false);
        mover.progress.put(uuid(1), Progress.of(Map.of("data_total", 9L, "data_remaining", 3L,
            "memory_iteration", 1L)));
        await().until(() -> view(id).progress().isPresent());
        assertFalse(mover.calls().contains("post-copy 1"));
        mover.progress.put(uuid(1), Progress.of(Map.of("data_total", 9L, "data_remaining", 1L,
            "memory_iteration", 2L)));
        awaitCall("post-copy 1");
        await().untilAsserted(() -> assertTrue(refused(Refusal.Kind.IMPOSSIBLE, () -> jobs.cancel(id))
            .contains("post-copy has begun")));
    }

    @Test
    void showsTheProgressOfOthersMoves() {
        course(1, Phase.PREPARING);
        mover.progress.put(uuid(1), Progress.of(Map.of("data_total", 100L, "data_remaining", 40L)));
        await().until(() -> jobs.moving().get(uuid(1)).progress().map(Progress::percent).equals(Optional.of(60)));
        assertEquals(new Moving(uuid(1), "g1", "hv1", "hv2", Optional.empty(),
            jobs.moving().get(uuid(1)).progress()), jobs.moving().get(uuid(1)));
        course(1, Phase.COMPLETED);
        assertEquals(Map.of(), jobs.moving());
        await().until(() -> mover.gauges() == 0);
    }

    @Test
    void asksAboutProgressOnlyWhileSomethingMoves() throws Refusal {
        final var id = migrate(1);
        await().until(() -> mover.gauges() == 1);
        course(1, Phase.PREPARED);
        assertEquals(Optional.of(id), jobs.moving().get(uuid(1)).job());
        end(1, "");
        awaitState(id, State.DONE);
        assertTrue(jobs.moving().containsKey(uuid(1)), "its record is not over yet");
        course(1, Phase.COMPLETED);
        assertEquals(Map.of(), jobs.moving());
        await().until(() -> mover.gauges() == 0);
    }

    @Test
    void evacuatesToWhereMostIsLeft() throws Refusal {
        guest(2);
        available.put("hv2", 520L);
        available.put("hv3", 500L);
        final var id = jobs.evacuate("hv1", 2, Set.of(), MoveOptions.NONE);
        awaitCall("migrate hv1 1 hv2");
        // hv2 has promised a hundred of its 520
        awaitCall("migrate hv1 2 hv3");
        end(1, "");
        end(2, "");
        awaitState(id, State.DONE);
        assertEquals(List.of(State.DONE, State.DONE), view(id).results().stream().map(JobView.Result::state).toList());
        assertEquals(List.of(Optional.of("hv2"), Optional.of("hv3")), view(id).results().stream()
            .map(JobView.Result::destination).toList());
    }

    @Test
    void movesNoMoreThanAllowedAtTheSameTime() throws Refusal {
        guest(2);
        guest(3);
        final var id = jobs.evacuate("hv1", 1, Set.of("hv2"), MoveOptions.NONE);
        for (int number = 1; number <= 3; number++) {
            awaitCall("migrate hv1 " + number + " hv2");
            assertEquals(1, mover.running.size());
            end(number, "");
        }
        awaitState(id, State.DONE);
    }

    @Test
    void oneThatFailsDoesNotStopTheRest() throws Refusal {
        guest(2);
        guest(3, "hv1", GuestView.State.MIGRATING);
        guest(4);
        final var id = jobs.evacuate("hv1", 1, Set.of(), MoveOptions.NONE);
        end(1, "internal error: it burns");
        end(2, "");
        end(4, "");
        awaitState(id, State.FAILED);
        assertEquals(Optional.of("2 of 4 guests have not been moved"), view(id).error());
        final var results = view(id).results();
        assertEquals(Optional.of("internal error: it burns"), results.get(0).error());
        assertEquals(State.DONE, results.get(1).state());
        assertTrue(results.get(2).error().orElseThrow().contains("is being moved already"));
        assertEquals(State.DONE, results.get(3).state());
    }

    @Test
    void takesTheNextBestWhereACheckFails() throws Refusal {
        unready.put("hv2", "ovsdb does not answer");
        final var id = jobs.evacuate("hv1", 2, Set.of(), MoveOptions.NONE);
        awaitCall("migrate hv1 1 hv3");
        end(1, "");
        awaitState(id, State.DONE);
    }

    @Test
    void tellsWhyNobodyTakesAGuest() throws Refusal {
        unready.put("hv2", "ovsdb does not answer");
        available.put("hv3", 5L);
        final var id = jobs.evacuate("hv1", 2, Set.of(), MoveOptions.NONE);
        awaitState(id, State.FAILED);
        final var error = view(id).results().get(0).error().orElseThrow();
        assertTrue(error.contains("hv3: too little memory") && error.contains("hv2: edge: "), error);
    }

    @Test
    void cancelledEvacuationStartsNothingMore() throws Refusal {
        guest(2);
        guest(3);
        final var id = jobs.evacuate("hv1", 1, Set.of(), MoveOptions.NONE);
        awaitCall("migrate hv1 1 hv2");
        jobs.cancel(id);
        awaitState(id, State.CANCELLED);
        assertEquals(List.of(State.CANCELLED, State.CANCELLED, State.CANCELLED), view(id).results().stream()
            .map(JobView.Result::state).toList());
        assertFalse(mover.calls().stream().anyMatch(call -> call.startsWith("migrate hv1 2")));
    }

    @Test
    void hypervisorsThatAreEvacuatedTakeNoGuests() throws Refusal {
        guest(2, "hv2", GuestView.State.RUNNING);
        final var first = jobs.evacuate("hv1", 1, Set.of(), MoveOptions.NONE);
        awaitCall("migrate hv1 1 hv2");
        available.put("hv1", 900L);
        final var second = jobs.evacuate("hv2", 1, Set.of(), MoveOptions.NONE);
        awaitCall("migrate hv2 2 hv3");
        final var refusal = refused(Refusal.Kind.BUSY, () -> jobs.migrate("g2", "hv1", MoveOptions.NONE, false));
        assertTrue(refusal.startsWith("guest: job "), refusal);
        guest(3, "hv3", GuestView.State.RUNNING);
        final var why = refused(Refusal.Kind.BUSY, () -> jobs.migrate("g3", "hv1", MoveOptions.NONE, false));
        assertTrue(why.startsWith("destination: job " + first + " evacuates hv1; "), why);
        guest(1, "hv2", GuestView.State.RUNNING);
        end(1, "");
        awaitState(first, State.DONE);
        end(2, "");
        // It had been on its way there when that was begun
        available.put("hv1", 1000L);
        awaitCall("migrate hv2 1 hv1");
        end(1, "");
        awaitState(second, State.DONE);
        assertEquals(2, view(second).results().size());
    }

    @Test
    void anEvacuationWaitsForGuestsThatOthersBring() throws Refusal {
        guest(2, "hv2", GuestView.State.RUNNING);
        guest(3, "hv3", GuestView.State.RUNNING);
        course(1, Phase.PREPARED);
        final var id = jobs.evacuate("hv2", 1, Set.of("hv3"), MoveOptions.NONE);
        end(2, "");
        await().during(LIMITS.poll().multipliedBy(3)).until(() -> view(id).state() == State.RUNNING);
        guest(1, "hv2", GuestView.State.MIGRATING);
        course(1, Phase.SWITCHED);
        await().during(LIMITS.poll().multipliedBy(3)).until(() -> view(id).state() == State.RUNNING);
        // Its record may stay open for an edge that is away
        guest(1, "hv2", GuestView.State.RUNNING);
        end(1, "");
        awaitState(id, State.DONE);
        assertEquals(List.of("migrate hv2 2 hv3", "migrate hv2 1 hv3"), mover.calls().stream()
            .filter(call -> call.startsWith("migrate")).toList());
    }

    @Test
    void anEvacuationThatWaitsForAGuestCanBeCancelled() throws Refusal {
        course(1, Phase.PREPARED);
        final var id = jobs.evacuate("hv2", 1, Set.of("hv3"), MoveOptions.NONE);
        await().until(() -> view(id).state() == State.RUNNING);
        jobs.cancel(id);
        awaitState(id, State.CANCELLED);
    }

    @Test
    void evacuatesAHypervisorOnceAtATime() throws Refusal {
        final var id = jobs.evacuate("hv1", 1, Set.of(), MoveOptions.NONE);
        assertTrue(refused(Refusal.Kind.BUSY, () -> jobs.evacuate("hv1", 1, Set.of(), MoveOptions.NONE)).contains(id));
    }

    @Test
    void keepsOnlySoMany() throws Refusal {
        for (int number = 1; number <= 5; number++) {
            guest(number);
            final var id = migrate(number);
            end(number, "");
            await().until(() -> view(id) == null || view(id).state() == State.DONE);
        }
        await().until(() -> jobs.views().size() == LIMITS.finished());
        for (int number = 1; number <= 5; number++) {
            migrate(number);
        }
        guest(6);
        assertTrue(refused(Refusal.Kind.BUSY, () -> migrate(6)).contains("5 jobs have not ended"));
    }

    @Test
    void closingLeavesAloneWhatRuns() throws Refusal {
        guest(2);
        guest(3);
        final var first = migrate(1);
        migrate(2);
        final var waiting = migrate(3);
        awaitCall("migrate hv1 1 hv2");
        jobs.close();
        assertEquals(State.INTERRUPTED, view(waiting).state());
        assertEquals(State.RUNNING, view(first).state());
        assertTrue(refused(Refusal.Kind.BUSY, () -> migrate(3)).contains("stopping"));
    }

    @Test
    void aMoveIsKeptBeforeLibvirtIsCalled() throws Refusal {
        final var kept = new CompletableFuture<List<KeptJob>>();
        jobs.listen(() -> { }, () -> {
            assertEquals(List.of(), mover.calls());
            kept.complete(jobs.kept());
        });
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        assertTrue(kept.isDone());
        final var job = kept.join().get(0);
        assertEquals(id, job.view().task().id());
        assertEquals(State.RUNNING, job.view().state());
        assertEquals(GUEST_MEMORY, job.memory());
    }

    /** Another process comes after this one, and libvirt goes on with what it has begun. */
    private void restart() {
        final var lines = jobs.kept().stream().map(JobLine::of).toList();
        jobs.close();
        jobs = jobs();
        jobs.restore(lines.stream().map(JobLine::parse).toList());
    }

    private String startAndRestart(final MoveOptions how) throws Refusal {
        final var id = jobs.migrate("g1", "hv2", how, false);
        awaitCall("migrate hv1 1 hv2");
        restart();
        assertEquals(State.RUNNING, view(id).state());
        return id;
    }

    private void copying(final int number, final long left) {
        mover.progress.put(uuid(number), Progress.of(Map.of("data_total", 100L, "data_remaining", left)));
    }

    @Test
    void aMoveThatArrivesAfterARestartIsDone() throws Refusal {
        copying(1, 40);
        final var id = startAndRestart(MoveOptions.NONE);
        await().until(() -> view(id).progress().map(Progress::percent).equals(Optional.of(60)));
        assertEquals(Optional.of(id), jobs.job(uuid(1)));
        assertFalse(jobs.begunHere(uuid(1)));
        assertTrue(refused(Refusal.Kind.BUSY, () -> migrate(1)).contains(id));
        mover.progress.clear();
        guest(1, "hv2", GuestView.State.RUNNING);
        awaitState(id, State.DONE);
        assertEquals(Optional.empty(), jobs.job(uuid(1)));
        await().until(() -> mover.gauges() == 0);
    }

    @Test
    void aMoveThatHasArrivedMeanwhileIsDoneWithoutItsSource() throws Refusal {
        known.session(new SessionView("hv1", SessionView.State.DISCONNECTED, Instant.EPOCH, Optional.of("no route")));
        final var id = jobs.migrate("g1", "hv2", MoveOptions.NONE, true);
        awaitCall("migrate hv1 1 hv2");
        guest(1, "hv2", GuestView.State.RUNNING);
        restart();
        awaitState(id, State.DONE);
    }

    @Test
    void aMoveThatIsNoMoreWhenTheControllerComesBackIsInterrupted() throws Refusal {
        final var id = startAndRestart(MoveOptions.NONE);
        awaitState(id, State.INTERRUPTED);
        assertTrue(view(id).error().orElseThrow().contains("g1 is still at hv1"), view(id).error().orElseThrow());
        assertEquals(Optional.empty(), jobs.job(uuid(1)));
    }

    @Test
    void aGuestThatIsNowhereInterruptsItsMove() throws Refusal {
        copying(1, 40);
        final var id = startAndRestart(MoveOptions.NONE);
        await().until(() -> view(id).progress().isPresent());
        known.noGuest(uuid(1));
        mover.progress.clear();
        awaitState(id, State.FAILED);
        assertTrue(view(id).error().orElseThrow().contains("g1 is at neither"), view(id).error().orElseThrow());
    }

    @Test
    void aMoveThatEndsAtItsSourceAfterARestartHasFailed() throws Refusal {
        course(1, Phase.PREPARED);
        final var id = startAndRestart(MoveOptions.NONE);
        copying(1, 40);
        await().until(() -> view(id).progress().isPresent());
        mover.progress.clear();
        course(1, Phase.ROLLED_BACK);
        awaitState(id, State.FAILED);
        assertTrue(view(id).error().orElseThrow().contains("g1 is still at hv1"), view(id).error().orElseThrow());
    }

    @Test
    void whatIsNotKnownIsWaitedFor() throws Refusal {
        known.session(new SessionView("hv2", SessionView.State.DISCONNECTED, Instant.EPOCH, Optional.of("no route")));
        final var id = jobs.migrate("g1", "hv2", MoveOptions.NONE, true);
        awaitCall("migrate hv1 1 hv2");
        final int asked = mover.questions();
        restart();
        await().until(() -> mover.questions() > asked + 10);
        assertEquals(State.RUNNING, view(id).state());
        known.session(new SessionView("hv2", SessionView.State.IN_SYNC, Instant.EPOCH, Optional.empty()));
        awaitState(id, State.INTERRUPTED);
    }

    @Test
    void aHypervisorThatIsGoneFromIntentInterruptsItsMoves() throws Refusal {
        course(1, Phase.PREPARED);
        final var id = startAndRestart(MoveOptions.NONE);
        known.follow(Map.of("hv1", target(), "hv3", target()));
        awaitState(id, State.INTERRUPTED);
        assertTrue(view(id).error().orElseThrow().contains("hv2 is not in intent"), view(id).error().orElseThrow());
    }

    @Test
    void cancellingWorksAfterARestart() throws Refusal {
        copying(1, 40);
        final var id = startAndRestart(MoveOptions.NONE);
        await().until(() -> view(id).progress().isPresent());
        jobs.cancel(id);
        awaitCall("abort hv1 1");
        mover.progress.clear();
        awaitState(id, State.CANCELLED);
    }

    @Test
    void aJobThatWasBeingCancelledIsAbortedAgain() throws Refusal {
        mover.refuseAborts(Integer.MAX_VALUE);
        final var id = migrate(1);
        awaitCall("migrate hv1 1 hv2");
        jobs.cancel(id);
        mover.refuseAborts(0);
        final var before = jobs.kept();
        assertTrue(before.get(0).view().cancelling() || before.get(0).view().state() == State.CANCELLED);
        restart();
        awaitState(id, State.CANCELLED);
    }

    @Test
    void aTimeLimitHoldsOverARestart() throws Refusal {
        copying(1, 40);
        final var id = startAndRestart(new MoveOptions(false, false, false, false, false, false, false,
            OptionalInt.empty(), Optional.of(Duration.ofSeconds(1)), Optional.empty()));
        awaitCall("abort hv1 1");
        mover.progress.clear();
        awaitState(id, State.FAILED);
        assertTrue(view(id).error().orElseThrow().startsWith("it took longer than 1 s"),
            view(id).error().orElseThrow());
    }

    @Test
    void whatHasEndedOrNotBegunStaysSoOverARestart() throws Refusal {
        guest(2);
        guest(3);
        final var first = migrate(1);
        end(1, "it burns");
        awaitState(first, State.FAILED);
        migrate(1);
        await().until(() -> mover.running.containsKey(uuid(1)));
        migrate(2);
        awaitCall("migrate hv1 2 hv2");
        final var waiting = migrate(3);
        restart();
        assertEquals(Optional.of("it burns"), view(first).error());
        assertEquals(State.INTERRUPTED, view(waiting).state());
        assertTrue(view(waiting).error().orElseThrow().contains("before it was begun"));
        assertFalse(mover.calls().contains("migrate hv1 3 hv2"));
    }

    @Test
    void anEvacuationPlacesNoMoreAfterARestart() throws Refusal {
        guest(2);
        guest(3);
        final var id = jobs.evacuate("hv1", 1, Set.of("hv2"), MoveOptions.NONE);
        end(1, "");
        awaitCall("migrate hv1 2 hv2");
        copying(2, 40);
        restart();
        await().until(() -> view(id).results().get(2).state() == State.INTERRUPTED);
        assertEquals(State.RUNNING, view(id).state());
        mover.progress.clear();
        guest(2, "hv2", GuestView.State.RUNNING);
        awaitState(id, State.INTERRUPTED);
        assertEquals(List.of(State.DONE, State.DONE, State.INTERRUPTED),
            view(id).results().stream().map(JobView.Result::state).toList());
        assertTrue(view(id).error().orElseThrow().startsWith("1 of 3 guests"), view(id).error().orElseThrow());
        assertFalse(mover.calls().contains("migrate hv1 3 hv2"));
    }

    @Test
    void anEvacuationWhoseLastMovesArriveAfterARestartIsDone() throws Refusal {
        final var id = jobs.evacuate("hv1", 1, Set.of("hv2"), MoveOptions.NONE);
        awaitCall("migrate hv1 1 hv2");
        copying(1, 40);
        restart();
        mover.progress.clear();
        guest(1, "hv2", GuestView.State.RUNNING);
        awaitState(id, State.DONE);
    }
}
