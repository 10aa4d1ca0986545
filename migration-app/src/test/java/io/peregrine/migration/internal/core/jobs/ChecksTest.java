/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.migration.internal.core.jobs.Facts.Activity;
import io.peregrine.migration.internal.core.jobs.Facts.Liveness;
import io.peregrine.migration.internal.core.jobs.Facts.Namesake;
import io.peregrine.migration.internal.core.jobs.Point.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Each test changes one thing about a guest that can be moved from hv1 to hv2.
 */
class ChecksTest {
    private static final long MIB = 1 << 20;
    private static final GuestNeeds.Disk FILE = new GuestNeeds.Disk("vda", "/images/web.img", false, List.of(), false);
    private static final GuestNeeds.Disk VOLUME = new GuestNeeds.Disk("vda", "shared/web.img", false, List.of(), false,
        Optional.of(new GuestNeeds.Volume("shared", "web.img")));
    private static final GuestNeeds NEEDS = needs("custom", List.of(), List.of());

    private Facts.Place place = new Facts.Place("web", Activity.SETTLED, Optional.of("hv1"), "hv2",
        Set.of("hv1", "hv2"), Map.of());
    private Facts.Net net = net(Optional.of(Liveness.UP), Optional.of(Liveness.UP));
    private Facts.Domain domain = domain(NEEDS);
    private MoveOptions options = MoveOptions.NONE;

    private static Facts.Net net(final Optional<Liveness> there, final Optional<Liveness> back) {
        return new Facts.Net(Optional.empty(), there, back, List.of(), 1, List.of(), true,
            Answer.of(new FrameSizes(1500, Set.of(128, 1450, 1500), Set.of(128, 1450, 1500))));
    }

    private static Facts.Net net(final Liveness liveness, final Answer<FrameSizes> frames) {
        return new Facts.Net(Optional.empty(), Optional.of(liveness), Optional.of(liveness), List.of(), 1, List.of(),
            true, frames);
    }

    private static GuestNeeds needs(final String cpu, final List<GuestNeeds.Disk> disks, final List<String> tied) {
        return new GuestNeeds(new UUID(1, 1), "web", 160 * MIB, "kvm", "x86_64", "q35", Optional.empty(),
            Optional.of(new GuestNeeds.Cpu(cpu, "<cpu/>")), disks, tied, OptionalLong.empty());
    }

    private static Facts.Domain domain(final GuestNeeds needs) {
        return new Facts.Domain(Answer.of(needs), Optional.of("qemu+tcp://10.255.0.2/system"), Answer.of(List.of()),
            Answer.of(300 * MIB), 0, Answer.of(""), Answer.of(Map.of()), Answer.of(Map.of()), Map.of());
    }

    private Facts.Domain with(final Answer<List<Namesake>> namesakes, final long promised, final Answer<String> lacks) {
        return new Facts.Domain(Answer.of(NEEDS), domain.peer(), namesakes, Answer.of(300 * MIB), promised, lacks,
            Answer.of(Map.of()), Answer.of(Map.of()), Map.of());
    }

    private static Facts.Domain storage(final GuestNeeds.Disk disk, final Map<String, SharedStorage.Place> here,
            final Answer<Map<String, SharedStorage.Place>> there) {
        return new Facts.Domain(Answer.of(needs("custom", List.of(disk), List.of())), Optional.of("u"),
            Answer.of(List.of()), Answer.of(300 * MIB), 0, Answer.of(""), Answer.of(here), there, Map.of());
    }

    private void exports(final GuestNeeds.Disk disk, final Answer<List<String>> here,
            final Answer<List<String>> there) {
        domain = new Facts.Domain(Answer.of(needs("custom", List.of(disk), List.of())), domain.peer(),
            domain.namesakes(), domain.available(), 0, domain.lacks(), domain.poolsHere(), domain.poolsThere(),
            Map.of(disk.target(), new Exports(new NfsPath("nas", "/srv/vm/web.img"), here, there)));
    }

    private static SharedStorage.Place place(final String type, final boolean active, final boolean listed) {
        return new SharedStorage.Place(new SharedStorage.Pool("shared", type, "<source>s</source>", "/images", active),
            listed);
    }

    private List<Point> points() {
        return Checks.points(new Facts(place, net, domain, options));
    }

    private Point point(final String name) {
        return points().stream().filter(point -> point.name().equals(name)).findFirst().orElseThrow();
    }

    private void assertFailed(final String name, final String found) {
        assertEquals(List.of(name), Checks.failed(points()).stream().map(Point::name).toList());
        assertTrue(point(name).found().contains(found), point(name).found());
        assertTrue(point(name).fix().isPresent(), "what fails has a fix");
    }

