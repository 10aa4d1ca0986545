/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static io.peregrine.flow.internal.core.Samples.G1;
import static io.peregrine.flow.internal.core.Samples.G2;
import static io.peregrine.flow.internal.core.Samples.all;
import static io.peregrine.flow.internal.core.Samples.flow;
import static io.peregrine.flow.internal.core.Samples.foreign;
import static io.peregrine.flow.internal.core.Samples.fragment;
import static io.peregrine.flow.internal.core.Samples.key;
import static io.peregrine.flow.internal.core.Samples.lease;
import static io.peregrine.flow.internal.core.Samples.out;
import static io.peregrine.flow.internal.core.Samples.own;
import static io.peregrine.flow.internal.core.Samples.via;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.Audit;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.SwitchProgram.Listener;
import io.peregrine.flow.SwitchProgram.Problem;
import io.peregrine.flow.SwitchProgram.Problem.Kind;
import io.peregrine.flow.SwitchProgram.State;
import io.peregrine.flow.SwitchRefusedException;
import io.peregrine.flow.SwitchUnavailableException;
import io.peregrine.flow.internal.core.Observed;
import io.peregrine.flow.internal.core.Op;
import io.peregrine.flow.internal.core.SimulatedSwitch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * All threads are one here: what would run elsewhere waits in a queue until told to.
 */
class ManagedSwitchTest {
    private static final DatapathId DATAPATH = new DatapathId(1);
    private static final long ROUTINE = 30_000;
    private static final long LONGEST_PAUSE = 10_000;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Delayed> delayed = new ArrayList<>();
    private final List<Object> heard = new ArrayList<>();
    private List<Problem> problems = List.of();
    private final Set<Long> groupsSeen = new HashSet<>();
    private final ReadPace pace = new ReadPace(ROUTINE);
    private final Turns reading = new Turns(1);
    private final SimulatedSwitch device = new SimulatedSwitch();
    private long now;
    private boolean isClosed;

    private final ManagedSwitch program = new ManagedSwitch(DATAPATH, new Listener() {
        @Override
        public void onState(final State state) {
            heard.add(state);
        }

        @Override
        public void onProblems(final List<Problem> newProblems) {
            problems = newProblems;
        }
    }, surroundings(), () -> isClosed = true);

    private ManagedSwitch.Surroundings surroundings() {
        return new ManagedSwitch.Surroundings(tasks::add, this::after, () -> now, groupsSeen::addAll, pace, reading);
    }

    private record Delayed(long at, Runnable task) {
    }

    private Runnable after(final long millis, final Runnable task) {
        final var item = new Delayed(now + millis, task);
        delayed.add(item);
        return () -> delayed.remove(item);
    }

    private void run() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private void pass(final long millis) {
        final long end = now + millis;
        run();
        while (true) {
            final var next = delayed.stream().filter(item -> item.at <= end)
                .min(Comparator.comparingLong(Delayed::at)).orElse(null);
            if (next == null) {
                break;
            }
            delayed.remove(next);
            now = Math.max(now, next.at);
            next.task.run();
            run();
        }
        now = end;
    }

    /** A session with the device that answers when the test says so. */
    private final class Channel implements SwitchChannel {
        private final Queue<Runnable> answers = new ArrayDeque<>();
        private final List<Op> sent = new ArrayList<>();
        private boolean prompt = true;
        private boolean readable = true;
        private boolean broken;
        private int reads;
        private long readAt;

        private <T> CompletableFuture<T> answer(final Supplier<T> result, final String wrong) {
            final var future = new CompletableFuture<T>();
            answers.add(() -> {
                if (wrong == null) {
                    future.complete(result.get());
                } else {
                    future.completeExceptionally(new IOException(wrong));
                }
            });
            if (prompt) {
                flush();
            }
            return future;
        }

        void flush() {
            while (!answers.isEmpty()) {
                answers.remove().run();
            }
        }

        @Override
        public CompletableFuture<?> send(final Op op) {
            sent.add(op);
            return answer(() -> null, device.take(op));
        }

        @Override
        public CompletableFuture<?> barrier() {
            return answer(() -> null, null);
        }

