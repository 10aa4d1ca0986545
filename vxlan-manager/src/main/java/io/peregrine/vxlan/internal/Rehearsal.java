/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowRehearsal;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.GroupIds;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.plan.Edge;
import io.peregrine.vxlan.plan.EdgePlan;
import io.peregrine.vxlan.plan.EdgeSnapshot;
import io.peregrine.vxlan.plan.EdgeSwitches;
import io.peregrine.vxlan.plan.Network;
import io.peregrine.vxlan.plan.Overlay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves guests that do not exist between edges that do not exist, after each start: what a move runs through is
 * compiled then, and the first real move is not slower than those that follow. Takes a small part of one processor for
 * some seconds.
 */
@Component(service = { }, immediate = true)
public final class Rehearsal implements AutoCloseable {
    /** The virtual machine compiles a method well when it was called some thousand times; each move has ten steps. */
    static final int MOVES = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int EDGES = 4;
    private static final int GUESTS = 10;
    /** Pauses are so many times as long as what is between them. */
    private static final int REST = 4;
    private static final long ANSWER_SECONDS = 30;
    private static final String NETWORK = "rehearsal";

    private final Thread thread;
    private final CompletableFuture<Integer> done = new CompletableFuture<>();

    /**
     * Begins.
     *
     * @param flows takes what the edges' switches are to have
     */
    @Activate
    public Rehearsal(@Reference final FlowRehearsal flows) {
        this(flows, MOVES);
    }

    Rehearsal(final FlowRehearsal flows, final int moves) {
        requireNonNull(flows);
        thread = new Thread(() -> run(flows, moves), "peregrine-rehearsal");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
    }

    @Deactivate
    @Override
    public void close() {
        thread.interrupt();
    }

    /**
     * Tells of the end.
     *
     * @return completes with the number of moves
     */
    CompletableFuture<Integer> done() {
        return done;
    }

    private void run(final FlowRehearsal flows, final int moves) {
        int made = 0;
        try (var stage = new Stage(flows)) {
            for (; made < moves; made++) {
                final long began = System.nanoTime();
                stage.move(made);
                TimeUnit.NANOSECONDS.sleep(REST * (System.nanoTime() - began));
            }
        } catch (InterruptedException e) {
            LOG.debug("Ends with the application", e);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The first moves may be slow: {}", e.toString());
        } finally {
            done.complete(made);
        }
    }

    private static final class Stage implements EdgeSwitches, AutoCloseable {
        private final FlowRehearsal flows;
        private final ExecutorService loop = Executors.newSingleThreadExecutor(task -> {
            final var worker = new Thread(task, "peregrine-rehearsed-overlay");
            worker.setDaemon(true);
            worker.setPriority(Thread.MIN_PRIORITY);
            return worker;
        });

        // On the loop
        private final Map<String, SwitchProgram> programs = new HashMap<>();
        private final Map<Integer, Map<String, EdgeSnapshot.Tap>> taps = new HashMap<>();
        private final Overlay overlay = new Overlay(new EdgePlan(new Numbers()), this, loop);

        Stage(final FlowRehearsal flows) throws InterruptedException, ExecutionException, TimeoutException {
            this.flows = flows;
            step(() -> {
                overlay.setIntent(List.of(new Network(NETWORK, 1, Map.of())),
                    IntStream.range(0, EDGES).mapToObj(edge -> new Edge(name(edge), true, Map.of())).toList());
                IntStream.range(0, EDGES).forEach(edge -> {
                    report(edge);
                    overlay.setHeard(name(edge), true);
                });
                IntStream.range(0, GUESTS).forEach(guest -> overlay.declare(new GuestPort(id(guest),
                    new MacAddress(0x0200_0000_0000L + guest), Optional.of(NETWORK), id(guest))));
                return CompletableFuture.completedFuture(null);
            });
        }

        /** One guest's move, reactive and predictive in turns. */
        void move(final int number) throws InterruptedException, ExecutionException, TimeoutException {
            final var guest = List.of(id(number % GUESTS));
            final int from = number % EDGES;
            final int to = (number + 1 + number % (EDGES - 1)) % EDGES;
            final var destination = name(to);
            step(() -> {
                tap(from, number % GUESTS);
                return overlay.attach(guest, name(from));
            });
            step(() -> {
                final var prepared = overlay.prepare(guest, destination);
                tap(to, number % GUESTS);
                return prepared;
            });
            if (number % 2 == 0) {
                step(() -> overlay.makeReady(guest, destination));
                step(() -> overlay.turnTo(guest, destination));
            }
            step(() -> overlay.open(guest, destination));
            step(() -> overlay.commit(guest, destination));
            step(() -> {
                taps.get(from).clear();
                report(from);
                return overlay.detach(guest, name(from));
            });
        }

        private <T> void step(final Supplier<CompletableFuture<T>> step)
                throws InterruptedException, ExecutionException, TimeoutException {
            CompletableFuture.supplyAsync(step, loop).thenCompose(answer -> answer)
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }

        private static String name(final int edge) {
            return "edge" + edge;
        }

        private static String id(final int guest) {
            return "guest" + guest;
        }

        private void tap(final int edge, final int guest) {
            taps.computeIfAbsent(edge, key -> new HashMap<>()).put(id(guest),
                new EdgeSnapshot.Tap(UUID.randomUUID(), id(guest), 2L * EDGES + guest, true));
            report(edge);
        }

        private void report(final int edge) {
            final var tunnels = new HashMap<String, EdgeSnapshot.TunnelPort>();
            for (int other = 0; other < EDGES; other++) {
                if (other != edge) {
                    tunnels.put(name(other), new EdgeSnapshot.TunnelPort(name(other), OptionalLong.of(other + 1),
                        EdgeSnapshot.Liveness.UP, Optional.empty()));
                }
            }
            overlay.setSnapshot(name(edge), new EdgeSnapshot(Optional.of(new DatapathId(edge + 1)), tunnels,
                taps.getOrDefault(edge, Map.of()), Map.of(), List.of()));
        }

        @Override
        public void use(final String edge, final Optional<DatapathId> datapath) {
            programs.put(edge, flows.rehearse());
        }

        @Override
        public CompletableFuture<Void> apply(final String edge, final Map<String, Fragment> changes) {
            return programs.get(edge).apply(changes);
        }

        @Override
        public CompletableFuture<Void> confirm(final String edge, final Set<String> fragments) {
            return programs.get(edge).confirm(fragments);
        }

        @Override
        public boolean inSync(final String edge) {
            return true;
        }

        @Override
        public CompletableFuture<Void> renew(final String edge, final String fragment) {
            return programs.get(edge).renew(fragment);
        }

        @Override
        public void setUnheard(final String edge, final Set<String> unheard) {
            // nothing is to be removed here
        }

        @Override
        public void close() {
            loop.execute(() -> programs.values().forEach(SwitchProgram::close));
            loop.shutdown();
        }
    }

    /** Numbers that no switch hears of. */
    private static final class Numbers implements GroupIds {
        private final Map<String, Long> numbers = new HashMap<>();

        @Override
        public long idOf(final String name) {
            return numbers.computeIfAbsent(name, key -> numbers.size() + 1L);
        }

        @Override
        public void release(final String name) {
            // the stage goes as a whole
        }
    }
}
