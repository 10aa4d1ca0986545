/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import io.peregrine.migration.internal.core.NetworkInterface;
import io.peregrine.migration.internal.core.jobs.Answer;
import io.peregrine.migration.internal.core.jobs.Exports;
import io.peregrine.migration.internal.core.jobs.Facts;
import io.peregrine.migration.internal.core.jobs.FrameSizes;
import io.peregrine.migration.internal.core.jobs.GuestNeeds;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import io.peregrine.migration.internal.core.jobs.NfsPath;
import io.peregrine.migration.internal.core.jobs.SharedStorage;
import io.peregrine.migration.internal.core.jobs.Target;
import io.peregrine.migration.internal.libvirt.Controls;
import io.peregrine.migration.internal.records.GuestView;
import io.peregrine.vxlan.GuestPorts;
import io.peregrine.vxlan.SizeProbes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what is to be known before a move. Blocks while libvirt is asked, and frames are under way.
 */
final class FactFinder implements Jobs.Finder {
    private static final Logger LOG = LoggerFactory.getLogger(FactFinder.class);
    /** Frames that do not arrive are given up before that. */
    private static final long PATIENCE_SECONDS = 3;
    private static final long ONCE_MORE_MILLIS = 100;

    private final Known known;
    private final GuestPorts ports;
    private final SizeProbes sizes;
    private final EdgeFacts edges;
    private final Controls controls;
    private final Duration recovery;
    /** From where to where tunnels were waited for in vain. */
    private final Set<List<String>> vain = ConcurrentHashMap.newKeySet();

    /** For tunnels that BFD has lost although frames pass, it waits so long that it hears them again. */
    FactFinder(final Known known, final GuestPorts ports, final SizeProbes sizes, final EdgeFacts edges,
            final Controls controls, final Duration recovery) {
        this.known = requireNonNull(known);
        this.ports = requireNonNull(ports);
        this.sizes = requireNonNull(sizes);
        this.edges = requireNonNull(edges);
        this.controls = requireNonNull(controls);
        this.recovery = requireNonNull(recovery);
    }

    @Override
    public Facts find(final GuestView guest, final String destination, final MoveOptions options,
            final long promised) {
        final var activity = switch (guest.state()) {
            case RUNNING, PAUSED -> Facts.Activity.SETTLED;
            case MIGRATING -> Facts.Activity.MOVING;
            case UNKNOWN -> Facts.Activity.UNKNOWN;
        };
        final var source = guest.host().orElse("");
        final var disconnected = new TreeMap<>(known.disconnected());
        final var target = Optional.ofNullable(known.targets().get(destination));
        final var domain = source.isEmpty() || target.isEmpty() || source.equals(destination)
            ? Facts.Domain.none("it was not asked")
            : domain(guest, source, destination, target.orElseThrow(), options, promised, disconnected);
        final var told = ways(guest, destination);
        final var frames = told.tunnelled() ? frames(source, destination, FrameSizes.wanted(domain.needs().value()))
            : Answer.<FrameSizes>none("there is no tunnel");
        final var ways = frames.value().filter(FrameSizes::passable).isPresent() ? settled(told, source, destination)
            : told;
        final var network = new Facts.Net(edges.unready(destination), ways.there(), ways.back(), ways.cutOff(),
            guest.interfaces().size(), problems(guest.interfaces()),
            statuses(guest).anyMatch(status -> !status.addresses().isEmpty()), frames);
        return new Facts(new Facts.Place(guest.name(), activity, guest.host(), destination, known.targets().keySet(),
            disconnected), network, domain, options.orMigrationUri(target.flatMap(Target::migrationUri)));
    }

    @Override
    public Answer<Long> available(final String host) {
        try {
            return ask(host, control -> answered(host, control::availableMemory));
        } catch (IOException e) {
            return Answer.none(e.getMessage());
        }
    }

    @Override
    public Answer<GuestNeeds> needs(final GuestView guest) {
        final var host = guest.host().orElseThrow();
        try {
            return ask(host, control -> answered(host, () -> control.needs(guest.uuid())));
        } catch (IOException e) {
            return Answer.none(e.getMessage());
        }
    }

