/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import io.peregrine.migration.internal.core.jobs.Facts.Liveness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Judges whether a guest can be moved. A point that the controller cannot tell is said to be unknown, with the reason.
 */
public final class Checks {
    private static final long MIB = 1L << 20;
    /** What a tunnel adds with IPv6 beyond what it adds with IPv4, and what ping does not count of an IPv4 packet. */
    private static final int IPV6_MORE = 20;
    private static final int PING_HEADERS = 28;
    private static final String OPEN_4789 = "see that the underlay carries UDP port 4789 between the two, in both"
        + " directions";
    private static final Set<String> HOST_CPU = Set.of("host-passthrough", "maximum");

    private final Facts facts;
    private final String source;
    private final String destination;

    private Checks(final Facts facts) {
        this.facts = facts;
        source = facts.place().source().orElse("?");
        destination = facts.place().destination();
    }

    /**
     * Judges all points.
     *
     * @param facts what is known
     * @return the points; where the first ones fail, the rest are left out, since they mean nothing then
     */
    public static List<Point> points(final Facts facts) {
        final var checks = new Checks(facts);
        final var first = List.of(checks.guest(), checks.destination());
        if (failed(first).isEmpty()) {
            final var all = new ArrayList<>(first);
            all.addAll(List.of(checks.libvirt(), checks.edge(), checks.tunnel(), checks.senders(), checks.mtu(),
                checks.peer(), checks.port(), checks.namesake(), checks.interfaces(), checks.address(),
                checks.devices(), new StorageCheck(facts).point(), checks.memory(), checks.cpu()));
            return List.copyOf(all);
        }
        return first;
    }

    /**
     * The points that keep a guest from being moved.
     *
     * @param points all points
     * @return those that have failed
     */
    public static List<Point> failed(final List<Point> points) {
        return points.stream().filter(point -> point.result() == Point.Result.FAILED).toList();
    }

    private Point guest() {
        final var place = facts.place();
        if (place.activity() == Facts.Activity.MOVING) {
            return Point.failed("guest", place.guest() + " is being moved already",
                "wait until it has arrived, or cancel that move with peregrine:cancel");
        }
        if (place.source().isEmpty() || place.activity() == Facts.Activity.UNKNOWN) {
            return Point.failed("guest", "it is not known where " + place.guest() + " runs now",
                "mend the connection to libvirt at its hypervisor; peregrine:guests tells what is wrong");
        }
        return Point.ok("guest", place.guest() + " is at " + source);
    }

    private Point destination() {
        final var place = facts.place();
        if (!place.hypervisors().contains(destination)) {
            return Point.failed("destination", "there is no hypervisor '" + destination + "' in intent",
                "choose one of " + place.hypervisors().stream().sorted().collect(Collectors.joining(", "))
                    + ", or add it to peregrine-edge:hypervisors");
        }
        if (destination.equals(source)) {
            return Point.failed("destination", place.guest() + " is at " + source + " already",
                "choose another hypervisor");
        }
        return Point.ok("destination", destination + " is a hypervisor of intent");
    }

    private Point libvirt() {
        final var down = facts.place().disconnected();
        final var missing = List.of(source, destination).stream().filter(down::containsKey).toList();
        if (missing.isEmpty()) {
            return Point.ok("libvirt", source + " and " + destination + " are connected");
        }
        return Point.failed("libvirt", missing.stream().map(host -> "no connection to " + host + ": " + down.get(host))
            .collect(Collectors.joining("; ")), "start libvirtd there, and see that its port can be reached from here");
    }

    private Point edge() {
        return facts.network().unready().map(why -> Point.failed("edge", destination + " is not ready: " + why,
            "peregrine:tunnels and peregrine-edge:edges tell more; guests that arrive there now have no network"))
            .orElseGet(() -> Point.ok("edge", destination + " is ready to serve guests"));
    }

    private Point tunnel() {
        final var there = facts.network().there();
        final var back = facts.network().back();
        final var way = source + " to " + destination;
        if (there.isEmpty() || back.isEmpty()) {
            return Point.failed("tunnel", "there is no tunnel from " + way, "peregrine:tunnels tells why");
        }
        final var both = List.of(there.orElseThrow(), back.orElseThrow());
        if (both.contains(Liveness.DOWN)) {
            return Point.failed("tunnel", "BFD hears nothing through the tunnel from " + way, OPEN_4789);
        }
        return both.contains(Liveness.UNKNOWN)
            ? Point.unknown("tunnel", "BFD has not said anything about the tunnel from " + way + " yet")
            : Point.ok("tunnel", "BFD is up from " + way + " and back, so UDP port 4789 is open");
    }