    @Test
    void nothingFailsWhereAllIsWell() {
        assertEquals(List.of(), Checks.failed(points()));
        assertEquals(List.of("peer", "migration-port"), points().stream()
            .filter(point -> point.result() == Result.UNKNOWN).map(Point::name).toList());
    }

    @Test
    void guestIsMovingAlready() {
        place = new Facts.Place("web", Activity.MOVING, Optional.of("hv1"), "hv2", Set.of("hv1", "hv2"), Map.of());
        assertFailed("guest", "is being moved already");
        assertEquals(2, points().size(), "the rest means nothing then");
    }

    @Test
    void guestIsNowhere() {
        place = new Facts.Place("web", Activity.UNKNOWN, Optional.empty(), "hv2", Set.of("hv2"), Map.of());
        assertFailed("guest", "not known where web runs");
    }

    @Test
    void destinationIsNotInIntent() {
        place = new Facts.Place("web", Activity.SETTLED, Optional.of("hv1"), "hv9", Set.of("hv1", "hv2"), Map.of());
        assertFailed("destination", "no hypervisor 'hv9'");
        assertTrue(point("destination").fix().orElseThrow().contains("hv1, hv2"));
    }

    @Test
    void destinationIsTheSource() {
        place = new Facts.Place("web", Activity.SETTLED, Optional.of("hv1"), "hv1", Set.of("hv1", "hv2"), Map.of());
        assertFailed("destination", "is at hv1 already");
    }

    @Test
    void libvirtIsNotConnected() {
        place = new Facts.Place("web", Activity.SETTLED, Optional.of("hv1"), "hv2", Set.of("hv1", "hv2"),
            Map.of("hv2", "Connection refused", "hv3", "no matter"));
        assertFailed("libvirt", "no connection to hv2: Connection refused");
    }

    @Test
    void edgeIsNotReady() {
        net = new Facts.Net(Optional.of("ovsdb does not answer"), net.there(), net.back(), List.of(), 1, List.of(),
            true, net.frames());
        assertFailed("edge", "ovsdb does not answer");
    }

    @Test
    void tunnelIsDownInOneDirection() {
        net = net(Optional.of(Liveness.UP), Optional.of(Liveness.DOWN));
        assertFailed("tunnel", "BFD hears nothing");
        assertTrue(point("tunnel").fix().orElseThrow().contains("4789"));
    }

    @Test
    void tunnelIsNotThere() {
        net = net(Optional.empty(), Optional.of(Liveness.UP));
        assertFailed("tunnel", "no tunnel");
    }

    @Test
    void sendersWouldNotReachItAnyMore() {
        net = new Facts.Net(Optional.empty(), net.there(), net.back(), List.of("border", "hv3"), 1, List.of(), true,
            net.frames());
        assertFailed("senders", "tunnels between hv2 and border, hv3 carry nothing");
        assertTrue(point("senders").fix().orElseThrow().contains("4789"));
    }

    @Test
    void guestWithoutAKnownAddressIsNotMeasured() {
        assertEquals(Result.OK, point("address").result());
        net = new Facts.Net(Optional.empty(), net.there(), net.back(), List.of(), 1, List.of(), false, net.frames());
        assertEquals(Result.UNKNOWN, point("address").result());
        assertTrue(point("address").fix().orElseThrow().contains("network/port"));
    }

    @Test
    void unknownTunnelIsNoFailure() {
        net = net(Optional.of(Liveness.UNKNOWN), Optional.of(Liveness.UP));
        assertEquals(Result.UNKNOWN, point("tunnel").result());
    }

    /** A guest whose interfaces have an MTU of 1400. */
    private static GuestNeeds ofMtu() {
        return new GuestNeeds(NEEDS.uuid(), "web", 160 * MIB, "kvm", "x86_64", "q35", Optional.empty(), NEEDS.cpu(),
            List.of(), List.of(), OptionalLong.of(1400));
    }

    private static Answer<FrameSizes> passed(final Set<Integer> there, final Set<Integer> back) {
        return Answer.of(new FrameSizes(1400, there, back));
    }

    @Test
    void biggestFramesPass() {
        assertEquals(Result.OK, point("mtu").result());
        assertTrue(point("mtu").found().contains("1500 bytes, the usual MTU"), point("mtu").found());
        domain = domain(ofMtu());
        net = net(Liveness.UP, passed(Set.of(128, 1350, 1400), Set.of(128, 1350, 1400)));
        assertEquals("frames with 1400 bytes, the MTU of its interfaces, pass from hv1 to hv2 and back",
            point("mtu").found());
    }

