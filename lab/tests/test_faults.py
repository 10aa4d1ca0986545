# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What goes wrong while a guest moves, and when: needs root, the packages and a built distribution; takes some minutes.

Each test is a fault in a phase of a move. Whatever the fault, the same holds afterwards: see ``Move.assert_right``.
docs/faults.md has the whole table. What each fault cost is printed.
"""

import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Callable, Iterator

from context import LAB
from peregrine_lab.controller import RestError
from peregrine_lab.errors import LabError
from peregrine_lab.faults import OPENFLOW, OVSDB, mend_copies, silence_copies
from peregrine_lab.lab import migration_command
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, SHARED, UNDER_WAY, PeregrineCase

sys.path.insert(0, str(LAB.parent / "benchmarks" / "migration"))

from moves.watching import Events  # noqa: E402

#: Pings from within a guest: the address comes in by TCP, what ping says goes back.
PING_PORT = 9
PING = b"#!/bin/busybox sh\nread address\nexec ping -A -c 3 -w 3 $address 2>&1\n"
#: MiB/s: the copy takes longer than any fault that is made meanwhile, and what the rest of it may take then.
SLOW, FAST = "1", "1000"
#: QEMU's own limit for the pause, milliseconds; Peregrine holds a guest of its own moves by a smaller one.
USUAL_DOWNTIME, HELD_DOWNTIME = "300", "1"
#: The network's identifier on the wire, and the bit that frames have which are sent on.
NETWORK, SENT_ON = 5001, 1 << 23
#: Frames per second at a port that BFD, LLDP and ARP do not come near, and that a loop leaves far behind.
CALM = 1000
#: Seconds for the controller's start, on a machine that has much else to do.
BOOT = 600
#: How often a phase of some ten milliseconds may be missed.
ATTEMPTS = 6


class Missed(Exception):
    """The fault came too early or too late."""


class Move:
    """A move of a guest to which something happens: by plain virsh."""

    def __init__(self, case: "FaultsTest", guest, bandwidth: str = SLOW, to: str | None = None) -> None:
        self.case = case
        self.guest = guest
        self.source, self.destination = case.there(guest)
        if to is not None:
            self.destination = case.lab.hypervisor(to)
        self.known = case.known()
        self.events: dict[str, Events] = {}
        self.struck: float | None = None
        self._directory = tempfile.TemporaryDirectory()
        for host in (self.source, self.destination):
            self.events[host.name] = Events(host, case.lab.controller, Path(self._directory.name) / host.name)
        self._begin(bandwidth)

    def _begin(self, bandwidth: str) -> None:
        self._process = subprocess.Popen(self.source.inside(migration_command(
            self.guest.name, self.destination.plan.libvirt, ("--bandwidth", bandwidth))),
            stderr=subprocess.DEVNULL)

    def end(self) -> None:
        for events in self.events.values():
            events.end()
        self._directory.cleanup()
        self._give_up()

    def _give_up(self) -> None:
        """After a test that has failed half way: the daemons would go on without virsh."""
        if self._process.poll() is None:
            self.case.lab.shell.attempt(self.source.inside(["virsh", "domjobabort", self.guest.name]))
            self._process.wait(timeout=HANG)

    # The phases

    def await_copy(self) -> None:
        """Both places are prepared, and memory is being copied."""
        wait_until(lambda: "prepared" in self.steps(), HANG, "both places prepared", interval=0.05)

    def hurry(self) -> None:
        """Let the copy end. Before it has begun that would have no effect."""
        wait_until(lambda: "Memory processed" in self.case.lab.shell.attempt(self.source.inside(
            ["virsh", "domjobinfo", self.guest.name])).stdout, HANG, "the copy under way", interval=0.05)
        self.source.run("virsh", "--quiet", "migrate-setspeed", self.guest.name, FAST)

    def strike(self, fault: Callable[[], object]) -> None:
        self.struck = time.monotonic()
        fault()

    def strike_at(self, host, event: str, fault: Callable[[], object]) -> None:
        """The copy ends; at an event of libvirt's the fault comes."""
        self.await_copy()
        self.hurry()
        wait_until(lambda: event in self.events[host.name].times(self.guest.name), HANG, f"{event} at {host.name}",
                   interval=0.001)
        self.strike(fault)

    def strike_libvirtd(self, host, at, event: str) -> None:
        """At an event a host's libvirtd dies; it stays dead until the move has ended, whatever its end, if it has."""
        daemon = host.process("/run/libvirtd.pid")
        self.strike_at(at, event, daemon.kill)
        try:
            self._process.wait(timeout=HANG / 2)
        except subprocess.TimeoutExpired:
            print(f"libvirt waits for the libvirtd that has died at {host.name}")

    def succeeds(self) -> bool:
        """What who has begun it says at its end."""
        return self._process.wait(timeout=HANG) == 0

    # What Peregrine says

    def records(self) -> list[dict]:
        return [entry for entry in self.case.migrations()
                if entry["id"] not in self.known and entry["guest"] == self.guest.uuid]

    def steps(self) -> list[str]:
        return [step["name"] for entry in self.records() for step in entry.get("step", [])]

    def record(self) -> dict:
        """The move's record, once it has ended."""
        wait_until(lambda: any("finished" in entry and "probed" in entry for entry in self.records()), HANG,
                   f"the end of the record of {self.guest.name}'s move", interval=0.1)
        self.case.assertEqual(1, len(self.records()), self.records())
        return self.records()[0]


