/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.Match;
import io.peregrine.flow.OxmField;
import io.peregrine.flow.internal.core.Entry;
import io.peregrine.flow.internal.core.Op;
import io.peregrine.flow.internal.core.OwnRange;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Has the first switches after a start take changes that have no effect, so that OpenFlowPlugin's classes are loaded
 * and compiled before a change is urgent: the first ones of a virtual machine take tens of milliseconds. Thread-safe.
 */
final class WarmUp {
    /** The virtual machine compiles a method that was called some hundred times. */
    static final int ROUNDS = 300;
    static final int ROUNDS_AT_A_SWITCH = 100;

    /** Names the group. */
    static final String NAME = "warm-up";

    /** No entry of ours leads there, and Open vSwitch has it. */
    private static final int UNREACHABLE = 250;
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final AtomicInteger left;
    private final LongSupplier groupId;

    /**
     * What has not begun.
     *
     * @param rounds how often to go through the changes, at all switches together
     * @param groupId gives the number of a group that nothing else uses
     */
    WarmUp(final int rounds, final LongSupplier groupId) {
        left = new AtomicInteger(rounds);
        this.groupId = requireNonNull(groupId);
    }

    /**
     * Sends changes that a switch need not take, the last of which undo the others. Returns at once.
     *
     * @param channel the session, before anybody else has it
     */
    void exercise(final SwitchChannel channel) {
        final int rounds = Math.min(ROUNDS_AT_A_SWITCH,
            left.getAndUpdate(before -> Math.max(0, before - ROUNDS_AT_A_SWITCH)));
        if (rounds > 0) {
            exercise(channel, rounds);
        }
    }

    private void exercise(final SwitchChannel channel, final int rounds) {
        final long group = groupId.getAsLong();
        final var match = Match.builder().metadata(1, -1L).ethDst(MAC).build();
        final var before = new Flow(UNREACHABLE, 1, match, Instructions.DROP);
        final var after = new Flow(UNREACHABLE, 1, match, Instructions.apply(new Action.ToGroup(group)));
        final var bucket = new Group.Bucket(new Action.SetField(OxmField.TUNNEL_ID, FieldValue.of(1)),
            new Action.Output(Action.IN_PORT));
        for (int round = 0; round < rounds; round++) {
            channel.send(new Op.PutGroup(new Group(group, Group.Type.ALL, List.of()), Op.How.ADD));
            channel.send(new Op.PutGroup(new Group(group, Group.Type.ALL, List.of(bucket)), Op.How.MODIFY));
            channel.send(new Op.PutFlow(entry(before)));
            channel.send(new Op.PutFlow(entry(after)));
            channel.send(new Op.RemoveFlow(after.key()));
            channel.send(new Op.RemoveGroup(group));
            channel.barrier();
        }
    }

    private static Entry entry(final Flow flow) {
        return new Entry(flow, OwnRange.cookieOf(NAME));
    }
}
