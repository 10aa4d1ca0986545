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
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchUnavailableException;
import io.peregrine.vxlan.plan.EdgeSwitches;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edges' switches by way of the flow programmer. Used on the overlay's thread only.
 *
 * <p>Of edges whose bridges have the same datapath id one has the switch. What is wanted of the others is kept, and
 * sent as soon as one of them gets it.
 */
final class ProgrammedSwitches implements EdgeSwitches, AutoCloseable {
    /**
     * Hears of an edge's switch, on a thread of the programmer's.
     */
    interface Listener {
        void onState(String edge, SwitchProgram.State state);

        void onProblems(String edge, List<SwitchProgram.Problem> problems);

        /** What keeps the edge's program from its switch, told on the overlay's thread; empty for nothing. */
        void onFault(String edge, Optional<String> fault);

        /** Whom the removal of obsolete entries waits for, told on the overlay's thread. */
        void onUnheard(String edge, Set<String> unheard);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProgrammedSwitches.class);

    private final FlowProgrammer programmer;
    private final Listener listener;
    private final Executor loop;
    private final Map<String, SwitchProgram> programs = new HashMap<>();
    private final Map<String, Waiting> waiting = new HashMap<>();

    /** An edge whose switch somebody else has, and what is wanted of it. */
    private static final class Waiting {
        final DatapathId datapath;
        final Map<String, Fragment> fragments = new HashMap<>();
        Optional<Set<String>> unheard = Optional.empty();

        Waiting(final DatapathId datapath) {
            this.datapath = datapath;
        }
    }

    /**
     * No switches.
     *
     * @param programmer programs them
     * @param listener hears of them
     * @param loop runs something on the thread that calls this object
     */
    ProgrammedSwitches(final FlowProgrammer programmer, final Listener listener, final Executor loop) {
        this.programmer = requireNonNull(programmer);
        this.listener = requireNonNull(listener);
        this.loop = requireNonNull(loop);
    }

    @Override
    public void use(final String edge, final Optional<DatapathId> datapath) {
        waiting.remove(edge);
        final var old = programs.remove(edge);
        if (old != null) {
            old.close();
        }
        listener.onState(edge, SwitchProgram.State.DISCONNECTED);
        listener.onProblems(edge, List.of());
        listener.onFault(edge, Optional.empty());
        datapath.ifPresent(id -> own(edge, id));
    }

    private void own(final String edge, final DatapathId datapath) {
        try {
            programs.put(edge, programmer.own(datapath, new SwitchProgram.Listener() {
                @Override
                public void onState(final SwitchProgram.State state) {
                    listener.onState(edge, state);
                }

                @Override
                public void onProblems(final List<SwitchProgram.Problem> problems) {
                    listener.onProblems(edge, problems);
                }
            }));
        } catch (IllegalStateException e) {
            LOG.warn("Edge {}: its switch {} is another edge's already", edge, datapath, e);
            listener.onFault(edge, Optional.of("its bridge has datapath id " + datapath
                + ", which another edge's bridge has too: set other-config:datapath-id of one of them"));
            final var wait = new Waiting(datapath);
            waiting.put(edge, wait);
            programmer.whenFree(datapath).thenRun(() -> loop.execute(() -> ownAgain(edge, wait)));
        }
    }

    private void ownAgain(final String edge, final Waiting wait) {
        if (!waiting.remove(edge, wait)) {
            return;
        }
        LOG.info("Edge {}: its switch {} is free now", edge, wait.datapath);
        listener.onFault(edge, Optional.empty());
        own(edge, wait.datapath);
        // if somebody was quicker, these are what it waits with again
        apply(edge, wait.fragments);
        wait.unheard.ifPresent(unheard -> setUnheard(edge, unheard));
    }

    @Override
    public CompletableFuture<Void> apply(final String edge, final Map<String, Fragment> changes) {
        final var wait = waiting.get(edge);
        if (wait != null) {
            wait.fragments.putAll(changes);
        }
        return with(edge, program -> program.apply(changes));
    }

    @Override
    public CompletableFuture<Void> confirm(final String edge, final Set<String> fragments) {
        return with(edge, program -> program.confirm(fragments));
    }

    @Override
    public boolean inSync(final String edge) {
        final var program = programs.get(edge);
        return program != null && program.state() == SwitchProgram.State.IN_SYNC;
    }

    @Override
    public CompletableFuture<Void> renew(final String edge, final String fragment) {
        return with(edge, program -> program.renew(fragment));
    }

    @Override
    public void setUnheard(final String edge, final Set<String> unheard) {
        final var program = programs.get(edge);
        if (program != null) {
            program.setComplete(unheard.isEmpty());
        }
        final var wait = waiting.get(edge);
        if (wait != null) {
            wait.unheard = Optional.of(unheard);
        }
        listener.onUnheard(edge, unheard);
    }

    @Override
    public void close() {
        waiting.clear();
        programs.values().forEach(SwitchProgram::close);
        programs.clear();
    }

    private CompletableFuture<Void> with(final String edge,
            final Function<SwitchProgram, CompletableFuture<Void>> call) {
        final var program = programs.get(edge);
        if (program == null) {
            final var wait = waiting.get(edge);
            return CompletableFuture.failedFuture(wait == null
                ? new SwitchUnavailableException(DatapathId.NONE, "edge '" + edge + "' has no bridge yet")
                : new SwitchUnavailableException(wait.datapath, "edge '" + edge + "' shares its datapath id"));
        }
        try {
            return call.apply(program);
        } catch (IllegalArgumentException e) {
            LOG.error("Edge {}: inconsistent program, not applied", edge, e);
            listener.onFault(edge, Optional.of("inconsistent program: " + e.getMessage()));
            return CompletableFuture.failedFuture(e);
        }
    }
}