    /** Whoever reaches the guest now is to reach it afterwards. */
    private Point senders() {
        final var lost = facts.network().cutOff();
        return lost.isEmpty()
            ? Point.ok("senders", "no edge that reaches " + source + " is known not to reach " + destination)
            : Point.failed("senders", "tunnels between " + destination + " and " + String.join(", ", lost)
                + " carry nothing, while those of " + source + " do: others there would not reach it any more",
                OPEN_4789);
    }

    private Point mtu() {
        final var frames = facts.network().frames();
        return frames.value().map(this::mtu).orElseGet(() -> Point.unknown("mtu", "no frame could be sent to try it: "
            + frames.why(), "try it: " + ping(FrameSizes.wanted(facts.domain().needs().value()))));
    }

    private Point mtu(final FrameSizes frames) {
        final var there = source + " to " + destination;
        final var back = destination + " to " + source;
        final var silent = new ArrayList<String>();
        final var narrow = new ArrayList<String>();
        judge(there, frames.there(), frames.wanted(), silent, narrow);
        judge(back, frames.back(), frames.wanted(), silent, narrow);
        if (!silent.isEmpty()) {
            final var found = "nothing passes from " + String.join(", and from ", silent) + ", not even frames with "
                + FrameSizes.SMALL + " bytes";
            final var up = Optional.of(Liveness.UP);
            // Where BFD is up the tunnel carries something; what tries it has to go through the controller, too
            return facts.network().there().equals(up) && facts.network().back().equals(up)
                ? Point.unknown("mtu", found + ", although BFD is up", "try again; if it stays so, a switch lacks"
                    + " entries, or is slow to talk to the controller: peregrine:tunnels shows the edges' problems")
                : Point.failed("mtu", found, OPEN_4789);
        }
        final boolean set = facts.domain().needs().value().filter(needs -> needs.mtu().isPresent()).isPresent();
        final var whose = set ? "the MTU of its interfaces"
            : "the usual MTU, since libvirt does not tell that of all its interfaces";
        if (narrow.isEmpty()) {
            return Point.ok("mtu", "frames with " + frames.wanted() + " bytes, " + whose + ", pass from " + there
                + " and back");
        }
        final int most = frames.there().stream().filter(frames.back()::contains).mapToInt(Integer::intValue).max()
            .orElse(FrameSizes.SMALL);
        // The guest may have been told a smaller one by other means, such as DHCP
        return new Point("mtu", set ? Point.Result.FAILED : Point.Result.UNKNOWN, String.join("; ", narrow) + "; "
            + frames.wanted() + " is " + whose, Optional.of("let the underlay carry "
                + (frames.wanted() + FrameSizes.VXLAN) + " bytes (" + (frames.wanted() + FrameSizes.VXLAN + IPV6_MORE)
                + " if it is IPv6), as shown by " + ping(frames.wanted()) + "; or give its interfaces "
                + (most > FrameSizes.SMALL ? "an MTU of " + most + ": <mtu size='" + most + "'/>" : "a smaller MTU")));
    }

    private static void judge(final String way, final Set<Integer> passed, final int wanted, final List<String> silent,
            final List<String> narrow) {
        passed.stream().max(Comparator.naturalOrder()).ifPresentOrElse(most -> {
            if (most < wanted) {
                narrow.add("frames with " + most + " bytes pass from " + way + ", those with " + wanted + " do not");
            }
        }, () -> silent.add(way));
    }

    private String ping(final int size) {
        return "ping -M do -s " + (size + FrameSizes.VXLAN - PING_HEADERS) + " on " + source
            + " to the other's underlay address";
    }

    private Point peer() {
        return facts.domain().peer().map(uri -> Point.unknown("peer", "libvirtd at " + source + " is to connect to "
            + uri + "; that it can, and is let in, shows only when it does",
            "try it on " + source + ": virsh -c '" + uri + "' hostname"))
            .orElseGet(() -> Point.failed("peer", "the URI of libvirt at " + destination
                + " can be used at the controller only", "set peer-libvirt of hypervisor " + destination
                + " in peregrine-edge:hypervisors, such as qemu+tls://" + destination + ".example.net/system"));
    }