        @Override
        public CompletableFuture<Observed> read() {
            reads++;
            if (broken) {
                throw new IllegalStateException("broken");
            }
            readAt = now;
            final var observed = device.observe();
            return answer(() -> observed, readable ? null : "not now");
        }
    }

    private Channel connect() {
        final var channel = new Channel();
        program.connected(channel);
        run();
        return channel;
    }

    private CompletableFuture<Void> want(final String name, final Object... parts) {
        final var answer = program.apply(Map.of(name, fragment(parts)));
        run();
        return answer;
    }

    private static Throwable causeOf(final CompletableFuture<?> answer) {
        assertTrue(answer.isDone());
        return assertThrows(CompletionException.class, answer::join).getCause();
    }

    @Test
    void itsLoadIsWhatIsWantedAndWhatWaits() {
        want("a", all(G1, out(1)), flow(4, 1, via(G1)), flow(4, 2));
        want("b", flow(4, 3));
        assertEquals(new SwitchLoads.Load(DATAPATH, 3, 1, 0), program.load());
        program.apply(Map.of("a", Fragment.EMPTY));
        assertEquals(new SwitchLoads.Load(DATAPATH, 1, 0, 1), program.load());
        run();
        assertEquals(new SwitchLoads.Load(DATAPATH, 1, 0, 0), program.load());
    }

    @Test
    void withoutASessionAChangeIsRemembered() {
        assertEquals(State.DISCONNECTED, program.state());
        assertInstanceOf(SwitchUnavailableException.class, causeOf(want("a", all(G1, out(1)), flow(4, 1, via(G1)))));

        connect();
        assertEquals(List.of(State.SYNCING, State.IN_SYNC), heard);
        assertEquals(State.IN_SYNC, program.state());
        assertEquals(Set.of(G1), device.groups.keySet());
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
        assertEquals(Map.of("a", fragment(all(G1, out(1)), flow(4, 1, via(G1)))), program.fragments());
    }

    @Test
    void aChangeIsDoneWhenTheSwitchAnswered() {
        final var channel = connect();
        channel.prompt = false;
        final var answer = want("a", flow(4, 1));
        assertEquals(1, channel.sent.size());
        assertFalse(answer.isDone());

        channel.flush();
        run();
        answer.join();
        assertEquals(1, channel.reads);
    }

    @Test
    void changesGoOutAtOnceAndInOrder() {
        program.setComplete(true);
        final var channel = connect();
        channel.prompt = false;
        final var audit = program.audit();
        final var first = program.apply(Map.of("a", fragment(flow(4, 1, out(1)))));
        final var second = program.apply(Map.of("a", fragment(flow(4, 1, out(2)))));
        run();
        assertEquals(List.of(new Op.PutFlow(own("a", flow(4, 1, out(1)))),
            new Op.PutFlow(own("a", flow(4, 1, out(2))))), channel.sent);
        assertFalse(first.isDone() || second.isDone() || audit.isDone());

        channel.flush();
        run();
        assertTrue(first.isDone() && second.isDone());
        // That one has read once more
        channel.flush();
        run();
        assertTrue(audit.isDone());
        assertEquals(new Audit(1, 1, true, 0, List.of()), audit.join());
    }

    @Test
    void aWrongChangeIsRefusedAndChangesNothing() {
        want("a", flow(4, 1));
        assertThrows(IllegalArgumentException.class, () -> program.apply(Map.of("b", fragment(flow(4, 1)))));
        assertEquals(Set.of("a"), program.fragments().keySet());
    }

    @Test
    void aRefusedChangeIsRepaired() {
        final var channel = connect();
        want("a", all(G1, out(1)), flow(4, 1, via(G1))).join();
        device.clear();
        heard.clear();

        // The switch lost everything behind our back, so the group is not there to be changed
        final var refused = causeOf(want("a", all(G1, out(2)), flow(4, 1, via(G1))));
        assertInstanceOf(SwitchRefusedException.class, refused);
        assertTrue(refused.getMessage().contains("UNKNOWNGROUP"), refused.getMessage());
        assertEquals(2, channel.reads);
        assertEquals(Map.of(G1, all(G1, out(2))), device.groups);
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
        assertEquals(List.of(State.SYNCING, State.IN_SYNC), heard);
    }

