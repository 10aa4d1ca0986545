/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Brings changes to switches in an order in which no packet loops or ends on the way: for each destination, the
 * switches near it first (whoever sends to a changed switch finds it ready), and those that forget it last of all the
 * far ones first. A turn is sent when the switches have confirmed the turn before; destinations do not wait for each
 * other. A change that is overtaken before its turn is never sent.
 *
 * <p>Why that is right at every moment: a switch that has had its turn leads to switches that have had theirs, nearer
 * with each hop. One that has not follows a state that was free of loops, until it meets one that has.
 *
 * <p>Not thread-safe: every method is called on the thread of {@code loop}.
 */
public final class Rollout {
    /**
     * Sends to switches.
     */
    @FunctionalInterface
    public interface Sender {
        /**
         * Replaces fragments of a switch.
         *
         * @param datapath the switch
         * @param fragments name to content
         * @return completes when the switch has confirmed, or cannot now; must complete within bounded time
         */
        CompletableFuture<Void> apply(DatapathId datapath, Map<String, Fragment> fragments);
    }

    /**
     * Tells how far switches are from each other, as of now.
     */
    @FunctionalInterface
    public interface Distances {
        /**
         * How far a switch is from a destination.
         *
         * @param datapath the switch
         * @param destination the destination
         * @return the distance, 0 to {@link Integer#MAX_VALUE}
         */
        long distance(DatapathId datapath, DatapathId destination);
    }

    /** Removals come after everything else, those at the farthest switch first. */
    private static final long REMOVAL = 1L << 40;

    private record Place(DatapathId datapath, String name) {
    }

    private final Sender sender;
    private final Executor loop;
    /** By destination, what waits for its turn. */
    private final Map<DatapathId, Map<Place, Step>> waiting = new TreeMap<>();
    private final Map<Place, DatapathId> waitingAt = new HashMap<>();
    /** How many switches have yet to confirm, by destination. */
    private final Map<DatapathId, Integer> underWay = new HashMap<>();
    private Runnable idleTask;
    private Distances distances = (datapath, destination) -> 0;

    public Rollout(final Sender sender, final Executor loop) {
        this.sender = requireNonNull(sender);
        this.loop = requireNonNull(loop);
    }

    /**
     * Takes changes in, and sends those whose turn it is.
     *
     * @param steps the changes; each overtakes a waiting one of the same fragment
     * @param now how far switches are with these changes; what waits already has its turn by that, too
     */
    public void submit(final List<Step> steps, final Distances now) {
        distances = requireNonNull(now);
        for (var step : steps) {
            final var place = new Place(step.datapath(), step.name());
            drop(place);
            waitingAt.put(place, step.destination());
            waiting.computeIfAbsent(step.destination(), none -> new LinkedHashMap<>()).put(place, step);
        }
        pump();
    }

    /**
     * Forgets what waits for a switch that nobody has charge of any more.
     *
     * @param datapath the switch
     */
    public void forget(final DatapathId datapath) {
        waitingAt.keySet().stream().filter(place -> place.datapath().equals(datapath)).toList().forEach(this::drop);
        pump();
    }

    private void drop(final Place place) {
        final var destination = waitingAt.remove(place);
        if (destination != null) {
            final var steps = waiting.get(destination);
            steps.remove(place);
            if (steps.isEmpty()) {
                waiting.remove(destination);
            }
        }
    }

    /**
     * Has something done once, as soon as every change has been sent and confirmed.
     *
     * @param task what; replaces what was to be done before
     */
    public void whenIdle(final Runnable task) {
        idleTask = requireNonNull(task);
        runIfIdle();
    }

    private void runIfIdle() {
        if (idleTask != null && idle()) {
            final var task = idleTask;
            idleTask = null;
            task.run();
        }
    }

    /**
     * Whether every change has been sent and confirmed.
     *
     * @return true if nothing waits and nothing is under way
     */
    public boolean idle() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    private void pump() {
        final var batches = new LinkedHashMap<DatapathId, Map<String, Fragment>>();
        final var destinations = new HashMap<DatapathId, Set<DatapathId>>();
        for (var destination : List.copyOf(waiting.keySet())) {
            if (underWay.containsKey(destination)) {
                continue;
            }
            final var steps = waiting.get(destination);
            final long turn = steps.values().stream().mapToLong(this::rank).min().orElseThrow();
            final var due = new ArrayList<Step>();
            steps.values().stream().filter(step -> rank(step) == turn).forEach(due::add);
            for (var step : due) {
                drop(new Place(step.datapath(), step.name()));
                batches.computeIfAbsent(step.datapath(), none -> new HashMap<>()).put(step.name(), step.content());
                destinations.computeIfAbsent(step.datapath(), none -> new HashSet<>()).add(destination);
            }
        }
        destinations.values().forEach(set -> set.forEach(destination -> underWay.merge(destination, 1, Integer::sum)));
        batches.forEach((datapath, fragments) -> sender.apply(datapath, fragments)
            .whenCompleteAsync((ok, failure) -> confirmed(destinations.get(datapath)), loop));
    }

    private long rank(final Step step) {
        final long distance = distances.distance(step.datapath(), step.destination());
        return step.content().isEmpty() ? REMOVAL - distance : distance;
    }

    private void confirmed(final Set<DatapathId> destinations) {
        // A switch that could not confirm is repaired by its program; waiting for it would hold up all others
        destinations.forEach(destination ->
            underWay.computeIfPresent(destination, (key, left) -> left == 1 ? null : left - 1));
        pump();
        runIfIdle();
    }
}
