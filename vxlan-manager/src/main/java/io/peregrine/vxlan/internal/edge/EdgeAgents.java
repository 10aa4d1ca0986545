/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.edge;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.journal.JournalFile;
import io.peregrine.ovsdb.OvsdbClientFactory;
import io.peregrine.vxlan.internal.intent.EdgeIntent;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent for each edge of intent, and one for each bridge that is no edge any more until it has been let go of. What
 * has to be let go of is kept in a journal, because nothing else remembers it after a restart. Used on the executor's
 * thread only.
 *
 * <p>A bridge that comes back into intent is not let go of. If its edge has another name then, that edge gets the
 * bridge although it is marked with the old one.
 */
public final class EdgeAgents implements AutoCloseable {
    /** The journal's file. */
    public static final String FILE = "retired-edges";

    /**
     * A bridge that is being let go of.
     *
     * @param what the bridge
     * @param waitsFor what has to happen next, in words that follow "waits for"
     */
    public record Retirement(RetiredEdge what, String waitsFor) {
        public Retirement {
            requireNonNull(what);
            requireNonNull(waitsFor);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(EdgeAgents.class);
    private static final long RETRY_MILLIS = 5000;

    private final OvsdbClientFactory factory;
    private final ScheduledExecutorService executor;
    private final JournalFile journal;
    private final EdgeAgent.Listener listener;
    private final Consumer<List<Retirement>> retirements;
    private final RetiringEdge.Surroundings around = new RetiringEdge.Surroundings() {
        @Override
        public boolean isInUse(final UUID bridge) {
            return agents.values().stream().anyMatch(agent -> agent.bridge().filter(bridge::equals).isPresent());
        }

        @Override
        public boolean isUnread(final String edge) {
            final var agent = agents.get(edge);
            return agent != null && !agent.isRead();
        }

        @Override
        public void onChange() {
            report();
        }

        @Override
        public void onDone(final RetiringEdge edge) {
            forget(edge.what()::equals);
        }
    };

    private final Map<String, EdgeAgent> agents = new HashMap<>();
    private final Set<RetiredEdge> retired = new HashSet<>();
    /** Those of the retired edges whose bridges are not in intent under another name. */
    private final Map<RetiredEdge, RetiringEdge> retiring = new HashMap<>();
    private List<String> kept = List.of();
    private boolean retryPending;
    private boolean closed;

    /**
     * Reads the journal. Nothing is let go of before intent is known.
     *
     * @param factory makes connections
     * @param executor has one thread
     * @param journal keeps what is to be let go of; without settings
     * @param listener hears of the edges of intent
     * @param retirements hears what is being let go of, whenever that or what it waits for has changed
     */
    public EdgeAgents(final OvsdbClientFactory factory, final ScheduledExecutorService executor,
            final JournalFile journal, final EdgeAgent.Listener listener,
            final Consumer<List<Retirement>> retirements) {
        this.factory = requireNonNull(factory);
        this.executor = requireNonNull(executor);
        this.journal = requireNonNull(journal);
        this.listener = requireNonNull(listener);
        this.retirements = requireNonNull(retirements);
        load();
        report();
    }

    private void load() {
        try {
            kept = journal.read().orElse(List.of());
            kept.stream().map(RetiredEdge::parseLine).forEach(retired::add);
        } catch (IOException | IllegalArgumentException e) {
            retired.clear();
            kept = List.of();
            journal.setAside(e, "Bridges that were to be let go of stay as they are");
        }
    }

    /**
     * Replaces the edges.
     *
     * @param edges all edges of intent, by name
     */
    public void setEdges(final Map<String, EdgeIntent> edges) {
        final var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        final var ending = new ArrayList<EdgeAgent>();
        for (var agent : List.copyOf(agents.values())) {
            final var old = agent.intent();
            final var wanted = edges.get(old.name());
            if (!old.equals(wanted)) {
                ending.add(agents.remove(old.name()));
            }
            final var leaving = new RetiredEdge(old.name(), old.ovsdb(), old.bridge(), now);
            if (wanted == null || !leaving.isBridgeOf(wanted)) {
                retired.add(leaving);
            }
        }
        retired.removeIf(edge -> edges.containsKey(edge.edge()) && edge.isBridgeOf(edges.get(edge.edge())));
        // first to the journal: what comes now may be interrupted
        save();

        ending.forEach(EdgeAgent::close);
        for (var edge : List.copyOf(retiring.keySet())) {
            if (!retired.contains(edge) || edges.values().stream().anyMatch(edge::isBridgeOf)) {
                LOG.info("Edge {}: bridge {} at {} is in intent again", edge.edge(), edge.bridge(), edge.ovsdb());
                retiring.remove(edge).close();
            }
        }
        setAgents(edges);
        for (var edge : retired) {
            if (!retiring.containsKey(edge) && edges.values().stream().noneMatch(edge::isBridgeOf)) {
                LOG.info("Edge {}: letting go of bridge {} at {}", edge.edge(), edge.bridge(), edge.ovsdb());
                retiring.put(edge, new RetiringEdge(edge, factory, executor, around));
            }
        }
        review();
        report();
    }

    private void setAgents(final Map<String, EdgeIntent> edges) {
        final var underlay = edges.values().stream()
            .collect(Collectors.toMap(EdgeIntent::name, EdgeIntent::underlay));
        new TreeMap<>(edges).forEach((name, intent) -> {
            final var peers = new HashMap<>(underlay);
            peers.remove(name);
            final var agent = agents.get(name);
            if (agent == null) {
                final var formerNames = retired.stream().filter(edge -> edge.isBridgeOf(intent))
                    .map(RetiredEdge::edge).collect(Collectors.toSet());
                agents.put(name, new EdgeAgent(intent, peers, formerNames, factory, executor, listener,
                    () -> onBridge(name)));
            } else {
                agent.setPeers(peers);
            }
        });
    }

    /** What an edge is marked with is known, or has changed. */
    private void onBridge(final String name) {
        final var agent = agents.get(name);
        if (agent == null) {
            return;
        }
        if (agent.bridge().isPresent()) {
            // it bears the present name: what it was called before does not matter any more
            forget(edge -> edge.isBridgeOf(agent.intent()));
        }
        review();
    }

    private void review() {
        List.copyOf(retiring.values()).forEach(RetiringEdge::review);
    }

    /**
     * Gives up letting go of bridges. What is ours there stays.
     *
     * @param which of which
     * @return of how many
     */
    public int forget(final Predicate<RetiredEdge> which) {
        final var forgotten = retired.stream().filter(which).toList();
        if (!forgotten.isEmpty()) {
            forgotten.forEach(edge -> {
                retired.remove(edge);
                final var session = retiring.remove(edge);
                if (session != null) {
                    session.close();
                }
            });
            save();
            report();
        }
        return forgotten.size();
    }

    private void report() {
        retirements.accept(sorted().map(edge -> new Retirement(edge, waitsFor(edge))).toList());
    }

    private String waitsFor(final RetiredEdge edge) {
        final var session = retiring.get(edge);
        if (session != null) {
            return session.waitsFor();
        }
        return agents.values().stream().map(EdgeAgent::intent).filter(edge::isBridgeOf).findFirst()
            .map(heir -> "edge '" + heir.name() + "', which has the bridge now, to take it")
            .orElse("intent to be read");
    }

    private Stream<RetiredEdge> sorted() {
        return retired.stream().sorted(Comparator.comparing(RetiredEdge::toLine));
    }

    private void save() {
        final var lines = sorted().map(RetiredEdge::toLine).toList();
        if (lines.equals(kept)) {
            return;
        }
        try {
            journal.write(lines);
            kept = lines;
        } catch (IOException e) {
            LOG.error("Cannot keep the edges to let go of in {}, trying again in {} ms", journal.path(), RETRY_MILLIS,
                e);
            if (!retryPending) {
                retryPending = true;
                executor.schedule(() -> {
                    retryPending = false;
                    if (!closed) {
                        save();
                    }
                }, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Closes all sessions and leaves the edges as they are. */
    @Override
    public void close() {
        closed = true;
        agents.values().forEach(EdgeAgent::close);
        retiring.values().forEach(RetiringEdge::close);
    }
}
