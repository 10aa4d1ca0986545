/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.same;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class EndingsTest {
    @Test
    void whatComesAfterAFailureIsEndedToo() {
        final var log = mock(Logger.class);
        final var failure = new IllegalStateException("stuck");
        final var ended = new ArrayList<String>();
        Endings.all(log, () -> ended.add("first"), () -> {
            throw failure;
        }, () -> ended.add("last"));
        assertEquals(List.of("first", "last"), ended);
        verify(log).error(anyString(), same(failure));
    }
}
