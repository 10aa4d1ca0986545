/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal;

import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.Placement;
import io.peregrine.vxlan.Placement.Attachment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.opendaylight.yangtools.concepts.Registration;

/**
 * An overlay that keeps placements by the rules of {@link GuestPorts} and remembers what it was told.
 */
public final class FakePorts implements GuestPorts {
    /** The calls that change placements, such as {@code prepare h2 [id]}. */
    public final List<String> calls = new ArrayList<>();
    /** When each of them was made, {@link System#nanoTime()}. */
    public final List<Long> times = new ArrayList<>();

    private final Map<String, GuestPort> declared = new HashMap<>();
    private final Map<String, Placement> placements = new HashMap<>();
    private final TreeSet<String> heard = new TreeSet<>();
    private String failure;

    /**
     * From now on calls are not confirmed.
     *
     * @param why what is said, null if they are confirmed again
     */
    public synchronized void fail(final String why) {
        failure = why;
    }

    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized TreeSet<String> heard() {
        return new TreeSet<>(heard);
    }

    private CompletableFuture<Map<String, Integer>> call(final String verb, final Collection<String> ids,
            final String edge) {
        times.add(System.nanoTime());
        calls.add(verb + " " + edge + " " + new TreeSet<>(ids));
        for (final var id : ids) {
            if (!declared.containsKey(id)) {
                throw new IllegalStateException(verb + " of a port that was not declared: " + id);
            }
        }
        return failure != null ? CompletableFuture.failedFuture(new IllegalStateException(failure))
            : CompletableFuture.completedFuture(new TreeMap<>(Map.of(edge, ids.size())));
    }

    private void place(final Collection<String> ids, final String edge, final Attachment attachment) {
        ids.forEach(id -> placements.compute(id, (key, before) ->
            (before == null ? Placement.NOWHERE : before).with(edge, attachment)));
    }

    @Override
    public synchronized void declare(final GuestPort port) {
        declared.put(port.interfaceId(), port);
        times.add(System.nanoTime());
        calls.add("declare " + port.interfaceId());
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> withdraw(final Collection<String> interfaceIds) {
        final var result = call("withdraw", interfaceIds, "-");
        interfaceIds.forEach(declared::remove);
        interfaceIds.forEach(placements::remove);
        return result;
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> attach(final Collection<String> interfaceIds,
            final String edge) {
        interfaceIds.forEach(id -> placements.put(id, Placement.at(edge)));
        return call("attach", interfaceIds, edge);
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> prepare(final Collection<String> interfaceIds,
            final String destination) {
        place(interfaceIds, destination, Attachment.RECEIVING);
        return call("prepare", interfaceIds, destination);
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> makeReady(final Collection<String> interfaceIds,
            final String destination) {
        place(interfaceIds, destination, Attachment.READY);
        return call("ready", interfaceIds, destination);
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> turnTo(final Collection<String> interfaceIds,
            final String edge) {
        interfaceIds.forEach(id -> placements.computeIfPresent(id, (key, before) -> before.turnedTo(edge)));
        return call("turn", interfaceIds, edge);
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> open(final Collection<String> interfaceIds,
            final String destination) {
        place(interfaceIds, destination, Attachment.ARRIVING);
        return call("open", interfaceIds, destination);
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> commit(final Collection<String> interfaceIds,
            final String destination) {
        interfaceIds.forEach(id -> placements.compute(id, (key, before) ->
            (before == null ? Placement.NOWHERE : before).committedTo(destination)));
        return call("commit", interfaceIds, destination);
    }

    @Override
    public synchronized CompletableFuture<Map<String, Integer>> detach(final Collection<String> interfaceIds,
            final String edge) {
        interfaceIds.forEach(id -> placements.computeIfPresent(id, (key, before) -> before.without(edge)));
        return call("detach", interfaceIds, edge);
    }

    @Override
    public synchronized CompletableFuture<Void> renewLease(final Collection<String> interfaceIds,
            final String destination) {
        call("renew", interfaceIds, destination);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void setHeard(final String hypervisor, final boolean isHeard) {
        if (isHeard) {
            heard.add(hypervisor);
        } else {
            heard.remove(hypervisor);
        }
    }

    @Override
    public synchronized Optional<Placement> placement(final String interfaceId) {
        return declared.containsKey(interfaceId)
            ? Optional.of(placements.getOrDefault(interfaceId, Placement.NOWHERE)) : Optional.empty();
    }

    @Override
    public synchronized Optional<Status> status(final String interfaceId) {
        return Optional.ofNullable(declared.get(interfaceId))
            .map(port -> new Status(port.network(), List.of(), placements.containsKey(interfaceId), Optional.empty()));
    }

    @Override
    public Registration listen(final Listener listener) {
        return () -> { };
    }
}