    @Test
    void whatIsRefusedForGoodDoesNotSpin() {
        final var channel = connect();
        causeOf(want("a", flow(4, 1, via(G2))));
        assertEquals(List.of(), problems);
        pass(3_600_000);
        assertEquals(State.IN_SYNC, program.state());
        assertEquals(List.of(Kind.REFUSED), kinds());
        assertTrue(problems.get(0).text().contains("BADOUTGROUP"), problems.toString());
        assertEquals(5, channel.sent.size());

        pass(3_600_000);
        assertEquals(5, channel.sent.size());
        want("b", all(G2, out(1))).join();
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
        assertEquals(List.of(), problems);
    }

    private List<Kind> kinds() {
        return problems.stream().map(Problem::kind).toList();
    }

    @Test
    void silenceLeadsToAReadBack() {
        final var channel = connect();
        channel.prompt = false;
        final var answer = want("a", flow(4, 1));
        pass(ManagedSwitch.ANSWER_MILLIS);
        assertInstanceOf(SwitchRefusedException.class, causeOf(answer));
        assertEquals(State.SYNCING, program.state());

        channel.prompt = true;
        channel.flush();
        run();
        assertEquals(State.IN_SYNC, program.state());
    }

    @Test
    void aReadBackThatFailsIsTriedAgainAndReported() {
        final var channel = new Channel();
        channel.readable = false;
        program.connected(channel);
        pass(60_000);
        assertEquals(State.SYNCING, program.state());
        assertEquals(List.of(Kind.UNREADABLE), kinds());
        assertTrue(channel.reads < 20, channel.reads + " attempts");

        channel.readable = true;
        pass(10_000);
        assertEquals(State.IN_SYNC, program.state());
        assertEquals(List.of(), problems);

        channel.readable = false;
        pass(2 * ROUTINE);
        assertEquals(List.of(), problems);
        pass(ROUTINE);
        assertEquals(List.of(Kind.UNREADABLE), kinds());
        assertEquals(State.IN_SYNC, program.state());
        program.disconnected();
        run();
        assertEquals(List.of(), problems);
    }

    @Test
    void anAuditReadsAgainWhatWasChangedMeanwhile() {
        program.setComplete(true);
        want("a", flow(4, 1, out(1)));
        final var channel = connect();
        device.flows.put(key(4, 7), own("x", flow(4, 7)));
        final int before = channel.reads;
        channel.prompt = false;
        final var audit = program.audit();
        run();
        want("a", flow(4, 1, out(2)));
        channel.flush();
        run();
        assertFalse(audit.isDone());
        channel.flush();
        run();
        assertEquals(before + 2, channel.reads);
        assertEquals(List.of(Audit.Kind.STALE), audit.join().findings().stream().map(Audit.Finding::kind).toList());
        assertEquals(0, audit.join().unjudged());
        assertTrue(device.flows.containsKey(key(4, 7)), "an audit repairs nothing");
    }

    @Test
    void anAuditOfASwitchThatNeverRestsEnds() {
        program.setComplete(true);
        want("a", flow(4, 1, out(1)));
        final var channel = connect();
        channel.prompt = false;
        final var audit = program.audit();
        run();
        for (int i = 2; !audit.isDone(); i++) {
            assertTrue(i < 10, "reads for ever");
            want("a", flow(4, 1, out(i)));
            channel.flush();
            run();
        }
        assertEquals(1, audit.join().unjudged());
        assertFalse(audit.join().isWrong());
    }

    @Test
    void anAuditOfASwitchThatDoesNotAnswerEnds() {
        final var channel = connect();
        channel.prompt = false;
        final var audit = program.audit();
        pass(ManagedSwitch.ANSWER_MILLIS - 1);
        assertFalse(audit.isDone());
        pass(1);
        assertInstanceOf(SwitchUnavailableException.class, causeOf(audit));
    }

    @Test
    void anAuditWithoutASessionFails() {
        final var audit = program.audit();
        run();
        assertInstanceOf(SwitchUnavailableException.class, causeOf(audit));
    }

