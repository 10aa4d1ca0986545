/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.trace;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.Fragment;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.OxmField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * One switch's tables and groups, through which packets can be walked. As in Open vSwitch, output to the port a
 * packet came in by is suppressed unless it says IN_PORT, and a group's buckets each work on a copy. Not thread-safe.
 */
public final class TableWalk {
    /**
     * A copy that left the switch.
     *
     * @param port the port, {@link Action#CONTROLLER} included; IN_PORT is resolved
     * @param packet the packet as it left; it carries the tunnel id set for it and no metadata
     */
    public record Emission(long port, Packet packet) {
    }

    private static final int MAX_GROUP_DEPTH = 8;

    private final Map<Integer, List<Flow>> tables = new HashMap<>();
    private final Map<Long, Group> groups = new HashMap<>();
    private final LongPredicate portLive;

    /**
     * A switch with this content.
     *
     * @param fragments the flows and groups
     */
    public TableWalk(final Collection<Fragment> fragments) {
        this(fragments, port -> true);
    }

    /**
     * A switch with this content and some ports dead.
     *
     * @param fragments the flows and groups
     * @param portLive tells of a port whether it is live, for watched buckets
     */
    public TableWalk(final Collection<Fragment> fragments, final LongPredicate portLive) {
        this.portLive = portLive;
        for (var fragment : fragments) {
            groups.putAll(fragment.groups());
            for (var flow : fragment.flows().values()) {
                tables.computeIfAbsent(flow.key().table(), table -> new ArrayList<>()).add(flow);
            }
        }
        for (var table : tables.values()) {
            table.sort(Comparator.comparingInt((Flow flow) -> flow.key().priority()).reversed());
        }
    }

    /**
     * Lets a packet in.
     *
     * @param port the port it comes in by
     * @param packet the packet, with its tunnel id if it comes out of a tunnel
     * @return the copies that leave, in order; empty if it is dropped
     * @throws IllegalStateException if two entries of one priority match with different instructions (undefined in
     *     OpenFlow), a group is missing or groups chain too deep
     */
    public List<Emission> receive(final long port, final Packet packet) {
        final var run = new Run(port);
        run.pipeline(packet.with(OxmField.IN_PORT, port).without(OxmField.METADATA));
        return List.copyOf(run.out);
    }

    private Flow lookup(final int table, final Packet packet) {
        Flow best = null;
        for (var flow : tables.getOrDefault(table, List.of())) {
            if (best != null && flow.key().priority() < best.key().priority()) {
                break;
            }
            if (flow.key().match().matches(packet::get)) {
                if (best != null && !best.instructions().equals(flow.instructions())) {
                    throw new IllegalStateException("undefined: " + best + " and " + flow + " match " + packet);
                }
                best = flow;
            }
        }
        return best;
    }

    private final class Run {
        private final List<Emission> out = new ArrayList<>();
        private final long inPort;

        Run(final long inPort) {
            this.inPort = inPort;
        }

        void pipeline(final Packet start) {
            Packet packet = start;
            int table = 0;
            while (table != Instructions.NO_TABLE) {
                final var flow = lookup(table, packet);
                if (flow == null) {
                    return;
                }
                final var todo = flow.instructions();
                packet = apply(todo.actions(), packet, 0);
                if (packet == null) {
                    return;
                }
                if (todo.metadataMask() != 0) {
                    packet = packet.with(OxmField.METADATA, packet.get(OxmField.METADATA).with(
                        FieldValue.of(todo.metadata()),
                        FieldValue.of(todo.metadataMask())));
                }
                if (todo.gotoTable() != Instructions.NO_TABLE && todo.gotoTable() <= table) {
                    throw new IllegalStateException("goes back: " + flow);
                }
                table = todo.gotoTable();
            }
        }

        private Packet apply(final List<Action> actions, final Packet start, final int depth) {
            Packet packet = start;
            for (var action : actions) {
                if (action instanceof Action.Output output) {
                    emit(output.port(), packet);
                } else if (action instanceof Action.ToGroup toGroup) {
                    group(toGroup.groupId(), packet, depth);
                } else if (action instanceof Action.SetField set) {
                    packet = packet.with(set.field(), set.value());
                } else if (action instanceof Action.DecTtl) {
                    if (packet.ttl() <= 1) {
                        emit(Action.CONTROLLER, packet);
                        return null;
                    }
                    packet = packet.withTtl(packet.ttl() - 1);
                } else {
                    throw new IllegalStateException("unknown action " + action);
                }
            }
            return packet;
        }

        private void emit(final long port, final Packet packet) {
            if (port != inPort) {
                out.add(new Emission(port == Action.IN_PORT ? inPort : port,
                    packet.without(OxmField.METADATA).without(OxmField.IN_PORT)));
            }
        }

        private void group(final long id, final Packet packet, final int depth) {
            final var group = groups.get(id);
            if (group == null || depth == MAX_GROUP_DEPTH) {
                throw new IllegalStateException(group == null ? "no group " + id : "groups chain too deep");
            }
            final var live = group.type() == Group.Type.ALL ? group.buckets()
                : group.buckets().stream().filter(this::isLive).toList();
            if (live.isEmpty()) {
                return;
            }
            final var chosen = switch (group.type()) {
                case ALL -> live;
                case SELECT -> List.of(live.get(Math.floorMod(flowHash(packet), live.size())));
                case FAST_FAILOVER -> live.subList(0, 1);
            };
            chosen.forEach(bucket -> apply(bucket.actions(), packet, depth + 1));
        }

        private boolean isLive(final Group.Bucket bucket) {
            return bucket.watchPort() == Group.Bucket.NO_WATCH || portLive.test(bucket.watchPort());
        }

        private int flowHash(final Packet packet) {
            int hash = 0;
            for (var field : List.of(OxmField.ETH_SRC, OxmField.ETH_DST, OxmField.IPV4_SRC, OxmField.IPV4_DST,
                    OxmField.UDP_SRC, OxmField.TCP_SRC)) {
                final var value = packet.get(field);
                hash = 31 * hash + (value == null ? 0 : value.hashCode());
            }
            return hash;
        }
    }
}
