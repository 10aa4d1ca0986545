/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.MoreExecutors;
import io.peregrine.flow.Audit;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.SwitchLoads;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchRefusedException;
import io.peregrine.flow.SwitchUnavailableException;
import io.peregrine.flow.internal.core.Change;
import io.peregrine.flow.internal.core.DesiredProgram;
import io.peregrine.flow.internal.core.Observed;
import io.peregrine.flow.internal.core.Op;
import io.peregrine.flow.internal.core.SwitchState;
import io.peregrine.flow.loops.Failures;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One switch that somebody has charge of.
 *
 * <p>Callers change the desired program under this object's lock, which is held for that only. All else happens in a
 * serial executor of this switch's own ("the actor"): sending, taking answers, reading back, repairing. Sending
 * waits for nothing, so a change goes out when its turn comes, whatever answer is outstanding; a read-back is decoded
 * elsewhere.
 *
 * <pre>
 *   connected -&gt; read back -&gt; repair, some hundred changes a time -&gt; nothing left to do: IN_SYNC
 *                   ^                                                      |
 *                   +---- after a pause ---- a change failed or stayed unanswered
 *                   +---- now and then ----- as a matter of routine
 *                   +---- at once ---------- the switch says that an entry is gone
 * </pre>
 *
 * <p>The last two do not disturb: the switch stays {@code IN_SYNC} unless they find something.
 */
final class ManagedSwitch implements SwitchProgram {
    /** How long an answer may take. */
    static final long ANSWER_MILLIS = 10_000;
    /** Repairs go in pieces, so that a change made meanwhile waits for one piece only. */
    static final int REPAIR_PIECE = 500;

