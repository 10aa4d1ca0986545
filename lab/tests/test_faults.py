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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from context import LAB
from peregrine_lab.errors import LabError
from peregrine_lab.faults import OPENFLOW, OVSDB
from peregrine_lab.instance import Instance
from peregrine_lab.lab import migration_command
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, PeregrineCase

sys.path.insert(0, str(LAB.parent / "benchmarks" / "migration"))

from moves.watching import Events  # noqa: E402

#: Pings from within a guest: the address comes in by TCP, what ping says goes back.
PING_PORT = 9
PING = b"#!/bin/busybox sh\nread address\nexec ping -A -c 3 -w 3 $address 2>&1\n"
#: MiB/s: the copy takes longer than any fault that is made meanwhile, and what the rest of it may take then.
SLOW, FAST = "1", "1000"
#: QEMU's own limit for the pause, milliseconds; Peregrine holds a guest of its own moves by a smaller one.
USUAL_DOWNTIME = "300"
#: Frames per second at a port that BFD, LLDP and ARP do not come near, and that a loop leaves far behind.
CALM = 1000
#: How often a phase of some ten milliseconds may be missed.
ATTEMPTS = 3


class Missed(Exception):
    """The fault came too early or too late."""


class Move:
    """A move of a guest, by plain virsh, to which something happens."""

    def __init__(self, case: "FaultsTest", guest, options: tuple[str, ...]) -> None:
        self.case = case
        self.guest = guest
        self.source, self.destination = case.there(guest)
        self.known = case.known()
        self.events: dict[str, Events] = {}
        self.struck: float | None = None
        self._directory = tempfile.TemporaryDirectory()
        for host in (self.source, self.destination):
            self.events[host.name] = Events(host, case.lab.controller, Path(self._directory.name) / host.name)
        self._process = subprocess.Popen(self.source.inside(migration_command(
            guest.name, self.destination.plan.libvirt, options)), stderr=subprocess.PIPE, text=True)

    def end(self) -> None:
        for events in self.events.values():
            events.end()
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._directory.cleanup()

    # The phases

    def await_copy(self) -> None:
        """Both places are prepared, and memory is being copied."""
        wait_until(lambda: "prepared" in self.steps(), HANG, "both places prepared", interval=0.05)

    def hurry(self) -> None:
        """Let the copy end."""
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

    def result(self) -> int:
        """What virsh says of it."""
        self._process.communicate(timeout=HANG)
        return self._process.returncode

    # What Peregrine says

    def records(self) -> list[dict]:
        return [entry for entry in self.case.migrations()
                if entry["id"] not in self.known and entry["guest"] == self.guest.uuid]

    def steps(self) -> list[str]:
        return [step["name"] for entry in self.records() for step in entry.get("step", [])]

    def record(self) -> dict:
        """The move's record, once it has ended."""
        wait_until(lambda: any("finished" in entry for entry in self.records()), HANG,
                   f"the end of the record of {self.guest.name}'s move", interval=0.1)
        self.case.assertEqual(1, len(self.records()), self.records())
        return self.records()[0]


