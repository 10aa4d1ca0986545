/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import static io.peregrine.flow.internal.core.Samples.all;
import static io.peregrine.flow.internal.core.Samples.flow;
import static io.peregrine.flow.internal.core.Samples.foreign;
import static io.peregrine.flow.internal.core.Samples.out;
import static io.peregrine.flow.internal.core.Samples.own;
import static io.peregrine.flow.internal.core.Samples.via;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.peregrine.flow.Action;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens in whatever order, the switch ends as desired, and no step on the way leaves an entry without its
 * group or takes one with a group that goes. A fragment uses its own groups only, as the guest ports' do.
 */
class SwitchStatePropertyTest {
    private static final int NAMES = 4;
    private static final int STEPS = 400;

    private final DesiredProgram desired = new DesiredProgram();
    private final SwitchState state = new SwitchState();
    private final SimulatedSwitch device = new SimulatedSwitch();
    private Random random;
    private boolean connected;
    private boolean complete;
    private SwitchState.Reading reading;
    private Observed answer;

    private Fragment anyFragment(final int name) {
        final var groups = new ArrayList<Group>();
        final var usable = new ArrayList<Long>();
        for (int i = 0; i < random.nextInt(4); i++) {
            final long id = OwnRange.FIRST_GROUP + name * 10 + i;
            final var buckets = new Action[random.nextInt(3)];
            for (int j = 0; j < buckets.length; j++) {
                buckets[j] = usable.isEmpty() || random.nextBoolean() ? out(random.nextInt(3))
                    : via(usable.get(random.nextInt(usable.size())));
            }
            groups.add(all(id, buckets));
            usable.add(id);
        }
        final var flows = new HashMap<Object, Flow>();
        for (int i = 0; i < random.nextInt(5); i++) {
            final var action = usable.isEmpty() || random.nextBoolean() ? out(random.nextInt(3))
                : via(usable.get(random.nextInt(usable.size())));
            final var flow = flow(random.nextInt(6), name * 10 + random.nextInt(3), action);
            flows.put(flow.key(), flow);
        }
        return Fragment.of(groups, flows.values());
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0 -> {
                if (connected) {
                    state.disconnect();
                } else {
                    state.connect();
                }
                connected = !connected;
                reading = null;
                if (random.nextInt(4) == 0) {
                    device.clear();
                }
            }
            case 1 -> {
                complete = !complete || random.nextBoolean();
                state.setComplete(complete);
            }
            case 2 -> {
                final var stray = flow(random.nextInt(6), 90 + random.nextInt(3), out(1));
                device.flows.put(stray.key(), random.nextBoolean() ? foreign(stray) : own("stray", stray));
            }
            case 3, 4 -> {
                if (connected && reading == null) {
                    reading = state.beginRead();
                    answer = device.observe();
                }
            }
            case 5, 6 -> {
                if (reading != null) {
                    state.merge(answer, reading, 0);
                    reading = null;
                    repair();
                }
            }
            default -> {
                final var changes = new HashMap<String, Fragment>();
                for (int i = 0; i <= random.nextInt(2); i++) {
                    final int name = random.nextInt(NAMES);
                    changes.put("f" + name, random.nextInt(4) == 0 ? Fragment.EMPTY : anyFragment(name));
                }
                device.takeAll(state.change(desired.replace(changes), 0).ops());
                repair();
            }
        }
    }

    private void repair() {
        List<Op> ops;
        do {
            ops = state.repair(1 + random.nextInt(5), 0);
            device.takeAll(ops);
        } while (!ops.isEmpty());
    }

    private Set<Object> target() {
        final var all = new HashSet<Object>();
        desired.fragments().forEach((name, fragment) -> {
            all.addAll(fragment.groups().values());
            fragment.flows().values().forEach(flow -> all.add(own(name, flow)));
        });
        device.flows.values().stream().filter(entry -> !entry.isOwn()).forEach(all::add);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233 })
    void theSwitchEndsAsDesired(final int seed) {
        random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        if (!connected) {
            state.connect();
        }
        state.setComplete(true);
        state.merge(device.observe(), state.beginRead(), 0);
        repair();
        assertEquals(target(), device.contents());

        // And a change made then needs no read-back
        device.takeAll(state.change(desired.replace(Map.of("f0", anyFragment(0), "f1", Fragment.EMPTY)), 0).ops());
        repair();
        assertEquals(target(), device.contents());
    }
}
