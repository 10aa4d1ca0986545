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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edges' switches by way of the flow programmer. Used on the overlay's thread only.
 */
final class ProgrammedSwitches implements EdgeSwitches, AutoCloseable {
    /**
     * Hears of an edge's switch, on a thread of the programmer's.
     */
    interface Listener {
        void onState(String edge, SwitchProgram.State state);

        void onProblem(String edge, String problem);
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProgrammedSwitches.class);
    private static final DatapathId NONE = new DatapathId(0);

    private final FlowProgrammer programmer;
    private final Listener listener;
    private final Map<String, SwitchProgram> programs = new HashMap<>();

    ProgrammedSwitches(final FlowProgrammer programmer, final Listener listener) {
        this.programmer = requireNonNull(programmer);
        this.listener = requireNonNull(listener);
    }

    @Override
    public void use(final String edge, final Optional<DatapathId> datapath) {
        final var old = programs.remove(edge);
        if (old != null) {
            old.close();
        }
        listener.onState(edge, SwitchProgram.State.DISCONNECTED);
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
                public void onProblem(final String text) {
                    listener.onProblem(edge, text);
                }
            }));
        } catch (IllegalStateException e) {
            LOG.warn("Edge {}: its switch {} is another edge's already", edge, datapath, e);
            listener.onProblem(edge, "its bridge has datapath id " + datapath + ", which another edge's bridge has too:"
                + " set other-config:datapath-id of one of them");
        }
    }

    @Override
    public CompletableFuture<Void> apply(final String edge, final Map<String, Fragment> changes) {
        return with(edge, program -> program.apply(changes));
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
    public void setComplete(final String edge, final boolean complete) {
        final var program = programs.get(edge);
        if (program != null) {
            program.setComplete(complete);
        }
    }

    @Override
    public void close() {
        programs.values().forEach(SwitchProgram::close);
        programs.clear();
    }

    private CompletableFuture<Void> with(final String edge,
            final Function<SwitchProgram, CompletableFuture<Void>> call) {
        final var program = programs.get(edge);
        if (program == null) {
            return CompletableFuture.failedFuture(new SwitchUnavailableException(NONE,
                "edge '" + edge + "' has no bridge yet"));
        }
        try {
            return call.apply(program);
        } catch (IllegalArgumentException e) {
            LOG.error("Edge {}: inconsistent program, not applied", edge, e);
            listener.onProblem(edge, "inconsistent program: " + e.getMessage());
            return CompletableFuture.failedFuture(e);
        }
    }
}
