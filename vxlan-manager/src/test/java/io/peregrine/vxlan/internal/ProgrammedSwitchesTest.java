/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.verify;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.FlowProgrammer;
import io.peregrine.flow.SwitchProgram;
import io.peregrine.flow.SwitchProgram.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.ArgumentCaptor;
import org.mockito.Captor;
import org.mockito.Mock;
import org.mockito.junit.jupiter.MockitoExtension;

@ExtendWith(MockitoExtension.class)
class ProgrammedSwitchesTest {
    private static final DatapathId DATAPATH = new DatapathId(7);

    @Mock
    private FlowProgrammer programmer;
    @Mock
    private SwitchProgram program;
    @Captor
    private ArgumentCaptor<SwitchProgram.Listener> switchListener;

    private final List<Object> problems = new ArrayList<>();
    private Optional<String> fault = Optional.empty();
    private Set<String> unheard;
    private ProgrammedSwitches switches;

    @BeforeEach
    void before() {
        switches = new ProgrammedSwitches(programmer, new ProgrammedSwitches.Listener() {
            @Override
            public void onState(final String edge, final SwitchProgram.State state) {
                // Not of interest
            }

            @Override
            public void onProblems(final String edge, final List<Problem> newProblems) {
                problems.clear();
                problems.addAll(newProblems);
            }

            @Override
            public void onFault(final String edge, final Optional<String> newFault) {
                fault = newFault;
            }

            @Override
            public void onUnheard(final String edge, final Set<String> newUnheard) {
                unheard = newUnheard;
            }
        });
    }

    @Test
    void anotherSwitchBringsNoOldProblems() {
        doReturn(program).when(programmer).own(eq(DATAPATH), switchListener.capture());
        switches.use("hv1", Optional.of(DATAPATH));
        final var problem = new Problem(Problem.Kind.BLOCKED, "a foreign entry");
        switchListener.getValue().onProblems(List.of(problem));
        assertEquals(List.of(problem), problems);
        doThrow(new IllegalArgumentException("twice")).when(program).apply(any());
        assertTrue(switches.apply("hv1", Map.of()).isCompletedExceptionally());
        assertEquals(Optional.of("inconsistent program: twice"), fault);

        switches.use("hv1", Optional.empty());
        assertEquals(List.of(), problems);
        assertEquals(Optional.empty(), fault);
    }

    @Test
    void aSwitchOfTwoEdgesIsAFaultUntilItIsOneEdges() {
        doThrow(new IllegalStateException("owned")).when(programmer).own(eq(DATAPATH), any());
        switches.use("hv1", Optional.of(DATAPATH));
        assertTrue(fault.orElseThrow().contains("datapath id"));
        switches.use("hv1", Optional.empty());
        assertEquals(Optional.empty(), fault);
    }

    @Test
    void nothingIsCleanedUpBeforeAllAreHeard() {
        doReturn(program).when(programmer).own(eq(DATAPATH), any());
        switches.use("hv1", Optional.of(DATAPATH));
        switches.setUnheard("hv1", Set.of("hv2"));
        verify(program).setComplete(false);
        assertEquals(Set.of("hv2"), unheard);
        switches.setUnheard("hv1", Set.of());
        verify(program).setComplete(true);
        assertEquals(Set.of(), unheard);
    }
}
