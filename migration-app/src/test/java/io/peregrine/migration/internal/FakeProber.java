/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import io.peregrine.migration.internal.core.Migration;
import io.peregrine.migration.internal.core.Probed;
import io.peregrine.migration.internal.probes.Prober;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Probes nobody, and remembers what it was told. */
final class FakeProber implements Prober {
    final List<String> calls = new ArrayList<>();
    Consumer<Probed> result;
    Consumer<Boolean> drained;

    @Override
    public void begin(final Migration move, final List<String> interfaceIds, final Consumer<Probed> taker) {
        calls.add("begin " + interfaceIds);
        result = taker;
    }

    @Override
    public void hurry(final Migration move) {
        if (!calls.get(calls.size() - 1).equals("hurry")) {
            calls.add("hurry");
        }
    }

    @Override
    public void drain(final Migration move, final String edge, final Consumer<Boolean> done) {
        calls.add("drain " + edge);
        drained = done;
    }

    @Override
    public void end(final Migration move) {
        calls.add("end");
    }
}