    private Point port() {
        if (facts.options().tunnelled()) {
            return Point.ok("migration-port", "none is needed, the data goes through the daemons' connection");
        }
        return Point.unknown("migration-port", facts.options().migrationUri()
            .map(uri -> "the data goes to " + uri)
            .orElse("the data goes to TCP port 49152 to 49215 of " + destination)
            + "; it is not open before a move begins",
            "see that no firewall is in the way from " + source + ", or move tunnelled");
    }

    private Point namesake() {
        return facts.domain().namesakes().judged("namesake", namesakes -> {
            for (final var other : namesakes) {
                if (other.active()) {
                    return Point.failed("namesake", "a domain of its " + (other.sameUuid() ? "UUID" : "name")
                        + " is active at " + destination, "end it there, if it is not wanted");
                }
                if (!other.sameUuid() || !other.sameName()) {
                    return Point.failed("namesake", "another domain is defined at " + destination + " with its "
                        + (other.sameUuid() ? "UUID" : "name"), "rename or undefine it there");
                }
            }
            return namesakes.isEmpty() ? Point.ok("namesake", destination + " has no domain of its name or UUID")
                : Point.ok("namesake", "it is defined at " + destination + ", and not active");
        });
    }

    private Point interfaces() {
        final var problems = facts.network().problems();
        if (!problems.isEmpty()) {
            return Point.failed("interfaces", String.join("; ", problems),
                "each interface is to be on the integration bridge, with a virtualport of type openvswitch and a"
                    + " network of intent; docs/moving-guests.md has an example");
        }
        return Point.ok("interfaces", facts.network().interfaces() + " on Open vSwitch, in networks of intent");
    }

    private Point address() {
        return facts.network().addressed()
            ? Point.ok("address", "an IP address of it is known, by which it is probed while it moves")
            : Point.unknown("address", "no IP address of it is known: how long the network did not reach it will not be"
                + " measured, and a move of Peregrine's own cannot ask whether it has taken what came before its pause",
                "name its MAC address with its IP addresses: peregrine-network:networks/network/port");
    }

    private Point devices() {
        return facts.domain().needs().judged("devices", needs -> needs.tied().isEmpty()
            ? Point.ok("devices", "it uses no device of " + source)
            : Point.failed("devices", "it uses what does not move: " + String.join(", ", needs.tied()),
                "detach that first: virsh detach-device"));
    }

    private Point memory() {
        final Function<Long, Function<GuestNeeds, Point>> judge = available -> needs -> {
            final long left = available - facts.domain().promised();
            final var found = "it needs " + mib(needs.memory()) + ", " + destination + " has " + mib(left) + " left"
                + (facts.domain().promised() > 0 ? " beside what is promised to moves under way" : "");
            return needs.memory() <= left ? Point.ok("memory", found) : Point.failed("memory", found,
                "choose another hypervisor, or free memory there");
        };
        return facts.domain().available().judged("memory",
            available -> facts.domain().needs().judged("memory", judge.apply(available)));
    }

    private static String mib(final long bytes) {
        return bytes / MIB + " MiB";
    }

    private Point cpu() {
        final var cpu = facts.domain().needs().value().flatMap(GuestNeeds::cpu);
        if (facts.domain().needs().value().isPresent() && cpu.isEmpty()) {
            return Point.ok("cpu", "it has QEMU's default CPU, which every host has");
        }
        if (cpu.filter(seen -> HOST_CPU.contains(seen.mode())).isPresent()) {
            return Point.unknown("cpu", "it sees the CPU of " + source + " itself (" + cpu.orElseThrow().mode()
                + "), which fits only hosts of the same make and microcode",
                "give it a named CPU model, such as mode custom with the model of virsh hypervisor-cpu-baseline");
        }
        return facts.domain().lacks().judged("cpu", lacks -> lacks.isEmpty()
            ? Point.ok("cpu", destination + " has what it sees")
            : Point.failed("cpu", destination + " does not have the CPU that it sees: " + lacks,
                "choose another hypervisor, or give it a CPU model that both have"));
    }
}
