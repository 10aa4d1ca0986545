# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Moves begun in virt-manager and by a program that uses libvirt, neither of which has heard of Peregrine: needs root,
the packages, those of virt-manager and a built distribution; takes about a minute and a half.

Where the environment variable PEREGRINE_PICTURES names a directory, what virt-manager showed is kept there.
"""

import os
import subprocess
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path

from context import LAB, require_lab
from desktop import PYTHON, Desktop
from peregrine_lab.instance import Instance
from peregrine_lab.requirements import TEST_PACKAGES
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, PeregrineCase

PICTURES = os.environ.get("PEREGRINE_PICTURES")
MIGRATE = LAB.parent / "docs" / "examples" / "migrate.py"


class VirtManagerTest(PeregrineCase):
    INSTANCE = Instance("virtman")
    HYPERVISORS = 2

    @classmethod
    def setUpClass(cls) -> None:
        require_lab(*TEST_PACKAGES)
        super().setUpClass()
        cls.guest = cls.lab.create_guest("web", "hv1", bridge_timeout=30)
        cls.figures: list[str] = []
        cls.addClassCleanup(lambda: print("\n".join(["", *cls.figures])))
        cls.controller.give_intent()
        directory = tempfile.TemporaryDirectory(prefix="peregrine-test-")
        cls.addClassCleanup(directory.cleanup)
        # In the place of the controller: it reaches the management network, and has none of a hypervisor's files
        cls.desktop = Desktop(cls.lab.controller, Path(directory.name))
        cls.addClassCleanup(cls.desktop.end)
        cls.desktop.start(*(host.plan.libvirt for host in cls.lab.hypervisors))

    def setUp(self) -> None:
        self.await_quiet(self.guest)

    # Helpers

    def there(self, guest) -> tuple:
        """Where a guest is, and the other hypervisor."""
        source = self.lab.host_of(guest.name)
        return source, next(host for host in self.lab.hypervisors if host.name != source.name)

    @staticmethod
    def shown(host) -> str:
        """How virt-manager calls the connection to a hypervisor."""
        return f"QEMU/KVM: {host.plan.management}"

    def picture(self, name: str, title: str) -> None:
        if PICTURES:
            self.desktop.hands("picture", title, str(Path(PICTURES).resolve() / f"{name}.png"))

    def ended(self, known: set[str]) -> dict:
        """The one migration that was not known before, once it has ended and been measured."""
        def fresh() -> list[dict]:
            return [entry for entry in self.migrations() if entry["id"] not in known]
        wait_until(lambda: any("finished" in entry and "probed" in entry for entry in fresh()), HANG,
                   "the record of the move", interval=0.1)
        self.assertEqual(1, len(fresh()), fresh())
        return fresh()[0]

    def assert_clean(self) -> None:
        audit = self.controller.invoke("peregrine-audit:audit", {})
        self.assertTrue(audit["clean"], audit)

    @contextmanager
    def moved(self, kind: str):
        """What is done inside moves the guest to the other hypervisor, and Peregrine's network with it."""
        source, destination = self.there(self.guest)
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address, "tcp", 10) as session, \
                self.traffic(self.lab.client, self.guest.address) as pings:
            yield source, destination
            record = self.ended(known)
        self.assertEqual(("completed", "libvirt", source.name, destination.name), tuple(
            record[name] for name in ("phase", "initiator", "source", "destination")), record)
        self.assertEqual(self.guest.uuid, record["guest"])
        self.assertEqual({self.guest.name: [destination.name]}, {
            name: [place.host for place in places if place.state == "running"]
            for name, places in self.lab.sightings().items()})
        self.assertTrue(session["alive"], session["error"])
        self.assertEqual(0, pings["duplicated"], pings)
        self.assertEqual(("measured", True), tuple(record["probed"].get(name) for name in ("outcome", "answering")),
                         record)
        self.assertEqual(0, record["probed"].get("duplicated", 0), record)
        self.assertTrue(self.reaches(self.lab.client, self.guest.address))
        self.assert_clean()
        self.figures.append(f"{kind:40} {record['mode']:10} paused {record.get('pause', '-'):>4} ms, longest gap "
                            f"{pings['longest_gap']['ms']:4.0f} ms, lost {pings['lost']} of {pings['sent']}, doubled "
                            f"{pings['duplicated']}, TCP stalled {session['longest_stall']['ms']:.0f} ms")

    # What the system promises

    def test_a_move_begun_in_virt_manager(self) -> None:
        home, _ = self.there(self.guest)
        self.desktop.hands("await-guest", self.shown(home), self.guest.name)
        self.picture("virt-manager-before", "Virtual Machine Manager")
        for kind in ("virt-manager, there", "virt-manager, back"):
            with self.subTest(kind), self.moved(kind) as (source, destination):
                self.desktop.hands("ask", self.shown(source), self.guest.name, self.shown(destination))
                if source.name == home.name:
                    self.picture("virt-manager-migrate", "Migrate the virtual machine")
                self.desktop.hands("migrate")
                self.desktop.hands("await-guest", self.shown(destination), self.guest.name)
            if source.name == home.name:
                self.picture("virt-manager-after", "Virtual Machine Manager")

    def test_a_move_that_virt_manager_cannot_begin(self) -> None:
        """It asks the source to send to a name that nobody knows."""
        source, destination = self.there(self.guest)
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address) as pings:
            self.desktop.hands("await-guest", self.shown(source), self.guest.name)
            self.desktop.hands("ask", self.shown(source), self.guest.name, self.shown(destination),
                               "--address", "nowhere.invalid")
            self.desktop.hands("migrate")
            self.assertIn("Unable to resolve address 'nowhere.invalid'", self.desktop.hands("await-refusal"))
            self.await_quiet(self.guest)
        self.assertEqual((0, 0), (pings["lost"], pings["duplicated"]), pings)
        self.assertEqual(source.name, self.lab.host_of(self.guest.name).name)
        self.assertLessEqual({entry["phase"] for entry in self.migrations() if entry["id"] not in known},
                             {"rolled-back"})
        self.assert_clean()

    def test_a_move_begun_by_a_program(self) -> None:
        for kind, options in (("program, peer to peer", []), ("program, managed by it", ["--managed"])):
            with self.subTest(kind), self.moved(kind) as (source, destination):
                done = subprocess.run(self.lab.controller.in_network(
                    [PYTHON, "-B", str(MIGRATE), source.plan.libvirt, self.guest.name, destination.plan.libvirt,
                     *options]), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG, check=False)
                self.assertEqual((0, ""), (done.returncode, done.stderr))
                self.assertIn(f"{self.guest.name} is at {destination.plan.libvirt}", done.stdout)


if __name__ == "__main__":
    unittest.main()