    /** Asks a host, unless it is known that nobody would answer: that would take as long as one is waited for. */
    private <T> T ask(final String host, final Controls.Question<T> question) throws IOException {
        final var down = known.disconnected().get(host);
        if (down != null) {
            throw new IOException(host + ": " + down);
        }
        return controls.ask(host, question);
    }

    /** Tries which frames pass between two edges. */
    private Answer<FrameSizes> frames(final String source, final String destination, final int wanted) {
        try {
            final var passed = sizes.probe(source, destination, FrameSizes.toTry(wanted))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return Answer.of(new FrameSizes(wanted, passed.there(), passed.back()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.none("it was interrupted");
        } catch (ExecutionException e) {
            return Answer.none(String.valueOf(e.getCause().getMessage()));
        } catch (TimeoutException e) {
            LOG.debug("No end of frames from {} to {}", source, destination, e);
            return Answer.none("the overlay is busy");
        }
    }

    /** What BFD says of the ways to and from a destination. */
    private record Ways(Optional<Facts.Liveness> there, Optional<Facts.Liveness> back, List<String> cutOff) {
        boolean tunnelled() {
            return there.isPresent() && back.isPresent();
        }

        boolean whole() {
            return cutOff.isEmpty() && Stream.of(there, back).noneMatch(Optional.of(Facts.Liveness.DOWN)::equals);
        }
    }

    private Ways ways(final GuestView guest, final String destination) {
        return guest.host().map(host -> new Ways(edges.tunnel(host, destination), edges.tunnel(destination, host),
            cutOff(guest, host, destination))).orElse(new Ways(Optional.empty(), Optional.empty(), List.of()));
    }

    /**
     * A host that is short of processor time misses BFD's beat for a moment, and hears it again soon after. Where that
     * was waited for in vain it is not waited for again, until it was not needed once: evacuations ask for each guest.
     */
    private Ways settled(final Ways told, final String source, final String destination) {
        final var way = List.of(source, destination);
        if (told.whole()) {
            vain.remove(way);
            return told;
        }
        final long end = System.nanoTime() + recovery.toNanos();
        var ways = told;
        try {
            while (!vain.contains(way) && !ways.whole()) {
                if (System.nanoTime() - end >= 0) {
                    vain.add(way);
                } else {
                    Thread.sleep(ONCE_MORE_MILLIS);
                    ways = new Ways(heard(ways.there(), source, destination), heard(ways.back(), destination, source),
                        ways.cutOff().stream().filter(edge -> !up(edge, destination) || !up(destination, edge))
                            .toList());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ways;
    }

    /** What was down counts as that until it is up. */
    private Optional<Facts.Liveness> heard(final Optional<Facts.Liveness> before, final String from, final String to) {
        return before.filter(Facts.Liveness.DOWN::equals).isPresent() && up(from, to)
            ? Optional.of(Facts.Liveness.UP) : before;
    }

    private boolean up(final String from, final String to) {
        return edges.tunnel(from, to).filter(Facts.Liveness.UP::equals).isPresent();
    }

    /** Borders, whatever networks they have, and hypervisors with others of the guest's networks. */
    private List<String> cutOff(final GuestView guest, final String source, final String destination) {
        final var networks = networks(guest);
        return edges.reachOnly(source, destination).stream().filter(edge -> !known.targets().containsKey(edge)
            || known.at(edge).stream().anyMatch(other -> !Collections.disjoint(networks(other), networks))).toList();
    }

    private Set<String> networks(final GuestView guest) {
        return statuses(guest).flatMap(status -> status.network().stream()).collect(Collectors.toSet());
    }

    private Stream<GuestPorts.Status> statuses(final GuestView guest) {
        return guest.interfaces().stream().flatMap(port -> port.interfaceId().flatMap(ports::status).stream());
    }

    private List<String> problems(final List<NetworkInterface> interfaces) {
        final var result = new ArrayList<String>();
        for (final var port : interfaces) {
            final var problem = port.problem().or(() -> {
                final var status = port.interfaceId().flatMap(ports::status);
                return status.isEmpty() ? Optional.of("it is not served yet") : status.orElseThrow().problem()
                    .or(() -> status.orElseThrow().network().isPresent() ? Optional.empty()
                        : Optional.of("no network of intent fits it"));
            });
            problem.ifPresent(text -> result.add(port.mac() + ": " + text));
        }
        return result;
    }

    /** What the destination tells of itself. */
    private record There(Answer<List<Facts.Namesake>> namesakes, Answer<Long> available, Answer<String> lacks) {
    }

    /** Asks libvirt at both ends; one that does not let anybody in counts as disconnected. */
    private Facts.Domain domain(final GuestView guest, final String source, final String destination,
            final Target target, final MoveOptions options, final long promised,
            final Map<String, String> disconnected) {
        Answer<GuestNeeds> needs;
        try {
            needs = ask(source, control -> answered(source, () -> control.needs(guest.uuid())));
        } catch (IOException e) {
            disconnected.putIfAbsent(source, e.getMessage());
            needs = Answer.none(e.getMessage());
        }
        final var read = needs;
        try {
            final var told = ask(destination, control -> new There(
                answered(destination, () -> control.namesakes(guest.uuid(), guest.name())),
                answered(destination, control::availableMemory),
                dependent(read, all -> all.cpu().isEmpty() ? Answer.of("")
                    : answered(destination, () -> control.lacks(all)))));
            final var disks = read.value().map(GuestNeeds::disks).orElse(List.of()).stream()
                .filter(disk -> !options.copies(disk)).toList();
            final var here = dependent(read, all -> pools(source, all));
            final var there = dependent(read, all -> pools(destination, all));
            return new Facts.Domain(read, target.peer(), told.namesakes(), told.available(), promised, told.lacks(),
                here, there, exports(new ExportFinder(controls, source, destination), disks, here, there));
        } catch (IOException e) {
            final var why = e.getMessage();
            disconnected.putIfAbsent(destination, why);
            return new Facts.Domain(read, target.peer(), Answer.none(why), Answer.none(why), promised,
                Answer.none(why), Answer.none(why), Answer.none(why), Map.of());
        }
    }

    /** The pools of a host that disks are in. They are asked for apart, since a silent file server can hold them up. */
    private Answer<Map<String, SharedStorage.Place>> pools(final String host, final GuestNeeds needs) {
        final var disks = needs.disks().stream().filter(disk -> !disk.network()).toList();
        if (disks.isEmpty()) {
            return Answer.of(Map.of());
        }
        try {
            return Answer.of(controls.askStorage(host, control -> {
                final var result = new HashMap<String, SharedStorage.Place>();
                for (final var disk : disks) {
                    control.storage(disk).ifPresent(place -> result.put(disk.source(), place));
                }
                return result;
            }));
        } catch (IOException e) {
            return Answer.none("libvirt cannot tell what pool it is in at " + e.getMessage());
        }
    }

    /** What is heard of the exports that disks need. */
    private static Map<String, Exports> exports(final ExportFinder finder, final List<GuestNeeds.Disk> disks,
            final Answer<Map<String, SharedStorage.Place>> here, final Answer<Map<String, SharedStorage.Place>> there) {
        final var result = new HashMap<String, Exports>();
        for (final var disk : disks) {
            NfsPath.of(disk, place(here, disk), place(there, disk))
                .ifPresent(wanted -> result.put(disk.target(), finder.find(wanted)));
        }
        return result;
    }

    private static Optional<SharedStorage.Place> place(final Answer<Map<String, SharedStorage.Place>> pools,
            final GuestNeeds.Disk disk) {
        return pools.value().map(places -> places.get(disk.source()));
    }

    /** What libvirt answers. */
    @FunctionalInterface
    private interface Call<T> {
        T get() throws IOException;
    }

    private static <T> Answer<T> answered(final String host, final Call<T> call) {
        try {
            return Answer.of(call.get());
        } catch (IOException e) {
            return Answer.none("libvirt at " + host + " cannot tell: " + e.getMessage());
        }
    }

    private static <T, R> Answer<R> dependent(final Answer<T> first, final Function<T, Answer<R>> then) {
        return first.value().map(then).orElseGet(() -> Answer.none("the guest's XML could not be read"));
    }
}
