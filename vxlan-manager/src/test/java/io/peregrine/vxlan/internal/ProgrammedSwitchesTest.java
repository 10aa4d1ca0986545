/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ProgrammedSwitchesTest {
    private static final DatapathId ONE = new DatapathId(1);
    private static final DatapathId TWO = new DatapathId(2);
    private static final Fragment SOME = Fragment.of(
        List.of(new Group(7, Group.Type.ALL, List.of())), List.of());

    private final Programmer programmer = new Programmer();
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final List<SwitchProgram.Problem> problems = new ArrayList<>();
    private final Map<String, String> faults = new HashMap<>();
    private Set<String> unheard;
    private final ProgrammedSwitches switches = new ProgrammedSwitches(programmer, new ProgrammedSwitches.Listener() {
        @Override
        public void onState(final String edge, final SwitchProgram.State state) {
            // not of interest
        }

        @Override
        public void onProblems(final String edge, final List<SwitchProgram.Problem> newProblems) {
            problems.clear();
            problems.addAll(newProblems);
        }

        @Override
        public void onFault(final String edge, final Optional<String> fault) {
            fault.ifPresentOrElse(text -> faults.put(edge, text), () -> faults.remove(edge));
        }

        @Override
        public void onUnheard(final String edge, final Set<String> newUnheard) {
            unheard = newUnheard;
        }
    }, loop::add);

    @Test
    void whoSharesADatapathIdGetsTheSwitchWhenTheOtherLeavesIt() {
        switches.use("a", Optional.of(ONE));
        switches.use("b", Optional.of(ONE));
        assertEquals(Set.of("b"), faults.keySet());
        assertTrue(faults.get("b").startsWith("its bridge has datapath id " + ONE), faults.get("b"));
        final var refused = switches.apply("b", Map.of("base", SOME, "old", SOME));
        assertEquals(SwitchUnavailableException.class,
            assertThrows(ExecutionException.class, refused::get).getCause().getClass());
        switches.apply("b", Map.of("old", Fragment.EMPTY));
        switches.setUnheard("b", Set.of());
        assertEquals(Map.of(), programmer.owned.get(ONE).fragments);

        switches.use("a", Optional.of(TWO));
        run();
        assertEquals(Map.of(), faults);
        final var got = programmer.owned.get(ONE);
        assertEquals(Map.of("base", SOME, "old", Fragment.EMPTY), got.fragments);
        assertTrue(got.complete);
        switches.apply("b", Map.of("more", SOME));
        assertEquals(SOME, got.fragments.get("more"));
    }

    @Test
    void anotherSwitchBringsNoOldProblems() {
        switches.use("a", Optional.of(ONE));
        final var problem = new SwitchProgram.Problem(SwitchProgram.Problem.Kind.BLOCKED, "a foreign entry");
        programmer.owned.get(ONE).listener.onProblems(List.of(problem));
        assertEquals(List.of(problem), problems);
        programmer.owned.get(ONE).refusal = new IllegalArgumentException("twice");
        assertTrue(switches.apply("a", Map.of()).isCompletedExceptionally());
        assertEquals(Map.of("a", "inconsistent program: twice"), faults);

        switches.use("a", Optional.empty());
        assertEquals(List.of(), problems);
        assertEquals(Map.of(), faults);
    }

    @Test
    void nothingIsCleanedUpBeforeAllAreHeard() {
        switches.use("a", Optional.of(ONE));
        switches.setUnheard("a", Set.of("b"));
        assertFalse(programmer.owned.get(ONE).complete);
        assertEquals(Set.of("b"), unheard);
        switches.setUnheard("a", Set.of());
        assertTrue(programmer.owned.get(ONE).complete);
        assertEquals(Set.of(), unheard);
    }

    @Test
    void ofSeveralThatWaitTheOthersGoOnWaiting() {
        switches.use("a", Optional.of(ONE));
        switches.use("b", Optional.of(ONE));
        switches.use("c", Optional.of(ONE));
        switches.apply("b", Map.of("b", SOME));
        switches.apply("c", Map.of("c", SOME));
        switches.use("a", Optional.empty());
        run();
        // which of them is first is not promised
        final var first = programmer.owned.get(ONE).fragments.containsKey("b") ? "b" : "c";
        final var second = first.equals("b") ? "c" : "b";
        assertEquals(Map.of(first, SOME), programmer.owned.get(ONE).fragments);
        switches.use(first, Optional.empty());
        run();
        assertEquals(Map.of(second, SOME), programmer.owned.get(ONE).fragments);
    }

    @Test
    void whoHasGotAnotherDatapathIdDoesNotWaitAnyMore() {
        switches.use("a", Optional.of(ONE));
        switches.use("b", Optional.of(ONE));
        switches.apply("b", Map.of("b", SOME));
        switches.use("b", Optional.of(TWO));
        switches.use("a", Optional.empty());
        run();
        assertNull(programmer.owned.get(ONE));
        assertEquals(Map.of(), programmer.owned.get(TWO).fragments, "an overlay sends all to a new switch anyway");
    }

    private void run() {
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    private static final class Programmer implements FlowProgrammer {
        private final Map<DatapathId, Program> owned = new HashMap<>();
        private final Map<DatapathId, CompletableFuture<Void>> freed = new HashMap<>();

        @Override
        public SwitchProgram own(final DatapathId datapath, final SwitchProgram.Listener listener) {
            if (owned.containsKey(datapath)) {
                throw new IllegalStateException("taken");
            }
            final var program = new Program(this, datapath, listener);
            owned.put(datapath, program);
            return program;
        }

        @Override
        public CompletableFuture<Void> whenFree(final DatapathId datapath) {
            return owned.containsKey(datapath) ? freed.computeIfAbsent(datapath, id -> new CompletableFuture<>())
                : CompletableFuture.completedFuture(null);
        }
    }

    private static final class Program implements SwitchProgram {
        private final Map<String, Fragment> fragments = new HashMap<>();
        private final Programmer programmer;
        private final DatapathId datapath;
        private final SwitchProgram.Listener listener;
        private RuntimeException refusal;
        private boolean complete;

        Program(final Programmer programmer, final DatapathId datapath, final SwitchProgram.Listener listener) {
            this.listener = listener;
            this.programmer = programmer;
            this.datapath = datapath;
        }

        @Override
        public DatapathId datapath() {
            return datapath;
        }

        @Override
        public State state() {
            return State.DISCONNECTED;
        }

        @Override
        public CompletableFuture<Void> apply(final Map<String, Fragment> changes) {
            if (refusal != null) {
                throw refusal;
            }
            fragments.putAll(changes);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> confirm(final Set<String> names) {
            return apply(Map.of());
        }

        @Override
        public CompletableFuture<Void> renew(final String fragment) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void setComplete(final boolean isComplete) {
            complete = isComplete;
        }

        @Override
        public Map<String, Fragment> fragments() {
            return fragments;
        }

        @Override
        public void close() {
            programmer.owned.remove(datapath);
            final var waiting = programmer.freed.remove(datapath);
            if (waiting != null) {
                waiting.complete(null);
            }
        }
    }
}