class OwnMove(Move):
    """One that Peregrine makes: predictive, and QEMU is held until senders have been turned."""

    def _begin(self, bandwidth: str) -> None:
        self.job = self.case.begin_move(self.guest.name, self.destination.name, bandwidth=int(bandwidth))

    def _give_up(self) -> None:
        if not self._over():
            self.case.controller.invoke("peregrine-jobs:cancel-migration", {"job": self.job})
            self.succeeds()

    def await_copy(self) -> None:
        super().await_copy()
        wait_until(lambda: self.case.downtime(self.source, self.guest) == HELD_DOWNTIME, HANG, "the guest held",
                   interval=0.05)

    def shown(self) -> dict:
        return self.case.job(self.job)

    def _over(self) -> bool:
        return self.case.job_is_over(self.job)

    def succeeds(self) -> bool:
        wait_until(self._over, HANG, "the end of the job", interval=0.1)
        return self.shown()["state"] == "done"


class FaultsTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def prepare(cls) -> None:
        cls.lab.image.programs[PING_PORT] = PING

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        homes = {"moving": "hv1", "near": "hv1", "far": "hv3"}
        with ThreadPoolExecutor(len(homes)) as pool:
            cls.guest, cls.near, cls.far = pool.map(
                lambda home: cls.lab.create_guest(home[0], home[1], bridge_timeout=30), homes.items())
        cls.figures: list[str] = []
        cls.addClassCleanup(lambda: print("\n".join(["", *cls.figures])))
        cls.controller.give_intent()

    def setUp(self) -> None:
        # A test that has failed half way may have left one dead
        for host in self.lab.hypervisors:
            host.ensure_libvirtd()
        if self.gone(self.guest):
            self.revive()
        self.began = time.monotonic()
        self.await_quiet(self.guest)

    # Helpers

    @contextmanager
    def fault(self, what: str, phase: str, end: str | None, kind=Move, guest=None, late: bool = False,
              before: Callable[[], object] | None = None) -> Iterator[Move]:
        """A move under traffic in which the body lets something go wrong; looks at what has to hold afterwards.

        Where libvirt decides how the move ends, the end is None. What is given as before goes wrong at the start. If
        frames are late, some waited in front of a switch that stood still, to be delivered when the guest had had its
        copy at the source.
        """
        guest = guest or self.guest
        with self.traffic(self.lab.client, guest.address) as pings:
            struck = time.monotonic()
            if before is not None:
                before()
            move = kind(self, guest) if before is None else kind(self, guest, FAST)
            move.struck = struck
            self.addCleanup(move.end)
            yield move
            record = move.record()
            place = self.lab.host_of(guest.name)
            truth = "completed" if place.name == move.destination.name else "rolled-back"
            self.assertEqual((truth, move.source.name, move.destination.name),
                             (record["phase"], record["source"], record["destination"]), record)
            self.assertIn(end, (None, truth), record)
            self.assert_right(guest, place)
            right = time.monotonic() - move.struck
        move.end()
        if not late:
            self.assert_not_doubled(pings, record)
        self.assert_calm()
        self.note(what, phase, truth, right, pings)
        self.move_normally(guest)

    def hit(self, what: str, phase: str, end: str | None, strike: Callable[[Move], None], kind=Move) -> None:
        """The same for a phase that may be missed: then the guest is lost, which has to be told, and it is tried again.

        QEMU may lose the guest, too: if it is to go on at the source just when the guest writes to its disk, an
        assertion of QEMU 7.2 fails (the disk is inactive), some hundred milliseconds after the move was rolled back.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.fault(what, phase, end, kind) as move:
                    strike(move)
                    # before its end a guest may just stand still, or its libvirtd start
                    move.record()
                    if self.gone(self.guest):
                        raise Missed
                return
            except (Missed, AssertionError, LabError) as failure:
                if not self.gone(self.guest):
                    if not isinstance(failure, Missed):
                        raise
                    print(f"{what}, {phase}: too late at attempt {attempt}")
                    self.await_quiet(self.guest)
                    continue
                self.assertIn(move.record()["phase"], ("lost", "rolled-back"))
                wait_until(lambda: not self.shown(self.guest), HANG, "the guest gone")
                self.revive()
                print(f"{what}, {phase}: missed it at attempt {attempt}")
                # A guest writes to its disk at fixed times from its start: the next fault comes at another one
                time.sleep(attempt * 0.15)
        self.fail(f"{what}, {phase}: missed it each time")

    def note(self, what: str, phase: str, end: str, right: float, pings: dict | None = None) -> None:
        seen = "" if pings is None else f"lost {pings['lost']:4} of {pings['sent']:4}, longest gap " \
            f"{pings['longest_gap']['ms']:6.0f} ms, doubled {pings['duplicated']}, "
        self.figures.append(f"{what:44} {phase:8} {end:12} {seen}right after {right:4.1f} s, test "
                            f"{time.monotonic() - self.began:4.1f} s")

    def at_all(self, change: Callable) -> None:
        for edge in self.lab.edges:
            change(self.lab, edge)

    def gone(self, guest) -> bool:
        return not any(sighting.state == "running" for sighting in self.lab.sightings().get(guest.name, []))

    def revive(self) -> None:
        """Start the guest anew after it has been lost."""
        self.lab.remove_guest(self.guest.name)
        self.lab.create_guest(self.guest.name, "hv1", bridge_timeout=30)
        self.await_quiet(self.guest)

    def bring(self, guest, name: str) -> None:
        if self.lab.host_of(guest.name).name != name:
            self.move_normally(guest)

    def await_served(self, guest) -> None:
        wait_until(lambda: self.reaches(self.lab.client, guest.address), HANG, f"the client reaching {guest.name}",
                   interval=0.1)

    def assert_right(self, guest, host) -> None:
        """A guest runs there, Peregrine knows and serves it there, and no switch has anything else."""
        self.assertEqual(host.name, self.lab.host_of(guest.name).name)
        wait_until(lambda: self.shown(guest) == (host.name, "running", True), HANG,
                   f"{guest.name} shown as served at {host.name}", interval=0.1)
        self.controller.wait_edges(HANG)
        wait_until(lambda: not self.findings(), HANG, "a clean audit", interval=0.2)
        for place in (self.near, self.far):
            self.assertEqual("", self.trouble(place, guest.address), f"from {place.name}")
        self.await_served(guest)
        self.assertEqual(USUAL_DOWNTIME, self.downtime(host, guest))

    def shown(self, guest) -> tuple:
        """Where Peregrine says that a guest is, what it does, and whether it is served."""
        for entry in self.controller.state("peregrine-guest:guests", "guest"):
            if entry["uuid"] == guest.uuid:
                return (entry.get("hypervisor"), entry["state"],
                        all(port.get("attached", False) for port in entry["interface"]))
        return ()

    def findings(self) -> list:
        """What is not as desired, at all switches."""
        audit = self.controller.audit()
        return [] if audit["clean"] else [one for one in audit["switch"] if one.get("finding") or one.get("unread")] \
            or [audit]

    def redirects(self, edge) -> int:
        """How many entries send frames on, marked, that an edge sent here."""
        return sum(f"set_field:{hex(NETWORK | SENT_ON)}->tun_id" in line and "table=5" in line
                   for line in edge.run("ovs-ofctl", "-O", "OpenFlow13", "dump-flows", "br-int").splitlines())

    def trouble(self, guest, address: str) -> str:
        """What is wrong when a guest pings an address three times; empty if each ping has one answer."""
        said = self.lab.shell.attempt(self.lab.client.in_network(
            ["timeout", "10", "busybox", "nc", guest.address, str(PING_PORT)]), stdin=f"{address}\n").stdout
        return "" if " 3 packets received" in said and "DUP" not in said and "duplicates" not in said \
            else said or "no word"

    @staticmethod
    def downtime(host, guest) -> str:
        return host.run("virsh", "--quiet", "migrate-getmaxdowntime", guest.name).strip()

    def assert_calm(self) -> None:
        """Nothing goes round and round."""
        before, began = self.lab.fabric.received(), time.monotonic()
        time.sleep(0.3)  # the time over which frames are counted
        after, seconds = self.lab.fabric.received(), time.monotonic() - began
        self.assertEqual({}, {port: count - before[port] for port, count in after.items()
                              if count - before.get(port, count) > CALM * seconds})

    def move_normally(self, guest) -> None:
        """The next move is as if nothing had been."""
        move = Move(self, guest, FAST)
        self.addCleanup(move.end)
        self.assertTrue(move.succeeds())
        self.assertEqual("completed", move.record()["phase"])
        self.assertEqual(move.destination.name, self.lab.host_of(guest.name).name)
        move.end()
        self.await_quiet(guest)

    # During the copy

    def test_aborted(self) -> None:
        with self.fault("abort", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(lambda: move.source.run("virsh", "domjobabort", self.guest.name))
            self.assertFalse(move.succeeds())
            self.assertEqual({}, move.events[move.source.name].times(self.guest.name))

    def test_destinations_emulator_killed(self) -> None:
        with self.fault("destination's QEMU killed", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.destination.emulator(self.guest.name).kill)
            self.assertFalse(move.succeeds())
            self.assertEqual({}, move.events[move.source.name].times(self.guest.name))

    def test_destinations_libvirtd_killed(self) -> None:
        with self.fault("destination's libvirtd killed", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.destination.kill_libvirtd)
            self.assertFalse(move.succeeds())
            move.destination.start_libvirtd()

    def test_sources_libvirtd_killed(self) -> None:
        with self.fault("source's libvirtd killed", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.source.kill_libvirtd)
            self.assertFalse(move.succeeds())
            move.source.start_libvirtd()

    def test_ovsdb_sessions_lost(self) -> None:
        with self.fault("OVSDB sessions of all edges lost", "copy", "completed") as move:
            move.await_copy()
            move.strike(lambda: self.at_all(OVSDB.cut))
            self.addCleanup(self.at_all, OVSDB.mend)
            move.hurry()
            self.assertTrue(move.succeeds())
            # the guest is served without them; what hangs on them is done when they are back
            self.await_served(self.guest)
            self.at_all(OVSDB.mend)

    def test_ovsdb_server_of_the_destination_killed(self) -> None:
        """Open vSwitch forwards nothing without it in user space."""
        with self.fault("destination's ovsdb-server killed", "copy", "completed", late=True) as move:
            move.await_copy()
            move.strike(move.destination.kill_ovsdb)
            move.hurry()
            self.assertTrue(move.succeeds())
            move.destination.start_ovsdb()

    def test_openflow_session_of_a_sender_lost_before(self) -> None:
        """The border's edge misses the whole move. What it sends to where the guest was is sent on from there."""
        border = self.lab.border
        self.addCleanup(OPENFLOW.mend, self.lab, border)
        with self.fault("border's OpenFlow session lost", "before", "completed",
                        before=lambda: OPENFLOW.cut(self.lab, border)) as move:
            self.assertTrue(move.succeeds())
            self.await_served(self.guest)
            self.assertEqual(1, self.redirects(move.source))
            self.assertEqual(["switched"], [entry["phase"] for entry in move.records()])
            self.assertTrue(any(f"edge {border.name}: " in problem for problem in move.records()[0]["problem"]))
            OPENFLOW.mend(self.lab, border)
            move.record()
            wait_until(lambda: self.redirects(move.source) == 0, HANG, "the end of the redirect", interval=0.1)

    def test_openflow_session_of_a_sender_silent_before(self) -> None:
        """The same when nobody is told that the session is dead: only that answers do not come says so."""
        border = self.lab.border
        self.addCleanup(OPENFLOW.mend, self.lab, border)
        with self.fault("border's OpenFlow session silent", "before", "completed",
                        before=lambda: OPENFLOW.silence(self.lab, border)) as move:
            self.assertTrue(move.succeeds())
            self.await_served(self.guest)
            self.assertEqual(1, self.redirects(move.source))
            OPENFLOW.mend(self.lab, border)
            wait_until(lambda: self.redirects(move.source) == 0, HANG, "the end of the redirect", interval=0.1)

    def test_own_move_without_a_sender_s_openflow_session(self) -> None:
        """QEMU is held until every sender has been turned, but not for an edge that cannot be."""
        border = self.lab.border
        for word, change in (("lost", OPENFLOW.cut), ("silent", OPENFLOW.silence)):
            with self.subTest(word), self.fault(f"own move, border's OpenFlow session {word}", "before", "completed",
                                                OwnMove, before=lambda: change(self.lab, border)) as move:
                self.addCleanup(OPENFLOW.mend, self.lab, border)
                self.assertTrue(move.succeeds(), move.shown())
                self.await_served(self.guest)
                OPENFLOW.mend(self.lab, border)
                move.record()
                wait_until(lambda: self.redirects(move.source) == 0, HANG, "the end of the redirect", interval=0.1)

    def test_openflow_session_of_a_sender_lost(self) -> None:
        """The border's edge goes on sending to both places, of which one has nobody any more."""
        border = self.lab.border
        self.addCleanup(OPENFLOW.mend, self.lab, border)
        with self.fault("border's OpenFlow session lost", "copy", "completed") as move:
            move.await_copy()
            move.strike(lambda: OPENFLOW.cut(self.lab, border))
            move.hurry()
            self.assertTrue(move.succeeds())
            self.await_served(self.guest)
            OPENFLOW.mend(self.lab, border)

    def test_openflow_session_of_the_destination_lost(self) -> None:
        """The gate cannot be opened until the session is back."""
        with self.fault("destination's OpenFlow session lost", "copy", "completed") as move:
            move.await_copy()
            self.addCleanup(OPENFLOW.mend, self.lab, move.destination)
            move.strike(lambda: OPENFLOW.cut(self.lab, move.destination))
            move.hurry()
            self.assertTrue(move.succeeds())
            self.assertFalse(self.reaches(self.lab.client, self.guest.address))
            OPENFLOW.mend(self.lab, move.destination)

    def test_openflow_session_of_the_destination_silent(self) -> None:
        """The same, and nobody is told: what is sent to the switch is lost, and is sent again."""
        with self.fault("destination's OpenFlow session silent", "copy", "completed") as move:
            move.await_copy()
            self.addCleanup(OPENFLOW.mend, self.lab, move.destination)
            move.strike(lambda: OPENFLOW.silence(self.lab, move.destination))
            move.hurry()
            self.assertTrue(move.succeeds())
            OPENFLOW.mend(self.lab, move.destination)

    def test_openflow_session_of_the_source_lost_and_aborted(self) -> None:
        with self.fault("source's OpenFlow session lost, abort", "copy", "rolled-back") as move:
            move.await_copy()
            self.addCleanup(OPENFLOW.mend, self.lab, move.source)
            move.strike(lambda: OPENFLOW.cut(self.lab, move.source))
            move.source.run("virsh", "domjobabort", self.guest.name)
            self.assertFalse(move.succeeds())
            self.await_served(self.guest)
            OPENFLOW.mend(self.lab, move.source)

    def test_open_vswitch_restarted(self) -> None:
        for place in ("source", "destination", "border"):
            with self.subTest(place), self.fault(f"Open vSwitch of the {place} restarted", "copy", "completed") as move:
                edge = self.lab.border if place == "border" else getattr(move, place)
                move.await_copy()
                move.strike(edge.kill_vswitchd)
                edge.start_vswitchd()
                wait_until(lambda: self.reaches(self.lab.client, self.guest.address), HANG, "the guest served again",
                           interval=0.1)
                move.hurry()
                self.assertTrue(move.succeeds())

    def test_the_destinations_power_fails(self) -> None:
        self.bring(self.guest, "hv1")
        with self.fault("destination's power fails", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.destination.crash)
            self.assertFalse(move.succeeds())
            self.await_served(self.guest)
            move.destination.start()

    def test_the_sources_power_fails(self) -> None:
        """The guest is lost, and its name is free for it to be started anew."""
        self.bring(self.guest, "hv2")
        move = Move(self, self.guest)
        self.addCleanup(move.end)
        move.await_copy()
        move.strike(move.source.crash)
        move.succeeds()
        move.source.start()
        self.assertEqual("lost", move.record()["phase"])
        wait_until(lambda: not self.shown(self.guest), HANG, "the guest gone")
        wait_until(lambda: not self.findings(), HANG, "a clean audit", interval=0.2)
        self.note("source's power fails", "copy", "lost", time.monotonic() - move.struck)
        self.revive()
        self.move_normally(self.guest)

    def test_tunnels_of_the_destination_dead(self) -> None:
        with self.fault("destination's tunnels dead", "copy", "completed") as move:
            link = self.lab.fabric.plan.link_of(move.destination.name)
            move.await_copy()
            self.addCleanup(self.lab.fabric.set_up, link)
            move.strike(lambda: self.lab.fabric.silence(link))
            move.hurry()
            self.assertTrue(move.succeeds())
            self.assertEqual("completed", move.record()["phase"])
            self.assertFalse(self.reaches(self.lab.client, self.guest.address))
            self.lab.fabric.set_up(link)

    def test_own_move_cancelled(self) -> None:
        """It is held, and the hold ends with it."""
        with self.fault("own move cancelled", "copy", "rolled-back", OwnMove) as move:
            move.await_copy()
            move.strike(lambda: self.controller.invoke("peregrine-jobs:cancel-migration", {"guest": self.guest.name}))

    def test_own_moves_destination_killed(self) -> None:
        with self.fault("own move, destination's QEMU killed", "copy", "rolled-back", OwnMove) as move:
            move.await_copy()
            move.strike(move.destination.emulator(self.guest.name).kill)

    # At the stop

    def test_destinations_emulator_killed_at_the_stop(self) -> None:
        def strike(move: Move) -> None:
            move.await_copy()
            emulator = move.destination.emulator(self.guest.name)
            move.strike_at(move.source, "Suspended Migrated", emulator.kill)
            self.assertFalse(move.succeeds())
            self.await_resumed(move)
        self.hit("destination's QEMU killed", "stop", "rolled-back", strike)

    def test_destinations_libvirtd_killed_at_the_stop(self) -> None:
        def strike(move: Move) -> None:
            move.strike_libvirtd(move.destination, move.source, "Suspended Migrated")
            move.destination.start_libvirtd()
            move.succeeds()
        self.hit("destination's libvirtd killed", "stop", None, strike)

    def test_sources_libvirtd_killed_at_the_stop(self) -> None:
        def strike(move: Move) -> None:
            move.strike_libvirtd(move.source, move.source, "Suspended Migrated")
            move.source.start_libvirtd()
        self.hit("source's libvirtd killed", "stop", None, strike)

    def test_openflow_session_of_a_sender_lost_at_the_stop(self) -> None:
        self.lose_the_borders_openflow("stop", lambda move, cut: move.strike_at(
            move.source, "Suspended Migrated", cut))

    def lose_the_borders_openflow(self, phase: str, strike: Callable[[Move, Callable[[], None]], None],
                                  kind=Move, what: str = "border's OpenFlow session lost") -> None:
        """The move is completed without one sender's edge."""
        border = self.lab.border
        self.addCleanup(OPENFLOW.mend, self.lab, border)

        def lose(move: Move) -> None:
            strike(move, lambda: OPENFLOW.cut(self.lab, border))
            self.assertTrue(move.succeeds(), move.steps())
            self.await_served(self.guest)
            OPENFLOW.mend(self.lab, border)
        self.hit(what, phase, "completed", lose, kind)

    def test_open_vswitch_of_the_destination_restarted_at_the_stop(self) -> None:
        def strike(move: Move) -> None:
            move.strike_at(move.source, "Suspended Migrated", move.destination.kill_vswitchd)
            move.destination.start_vswitchd()
            self.assertTrue(move.succeeds())
        self.hit("Open vSwitch of the destination restarted", "stop", "completed", strike)

    def test_tunnels_of_the_destination_dead_at_the_stop(self) -> None:
        def strike(move: Move) -> None:
            link = self.lab.fabric.plan.link_of(move.destination.name)
            self.addCleanup(self.lab.fabric.set_up, link)
            move.strike_at(move.source, "Suspended Migrated", lambda: self.lab.fabric.silence(link))
            move.succeeds()
            self.lab.fabric.set_up(link)
        self.hit("destination's tunnels dead", "stop", None, strike)

    def test_aborted_at_the_stop(self) -> None:
        """libvirt may be past the point at which it can abort; either way there is one guest, and it is served."""
        def strike(move: Move) -> None:
            move.strike_at(move.source, "Suspended Migrated", lambda: self.lab.shell.attempt(
                move.source.inside(["virsh", "domjobabort", self.guest.name])))
            move.succeeds()
        self.hit("abort", "stop", None, strike)

    def test_ovsdb_sessions_lost_at_the_stop(self) -> None:
        self.lose_all_ovsdb("stop", lambda move: move.source, "Suspended Migrated")

    def lose_all_ovsdb(self, phase: str, where: Callable[[Move], object], event: str) -> None:
        """The move is completed without OVSDB."""
        self.addCleanup(self.at_all, OVSDB.mend)

        def strike(move: Move) -> None:
            move.strike_at(where(move), event, lambda: self.at_all(OVSDB.cut))
            self.assertTrue(move.succeeds())
            self.await_served(self.guest)
            self.at_all(OVSDB.mend)
        self.hit("OVSDB sessions of all edges lost", phase, "completed", strike)

    def test_openflow_session_of_the_destination_lost_at_the_stop(self) -> None:
        """Just as the gate is to be opened: it may be open, or opens when the session is back."""
        def strike(move: Move) -> None:
            self.addCleanup(OPENFLOW.mend, self.lab, move.destination)
            move.strike_at(move.source, "Suspended Migrated", lambda: OPENFLOW.cut(self.lab, move.destination))
            self.assertTrue(move.succeeds())
            OPENFLOW.mend(self.lab, move.destination)
            self.await_served(self.guest)
        self.hit("destination's OpenFlow session lost", "stop", "completed", strike)

    def test_own_move_cancelled_at_the_stop(self) -> None:
        """As with any abort at that moment, it may be too late."""
        def strike(move: Move) -> None:
            with suppress(RestError):
                move.strike_at(move.source, "Suspended Migrated", lambda: self.controller.invoke(
                    "peregrine-jobs:cancel-migration", {"job": move.job}))
            move.succeeds()
        self.hit("own move cancelled", "stop", None, strike, OwnMove)

    def test_the_controller_killed_at_the_stop(self) -> None:
        """What was sent may be all, or nothing: who comes next finds out."""
        self.lose_the_controller("controller killed", "stop", self.controller.kill)

    def test_the_controller_restarted_at_the_stop(self) -> None:
        """In order: what it had begun to send is sent."""
        self.lose_the_controller("controller restarted", "stop", self.controller.stop)

    def lose_the_controller(self, what: str, phase: str, end: Callable[[], None]) -> None:
        """A move by virsh gets to its end without a controller, which then is told of it."""
        def strike(move: Move) -> None:
            if phase == "stop":
                move.strike_at(move.source, "Suspended Migrated", end)
            else:
                move.strike_at(move.destination, "Resumed Migrated", end)
            self.assertTrue(move.succeeds())
        self.assertEqual("completed", self.outlive_the_controller(what, phase, strike, Move))

    def outlive_the_controller(self, what: str, phase: str, strike: Callable[[Move], None], kind) -> str:
        """A move during which the controller goes and comes back; gives what became of it."""
        move = kind(self, self.guest)
        self.addCleanup(move.end)
        with self.traffic(self.lab.client, self.guest.address, interval_ms=10) as pings:
            strike(move)
            self.controller.start()
            self.controller.wait_ready(BOOT)
            wait_until(lambda: move.records() and all(map(self.over, move.records())) and not self.gone(self.guest)
                       and self.shown(self.guest)[1:] == ("running", True), HANG, "the end of the move")
            place = self.lab.host_of(self.guest.name)
            self.assert_right(self.guest, place)
            right = time.monotonic() - move.struck
        # of what was under way; there is no record of a reactive end to go by
        self.assertLessEqual(pings["duplicated"], UNDER_WAY * 1000 / pings["interval_ms"], pings)
        truth = "completed" if place.name == move.destination.name else "rolled-back"
        ends = {entry["phase"] for entry in move.records()}
        self.assertLessEqual(ends, {truth, "interrupted"})
        self.assert_calm()
        self.note(what, phase, ", ".join(sorted(ends)), right, pings)
        move.end()
        self.move_normally(self.guest)
        return truth

    # Between the turn of senders and the stop, in moves of our own

    def turned(self, move: Move) -> None:
        """Senders have been turned; the guest stops some tens of milliseconds later."""
        move.await_copy()
        move.hurry()
        wait_until(lambda: "turned" in move.steps(), HANG, "senders turned", interval=0.001)

    def test_own_moves_destination_killed_after_the_turn(self) -> None:
        def strike(move: Move) -> None:
            move.await_copy()
            emulator = move.destination.emulator(self.guest.name)
            self.turned(move)
            move.strike(emulator.kill)
            self.assertFalse(move.succeeds())
        self.hit("own move, destination's QEMU killed", "turned", "rolled-back", strike, OwnMove)

    def test_own_move_cancelled_after_the_turn(self) -> None:
        def strike(move: Move) -> None:
            self.turned(move)
            move.strike(lambda: self.lab.shell.attempt(move.source.inside(["virsh", "domjobabort", self.guest.name])))
            move.succeeds()
        self.hit("own move aborted", "turned", None, strike, OwnMove)

    def test_own_moves_copy_vanishes_at_the_stop(self) -> None:
        """QEMU cannot be told to give up any more. That is told, with what helps; and that does."""
        def end(move: Move) -> None:
            # as the problem says
            move.source.run(*self.standstill(move).rsplit(": ", 1)[1].split())
            self.assertFalse(move.succeeds())
            self.await_resumed(move)
        self.let_the_copy_vanish("rolled-back", end)

    def test_own_moves_copy_vanishes_for_a_while_at_the_stop(self) -> None:
        def end(move: Move) -> None:
            mend_copies(self.lab, move.source)
            self.assertTrue(move.succeeds())
        self.let_the_copy_vanish("completed", end)

    @staticmethod
    def standstill(move: Move) -> str | None:
        """The problem that the guest stands still, if it is told."""
        return next((problem for entry in move.records() for problem in entry.get("problem", [])
                     if "stands still" in problem), None)

    @staticmethod
    def await_resumed(move: Move) -> None:
        """Libvirt has told that the guest goes on; who has moved it may hear of the end before that."""
        wait_until(lambda: "source-resumed" in move.steps(), HANG, "the guest going on at its source")

    def let_the_copy_vanish(self, truth: str, end: Callable[[Move], None]) -> None:
        """What has to come across once the guest has been paused does not, for some seconds."""
        def strike(move: Move) -> None:
            try:
                move.strike_at(move.source, "Suspended Migrated", lambda: silence_copies(self.lab, move.source))
                wait_until(lambda: self.gone(self.guest) and self.standstill(move)
                           or any("finished" in entry for entry in move.records()), HANG, "the problem", interval=0.2)
                if not (self.gone(self.guest) and self.standstill(move)):
                    raise Missed
                end(move)
            finally:
                mend_copies(self.lab, move.source)
        self.hit(f"own move, the copy vanishes, {truth}", "stop", truth, strike, OwnMove)

    def test_openflow_session_of_a_sender_lost_after_the_turn(self) -> None:
        def strike(move: Move, cut: Callable[[], None]) -> None:
            self.turned(move)
            move.strike(cut)
        self.lose_the_borders_openflow("turned", strike, OwnMove, "own move, border's OpenFlow session lost")

    def test_the_controller_killed_after_the_turn(self) -> None:
        """Who comes next finds the guest at either place; if it has to be let go, that is done."""
        def strike(move: Move) -> None:
            self.turned(move)
            move.strike(self.controller.kill)
        self.outlive_the_controller("own move, controller killed", "turned", strike, OwnMove)

    # When the guest runs at the destination

    def test_the_controller_killed_when_the_guest_has_arrived(self) -> None:
        self.lose_the_controller("controller killed", "runs", self.controller.kill)

    def test_ovsdb_sessions_lost_when_the_guest_has_arrived(self) -> None:
        self.lose_all_ovsdb("runs", lambda move: move.destination, "Resumed Migrated")

    def test_openflow_session_of_a_sender_lost_when_the_guest_has_arrived(self) -> None:
        self.lose_the_borders_openflow("runs", lambda move, cut: move.strike_at(
            move.destination, "Resumed Migrated", cut))

    # Two at once

    def test_two_faults_at_once(self) -> None:
        """A sender's edge is not heard, and the destination's libvirtd dies: the source has served all the time."""
        border = self.lab.border
        self.addCleanup(OPENFLOW.mend, self.lab, border)
        with self.fault("border's OpenFlow lost, libvirtd killed", "copy", "rolled-back") as move:
            move.await_copy()
            OPENFLOW.cut(self.lab, border)
            move.strike(move.destination.kill_libvirtd)
            self.assertFalse(move.succeeds())
            move.destination.start_libvirtd()
            self.await_served(self.guest)
            OPENFLOW.mend(self.lab, border)

    def test_sources_libvirtd_killed_when_the_guest_has_arrived(self) -> None:
        """libvirt keeps the guest there, paused, for it has not seen the end; somebody has to remove it."""
        def strike(move: Move) -> None:
            move.strike_libvirtd(move.source, move.destination, "Resumed Migrated")
            self.await_served(self.guest)
            move.source.start_libvirtd()
            record = move.record()
            if any("virsh destroy" in problem for problem in record.get("problem", [])):
                move.source.run("virsh", "destroy", self.guest.name)
        self.hit("source's libvirtd killed", "runs", "completed", strike)

    def test_the_sources_power_fails_when_the_guest_has_left(self) -> None:
        self.bring(self.guest, "hv2")

        def strike(move: Move) -> None:
            move.strike_at(move.destination, "Resumed Migrated", move.source.crash)
            move.succeeds()
            self.await_served(self.guest)
            move.source.start()
        self.hit("source's power fails", "runs", "completed", strike)

    # The controller itself

    def test_the_controller_restarted(self) -> None:
        """An orderly restart in the middle of a copy: the traffic notices nothing, and the move goes on."""
        move = Move(self, self.guest)
        self.addCleanup(move.end)
        move.await_copy()
        with self.traffic(self.lab.client, self.guest.address, interval_ms=10) as pings:
            move.strike(self.controller.stop)
            self.controller.start()
            self.controller.wait_ready(BOOT)
            self.controller.wait_edges(HANG)
        self.assertEqual((0, 0), (pings["lost"], pings["duplicated"]), pings)
        right = time.monotonic() - move.struck
        with self.traffic(self.lab.client, self.guest.address) as later:
            move.hurry()
            self.assertTrue(move.succeeds())
            self.assert_right(self.guest, move.destination)
            wait_until(lambda: all(map(self.over, move.records())), HANG, "the end of the records")
        ends = {entry["phase"]: entry for entry in move.records()}
        self.assertEqual(({"completed", "interrupted"}, 2), (set(ends), len(move.records())))
        self.assert_not_doubled(later, ends["completed"])
        self.note("controller restarted", "copy", "completed", right, pings)
        move.end()
        self.move_normally(self.guest)

    def test_the_controller_killed(self) -> None:
        """In the copy of three guests: one is held, one ends without the controller, and of one the destination's
        libvirtd dies at the same time. Nothing of it is left undone.
        """
        self.bring(self.guest, "hv1")
        with ThreadPoolExecutor(2) as pool:
            held, third = pool.map(lambda name: self.lab.create_guest(name, "hv1", bridge_timeout=30),
                                   ("held", "third"))
        self.addCleanup(self.lab.remove_guest, third.name)
        self.addCleanup(self.lab.remove_guest, held.name)
        self.controller.give_intent()
        for guest in (held, third):
            self.await_quiet(guest)
        hv3 = self.lab.hypervisor("hv3")
        daemon = hv3.process("/run/libvirtd.pid")
        moves = [OwnMove(self, held), Move(self, third, to="hv3"), Move(self, self.guest)]
        for move in moves:
            self.addCleanup(move.end)
            move.await_copy()
        own, failing, stopping = moves
        with self.traffic(self.lab.client, self.guest.address, interval_ms=10) as pings:
            stopping.strike(self.controller.kill)
            daemon.kill()
            # its gate stays closed until the lease is over, or the controller back
            stopping.hurry()
            self.assertTrue(stopping.succeeds())
            self.assertFalse(failing.succeeds())
            hv3.start_libvirtd()
            self.assertEqual(HELD_DOWNTIME, self.downtime(own.source, held))
            self.controller.start()
            self.controller.wait_ready(BOOT)
            wait_until(lambda: self.downtime(own.source, held) == USUAL_DOWNTIME, HANG, "the hold undone")
            own.hurry()
            for move, place in ((stopping, stopping.destination), (failing, failing.source), (own, own.destination)):
                wait_until(lambda: self.lab.host_of(move.guest.name).name == place.name, HANG, "the end of the move")
                self.assert_right(move.guest, place)
            right = time.monotonic() - stopping.struck
        self.assertEqual(0, pings["duplicated"], pings)
        self.assert_calm()
        self.note("controller killed, libvirtd at hv3, too", "copy", "interrupted", right, pings)
        # nobody could write what became of them; the one that still went on has a record of its own
        self.assertEqual([{"interrupted": 1, "completed": 1}, {"interrupted": 1}, {"interrupted": 1}],
                         [Counter(entry["phase"] for entry in move.records()) for move in moves])
        for move in moves:
            move.end()
            self.move_normally(move.guest)


if __name__ == "__main__":
    unittest.main()