class FaultsTest(PeregrineCase):
    INSTANCE = Instance("faults")
    GUEST_PROGRAMS = {PING_PORT: PING}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.prepare()

    @classmethod
    def prepare(cls) -> None:
        homes = {"moving": "hv1", "near": "hv1", "far": "hv3"}
        with ThreadPoolExecutor(len(homes)) as pool:
            cls.guest, cls.near, cls.far = pool.map(
                lambda home: cls.lab.create_guest(home[0], home[1], bridge_timeout=30), homes.items())
        cls.figures: list[str] = []
        cls.addClassCleanup(lambda: print("\n".join(["", *cls.figures])))
        cls.controller.give_intent()

    def setUp(self) -> None:
        self.began = time.monotonic()
        self.await_quiet(self.guest)

    # Helpers

    def there(self, guest) -> tuple:
        """Where a guest is, and where it is to go."""
        source = self.lab.host_of(guest.name)
        return source, self.lab.hypervisor("hv2" if source.name == "hv1" else "hv1")

    @contextmanager
    def fault(self, what: str, phase: str, end: str, *, options: tuple[str, ...] = ("--bandwidth", SLOW),
              guest=None) -> Iterator[Move]:
        """A move under traffic in which the body lets something go wrong; looks at what has to hold afterwards.

        The guest has to end at the destination if the end is completed, at the source if it is rolled-back.
        """
        guest = guest or self.guest
        with self.traffic(self.lab.client, guest.address) as pings:
            move = Move(self, guest, options)
            self.addCleanup(move.end)
            yield move
            record = move.record()
            self.assertEqual((end, move.source.name, move.destination.name),
                             (record["phase"], record["source"], record["destination"]), record)
            self.assert_right(guest, move.destination if end == "completed" else move.source)
            right = time.monotonic() - move.struck
        move.end()
        self.assertEqual(0, pings["duplicated"], pings)
        self.assert_calm()
        self.note(what, phase, record["phase"], pings, right)
        self.move_normally(guest)

    def note(self, what: str, phase: str, end: str, pings: dict, right: float) -> None:
        self.figures.append(f"{what:44} {phase:8} {end:12} lost {pings['lost']:4} of {pings['sent']}, longest gap "
                            f"{pings['longest_gap']['ms']:6.0f} ms, doubled {pings['duplicated']}, right after "
                            f"{right:4.1f} s, test {time.monotonic() - self.began:4.1f} s")

    def assert_right(self, guest, host) -> None:
        """A guest runs there, Peregrine knows and serves it there, and no switch has anything else."""
        self.assertEqual(host.name, self.lab.host_of(guest.name).name)
        wait_until(lambda: self.shown(guest) == (host.name, "running", True), HANG,
                   f"{guest.name} shown as served at {host.name}", interval=0.1)
        self.controller.wait_edges(HANG)
        wait_until(lambda: not self.findings(), HANG, "a clean audit", interval=0.2)
        for place in (self.near, self.far):
            self.assertEqual("", self.trouble(place, guest.address), f"from {place.name}")
        wait_until(lambda: self.reaches(self.lab.client, guest.address), HANG, f"the client reaching {guest.name}",
                   interval=0.1)
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
        audit = self.controller.invoke("peregrine-audit:audit", {})
        return [] if audit["clean"] else [one for one in audit["switch"] if one.get("finding") or one.get("unread")] \
            or [audit]

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
        move = Move(self, guest, ())
        self.addCleanup(move.end)
        self.assertEqual(0, move.result())
        self.assertEqual("completed", move.record()["phase"])
        self.assertEqual(move.destination.name, self.lab.host_of(guest.name).name)
        move.end()
        self.await_quiet(guest)

    # During the copy

    def test_aborted(self) -> None:
        with self.fault("abort", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(lambda: move.source.run("virsh", "domjobabort", self.guest.name))
            self.assertNotEqual(0, move.result())
            self.assertEqual({}, move.events[move.source.name].times(self.guest.name))

    def test_destinations_emulator_killed(self) -> None:
        with self.fault("destination's QEMU killed", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.destination.emulator(self.guest.name).kill)
            self.assertNotEqual(0, move.result())
            self.assertEqual({}, move.events[move.source.name].times(self.guest.name))

    def test_destinations_libvirtd_killed(self) -> None:
        with self.fault("destination's libvirtd killed", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.destination.kill_libvirtd)
            self.assertNotEqual(0, move.result())
            move.destination.start_libvirtd()

    def test_sources_libvirtd_killed(self) -> None:
        with self.fault("source's libvirtd killed", "copy", "rolled-back") as move:
            move.await_copy()
            move.strike(move.source.kill_libvirtd)
            self.assertNotEqual(0, move.result())
            move.source.start_libvirtd()


if __name__ == "__main__":
    unittest.main()