    @Test
    void onlySmallerFramesPassOneWay() {
        domain = domain(ofMtu());
        net = net(Liveness.UP, passed(Set.of(128, 1350, 1400), Set.of(128, 1350)));
        assertFailed("mtu", "frames with 1350 bytes pass from hv2 to hv1, those with 1400 do not; 1400 is the MTU of");
        assertEquals("let the underlay carry 1450 bytes (1470 if it is IPv6), as shown by ping -M do -s 1422 on hv1 to"
            + " the other's underlay address; or give its interfaces an MTU of 1350: <mtu size='1350'/>",
            point("mtu").fix().orElseThrow());
        net = net(Liveness.UP, passed(Set.of(128), Set.of(128, 1350)));
        assertFailed("mtu", "frames with 128 bytes pass from hv1 to hv2, those with 1400 do not; frames with 1350");
        assertTrue(point("mtu").fix().orElseThrow().endsWith("a smaller MTU"));
    }

    @Test
    void guestThatLibvirtGivesNoMtuMayHaveASmallerOne() {
        net = net(Liveness.UP, Answer.of(new FrameSizes(1500, Set.of(128, 1450), Set.of(128, 1450))));
        assertEquals(Result.UNKNOWN, point("mtu").result());
        assertTrue(point("mtu").found().contains("1500 is the usual MTU"));
        assertTrue(point("mtu").fix().orElseThrow().contains("<mtu size='1450'/>"));
    }

    @Test
    void nothingPasses() {
        domain = domain(ofMtu());
        final var passed = passed(Set.of(128, 1350, 1400), Set.of());
        net = net(Liveness.UP, passed);
        assertEquals(Result.UNKNOWN, point("mtu").result());
        assertTrue(point("mtu").found().endsWith("although BFD is up"));
        net = net(Liveness.UNKNOWN, passed);
        assertFailed("mtu", "nothing passes from hv2 to hv1, not even frames with 128 bytes");
        assertTrue(point("mtu").fix().orElseThrow().contains("UDP port 4789"));
        net = net(Liveness.UNKNOWN, passed(Set.of(), Set.of()));
        assertFailed("mtu", "nothing passes from hv1 to hv2, and from hv2 to hv1, not even");
    }

    @Test
    void sizesThatCannotBeTriedAreUnknown() {
        domain = domain(ofMtu());
        net = net(Liveness.UP, Answer.none("there is no session"));
        assertEquals(Result.UNKNOWN, point("mtu").result());
        assertTrue(point("mtu").found().endsWith("there is no session"));
        assertTrue(point("mtu").fix().orElseThrow().contains("-s 1422 on hv1"));
    }

    @Test
    void sizesAreTriedFromSmallToWanted() {
        assertEquals(List.of(128, 1350, 1400), FrameSizes.toTry(FrameSizes.wanted(Optional.of(ofMtu()))));
        assertEquals(List.of(128, 1450, 1500), FrameSizes.toTry(FrameSizes.wanted(Optional.empty())));
        assertEquals(List.of(128, 130), FrameSizes.toTry(130));
    }

    @Test
    void peerCannotBeReached() {
        domain = new Facts.Domain(domain.needs(), Optional.empty(), domain.namesakes(), domain.available(), 0,
            domain.lacks(), domain.poolsHere(), domain.poolsThere(), Map.of());
        assertFailed("peer", "at the controller only");
        assertTrue(point("peer").fix().orElseThrow().contains("peer-libvirt"));
    }

    @Test
    void tunnelledNeedsNoPort() {
        options = new MoveOptions(false, false, false, false, false, true, false, OptionalInt.empty(), Optional.empty(),
            Optional.empty());
        assertEquals(Result.OK, point("migration-port").result());
    }

    @Test
    void saysWhereTheDataGoes() {
        options = MoveOptions.NONE.orMigrationUri(Optional.of("tcp://192.0.2.2:49200"));
        assertTrue(point("migration-port").found().contains("tcp://192.0.2.2:49200"));
    }

    @Test
    void namesakeIsActive() {
        domain = with(Answer.of(List.of(new Namesake(true, true, true))), 0, Answer.of(""));
        assertFailed("namesake", "UUID is active at hv2");
    }

    @Test
    void anotherDomainHasItsName() {
        domain = with(Answer.of(List.of(new Namesake(false, true, false))), 0, Answer.of(""));
        assertFailed("namesake", "defined at hv2 with its name");
    }

    @Test
    void itsOwnDefinitionIsNoMatter() {
        domain = with(Answer.of(List.of(new Namesake(true, true, false))), 0, Answer.of(""));
        assertEquals(Result.OK, point("namesake").result());
    }

