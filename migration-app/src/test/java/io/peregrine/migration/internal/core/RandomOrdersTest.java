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

import io.peregrine.vxlan.Placement;
import io.peregrine.vxlan.Placement.Attachment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model of libvirt on three hosts with one guest, whose events are delayed by host, lost with connections and
 * overtaken by answers, and switches that do not confirm at once. Whatever happens, the network must end where the
 * guest is, and on the way keep the rules of the point of no return; and records must end with what was the case.
 */
class RandomOrdersTest {
    private static final int RUNS = 2000;
    private static final int ACTIONS = 60;
    private static final LevelState RUNS_HERE = new LevelState(1, 1, false);
    private static final LevelState COPIES = new LevelState(1, 1, true);
    private static final LevelState WAITS = new LevelState(3, 2, false);
    private static final LevelState HANDS_OVER = new LevelState(3, 2, true);
    private static final LevelState ARRIVED = new LevelState(1, 2, false);
    private static final LevelState LEAVES_POST_COPY = new LevelState(3, 12, true);
    private static final LevelState ARRIVES_POST_COPY = new LevelState(1, 10, false);
    private static final LevelState PAUSED = new LevelState(3, 1, false);
    private static final LevelState PAUSED_AND_COPIES = new LevelState(3, 1, true);

    private record Event(LifecycleEvent event, long at) {
    }

    private record Question(String host, long at) {
    }

    private static final class World implements Hosts {
        final long seed;
        final Random random;
        final Set<String> names = new TreeSet<>(Set.of("A", "B", "C"));
        final Set<String> heard = new TreeSet<>();
        final Map<String, LevelState> truth = new TreeMap<>();
        final Map<String, Deque<Event>> events = new TreeMap<>();
        final Deque<Question> questions = new ArrayDeque<>();
        final Deque<Runnable> script = new ArrayDeque<>();
        final List<Runnable> confirmations = new ArrayList<>();
        final List<String> log = new ArrayList<>();
        final Map<Migration, List<String>> commands = new HashMap<>();
        final Set<Migration> committed = new HashSet<>();
        /** Commands whose last answer was a confirmation, and those whose last answer was none. */
        final Map<Migration, Set<Command>> confirmed = new HashMap<>();
        final Map<Migration, Set<Command>> missed = new HashMap<>();
        /** When the domain was last seen off, in truth. */
        final Map<String, Long> ends = new HashMap<>();
        int ended;
        int watched;
        final GuestTracker tracker = new GuestTracker(new UUID(1, 2), this, guest -> manner(),
            new GuestTracker.Waits(150, 10, 150, 5, 20, 12, 40));
        Placement placement = Placement.NOWHERE;
        long now;

        World(final long seed) {
            this.seed = seed;
            random = new Random(seed);
            names.forEach(host -> events.put(host, new ArrayDeque<>()));
        }

        @Override
        public Set<String> names() {
            return names;
        }

        @Override
        public boolean heard(final String host) {
            return heard.contains(host);
        }

        private Manner manner() {
            return new Manner(random.nextBoolean() ? Mode.PREDICTIVE : Mode.REACTIVE, random.nextBoolean(),
                Optional.empty());
        }

        private void happen(final String host, final int type, final int detail, final LevelState level) {
            now++;
            final var event = new LifecycleEvent(type, detail);
            log.add("        " + host + " " + event);
            if (level == null) {
                truth.remove(host);
                ends.put(host, now);
            } else {
                truth.put(host, level);
            }
            if (heard.contains(host)) {
                events.get(host).add(new Event(event, now));
            }
        }

        private void level(final String host, final LevelState level) {
            truth.put(host, level);
        }

        private String pick(final Set<String> from) {
            final var list = new ArrayList<>(from);
            return list.get(random.nextInt(list.size()));
        }

