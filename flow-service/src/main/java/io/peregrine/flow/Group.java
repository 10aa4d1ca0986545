/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A group entry (OpenFlow 1.3.5, 5.6).
 *
 * @param id the number, 0 to 0xffffff00; of the range that {@link GroupIds} hands out
 * @param type how buckets are chosen
 * @param buckets the buckets; their order is part of the group's identity
 */
public record Group(long id, Type type, List<Bucket> buckets) {
    /** How a group chooses buckets. */
    public enum Type {
        /** Every bucket gets a copy. */
        ALL,
        /** One bucket, by a hash of the packet; dead ones are left out. */
        SELECT,
        /** The first live bucket. */
        FAST_FAILOVER
    }

    /**
     * A bucket.
     *
     * @param actions what is done with its copy
     * @param weight relative share of a {@code SELECT} group, 0 elsewhere
     * @param watchPort the port whose liveness counts, or {@link #NO_WATCH}
     */
    public record Bucket(List<Action> actions, int weight, long watchPort) {
        /** Liveness is not watched (OFPP_ANY). */
        public static final long NO_WATCH = 0xFFFF_FFFFL;

        public Bucket {
            actions = List.copyOf(actions);
        }

        public Bucket(final List<Action> actions) {
            this(actions, 0, NO_WATCH);
        }

        public Bucket(final Action... actions) {
            this(List.of(actions));
        }
    }

    public Group {
        if (id < 0 || id > 0xFFFF_FF00L) {
            throw new IllegalArgumentException("group id " + id);
        }
        requireNonNull(type);
        buckets = List.copyOf(buckets);
    }
}
