/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import io.peregrine.flow.Action;
import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.Match;
import java.util.List;
import java.util.stream.Stream;

/**
 * Short words for test programs.
 */
public final class Samples {
    public static final long G1 = OwnRange.FIRST_GROUP + 1;
    public static final long G2 = OwnRange.FIRST_GROUP + 2;
    public static final long G3 = OwnRange.FIRST_GROUP + 3;

    private Samples() {
        // static methods only
    }

    public static FlowKey key(final int table, final int port) {
        return new FlowKey(table, 10, Match.builder().inPort(port).build());
    }

    public static Flow flow(final int table, final int port, final Action... actions) {
        return new Flow(key(table, port), Instructions.apply(actions), 0);
    }

    public static Flow lease(final int table, final int port, final int seconds) {
        return new Flow(key(table, port), Instructions.DROP, seconds);
    }

    public static Action out(final long port) {
        return new Action.Output(port);
    }

    public static Action via(final long group) {
        return new Action.ToGroup(group);
    }

    public static Group all(final long id, final Action... actionPerBucket) {
        return new Group(id, Group.Type.ALL, Stream.of(actionPerBucket).map(Group.Bucket::new).toList());
    }

    public static Fragment fragment(final Object... parts) {
        return Fragment.of(Stream.of(parts).filter(Group.class::isInstance).map(Group.class::cast).toList(),
            Stream.of(parts).filter(Flow.class::isInstance).map(Flow.class::cast).toList());
    }

    public static Entry own(final String fragment, final Flow flow) {
        return new Entry(flow, OwnRange.cookieOf(fragment));
    }

    public static Entry foreign(final Flow flow) {
        return new Entry(flow, 7);
    }

    static List<Object> subjects(final List<Op> ops) {
        return ops.stream().map(Op::subject).toList();
    }
}