    @Test
    void interfaceIsNotServed() {
        net = new Facts.Net(Optional.empty(), net.there(), net.back(), List.of(), 2,
            List.of("52:54:00:00:00:02: macvtap"), true, net.frames());
        assertFailed("interfaces", "macvtap");
    }

    @Test
    void deviceDoesNotMove() {
        domain = domain(needs("custom", List.of(), List.of("host device of type pci")));
        assertFailed("devices", "host device of type pci");
    }

    @Test
    void networkDiskCannotBeProven() {
        domain = domain(needs("custom", List.of(new GuestNeeds.Disk("vda", "nfs:/x", true, List.of("10.255.0.250"),
            false)), List.of()));
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertTrue(point("storage").found().contains("10.255.0.250"));
    }

    @Test
    void exportIsHeardWhereItIsNeeded() {
        final var disk = new GuestNeeds.Disk("vda", "nfs:/srv/vm/web.img", true, List.of("nas"), false);
        exports(disk, Answer.none("it was not asked"), Answer.of(List.of("/other", "/srv/vm")));
        assertEquals(Result.OK, point("storage").result());
        assertTrue(point("storage").found().endsWith("NFS server nas tells hv2 that it exports /srv/vm"));
        exports(disk, Answer.of(List.of("/srv")), Answer.of(List.of("/srv/vmware")));
        assertFailed("storage", "nas tells hv1 that it exports /srv, and hv2 hears of /srv/vmware only");
        exports(disk, Answer.of(List.of("/srv")), Answer.of(List.of()));
        assertFailed("storage", "nas tells hv1 that it exports /srv, and hv2 hears nothing");
        assertTrue(point("storage").fix().orElseThrow().contains("showmount -e nas"));
    }

    @Test
    void exportThatNobodyHearsOfIsUnknown() {
        final var disk = new GuestNeeds.Disk("vda", "nfs:/srv/vm/web.img", true, List.of("nas"), false);
        exports(disk, Answer.of(List.of()), Answer.of(List.of()));
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertTrue(point("storage").found().contains("neither hv2 nor hv1 hears that NFS server nas exports it"));
        exports(disk, Answer.none("hv1 is away"), Answer.of(List.of()));
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertTrue(point("storage").found().contains("hv1 is away"));
        exports(disk, Answer.of(List.of("/srv")), Answer.none("no such driver"));
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertTrue(point("storage").found().contains("no such driver"));
    }

    @Test
    void poolThatIsNotMountedIsTriedAtItsServer() {
        final var pool = place("netfs", true, true);
        for (final var there : List.of(Map.<String, SharedStorage.Place>of(),
                Map.of(FILE.source(), place("netfs", false, false)))) {
            domain = storage(FILE, Map.of(FILE.source(), pool), Answer.of(there));
            final var fix = point("storage").fix().orElseThrow();
            exports(FILE, Answer.none("it was not asked"), Answer.of(List.of("/srv/vm")));
            assertFailed("storage", "nas tells hv2 that it exports /srv/vm");
            assertEquals(fix, point("storage").fix().orElseThrow());
            exports(FILE, Answer.of(List.of("/srv/vm")), Answer.of(List.of()));
            assertFailed("storage", "and hv2 hears nothing");
            assertTrue(point("storage").fix().orElseThrow().matches("see what showmount .*; then \\Q" + fix + "\\E"));
            exports(FILE, Answer.of(List.of()), Answer.of(List.of()));
            assertEquals(fix, point("storage").fix().orElseThrow());
        }
    }

    @Test
    void networkDiskOfThisHostItself() {
        domain = domain(needs("custom", List.of(new GuestNeeds.Disk("vda", "nbd:x", true, List.of("localhost"), false)),
            List.of()));
        assertFailed("storage", "served by localhost");
    }

    @Test
    void localDiskWithoutSharedStorage() {
        domain = storage(FILE, Map.of(), Answer.of(Map.of()));
        assertFailed("storage", "in no storage pool of hv2");
        assertTrue(point("storage").fix().orElseThrow().contains("--copy-storage-all"));
        options = new MoveOptions(false, false, false, false, false, false, true, OptionalInt.empty(), Optional.empty(),
            Optional.empty());
        assertEquals(Result.OK, point("storage").result());
    }

    @Test
    void diskInTheSamePool() {
        final var pool = place("netfs", true, true);
        domain = storage(FILE, Map.of(FILE.source(), pool), Answer.of(Map.of(FILE.source(), pool)));
        assertEquals(Result.OK, point("storage").result());
        final var directory = place("dir", true, true);
        domain = storage(FILE, Map.of(FILE.source(), directory), Answer.of(Map.of(FILE.source(), directory)));
        assertEquals(Result.UNKNOWN, point("storage").result());
    }