    @Test
    void theEndOfASessionAnswersEverybody() {
        program.setComplete(true);
        final var channel = connect();
        channel.prompt = false;
        final var change = want("a", flow(4, 1));
        final var audit = program.audit();
        run();
        program.disconnected();
        run();
        assertInstanceOf(SwitchUnavailableException.class, causeOf(change));
        assertInstanceOf(SwitchUnavailableException.class, causeOf(audit));
        assertEquals(State.DISCONNECTED, program.state());

        // Late answers concern nobody
        channel.flush();
        run();
        assertEquals(State.DISCONNECTED, program.state());
        connect();
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
        assertEquals(1, delayed.size(), "the next routine of this session only");
    }

    @Test
    void inWarmUpAChangeWaitsForTheFirstReadBack() {
        final var channel = new Channel();
        channel.prompt = false;
        program.connected(channel);
        run();
        final var answer = want("a", flow(4, 1));
        assertEquals(List.of(), channel.sent);
        channel.prompt = true;
        channel.flush();
        run();
        answer.join();
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
    }

    @Test
    void staleEntriesGoOnceTheProgramIsComplete() {
        device.take(new Op.PutFlow(own("x", flow(4, 9))));
        device.take(new Op.PutFlow(foreign(flow(4, 8))));
        device.take(new Op.PutGroup(all(G1), Op.How.ADD));
        want("a", flow(4, 1));
        connect();
        assertEquals(Set.of(key(4, 1), key(4, 8), key(4, 9)), device.flows.keySet());
        assertEquals(Set.of(G1), groupsSeen);

        program.setComplete(true);
        run();
        assertEquals(Set.of(key(4, 1), key(4, 8)), device.flows.keySet());
        assertEquals(Map.of(), device.groups);
    }

    @Test
    void fragmentsAreConfirmedWhenTheSwitchHasAllOfThem() {
        device.take(new Op.PutFlow(foreign(flow(4, 1, out(9)))));
        want("blocked", flow(4, 1));
        want("whole", flow(4, 2));
        assertInstanceOf(SwitchUnavailableException.class, causeOf(confirm("whole")));
        final var channel = new Channel();
        channel.prompt = false;
        program.connected(channel);
        run();
        final var early = confirm("whole");
        assertFalse(early.isDone());
        channel.prompt = true;
        channel.flush();
        run();
        early.join();
        confirm("whole").join();
        assertEquals(State.IN_SYNC, program.state());
        assertInstanceOf(SwitchRefusedException.class, causeOf(confirm("blocked")));

        device.flows.remove(key(4, 1));
        pass(ROUTINE);
        confirm("blocked").join();
    }

    private CompletableFuture<Void> confirm(final String fragment) {
        final var answer = program.confirm(Set.of(fragment));
        run();
        return answer;
    }

    @Test
    void aCollisionIsRefusedAndReported() {
        device.take(new Op.PutFlow(foreign(flow(4, 1, out(9)))));
        connect();
        assertInstanceOf(SwitchRefusedException.class, causeOf(want("a", flow(4, 1), flow(4, 2))));
        assertEquals(foreign(flow(4, 1, out(9))), device.flows.get(key(4, 1)));
        assertTrue(device.flows.containsKey(key(4, 2)));
        assertEquals(State.IN_SYNC, program.state());
        assertEquals(List.of(Kind.BLOCKED), kinds());

        pass(2 * ROUTINE);
        assertEquals(List.of(Kind.BLOCKED), kinds());
        device.flows.remove(key(4, 1));
        pass(ROUTINE);
        assertEquals(own("a", flow(4, 1)), device.flows.get(key(4, 1)));
        assertEquals(List.of(), problems);
    }

    @Test
    void aLeaseIsRenewed() {
        connect();
        want("a", lease(5, 1, 30), flow(5, 2)).join();
        device.clear();
        final var answer = program.renew("a");
        run();
        answer.join();
        assertEquals(Set.of(key(5, 1)), device.flows.keySet());
    }