        /** Adds what libvirt is going to do next. */
        private void plan() {
            if (truth.isEmpty()) {
                final var host = pick(names);
                script.add(() -> happen(host, 2, 0, RUNS_HERE));
                return;
            }
            final var here = truth.keySet().iterator().next();
            final var others = new TreeSet<>(names);
            others.remove(here);
            final var there = pick(others);
            final boolean paused = truth.get(here).domainState() == DomainState.PAUSED;
            switch (random.nextInt(10)) {
                case 0 -> script.add(() -> happen(here, 5, random.nextInt(3), null));
                case 1 -> script.add(paused ? () -> happen(here, 4, 0, RUNS_HERE) : () -> happen(here, 3, 0, PAUSED));
                case 2 -> {
                    // The destination fails during the copy.
                    begin(here, there, paused);
                    script.add(() -> happen(there, 5, 5, null));
                    script.add(() -> level(here, paused ? PAUSED : RUNS_HERE));
                }
                case 3 -> {
                    // The destination fails after the stop.
                    begin(here, there, false);
                    script.add(() -> happen(here, 3, 1, HANDS_OVER));
                    if (random.nextBoolean()) {
                        script.add(() -> happen(there, 5, 5, null));
                        script.add(() -> happen(here, 4, 0, RUNS_HERE));
                    } else {
                        script.add(() -> happen(here, 4, 0, RUNS_HERE));
                        script.add(() -> happen(there, 5, 5, null));
                    }
                }
                case 4 -> {
                    // The guest crashes at the source.
                    begin(here, there, false);
                    script.add(() -> happen(here, 5, 2, null));
                    script.add(() -> happen(there, 5, 5, null));
                }
                case 5 -> {
                    begin(here, there, false);
                    script.add(() -> happen(here, 3, 7, LEAVES_POST_COPY));
                    script.add(() -> happen(there, 4, 3, ARRIVES_POST_COPY));
                    script.add(() -> happen(here, 5, 3, null));
                }
                case 6 -> {
                    // Someone pauses the guest in the copy and lets it go on, and then it moves.
                    begin(here, there, false);
                    script.add(() -> happen(here, 3, 1, HANDS_OVER));
                    script.add(() -> happen(here, 4, 0, COPIES));
                    move(here, there, false);
                }
                default -> {
                    begin(here, there, paused);
                    move(here, there, paused);
                }
            }
        }

        private void begin(final String here, final String there, final boolean paused) {
            script.add(() -> level(here, paused ? PAUSED_AND_COPIES : COPIES));
            script.add(() -> happen(there, 2, 1, WAITS));
        }

        private void move(final String here, final String there, final boolean paused) {
            if (!paused) {
                script.add(() -> happen(here, 3, 1, HANDS_OVER));
            }
            script.add(paused || random.nextInt(4) == 0 ? () -> happen(there, 3, 0, PAUSED)
                : () -> happen(there, 4, 1, ARRIVED));
            script.add(() -> happen(here, 5, 3, null));
        }