    @Test
    void poolsOfTheSourceThatCannotBeAskedFor() {
        domain = storage(FILE, Map.of(), Answer.of(Map.of(FILE.source(), place("netfs", true, true))));
        domain = new Facts.Domain(domain.needs(), domain.peer(), domain.namesakes(), domain.available(), 0,
            domain.lacks(), Answer.none("hv1 does not answer"), domain.poolsThere(), Map.of());
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertTrue(point("storage").found().endsWith("cannot be told, since hv1 does not answer"));
    }

    @Test
    void fileIsOpenedByItsPathAlsoIfThePoolDoesNotListItYet() {
        final var here = place("netfs", true, true);
        domain = storage(FILE, Map.of(FILE.source(), here),
            Answer.of(Map.of(FILE.source(), place("netfs", true, false))));
        assertEquals(Result.OK, point("storage").result());
    }

    @Test
    void poolIsNotActiveThere() {
        for (final var disk : List.of(FILE, VOLUME)) {
            domain = storage(disk, Map.of(disk.source(), place("netfs", true, true)),
                Answer.of(Map.of(disk.source(), place("netfs", false, false))));
            assertFailed("storage", "is in pool shared, which is not active at hv2");
            assertTrue(point("storage").fix().orElseThrow().contains("virsh pool-start shared"));
        }
    }

    @Test
    void volumeIsLookedUpByNames() {
        final var here = Map.of(VOLUME.source(), place("netfs", true, true));
        domain = storage(VOLUME, here, Answer.of(here));
        assertEquals(Result.OK, point("storage").result());
        domain = storage(VOLUME, here, Answer.of(Map.of(VOLUME.source(), place("netfs", true, false))));
        assertFailed("storage", "not among the volumes of pool shared of hv2");
        assertTrue(point("storage").fix().orElseThrow().contains("virsh pool-refresh shared"));
        domain = storage(VOLUME, here, Answer.of(Map.of()));
        assertFailed("storage", "hv2 has no storage pool shared");
        assertTrue(point("storage").fix().orElseThrow().contains("a pool of that name"));
        domain = storage(VOLUME, here, Answer.of(Map.of(VOLUME.source(), place("dir", true, true))));
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertTrue(point("storage").found().contains("has the same name in pool shared"));
    }

    @Test
    void oneBadDiskIsEnough() {
        domain = domain(needs("custom", List.of(new GuestNeeds.Disk("vda", "nfs:/x", true, List.of("s"), false),
            new GuestNeeds.Disk("vdb", "/local", false, List.of(), false)), List.of()));
        assertFailed("storage", "vdb (/local)");
        assertTrue(point("storage").found().contains("vda"), "the other is told, too");
    }

    @Test
    void poolsThatCannotBeAskedForAreUnknown() {
        domain = storage(new GuestNeeds.Disk("vda", "/x", false, List.of(), false), Map.of(), Answer.none("no driver"));
        assertEquals(Result.UNKNOWN, point("storage").result());
        assertEquals("no driver", point("storage").found());
    }

    @Test
    void memoryIsPromisedToOthers() {
        domain = with(Answer.of(List.of()), 140 * MIB, Answer.of(""));
        assertEquals(Result.OK, point("memory").result());
        domain = with(Answer.of(List.of()), 141 * MIB, Answer.of(""));
        assertFailed("memory", "needs 160 MiB, hv2 has 159 MiB left");
    }

    @Test
    void cpuIsIncompatible() {
        domain = with(Answer.of(List.of()), 0, Answer.of("no avx512"));
        assertFailed("cpu", "no avx512");
    }

    @Test
    void hostsOwnCpuCannotBeJudged() {
        domain = domain(needs("host-passthrough", List.of(), List.of()));
        assertEquals(Result.UNKNOWN, point("cpu").result());
    }

    @Test
    void whatLibvirtDoesNotTellIsUnknown() {
        domain = Facts.Domain.none("hv2: Connection refused");
        domain = new Facts.Domain(domain.needs(), Optional.of("u"), domain.namesakes(), domain.available(), 0,
            domain.lacks(), domain.poolsHere(), domain.poolsThere(), Map.of());
        assertEquals(List.of(), Checks.failed(points()));
        for (final var name : List.of("namesake", "devices", "storage", "memory", "cpu")) {
            assertEquals(Result.UNKNOWN, point(name).result(), name);
            assertEquals("hv2: Connection refused", point(name).found(), name);
        }
    }
}
