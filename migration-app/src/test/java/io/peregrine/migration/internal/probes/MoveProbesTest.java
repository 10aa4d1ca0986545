/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

import com.google.common.net.InetAddresses;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.Probed;
import io.peregrine.migration.internal.core.Probed.Outcome;
import io.peregrine.vxlan.GuestProbes;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * With a clock that the test moves, and guests that answer after a millisecond or not at all.
 */
class MoveProbesTest {
    private static final long MS = 1_000_000;
    private static final InetAddress ADDRESS = InetAddresses.forString("192.0.2.5");

    private record Task(long at, int order, Runnable runnable) {
    }

    private final ScheduledExecutorService executor = mock(ScheduledExecutorService.class);
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
        Comparator.comparingLong(Task::at).thenComparingInt(Task::order));
    private int order;
    private long now = 1000 * MS;

    /** Ports that can be probed, and why others cannot. */
    private final Map<String, String> refused = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private int sent;
    private boolean answers = true;
    /** How long a guest takes for what has come to it, milliseconds; 0 for ever. */
    private long taking = 1;
    private String broken;
    private final List<Probed> results = new ArrayList<>();
    private final Migration move = mock(Migration.class);
    private final MoveProbes probes = new MoveProbes(this::open, executor, () -> now);

    private CompletableFuture<GuestProbes.Session> open(final String id, final GuestProbes.AnswerListener listener) {
        return refused.containsKey(id) ? CompletableFuture.failedFuture(new IllegalStateException(refused.get(id)))
            : CompletableFuture.completedFuture(new GuestProbes.Session() {
                @Override
                public String edge() {
                    return "border";
                }

                @Override
                public InetAddress address() {
                    return ADDRESS;
                }

                @Override
                public CompletableFuture<Void> send(final int number) {
                    if (broken != null) {
                        return CompletableFuture.failedFuture(new IllegalStateException(broken));
                    }
                    sent++;
                    if (answers) {
                        at(now + MS, () -> listener.onAnswer(number, now));
                    }
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public CompletableFuture<Void> sendBehind(final int number, final String edge) {
                    calls.add("behind at " + edge);
                    if (!id.equals("p1")) {
                        return CompletableFuture.failedFuture(new IllegalStateException("it is not attached there"));
                    }
                    if (taking > 0) {
                        at(now + taking * MS, () -> listener.onAnswer(number, now));
                    }
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public CompletableFuture<Void> renew() {
                    calls.add("renew");
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void close() {
                    calls.add("close " + id);
                }
            });
    }

    private Task at(final long time, final Runnable runnable) {
        final var task = new Task(time, order++, runnable);
        tasks.add(task);
        return task;
    }

    @BeforeEach
    void executor() {
        doAnswer(call -> {
            at(now, call.getArgument(0));
            return null;
        }).when(executor).execute(any());
        doAnswer(call -> {
            call.<Runnable>getArgument(0).run();
            return CompletableFuture.completedFuture(null);
        }).when(executor).submit(any(Runnable.class));
        doAnswer(call -> {
            final var task = at(now + call.<Long>getArgument(1), call.getArgument(0));
            final ScheduledFuture<?> future = mock(ScheduledFuture.class);
            doAnswer(cancel -> tasks.remove(task)).when((Future<?>) future).cancel(false);
            return future;
        }).when(executor).schedule(any(Runnable.class), anyLong(), any(TimeUnit.class));
    }

    /** Lets time pass, and what is due in it happen. */
    private void pass(final long millis) {
        final long until = now + millis * MS;
        while (!tasks.isEmpty() && tasks.peek().at() <= until) {
            final var task = tasks.poll();
            now = Math.max(now, task.at());
            task.runnable().run();
        }
        now = until;
    }

    private void begin(final String... ids) {
        probes.begin(move, List.of(ids), results::add);
    }

    private Probed result() {
        assertEquals(1, results.size());
        return results.get(0);
    }

    @Test
    void aMoveIsMeasuredUntilShortlyAfterItsEnd() {
        begin("p1");
        pass(1000);
        answers = false;
        probes.hurry(move);
        pass(200);
        answers = true;
        pass(500);
        probes.end(move);
        assertEquals(List.of(), results);
        pass(MoveProbes.TRAIL / MS + 21);
        final var probed = result();
        assertEquals(Outcome.MEASURED, probed.outcome());
        assertEquals(new Probed.Whom("p1", ADDRESS, "border"), probed.whom().orElseThrow());
        final var gap = probed.gap().orElseThrow();
        assertEquals(sent, gap.sent());
        assertEquals(10, gap.lost());
        assertEquals(200 * MS, gap.longest().orElseThrow());
        assertEquals(20 * MS, gap.doubt());
        assertTrue(gap.answering());
        assertEquals(List.of("close p1"), calls);
        pass(10_000);
        assertEquals(gap.sent(), sent, "nothing is sent after the end");
        assertEquals(1, results.size());
    }

    @Test
    void aGuestThatIsSilentAtTheEndIsWaitedForAWhile() {
        begin("p1");
        pass(1000);
        answers = false;
        probes.end(move);
        pass((MoveProbes.TRAIL + MoveProbes.GRACE) / MS - 1);
        assertEquals(List.of(), results);
        pass(100);
        assertEquals(Outcome.MEASURED, result().outcome());
        assertEquals(false, result().gap().orElseThrow().answering());
    }

    @Test
    void aGuestThatNeverAnswersIsSaidTo() {
        answers = false;
        begin("p1");
        probes.end(move);
        pass(5000);
        assertEquals(Outcome.UNANSWERED, result().outcome());
    }

    @Test
    void aLongCopyIsProbedSlowlyAndUnderALeaseUntilSomethingHappens() {
        begin("p1");
        pass(30_000);
        sent = 0;
        pass(60_000);
        assertEquals(120, sent, 1);
        assertEquals(5, calls.stream().filter("renew"::equals).count(), 1);
        probes.hurry(move);
        pass(0);
        sent = 0;
        pass(1000);
        assertEquals(50, sent, 1);
    }

    @Test
    void aSignIsAnsweredByAProbeAtOnce() {
        begin("p1");
        pass(40_100);
        sent = 0;
        probes.hurry(move);
        pass(0);
        assertEquals(1, sent);
        probes.hurry(move);
        pass(0);
        assertEquals(1, sent, "not quicker than wanted");
    }

    @Test
    void theFirstPortThatCanBeProbedIs() {
        refused.put("p1", "no address of it is known");
        begin("p1", "p2");
        pass(100);
        probes.end(move);
        pass(5000);
        assertEquals("p2", result().whom().orElseThrow().interfaceId());
    }

    @Test
    void aGuestThatCannotBeProbedIsUnprobedForTheFirstReason() {
        refused.put("p1", "no address of it is known");
        refused.put("p2", "it is not served");
        begin("p1", "p2");
        pass(0);
        assertEquals(Probed.unprobed("no address of it is known"), result());
        probes.hurry(move);
        probes.end(move);
        pass(5000);
        assertEquals(1, results.size());
    }

    @Test
    void noPortAndNoWishIsUnprobedToo() {
        begin();
        pass(0);
        assertEquals(Outcome.UNPROBED, results.get(0).outcome());
        probes.rate(0);
        begin("p1");
        pass(0);
        assertEquals(Probed.unprobed("probe-rate of the migration policy is 0"), results.get(1));
        assertEquals(0, sent);
    }

    @Test
    void anEdgeThatIsLostBreaksItOffWithWhatWasKnown() {
        begin("p1");
        pass(1000);
        broken = "no session";
        pass(1000);
        assertEquals(Outcome.BROKEN_OFF, result().outcome());
        assertEquals("edge border: no session", result().reason().orElseThrow());
        assertEquals(0, result().gap().orElseThrow().lost());
        assertEquals(0, result().gap().orElseThrow().longest().orElseThrow());
        assertEquals(List.of("close p1"), calls);
    }

    @Test
    void anEdgeThatNeverTookAProbeLeavesItUnprobed() {
        broken = "no session";
        begin("p1");
        pass(1000);
        assertEquals(Probed.unprobed("edge border: no session"), result());
    }

    private String drained() {
        final long began = now;
        final var ends = new ArrayList<String>();
        probes.drain(move, "hv1", taken -> ends.add(taken + " " + (now - began) / MS));
        pass(MoveProbes.DRAIN / MS);
        assertEquals(1, ends.size());
        return ends.get(0);
    }

    @Test
    void aGuestHasTakenWhatCameWhenItAnswersWhatWasSentBehind() {
        begin("p1");
        pass(1000);
        taking = 70;
        assertEquals("true 70", drained());
        taking = 0;
        assertEquals("false 200", drained());
        assertEquals(List.of("behind at hv1", "behind at hv1"), calls);
        probes.end(move);
        pass(1000);
        assertEquals(sent, result().gap().orElseThrow().sent(), "it is not measured");
        assertEquals(0, result().gap().orElseThrow().duplicated());
    }

    @Test
    void aGuestThatCannotTellIsNotWaitedFor() {
        assertEquals("false 0", drained(), "it is not probed");
        answers = false;
        begin("p1");
        pass(1000);
        assertEquals("false 0", drained(), "it has never answered");
        assertEquals(List.of(), calls);
        probes.end(move);
        pass(2000);
        answers = true;
        begin("p2");
        pass(1000);
        assertEquals("false 0", drained(), "it is not where it should be");
    }

    @Test
    void whatIsMeasuredIsNotTakenForAnAnswerToThat() {
        begin("p1");
        while (sent <= GuestProbes.NUMBERS) {
            probes.hurry(move);
            pass(1000);
        }
        probes.end(move);
        pass(1000);
        assertEquals(sent, result().gap().orElseThrow().answered());
    }

    @Test
    void whoWaitsForAGuestIsToldOfTheEnd() {
        begin("p1");
        pass(1000);
        taking = 0;
        final var ends = new ArrayList<Boolean>();
        probes.drain(move, "hv1", ends::add);
        pass(1);
        probes.close();
        assertEquals(List.of(false), ends);
        pass(1000);
        assertEquals(List.of(false), ends);
    }

    @Test
    void guestsThatMoveTogetherShareTheBound() {
        for (int i = 0; i < 100; i++) {
            probes.begin(mock(Migration.class), List.of("p" + i), results::add);
        }
        pass(1000);
        sent = 0;
        pass(1000);
        assertEquals(500, sent, 1);
        probes.close();
        assertEquals(100, results.size());
        assertTrue(results.stream().allMatch(probed -> probed.outcome() == Outcome.BROKEN_OFF));
    }
}