        private void act() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> {
                    if (script.isEmpty()) {
                        plan();
                    } else {
                        script.remove().run();
                    }
                }
                case 3, 4, 5, 6 -> deliver(pick(names));
                case 7 -> answer();
                case 8 -> tick();
                case 9 -> {
                    if (!confirmations.isEmpty()) {
                        confirmations.remove(0).run();
                    }
                }
                case 10 -> listen();
                case 11 -> {
                    final var forecast = Forecast.values()[random.nextInt(Forecast.values().length)];
                    final var host = pick(names);
                    log.add(host + " " + forecast);
                    take(tracker.onForecast(host, forecast, ++now));
                }
                case 12 -> {
                    if (random.nextInt(4) == 0 && heard.size() > 1) {
                        disconnect(pick(heard));
                    }
                }
                default -> {
                    final var away = new TreeSet<>(names);
                    away.removeAll(heard);
                    if (!away.isEmpty()) {
                        connect(pick(away));
                    }
                }
            }
        }

        /** Hears a guest that runs, or one that QEMU announces since its source has paused it. */
        private void listen() {
            final var host = pick(names);
            final var level = truth.get(host);
            if (level == null || !placement.attachments().getOrDefault(host, Attachment.SERVING).awaited()) {
                return;
            }
            if (level.domainState() == DomainState.RUNNING) {
                log.add(host + " heard");
                take(tracker.onHeard(host, ++now, now));
            } else if (truth.containsValue(HANDS_OVER) && level.equals(WAITS)) {
                log.add(host + " announced");
                take(tracker.onAnnounced(host, ++now, now));
            }
        }

        private void deliver(final String host) {
            final var event = events.get(host).poll();
            if (event != null && event.event().state().isPresent()) {
                now++;
                log.add(host + " " + event.event());
                take(tracker.on(Sign.event(host, event.event(), now), now));
            }
        }

        private Sign ask(final String host, final long at) {
            final var level = truth.get(host);
            return level == null ? Sign.notThere(host, at) : Sign.answer(host, level, at);
        }

        private void answer() {
            final var question = questions.poll();
            if (question != null && heard.contains(question.host())) {
                final var sign = ask(question.host(), question.at());
                log.add(question.host() + " " + sign);
                take(tracker.on(sign, ++now));
            }
        }

        private void tick() {
            if (tracker.wake().isPresent()) {
                now = Math.max(now, tracker.wake().orElseThrow());
                take(tracker.onTick(now));
            }
        }

        private void disconnect(final String host) {
            log.add(host + " lost");
            heard.remove(host);
            events.get(host).clear();
            questions.removeIf(question -> question.host().equals(host));
            take(tracker.onHostsChanged(++now));
        }

        private void connect(final String host) {
            final long at = ++now;
            final var sign = ask(host, at);
            heard.add(host);
            log.add(host + " connected, " + sign);
            take(tracker.on(sign, ++now));
        }

        private void take(final List<GuestTracker.Order> orders) {
            for (final var order : orders) {
                final var command = order.command();
                log.add("    " + command);
                if (command instanceof Command.Ask ask) {
                    questions.add(new Question(ask.host(), ++now));
                    continue;
                }
                if (command instanceof Command.Drain drain) {
                    final var move = order.move().orElseThrow();
                    confirmations.add(() -> take(tracker.onDrained(move, drain, random.nextBoolean(), ++now)));
                    continue;
                }
                if (command instanceof Command.StopBy) {
                    assertEquals(1, watched, this::toString);
                    continue;
                }
                if (command instanceof Command.Watch watch) {
                    watched = watch.on() ? watched + 1 : watched - 1;
                    assertTrue(watched == 0 || watched == 1, this::toString);
                    continue;
                }
                place(command);
                order.move().ifPresent(move -> {
                    check(move, command);
                    confirmations.add(() -> answered(move, command));
                });
            }
            tracker.takeEnded().forEach(move -> checkEnd(move.snapshot(), move));
            final long serving = placement.attachments().values().stream().filter(Attachment.SERVING::equals).count();
            assertTrue(serving <= 1 || tracker.migration().filter(move -> move.phase() == Phase.OPEN).isPresent(),
                this::toString);
        }

        private void answered(final Migration move, final Command command) {
            final boolean away = !script.isEmpty() && random.nextInt(3) == 0;
            log.add(command + (away ? " not" : "") + " confirmed");
            (away ? missed : confirmed).computeIfAbsent(move, key -> new HashSet<>()).add(command);
            take(away ? tracker.onUnconfirmed(move, command, "away", ++now)
                : tracker.onConfirmed(move, command, Map.of(), ++now));
        }

        private void checkEnd(final Migration.Snapshot record, final Migration move) {
            ended++;
            log.add("    " + record.phase() + " " + record.problems());
            if (record.phase() == Phase.COMPLETED) {
                final var known = confirmed.getOrDefault(move, Set.of());
                assertTrue(known.containsAll(Set.of(new Command.Commit(move.destination),
                    new Command.Detach(move.source))) || record.problems().stream().anyMatch(
                        problem -> problem.endsWith("before every switch had confirmed")), this::toString);
            } else if (record.phase() == Phase.ROLLED_BACK && !tracker.moving()
                    && !record.reason().orElseThrow().startsWith("given up for")) {
                // Without a newer migration that says it, the source has.
                assertTrue(truth.containsKey(move.source) || ends.getOrDefault(move.source, 0L)
                    > ends.getOrDefault(move.destination, 0L), () -> "the guest had ended\n" + this);
            }
        }

        private void place(final Command command) {
            if (command instanceof Command.Attach attach) {
                placement = Placement.at(attach.edge());
            } else if (command instanceof Command.Prepare prepare) {
                placement = placement.with(prepare.edge(), Attachment.RECEIVING);
            } else if (command instanceof Command.Open open) {
                placement = placement.with(open.edge(), Attachment.ARRIVING);
            } else if (command instanceof Command.MakeReady ready) {
                placement = placement.with(ready.edge(), Attachment.READY);
            } else if (command instanceof Command.TurnTo turn) {
                placement = placement.turnedTo(turn.edge());
            } else if (command instanceof Command.Commit commit) {
                placement = placement.committedTo(commit.edge());
            } else if (command instanceof Command.Detach detach) {
                placement = placement.without(detach.edge());
            } else if (command instanceof Command.Withdraw) {
                placement = Placement.NOWHERE;
            }
        }

        /**
         * Each command once, unless the gate was closed again in between or an edge did not confirm; nothing back after
         * the commit.
         */
        private void check(final Migration move, final Command command) {
            final var before = commands.computeIfAbsent(move, key -> new ArrayList<>());
            if (command instanceof Command.RenewLease) {
                return;
            }
            if (missed.computeIfAbsent(move, key -> new HashSet<>()).remove(command) && committed.contains(move)) {
                return;
            }
            final String text = command.toString();
            if (command instanceof Command.TurnTo turn && turn.edge().equals(move.source)) {
                assertFalse(committed.contains(move), this::toString);
                before.remove(new Command.TurnTo(move.destination).toString());
                return;
            }
            if (command instanceof Command.Detach detach && detach.edge().equals(move.destination)) {
                assertFalse(committed.contains(move), this::toString);
                before.clear();
                return;
            }
            assertFalse(before.contains(text), () -> text + " again\n" + this);
            before.add(text);
            if (command instanceof Command.Commit) {
                committed.add(move);
            } else if (!(command instanceof Command.Detach)) {
                assertFalse(committed.contains(move), this::toString);
            }
        }

        /** Lets everything come to rest. */
        private void settle() {
            while (!script.isEmpty()) {
                script.remove().run();
            }
            names.forEach(host -> {
                if (!heard.contains(host)) {
                    connect(host);
                }
            });
            for (int turn = 0; turn < 100; turn++) {
                names.forEach(this::deliver);
                answer();
                if (!confirmations.isEmpty()) {
                    confirmations.remove(0).run();
                }
                if (questions.isEmpty()) {
                    tick();
                }
            }
        }

        @Override
        public String toString() {
            return "seed " + seed + "\n" + String.join("\n", log) + "\n" + placement + "\n" + truth + "\n"
                + tracker.migration().map(Migration::snapshot);
        }
    }

    static long[] seeds() {
        return new Random(7).longs(RUNS).toArray();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void endsWhereTheGuestIs(final long seed) {
        final var world = new World(seed);
        world.names.forEach(world::connect);
        for (int i = 0; i < ACTIONS; i++) {
            world.act();
        }
        world.settle();
        assertTrue(world.tracker.migration().isEmpty(), world::toString);
        assertEquals(0, world.watched, world::toString);
        final var expected = world.truth.isEmpty() ? Placement.NOWHERE
            : Placement.at(world.truth.keySet().iterator().next());
        assertEquals(expected, world.placement, world::toString);
        assertEquals(world.truth.isEmpty(), world.tracker.gone(), world::toString);
    }
}