    private static final Logger LOG = LoggerFactory.getLogger(ManagedSwitch.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final int READS_BEFORE_PROBLEM = 3;
    /** How often an audit reads a switch that is changed meanwhile. */
    private static final int AUDIT_READINGS = 3;
    /** If nobody has meddled with the switch for so long, the next time is not part of a fight. */
    private static final long PEACE_MILLIS = 60_000;
    /** 2 to the power of 64 by the golden ratio: multiples of it are spread evenly. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    /** Runs things later. */
    @FunctionalInterface
    interface Timer {
        /**
         * Runs something once.
         *
         * @param millis after how long
         * @param task what; must not block
         * @return calling it off, if it did not run yet
         */
        Runnable after(long millis, Runnable task);
    }

    /** What the switches of one programmer share; times are in milliseconds. */
    record Surroundings(Executor pool, Timer timer, LongSupplier clock, Consumer<Set<Long>> groupsSeen,
            ReadPace pace, Turns reading) {
        Surroundings {
            requireNonNull(pool);
            requireNonNull(timer);
            requireNonNull(clock);
            requireNonNull(groupsSeen);
            requireNonNull(pace);
            requireNonNull(reading);
        }
    }

    private final DatapathId datapath;
    private final Listener listener;
    private final Surroundings around;
    private final Runnable onClose;
    private final CountingExecutor actor;
    private final Executor teller;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // Guarded by this
    private final DesiredProgram desired = new DesiredProgram();
    private boolean closed;

    private volatile State state = State.DISCONNECTED;

    // Actor only
    private final SwitchState model = new SwitchState();
    private final Set<Batch> underWay = new HashSet<>();
    private final Set<CompletableFuture<?>> reads = new HashSet<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private List<Problem> told = List.of();
    private SwitchChannel channel;
    /** Calls off a read-back that waits after failures. */
    private Runnable pause;
    /** Calls off the next routine. */
    private Runnable routine;
    /** When the switch is to be read next for routine's sake, and the pace that came from. */
    private long routineAt;
    private long routinePace;
    /** Calls off a read-back that waits lest a fight with somebody spins. */
    private Runnable lull;
    /** Whether to read as soon as there is nothing else to do. */
    private boolean readDue;
    private boolean reading;
    private boolean repairing;
    private int failedReads;
    private String readFailure;
    /** Read-backs since all was well last, lest failures that take turns never pause. */
    private int rounds;
    /** How often in a row a read-back found what somebody had changed, and when last. */
    private int meddlings;
    private long meddledAt;
    /** Entries found changed and not yet repaired. */
    private int meddledWith;

    ManagedSwitch(final DatapathId datapath, final Listener listener, final Surroundings around,
            final Runnable onClose) {
        this.datapath = requireNonNull(datapath);
        this.listener = requireNonNull(listener);
        this.around = requireNonNull(around);
        this.onClose = requireNonNull(onClose);
        actor = new CountingExecutor(MoreExecutors.newSequentialExecutor(around.pool));
        teller = MoreExecutors.newSequentialExecutor(around.pool);
    }

    @Override
    public DatapathId datapath() {
        return datapath;
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public CompletableFuture<Void> apply(final Map<String, Fragment> changes) {
        final var copy = Map.copyOf(changes);
        final var answer = new CompletableFuture<Void>();
        synchronized (this) {
            checkOpen();
            final var change = desired.replace(copy);
            actor.execute(() -> change(change, answer));
        }
        return answer;
    }

    @Override
    public CompletableFuture<Void> renew(final String fragment) {
        final var answer = new CompletableFuture<Void>();
        synchronized (this) {
            checkOpen();
            final var leases = desired.leasesOf(fragment);
            actor.execute(() -> proceed(model.renew(leases, now()), answer));
        }
        return answer;
    }

    @Override
    public CompletableFuture<Void> confirm(final Set<String> names) {
        final var answer = new CompletableFuture<Void>();
        synchronized (this) {
            checkOpen();
            final var subjects = desired.subjectsOf(names);
            actor.execute(() -> {
                final var answered = new CompletableFuture<Void>();
                answered.whenComplete((ok, failure) -> {
                    if (failure == null) {
                        actor.execute(() -> confirm(subjects, answer));
                    } else {
                        answer.completeExceptionally(failure);
                    }
                });
                change(Change.NONE, answered);
            });
        }
        return answer;
    }

    private void confirm(final Set<Object> subjects, final CompletableFuture<Void> answer) {
        final var lack = model.lack(subjects);
        if (channel == null) {
            fail(answer, unavailable());
        } else if (state != State.IN_SYNC) {
            fail(answer, new SwitchRefusedException(datapath, "it is being brought into line"));
        } else if (lack.isPresent()) {
            fail(answer, new SwitchRefusedException(datapath, lack.orElseThrow()));
        } else {
            around.pool.execute(() -> answer.complete(null));
        }
    }

    @Override
    public synchronized void setComplete(final boolean complete) {
        checkOpen();
        actor.execute(() -> {
            model.setComplete(complete);
            advance();
        });
    }

    @Override
    public synchronized Map<String, Fragment> fragments() {
        return desired.fragments();
    }

    /**
     * How much the switch shall have, and how much waits.
     *
     * @return that
     */
    synchronized SwitchLoads.Load load() {
        return new SwitchLoads.Load(datapath, desired.flows(), desired.groups(), actor.waiting());
    }

    /**
     * Compares the switch with the desired program, changing nothing.
     *
     * @return the difference; exceptionally {@link SwitchUnavailableException} if there is no session, or the switch
     *     does not answer
     */
    CompletableFuture<Audit> audit() {
        final var answer = new CompletableFuture<Audit>();
        actor.execute(() -> audit(answer, AUDIT_READINGS, now() + ANSWER_MILLIS));
        return answer;
    }

    /** Reads, and does so again if something was changed meanwhile. Actor only. */
    private void audit(final CompletableFuture<Audit> answer, final int readings, final long lastBegin) {
        if (channel == null) {
            fail(answer, unavailable());
            return;
        }
        final var session = channel;
        final var mark = model.beginRead();
        read(observed -> {
            if (channel != session) {
                fail(answer, unavailable());
            } else if (mark.isDisturbed() && readings > 1 && now() < lastBegin) {
                model.abandon(mark);
                audit(answer, readings - 1, lastBegin);
            } else {
                final var audit = model.audit(observed, mark, now());
                around.pool.execute(() -> answer.complete(audit));
            }
        }, failure -> {
            model.abandon(mark);
            fail(answer,
                new SwitchUnavailableException(datapath, "cannot be read: " + Failures.reason(failure), failure));
        });
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            actor.execute(() -> {
                endSession();
                // Behind what the end of the session has brought about
                actor.execute(() -> ended.complete(null));
            });
        }
        onClose.run();
    }

    /**
     * Tells when, after {@link #close}, everybody who waits for an answer gets one and the pool is no longer needed.
     *
     * @return completed then, in the pool
     */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the program of switch " + datapath + " is closed");
        }
    }

    /**
     * A session began. Replaces one that did not end yet.
     *
     * @param newChannel the session
     */
    void connected(final SwitchChannel newChannel) {
        actor.execute(() -> {
            if (isClosed()) {
                return;
            }
            endSession();
            channel = newChannel;
            rounds = 0;
            model.connect();
            become(State.SYNCING);
            routinePace = around.pace.leastMillis();
            routineAt = now();
            scheduleRoutine(share(routinePace));
            advance();
        });
    }

    /** The session ended. */
    void disconnected() {
        actor.execute(this::endSession);
    }

    /** So that switches that connect together are not read together. */
    private long share(final long millis) {
        return (datapath.bits() * SPREAD >>> Integer.SIZE) * millis >>> Integer.SIZE;
    }

    private void scheduleRoutine(final long millis) {
        routine = later(millis, () -> {
            final long usual = around.pace.leastMillis();
            scheduleRoutine(usual);
            final long pace = around.pace.millis();
            if (told.isEmpty() && pace > 2 * routinePace) {
                // More switches than were known then take turns
                routinePace = pace;
                routineAt = now() + share(pace);
            } else if (!told.isEmpty() || now() + usual / 2 >= routineAt) {
                routinePace = pace;
                routineAt = now() + pace;
                // What is being read, or will be, need not be read for this
                readDue |= !reading && !model.needsRead();
            }
            advance();
        });
    }

    /** Does something after a while unless the session ends before. */
    private Runnable later(final long millis, final Runnable task) {
        final var session = channel;
        return around.timer.after(millis, () -> actor.execute(() -> {
            if (channel == session) {
                task.run();
            }
        }));
    }

    /**
     * The switch says that an entry of ours was deleted, by whomever.
     *
     * @param key the entry
     */
    void removed(final FlowKey key) {
        actor.execute(() -> {
            if (channel != null && model.isMissed(key)) {
                LOG.debug("Switch {}: somebody removed {}", datapath, key);
                readDue = true;
                advance();
            }
        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void endSession() {
        channel = null;
        around.pace.forget(datapath);
        reading = false;
        repairing = false;
        readDue = false;
        meddlings = 0;
        meddledWith = 0;
        for (var waits : new Runnable[] { pause, routine, lull }) {
            if (waits != null) {
                waits.run();
            }
        }
        pause = null;
        routine = null;
        lull = null;
        failedReads = 0;
        model.disconnect();
        tellProblems();
        become(State.DISCONNECTED);
        final var lost = List.copyOf(underWay);
        underWay.clear();
        lost.forEach(Batch::lost);
        final var unread = List.copyOf(reads);
        reads.clear();
        unread.forEach(read -> read.completeExceptionally(unavailable()));
        failWaiting();
    }

    private void failWaiting() {
        waiting.forEach(answer -> fail(answer, unavailable()));
        waiting.clear();
    }

    private SwitchUnavailableException unavailable() {
        return new SwitchUnavailableException(datapath, "no OpenFlow session");
    }

    private void fail(final CompletableFuture<?> answer, final Throwable cause) {
        around.pool.execute(() -> answer.completeExceptionally(cause));
    }

    private long now() {
        return around.clock.getAsLong();
    }

    private void change(final Change change, final CompletableFuture<Void> answer) {
        proceed(model.change(change, now()), answer);
    }

    private void proceed(final SwitchState.Outcome outcome, final CompletableFuture<Void> answer) {
        if (channel == null) {
            fail(answer, unavailable());
            return;
        }
        tellProblems();
        final var whole = new CompletableFuture<Void>();
        send(outcome.ops(), whole);
        if (outcome.held()) {
            waiting.add(answer);
        } else if (outcome.blocked().isEmpty()) {
            Answers.pass(whole, answer);
        } else {
            fail(answer, new SwitchRefusedException(datapath, String.join("; ", outcome.blocked())));
        }
        advance();
    }

    /** Changes sent together, and the barrier behind them. Actor only. */
    private final class Batch {
        private final CompletableFuture<Void> answer;
        private final List<Op> ops;
        private final List<CompletableFuture<?>> results = new ArrayList<>();
        private final CompletableFuture<?> barrier;
        private final Runnable limit;
        private boolean done;

        Batch(final List<Op> ops, final CompletableFuture<Void> answer) {
            this.ops = ops;
            this.answer = answer;
            for (var op : ops) {
                results.add(channel.send(op));
            }
            barrier = channel.barrier();
            limit = around.timer.after(ANSWER_MILLIS, () -> actor.execute(this::finish));
        }

        void start() {
            underWay.add(this);
            final var all = new CompletableFuture<?>[results.size() + 1];
            results.toArray(all);
            all[results.size()] = barrier;
            CompletableFuture.allOf(all).whenComplete((ok, failure) -> actor.execute(this::finish));
        }

        /** Everything was answered, or time is up. */
        private void finish() {
            if (!underWay.remove(this) || done) {
                return;
            }
            done = true;
            limit.run();
            Throwable cause = failureOf(barrier);
            String what = cause == null ? null : "barrier: " + Failures.reason(cause);
            for (int i = 0; i < ops.size(); i++) {
                final var op = ops.get(i);
                // Without an answer to the barrier a success is a guess
                final var failure = failureOf(results.get(i));
                if (failure == null && failureOf(barrier) == null) {
                    model.succeeded(op);
                } else {
                    final var reason = failure == null ? what : Failures.reason(failure);
                    model.failed(op, reason);
                    if (failure != null) {
                        cause = failure;
                        what = op + ": " + reason;
                    }
                    LOG.debug("Switch {}: {} failed: {}", datapath, op, reason);
                }
            }
            if (cause == null) {
                around.pool.execute(() -> answer.complete(null));
            } else {
                fail(answer, new SwitchRefusedException(datapath, what, cause));
            }
            tellProblems();
            advance();
        }

        void lost() {
            done = true;
            limit.run();
            fail(answer, new SwitchUnavailableException(datapath, "the session ended before the switch answered"));
        }
    }

    private static Throwable failureOf(final CompletableFuture<?> future) {
        if (!future.isDone()) {
            return new TimeoutException("no answer");
        }
        return future.handle((ok, failure) -> failure).join();
    }

    private void send(final List<Op> ops, final CompletableFuture<Void> answer) {
        new Batch(ops, answer).start();
    }

    /** Reads back, or sends the next piece of a repair, or is done. */
    private void advance() {
        if (channel == null) {
            return;
        }
        if (model.needsRead()) {
            become(State.SYNCING);
            if (!reading && pause == null) {
                final int attempts = Math.max(Math.max(model.attempts() - 1, failedReads), rounds - 1);
                if (attempts == 0) {
                    readBack();
                } else {
                    pause(attempts);
                }
            }
            return;
        }
        if (repairing) {
            return;
        }
        final var ops = model.repair(REPAIR_PIECE, now());
        tellProblems();
        if (ops.isEmpty()) {
            if (underWay.isEmpty()) {
                rounds = 0;
            }
            if (meddledWith != 0) {
                LOG.warn("Switch {}: repaired {} entries that had been changed from outside", datapath, meddledWith);
                meddledWith = 0;
            }
            become(State.IN_SYNC);
            if (!waiting.isEmpty()) {
                final var settled = List.copyOf(waiting);
                waiting.clear();
                around.pool.execute(() -> settled.forEach(answer -> answer.complete(null)));
            }
            readIfDue();
            return;
        }
        LOG.info("Switch {}: repairing with {} changes", datapath, ops.size());
        repairing = true;
        final var session = channel;
        final var answer = new CompletableFuture<Void>();
        answer.whenComplete((ok, failure) -> actor.execute(() -> {
            if (channel == session) {
                repairing = false;
                advance();
            }
        }));
        send(ops, answer);
    }

    private static long pauseMillis(final int attempts) {
        return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempts - 1, 10));
    }

    private void pause(final int attempts) {
        pause = later(pauseMillis(attempts), () -> {
            pause = null;
            if (!reading && model.needsRead()) {
                readBack();
            }
        });
    }

    /** Reads for routine's sake or because something is missed, but does not let somebody who meddles set the pace. */
    private void readIfDue() {
        if (!readDue || reading || lull != null) {
            return;
        }
        final long wait = meddlings == 0 ? 0 : meddledAt + pauseMillis(meddlings) - now();
        if (wait <= 0) {
            readBack();
        } else {
            lull = later(wait, () -> {
                lull = null;
                advance();
            });
        }
    }

    private void meddled(final int count) {
        LOG.debug("Switch {}: {} entries have been changed from outside", datapath, count);
        meddlings = now() - meddledAt > PEACE_MILLIS ? 1 : meddlings + 1;
        meddledAt = now();
        meddledWith += count;
        become(State.SYNCING);
    }

    private void readBack() {
        reading = true;
        readDue = false;
        if (model.needsRead()) {
            rounds++;
        }
        final var session = channel;
        final var mark = model.beginRead();
        final long began = now();
        read(observed -> {
            if (channel != session) {
                return;
            }
            reading = false;
            failedReads = 0;
            around.pace.took(datapath, now() - began, observed.flows().size() + observed.otherFlows().size()
                + observed.groups().size() + observed.otherGroups().size());
            LOG.debug("Switch {} has {} flows and {} groups", datapath, observed.flows().size(),
                observed.groups().size());
            around.groupsSeen.accept(observed.groups().keySet());
            around.groupsSeen.accept(observed.otherGroups());
            final int changed = model.merge(observed, mark, now());
            if (changed != 0) {
                meddled(changed);
            }
            advance();
        }, failure -> {
            if (channel != session) {
                return;
            }
            reading = false;
            model.abandon(mark);
            failedReads++;
            readFailure = Failures.reason(failure);
            LOG.debug("Switch {} cannot be read back", datapath, failure);
            tellProblems();
            advance();
        });
    }

    /** Reads when it is this switch's turn; exactly one of the two is called, by the actor. */
    private void read(final Consumer<Observed> onRead, final Consumer<Throwable> onFailure) {
        final var session = channel;
        final var read = new CompletableFuture<Observed>();
        reads.add(read);
        around.reading.take(() -> {
            if (!read.isDone()) {
                // What it throws ends the reading: a turn that is not given back would be lost to all
                CompletableFuture.runAsync(() -> ask(session, read), Runnable::run)
                    .exceptionally(failure -> {
                        read.completeExceptionally(failure);
                        return null;
                    });
            }
            return read;
        });
        read.whenComplete((observed, failure) -> actor.execute(() -> {
            reads.remove(read);
            if (failure == null) {
                onRead.accept(observed);
            } else {
                onFailure.accept(failure);
            }
        }));
    }

    /** Asks a switch for what it has; asks no further when that is not waited for any more. */
    private void ask(final SwitchChannel session, final CompletableFuture<Observed> read) {
        final var limit = around.timer.after(ANSWER_MILLIS,
            () -> read.completeExceptionally(new TimeoutException("no answer")));
        final var asked = session.read();
        Answers.pass(asked, read);
        read.whenComplete((observed, failure) -> {
            limit.run();
            asked.cancel(false);
        });
    }

    private void become(final State newState) {
        if (state != newState) {
            state = newState;
            LOG.info("Switch {} is {}", datapath, newState);
            teller.execute(() -> {
                if (!isClosed()) {
                    listener.onState(newState);
                }
            });
        }
    }

    private void tellProblems() {
        final var problems = new ArrayList<>(model.problems(now()));
        if (failedReads >= READS_BEFORE_PROBLEM) {
            problems.add(new Problem(Problem.Kind.UNREADABLE, "cannot be read back, so nothing can be repaired: "
                + readFailure));
        }
        if (problems.equals(told)) {
            return;
        }
        final var now = List.copyOf(problems);
        problems.removeAll(told);
        // That one is logged when it has been done
        problems.removeIf(problem -> problem.kind() == Problem.Kind.CHANGED_FROM_OUTSIDE);
        problems.forEach(problem -> LOG.warn("Switch {}: {}", datapath, problem.text()));
        told = now;
        teller.execute(() -> {
            if (!isClosed()) {
                listener.onProblems(now);
            }
        });
    }
}
