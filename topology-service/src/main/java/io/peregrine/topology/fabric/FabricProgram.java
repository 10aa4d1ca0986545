/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.fabric;

import static java.util.Objects.requireNonNull;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;
import io.peregrine.topology.PortId;
import io.peregrine.topology.graph.Link;
import io.peregrine.topology.graph.NodeId;
import io.peregrine.topology.graph.RouteKey;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the fabric's switches shall have, as steps from what they were to have before. Only what a change can touch is
 * compiled again. Not thread-safe.
 */
public final class FabricProgram {
    private final FabricPlan plan;
    private final Map<DatapathId, Map<String, Fragment>> desired = new HashMap<>();
    /** Switches that no host hangs on any more; entries on their way out may still lead there. */
    private final Set<DatapathId> left = new HashSet<>();
    /** Those to which no way is left, but on switches that have not confirmed it. */
    private final Set<DatapathId> forgotten = new HashSet<>();
    private FabricState last;

    public FabricProgram(final FabricPlan plan) {
        this.plan = requireNonNull(plan);
    }

    /**
     * Takes a new state in.
     *
     * @param state the state
     * @param changedRoutes which ways differ from those of the state before; empty if that is not known
     * @return the steps
     */
    public List<Step> update(final FabricState state, final Optional<Set<RouteKey>> changedRoutes) {
        final var steps = new ArrayList<Step>();
        final var before = last;
        last = state;
        desired.keySet().retainAll(state.switches());
        final var known = before == null ? Set.<DatapathId>of() : before.switches();
        final var targets = targets(state);
        final var oldTargets = before == null ? Set.<DatapathId>of() : targets(before);
        final boolean newSegments = before == null || !state.segments().equals(before.segments());
        final boolean newPorts = before == null || !state.fabricPorts().equals(before.fabricPorts());
        final var portsOf = newPorts || !known.containsAll(state.switches()) ? bySwitch(state.fabricPorts())
            : Map.<DatapathId, Set<Long>>of();
        for (var datapath : new TreeSet<>(state.switches())) {
            final boolean fresh = !known.contains(datapath);
            if (fresh) {
                put(steps, datapath, "base", plan.base(), datapath);
            }
            if (fresh || newSegments) {
                put(steps, datapath, "segments", plan.segments(state.segments()), datapath);
            }
            if (fresh || newPorts) {
                put(steps, datapath, "ports", plan.fabricPorts(portsOf.getOrDefault(datapath, Set.of())), datapath);
            }
            ways(steps, state, datapath, targets.stream().filter(target -> fresh || changedRoutes.isEmpty()
                || !oldTargets.contains(target) || changedRoutes.orElseThrow().contains(
                    new RouteKey(node(datapath), node(target)))).toList());
        }
        hosts(steps, state, before);
        left.addAll(oldTargets);
        left.removeAll(targets);
        forgotten.removeAll(targets);
        return steps;
    }

    /**
     * Takes away what nothing leads to any more. To be called when all steps are confirmed.
     *
     * @return more steps
     */
    public List<Step> settled() {
        forgotten.forEach(plan::release);
        forgotten.clear();
        final var steps = new ArrayList<Step>();
        for (var target : left) {
            last.switches().forEach(datapath ->
                put(steps, datapath, wayName(target), Fragment.EMPTY, target));
        }
        forgotten.addAll(left);
        left.clear();
        return steps;
    }

    /**
     * Everything that a switch shall have.
     *
     * @param datapath the switch
     * @return fragments by name
     */
    public Map<String, Fragment> desired(final DatapathId datapath) {
        return Map.copyOf(desired.getOrDefault(datapath, Map.of()));
    }

    private static Map<DatapathId, Set<Long>> bySwitch(final Set<PortId> ports) {
        return ports.stream().collect(Collectors.groupingBy(PortId::datapath,
            Collectors.mapping(PortId::port, Collectors.toCollection(TreeSet::new))));
    }

    private static Set<DatapathId> targets(final FabricState state) {
        return state.hosts().values().stream().map(place -> place.port().datapath())
            .filter(state.switches()::contains).collect(Collectors.toCollection(TreeSet::new));
    }

    private void ways(final List<Step> steps, final FabricState state, final DatapathId datapath,
            final Collection<DatapathId> targets) {
        for (var target : targets) {
            if (!target.equals(datapath)) {
                final var hops = state.routes().nextHops(node(datapath), node(target));
                final var alternate = hops.size() != 1 ? OptionalLong.empty()
                    : state.routes().alternates(node(datapath), node(target)).stream()
                        .mapToLong(Link::sourcePort).findFirst();
                put(steps, datapath, wayName(target),
                    plan.way(target, hops.stream().map(Link::sourcePort).toList(), alternate), target);
            }
        }
    }

    private void hosts(final List<Step> steps, final FabricState state, final FabricState before) {
        final var old = before == null ? Map.<Inet4Address, FabricState.HostPlace>of() : before.hosts();
        final boolean everywhere = before == null || !before.segments().equals(state.segments())
            || !before.gatewayMac().equals(state.gatewayMac()) || !before.switches().equals(state.switches());
        if (!everywhere && old.equals(state.hosts())) {
            return;
        }
        state.hosts().forEach((address, place) -> {
            if (everywhere || !place.equals(old.get(address))) {
                final var home = place.port().datapath();
                state.switches().forEach(datapath ->
                    put(steps, datapath, hostName(address), host(state, datapath, address, place), home));
            }
        });
        old.forEach((address, place) -> {
            if (!state.hosts().containsKey(address)) {
                final var home = place.port().datapath();
                state.switches().forEach(datapath ->
                    put(steps, datapath, hostName(address), Fragment.EMPTY, home));
            }
        });
    }

    private Fragment host(final FabricState state, final DatapathId datapath, final Inet4Address address,
            final FabricState.HostPlace place) {
        final var segment = state.segments().stream().filter(candidate -> candidate.contains(address)).findFirst();
        final var home = place.port().datapath();
        if (segment.isEmpty() || !state.switches().contains(home)) {
            return Fragment.EMPTY;
        }
        return home.equals(datapath)
            ? plan.localHost(address, place.mac(), place.port().port(), segment.orElseThrow(),
                state.gatewayMac())
            : plan.distantHost(address, segment.orElseThrow(), home);
    }

    private void put(final List<Step> steps, final DatapathId datapath, final String name, final Fragment content,
            final DatapathId destination) {
        final var fragments = desired.computeIfAbsent(datapath, none -> new HashMap<>());
        final var before = content.isEmpty() ? fragments.remove(name) : fragments.put(name, content);
        if (!content.equals(before == null ? Fragment.EMPTY : before)) {
            steps.add(new Step(datapath, name, content, destination));
        }
    }

    private static String wayName(final DatapathId target) {
        return "way:" + target.hex();
    }

    private static String hostName(final Inet4Address address) {
        return "host:" + address.getHostAddress();
    }

    private static NodeId node(final DatapathId datapath) {
        return new NodeId(datapath.bits());
    }
}
