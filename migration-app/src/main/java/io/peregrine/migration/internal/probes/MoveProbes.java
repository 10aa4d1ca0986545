/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.probes;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.loops.Failures;
import io.peregrine.flow.loops.Guarded;
import io.peregrine.migration.internal.core.Gap;
import io.peregrine.migration.internal.core.GapMeter;
import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.ProbePace;
import io.peregrine.migration.internal.core.Probed;
import io.peregrine.vxlan.GuestProbes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes moving guests on a thread of its own, so that nothing that has to be quick waits for a probe; only the pause
 * of a guest does, that is asked by one whether it may come. Of a guest's ports, which move together, the first that
 * can be probed is.
 */
public final class MoveProbes implements Prober, AutoCloseable {
    /** For how long probes are still sent when a move is over: its last changes may be on their way. */
    static final long TRAIL = TimeUnit.MILLISECONDS.toNanos(300);
    /** How long answers are waited for after that. */
    static final long GRACE = TimeUnit.SECONDS.toNanos(1);
    private static final long RENEW = TimeUnit.SECONDS.toNanos(GuestProbes.LEASE_SECONDS / 3);
    /** Probes that cannot be sent in turn before it is given up. */
    private static final int MOST_FAILURES = 3;
    /** How long a guest may take to take what has come to it. */
    static final long DRAIN = TimeUnit.MILLISECONDS.toNanos(200);
    /** Numbers of probes that ask for that, and are not measured; above those of the others. */
    private static final int DRAINS = 16;
    private static final int MEASURED = GuestProbes.NUMBERS - DRAINS;
    private static final long CLOSE_SECONDS = 3;
    private static final String OFF = "probe-rate of the migration policy is 0";
    private static final Logger LOG = LoggerFactory.getLogger(MoveProbes.class);

    private final GuestProbes probes;
    private final ScheduledExecutorService executor;
    private final Guarded guarded;
    private final LongSupplier clock;
    private volatile int rate = ProbePace.MOST;
    /** On the executor's thread. */
    private final Map<Migration, Run> runs = new HashMap<>();

    /**
     * Probes nobody yet.
     *
     * @param probes carries probes
     * @param executor one thread; shut down by the owner
     * @param clock nanoseconds, the clock of {@link GuestProbes.AnswerListener}
     */
    public MoveProbes(final GuestProbes probes, final ScheduledExecutorService executor, final LongSupplier clock) {
        this.probes = requireNonNull(probes);
        this.executor = requireNonNull(executor);
        guarded = new Guarded(executor, LOG);
        this.clock = requireNonNull(clock);
    }

    /**
     * Sets how often guests are probed; one that is being probed is so to its end.
     *
     * @param newRate probes a second, 0 for not at all
     */
    public void rate(final int newRate) {
        rate = newRate;
    }

    @Override
    public void begin(final Migration move, final List<String> interfaceIds, final Consumer<Probed> result) {
        guarded.execute(() -> {
            final int wanted = rate;
            if (wanted == 0) {
                result.accept(Probed.unprobed(OFF));
            } else if (interfaceIds.isEmpty()) {
                result.accept(Probed.unprobed("it has no port that is served"));
            } else if (!runs.containsKey(move)) {
                final var run = new Run(move, wanted, new ArrayDeque<>(interfaceIds), result);
                runs.put(move, run);
                run.open(Optional.empty());
            }
        });
    }

    @Override
    public void hurry(final Migration move) {
        guarded.execute(() -> Optional.ofNullable(runs.get(move)).ifPresent(Run::hurry));
    }

    @Override
    public void drain(final Migration move, final String edge, final Consumer<Boolean> done) {
        guarded.execute(() -> Optional.ofNullable(runs.get(move))
            .ifPresentOrElse(run -> run.drain(edge, done), () -> done.accept(false)));
    }

    @Override
    public void end(final Migration move) {
        guarded.execute(() -> Optional.ofNullable(runs.get(move)).ifPresent(Run::end));
    }

    /** Ends all that is being probed, and waits for that; to be called before the executor is shut down. */
    @Override
    public void close() {
        try {
            executor.submit(() -> List.copyOf(runs.values()).forEach(
                run -> run.finish(Optional.of("the controller ended")))).get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.warn("Probing has not ended; what it needs on switches goes in {} s", GuestProbes.LEASE_SECONDS, e);
        }
    }

    /** One move. All on the executor's thread. */
    private final class Run {
        private final Migration move;
        private final int wanted;
        private final Deque<String> untried;
        private final Consumer<Probed> result;
        private final GapMeter meter = new GapMeter(MEASURED);
        /** Who waits for an answer to a probe of those numbers. */
        private final Map<Integer, Consumer<Boolean>> drains = new HashMap<>();
        private int drained;