    @Test
    void whatSomebodyElseChangesIsFoundAndRepaired() {
        program.setComplete(true);
        connect();
        want("a", all(G1, out(1)), flow(4, 1, via(G1)), flow(4, 2, out(1))).join();
        heard.clear();
        device.flows.remove(key(4, 1));
        device.take(new Op.PutFlow(own("a", flow(4, 2, out(9)))));
        device.groups.put(G1, all(G1));
        device.take(new Op.PutFlow(own("x", flow(4, 3))));
        pass(ROUTINE);
        assertEquals(Map.of(key(4, 1), own("a", flow(4, 1, via(G1))), key(4, 2), own("a", flow(4, 2, out(1)))),
            device.flows);
        assertEquals(Map.of(G1, all(G1, out(1))), device.groups);
        assertEquals(List.of(State.SYNCING, State.IN_SYNC), heard);
        assertEquals(List.of(new Problem(Kind.CHANGED_FROM_OUTSIDE,
            "repaired 4 entries that had been changed from outside")), problems);
        pass(540_000);
        assertEquals(List.of(Kind.CHANGED_FROM_OUTSIDE), kinds());
        pass(2 * ROUTINE);
        assertEquals(List.of(), problems);
    }

    @Test
    void aRoutineThatFindsNothingDisturbsNobody() {
        final var channel = connect();
        want("a", flow(4, 1), lease(5, 1, 45)).join();
        heard.clear();
        pass(40_000);
        device.flows.remove(key(5, 1));
        now += 5_000;
        pass(9 * ROUTINE - 45_000);
        assertEquals(1 + 9, channel.reads);
        assertEquals(2, channel.sent.size(), "a lease that has run out stays away");
        assertEquals(List.of(), heard);
    }

    @Test
    void aSwitchIsReadWhenItIsItsTurn() {
        final var other = new CompletableFuture<Void>();
        reading.take(() -> other);
        final var channel = connect();
        final var answer = want("a", flow(4, 1));
        pass(60_000);
        assertEquals(0, channel.reads, "its time to answer has not begun");
        other.complete(null);
        run();
        assertEquals(1, channel.reads);
        answer.join();
    }

    @Test
    void aSwitchThatDoesNotAnswerOrIsGoneGivesItsTurnUp() {
        final var channel = connect();
        channel.prompt = false;
        pass(ROUTINE);
        final var afterSilence = reading.take(() -> CompletableFuture.completedFuture("next"));
        assertTrue(afterSilence.isDone());
        final int before = channel.reads;
        while (channel.reads == before) {
            pass(1);
        }
        program.disconnected();
        run();
        assertTrue(reading.take(() -> CompletableFuture.completedFuture("next")).isDone());
        final var other = new CompletableFuture<Void>();
        reading.take(() -> other);
        final var second = connect();
        program.disconnected();
        run();
        other.complete(null);
        run();
        assertEquals(0, second.reads, "nobody waits for it");
        assertTrue(reading.take(() -> CompletableFuture.completedFuture("next")).isDone());
    }

    @Test
    void aReadingThatCannotBeginGivesItsTurnUp() {
        final var channel = connect();
        want("a", flow(4, 1)).join();
        channel.broken = true;
        pass(4 * ROUTINE);
        assertEquals(List.of(Kind.UNREADABLE), kinds());
        channel.broken = false;
        pass(ROUTINE);
        assertEquals(List.of(), kinds());
    }

    @Test
    void aRoutineWaitsLongerWhereReadingTakesMoreThanATenthOfTheTime() {
        final var channel = connect();
        want("a", flow(4, 1)).join();
        pace.took(new DatapathId(7), 6_000, 100_000);
        pass(ROUTINE);
        assertEquals(2, channel.reads);
        pass(10 * 60_000);
        assertEquals(2 + 10, channel.reads);
    }

    @Test
    void switchesThatConnectTogetherTakeTurnsHoweverMuchThereIsToRead() {
        final var channel = connect();
        want("a", flow(4, 1)).join();
        pace.took(new DatapathId(7), 30_000, 1_000_000);
        pass(2 * ROUTINE);
        assertEquals(1, channel.reads, "it has just been read, and others have, too");
        pass(300_000);
        assertEquals(2, channel.reads);
        pass(10 * 300_000);
        assertEquals(2 + 10, channel.reads);
    }

