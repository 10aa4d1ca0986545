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
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.peregrine.flow.Fragment;
import io.peregrine.flow.SwitchProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private final List<SwitchProgram> programs = new CopyOnWriteArrayList<>();
    private final List<Map<String, Fragment>> changes = new CopyOnWriteArrayList<>();

    private SwitchProgram program(final CompletableFuture<Void> answer) {
        final var program = mock(SwitchProgram.class);
        when(program.apply(any())).thenAnswer(call -> {
            changes.add(Map.copyOf(call.getArgument(0)));
            return answer;
        });
        when(program.confirm(any())).thenReturn(answer);
        programs.add(program);
        return program;
    }

    @Test
    void everyStepOfEveryMoveIsMadeAndNothingIsLeft() throws Exception {
        try (var rehearsal = new Rehearsal(() -> program(CompletableFuture.completedFuture(null)), 30)) {
            assertEquals(30, rehearsal.done().get());
        }
        assertEquals(4, programs.size());
        for (var program : programs) {
            verify(program, timeout(60_000)).close();
        }
        final var gates = new ArrayList<Fragment>();
        changes.forEach(change -> change.values().stream()
            .filter(fragment -> fragment.flows().values().stream().anyMatch(flow -> flow.hardTimeout() != 0))
            .forEach(gates::add));
        assertTrue(gates.size() >= 30, "a gate was closed for each move: " + gates.size());
    }

    @Test
    void itEndsWithTheApplication() throws Exception {
        final var rehearsal = new Rehearsal(() -> program(new CompletableFuture<>()), 30);
        assertFalse(rehearsal.done().isDone());
        rehearsal.close();
        assertEquals(0, rehearsal.done().get());
    }
}