        private String interfaceId;
        private GuestProbes.Session session;
        private Future<?> timer;
        private long lastEvent = clock.getAsLong();
        private long lastSent;
        private long renewed = lastEvent;
        private boolean ending;
        private long endsAt;
        private boolean over;
        private int failures;

        Run(final Migration move, final int wanted, final Deque<String> untried, final Consumer<Probed> result) {
            this.move = move;
            this.wanted = wanted;
            this.untried = untried;
            this.result = result;
        }

        /** Looks for a port that can be probed; says of the first why it cannot. */
        void open(final Optional<String> why) {
            if (untried.isEmpty() || ending) {
                finish(why.or(() -> Optional.of("it was over too soon")));
                return;
            }
            interfaceId = untried.poll();
            probes.probe(interfaceId, (number, at) -> guarded.execute(() -> answer(number, at)))
                .whenComplete((opened, failure) -> guarded.execute(() -> {
                    if (failure != null) {
                        open(why.or(() -> Optional.of(Failures.reason(failure))));
                    } else if (over) {
                        opened.close();
                    } else {
                        session = opened;
                        tick();
                    }
                }));
        }

        void hurry() {
            lastEvent = clock.getAsLong();
            if (session != null && !ending) {
                // what has happened may be what makes it silent, which is told from the next probe on
                schedule(Math.max(0, lastSent + ProbePace.interval(wanted, runs.size(), 0) - lastEvent));
            }
        }

        void drain(final String edge, final Consumer<Boolean> done) {
            if (session == null || !meter.hasAnswer()) {
                done.accept(false);
                return;
            }
            final int number = MEASURED + drained++ % DRAINS;
            drains.put(number, done);
            guarded.schedule(() -> endDrain(number, false), DRAIN);
            session.sendBehind(number, edge).whenComplete((ok, failure) -> {
                if (failure != null) {
                    LOG.debug("{} cannot be asked at {}", interfaceId, edge, failure);
                    guarded.execute(() -> endDrain(number, false));
                }
            });
        }

        private void endDrain(final int number, final boolean answered) {
            Optional.ofNullable(drains.remove(number)).ifPresent(done -> done.accept(answered));
        }

        void end() {
            hurry();
            if (!ending) {
                ending = true;
                endsAt = clock.getAsLong() + TRAIL;
            }
        }

        private void tick() {
            if (over) {
                return;
            }
            final long now = clock.getAsLong();
            if (ending && now >= endsAt) {
                if (!meter.awaits() || now >= endsAt + GRACE) {
                    finish(Optional.empty());
                } else {
                    // an answer ends it before
                    schedule(endsAt + GRACE - now);
                }
                return;
            }
            send(now);
            if (now - renewed >= RENEW) {
                renewed = now;
                session.renew();
            }
            final long wait = ProbePace.interval(wanted, runs.size(), now - lastEvent);
            schedule(ending ? Math.min(wait, Math.max(1, endsAt - now)) : wait);
        }

        private void send(final long now) {
            lastSent = now;
            final int number = meter.send(now);
            session.send(number).whenComplete((ok, failure) -> {
                if (failure == null) {
                    guarded.execute(() -> failures = 0);
                } else {
                    guarded.execute(() -> notSent(number, Failures.reason(failure)));
                }
            });
        }

        private void notSent(final int number, final String why) {
            if (!over) {
                meter.notSent(number);
                if (++failures >= MOST_FAILURES) {
                    meter.breakOff();
                    finish(Optional.of("edge " + session.edge() + ": " + why));
                }
            }
        }

        private void answer(final int number, final long at) {
            if (number >= MEASURED) {
                endDrain(number, true);
            } else if (!over) {
                meter.answer(number, at);
                if (ending && at >= endsAt && !meter.awaits()) {
                    finish(Optional.empty());
                }
            }
        }

        private void schedule(final long nanos) {
            if (timer != null) {
                timer.cancel(false);
            }
            timer = guarded.schedule(this::tick, nanos).orElse(null);
        }

        void finish(final Optional<String> why) {
            if (over) {
                return;
            }
            over = true;
            runs.remove(move);
            List.copyOf(drains.keySet()).forEach(number -> endDrain(number, false));
            if (timer != null) {
                timer.cancel(false);
            }
            if (session == null) {
                result.accept(Probed.unprobed(why.orElse("it was over too soon")));
            } else {
                session.close();
                final Gap gap = meter.result();
                result.accept(Probed.of(new Probed.Whom(interfaceId, session.address(), session.edge()), gap, why));
            }
        }
    }
}
