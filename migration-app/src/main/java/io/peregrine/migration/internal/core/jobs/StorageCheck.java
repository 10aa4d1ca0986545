/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges whether the destination has a guest's disks.
 */
final class StorageCheck {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private final Facts facts;
    private final String source;
    private final String destination;

    StorageCheck(final Facts facts) {
        this.facts = facts;
        source = facts.place().source().orElse("?");
        destination = facts.place().destination();
    }

    /**
     * Judges all disks.
     *
     * @return the point
     */
    Point point() {
        return facts.domain().needs().judged("storage", needs -> {
            final var points = needs.disks().stream().map(this::disk).toList();
            final var worst = points.stream().filter(point -> point.result() == Point.Result.FAILED).findFirst()
                .or(() -> points.stream().filter(point -> point.result() == Point.Result.UNKNOWN).findFirst());
            if (points.isEmpty()) {
                return Point.ok("storage", "it has no disk");
            }
            final var found = points.stream().map(Point::found).collect(Collectors.joining("; "));
            return new Point("storage", worst.map(Point::result).orElse(Point.Result.OK), found,
                worst.flatMap(Point::fix));
        });
    }

    private Point disk(final GuestNeeds.Disk disk) {
        final var what = "disk " + disk.target() + " (" + disk.source() + ") ";
        if (disk.network()) {
            return reached(what, disk);
        }
        if (facts.options().copies(disk)) {
            return Point.ok("storage", what + "is copied");
        }
        return facts.domain().poolsThere().judged("storage", places -> {
            final var there = Optional.ofNullable(places.get(disk.source()));
            return there.map(place -> pooled(what, disk, place))
                .orElseGet(() -> withServer(disk, unpooled(what, disk)));
        });
    }

    /** A disk that QEMU reaches over the network by itself. */
    private Point reached(final String what, final GuestNeeds.Disk disk) {
        final var local = disk.servers().stream().filter(LOOPBACK::contains).findFirst();
        if (local.isPresent()) {
            return Point.failed("storage", what + "is served by " + local.orElseThrow() + ", which is another host at "
                + destination, "give the server an address that every hypervisor reaches");
        }
        final var over = what + "is reached over the network"
            + (disk.servers().isEmpty() ? "" : " at " + String.join(", ", disk.servers()));
        final var later = "that " + destination + " can, too, shows when QEMU opens it there";
        final var asked = exports(disk);
        if (asked.isEmpty()) {
            return Point.unknown("storage", over + "; libvirt cannot be asked for that, and " + later);
        }
        final var exports = asked.orElseThrow();
        return heard(exports).map(text -> exports.heardThere().isPresent() ? Point.ok("storage", over + "; " + text)
                : Point.failed("storage", over + "; " + text, reach(exports)))
            .orElseGet(() -> Point.unknown("storage", over + "; " + untold(exports) + ", and " + later));
    }

    private Optional<Exports> exports(final GuestNeeds.Disk disk) {
        return Optional.ofNullable(facts.domain().exports().get(disk.target()));
    }

    /** What a server says if that says something of the destination. */
    private Optional<String> heard(final Exports exports) {
        final var says = "NFS server " + exports.wanted().server() + " tells ";
        return exports.heardThere().map(export -> says + destination + " that it exports " + export)
            .or(() -> exports.heardOnlyHere().map(export -> says + source + " that it exports " + export + ", and "
                + destination + " hears " + exports.there().value().filter(list -> !list.isEmpty())
                    .map(list -> "of " + String.join(", ", list) + " only").orElse("nothing in 5 s")));
    }

    private String untold(final Exports exports) {
        if (exports.there().value().isEmpty()) {
            return exports.there().why();
        }
        if (exports.here().value().isEmpty()) {
            return destination + " does not hear that NFS server " + exports.wanted().server() + " exports it, and "
                + exports.here().why();
        }
        return "neither " + destination + " nor " + source + " hears that NFS server " + exports.wanted().server()
            + " exports it: it may not tell, as with NFS version 4 alone, or showmount may be missing";
    }

    private String reach(final Exports exports) {
        return "see what showmount -e " + exports.wanted().server() + " says at " + destination + ": it has to reach"
            + " TCP ports 111 and 2049 there and mountd's, by that name the same machine, and needs package nfs-common";
    }

    /** What has failed because the destination has not mounted it, with what the server says of it. */
    private Point withServer(final GuestNeeds.Disk disk, final Point failed) {
        return exports(disk).flatMap(exports -> heard(exports).map(text -> new Point(failed.name(), failed.result(),
            failed.found() + "; " + text, exports.heardThere().isPresent() ? failed.fix()
                : failed.fix().map(fix -> reach(exports) + "; then " + fix)))).orElse(failed);
    }

    /** A disk in no pool of the destination. */
    private Point unpooled(final String what, final GuestNeeds.Disk disk) {
        return disk.volume().map(volume -> Point.failed("storage", what + "is a volume, and " + destination
                + " has no storage pool " + volume.pool(),
            "define a pool of that name for the same storage there, and start it"))
            .orElseGet(() -> Point.failed("storage", what + "is in no storage pool of " + destination,
                "put it on shared storage and define a pool for that there, or move with copy-storage"
                    + " (virsh migrate --copy-storage-all), or with skip-check if " + destination
                    + " has the same storage there without a pool"));
    }

    /** A disk in a pool of the destination. */
    private Point pooled(final String what, final GuestNeeds.Disk disk, final SharedStorage.Place there) {
        final var pool = there.pool();
        if (!pool.active()) {
            return withServer(disk, Point.failed("storage", what + "is in pool " + pool.name()
                + ", which is not active at " + destination, "start it there, and with the host from now on: virsh"
                    + " pool-start " + pool.name() + ", virsh pool-autostart " + pool.name()));
        }
        if (disk.volume().isPresent() && !there.listed()) {
            return Point.failed("storage", what + "is not among the volumes of pool " + pool.name() + " of "
                + destination, "let libvirt look for it there: virsh pool-refresh " + pool.name()
                    + "; if that does not help, it is other storage");
        }
        final var here = facts.domain().poolsHere().value().map(places -> places.get(disk.source()))
            .map(SharedStorage.Place::pool);
        return SharedStorage.same(here, pool)
            ? Point.ok("storage", what + "is in pool " + pool.name() + " of " + destination + ", the same storage")
            : Point.unknown("storage", what + "has the same " + (disk.volume().isPresent() ? "name" : "path")
                + " in pool " + pool.name() + " of " + destination
                + "; that it is the same storage cannot be told, since " + here.map(one -> !one.active()
                    ? "pool " + one.name() + " is not active at " + source
                    : "the pools there and at " + source + " do not name the same source")
                    .orElseGet(() -> facts.domain().poolsHere().value().map(places -> "it is in no pool of " + source)
                        .orElseGet(facts.domain().poolsHere()::why)),
                "make sure that it is, or move with copy-storage");
    }
}