    @Test
    void aSwitchThatHasAProblemIsReadAsOftenAsIsWished() {
        final var channel = connect();
        want("a", flow(4, 1)).join();
        pace.took(new DatapathId(7), 30_000, 1_000_000);
        device.take(new Op.PutFlow(foreign(flow(4, 1, out(9)))));
        pass(400_000);
        assertEquals(1, kinds().size());
        final int before = channel.reads;
        pass(10 * ROUTINE);
        assertEquals(before + 10, channel.reads);
        device.flows.clear();
        pass(ROUTINE);
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
    }

    @Test
    void aChangeMadeDuringARoutineIsNotUndone() {
        program.setComplete(true);
        final var channel = connect();
        want("a", flow(4, 1)).join();
        heard.clear();
        channel.prompt = false;
        pass(ROUTINE);
        assertEquals(2, channel.reads);
        final var change = want("a", flow(4, 2));
        assertEquals(3, channel.sent.size(), "sent at once");
        channel.flush();
        run();
        change.join();
        assertEquals(Set.of(key(4, 2)), device.flows.keySet());
        assertEquals(3, channel.sent.size());
        assertEquals(List.of(), heard);
    }

    @Test
    void switchesAreNotReadTogether() {
        final var channels = new ArrayList<Channel>();
        for (int i = 1; i <= 30; i++) {
            final var channel = new Channel();
            channels.add(channel);
            new ManagedSwitch(new DatapathId(0x4a3b_0000L + i), new Listener() {
                @Override
                public void onState(final State state) {
                    // Not of interest
                }

                @Override
                public void onProblems(final List<Problem> newProblems) {
                    heard.add(newProblems);
                }
            }, surroundings(), () -> { }).connected(channel);
        }
        pass(ROUTINE);
        final var seconds = new HashMap<Long, Integer>();
        channels.forEach(channel -> {
            assertEquals(2, channel.reads);
            seconds.merge(channel.readAt / 1000, 1, Integer::sum);
        });
        assertTrue(seconds.values().stream().allMatch(count -> count <= 2), seconds.toString());
    }

    @Test
    void anEntryWhoseRemovalIsToldComesBackAtOnce() {
        final var channel = connect();
        want("a", flow(4, 1), flow(4, 2)).join();
        device.clear();
        program.removed(key(4, 1));
        program.removed(key(4, 2));
        run();
        assertEquals(Set.of(key(4, 1), key(4, 2)), device.flows.keySet());
        assertEquals(2, channel.reads);
        assertEquals(State.IN_SYNC, program.state());
    }

    @Test
    void anEntryThatWeRemovedIsNotMissed() {
        final var channel = connect();
        want("a", flow(4, 1)).join();
        want("a").join();
        program.removed(key(4, 1));
        program.removed(key(4, 9));
        run();
        program.disconnected();
        program.removed(key(4, 1));
        run();
        assertEquals(1, channel.reads);
    }

    @Test
    void aFightDoesNotSpin() {
        final var channel = connect();
        want("a", flow(4, 1)).join();
        for (int i = 0; i < 6_000; i++) {
            device.clear();
            program.removed(key(4, 1));
            pass(10);
        }
        assertTrue(channel.reads > 5 && channel.reads < 20, channel.reads + " read-backs in a minute");
        pass(LONGEST_PAUSE);
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());

        // Peace is made, so the next time is dealt with at once
        pass(120_000);
        device.clear();
        program.removed(key(4, 1));
        run();
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
    }

    @Test
    void aLongRepairComesInPieces() {
        final var flows = new Object[ManagedSwitch.REPAIR_PIECE * 3 + 1];
        for (int i = 0; i < flows.length; i++) {
            flows[i] = flow(4, i + 1);
        }
        want("a", flows);
        connect();
        assertEquals(flows.length, device.flows.size());
        assertEquals(State.IN_SYNC, program.state());
    }

    @Test
    void closingForgetsAndTouchesNothing() {
        connect();
        want("a", flow(4, 1)).join();
        heard.clear();
        program.close();
        program.close();
        run();
        assertTrue(isClosed);
        assertEquals(Set.of(key(4, 1)), device.flows.keySet());
        assertEquals(List.of(), heard);
        assertThrows(IllegalStateException.class, () -> program.apply(Map.of("a", Fragment.EMPTY)));
    }
}
