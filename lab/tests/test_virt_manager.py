# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Moves begun in virt-manager and by a program that uses libvirt, neither of which has heard of Peregrine, and of a
guest with libvirt's storage pools and networks: needs root, the packages, those of virt-manager and a built
distribution; takes about a minute and a half.

Where the environment variable PEREGRINE_PICTURES names a directory, what virt-manager showed is kept there.
"""

import os
import re
import subprocess
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path

from context import LAB, require_lab
from desktop import PYTHON, Desktop
from peregrine_lab.controller import RestError
from peregrine_lab.guests import domain_xml, plan_guest
from peregrine_lab.instance import Instance
from peregrine_lab.requirements import TEST_PACKAGES
from peregrinecase import HANG, PeregrineCase

PICTURES = os.environ.get("PEREGRINE_PICTURES")
MIGRATE = LAB.parent / "docs" / "examples" / "migrate.py"


#: The kernel of the lab's machine may have no NFS client: a directory is mounted that is the exported one itself. To
#: libvirt, and to the check, the pool is what it is elsewhere.
MOUNT_NFS = """#!/bin/sh
exec mount --bind "${1#*:}" "$2"
"""
#: It takes what is read only for safe; that the lab's files are on shared storage it cannot see.
DISKS = """\
    <disk type='volume' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source pool='shared' volume='by-name.raw'/>
      <target dev='vdb' bus='virtio'/>
      <readonly/>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source file='/var/lib/libvirt/shared/by-path.raw'/>
      <target dev='vdc' bus='virtio'/>
      <readonly/>
    </disk>
"""
NETFS = """\
<pool type='netfs'>
  <name>shared</name>
  <source>
    <host name='{server}'/>
    <dir path='{export}'/>
    <format type='nfs'/>
  </source>
  <target><path>/var/lib/libvirt/shared</path></target>
</pool>
"""
NETWORK = """\
<network>
  <name>demo</name>
  <forward mode='bridge'/>
  <bridge name='br-int'/>
  <virtualport type='openvswitch'>
    <parameters profileid='demo'/>
  </virtualport>
</network>
"""


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

    def setUp(self) -> None:
        self.await_quiet(self.guest)

    # Helpers

    @staticmethod
    def shown(host) -> str:
        """How virt-manager calls the connection to a hypervisor."""
        return f"QEMU/KVM: {host.plan.management}"

    def open_virt_manager(self) -> Desktop:
        """In the place of the controller: it reaches the management network, and has none of a hypervisor's files."""
        directory = tempfile.TemporaryDirectory(prefix="peregrine-test-")
        self.addCleanup(directory.cleanup)
        desktop = Desktop(self.lab.controller, Path(directory.name))
        self.addCleanup(desktop.end)
        desktop.start(*(host.plan.libvirt for host in self.lab.hypervisors))
        return desktop

    @staticmethod
    def picture(desktop: Desktop, name: str, title: str) -> None:
        if PICTURES:
            desktop.hands("picture", title, str(Path(PICTURES).resolve() / f"{name}.png"))

    @contextmanager
    def moved(self, kind: str):
        """What is done inside moves the guest to the other hypervisor, and Peregrine's network with it."""
        source, destination = self.there(self.guest)
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address, "tcp", 10) as session, \
                self.traffic(self.lab.client, self.guest.address) as pings:
            yield source, destination
            record = self.ended(self.guest, known)
        self.assertEqual({record["id"]}, self.known() - known)
        self.assertEqual(("completed", "libvirt", source.name, destination.name), tuple(
            record[name] for name in ("phase", "initiator", "source", "destination")), record)
        self.assertEqual(self.guest.uuid, record["guest"])
        self.assertEqual({self.guest.name: [destination.name]}, {
            name: [place.host for place in places if place.state == "running"]
            for name, places in self.lab.sightings().items()})
        self.assertTrue(session["alive"], session["error"])
        self.assert_not_doubled(pings, record)
        self.assertTrue(self.reaches(self.lab.client, self.guest.address))
        self.assert_clean()
        self.figures.append(f"{kind:40} {record['mode']:10} paused {record.get('pause', '-'):>4} ms, longest gap "
                            f"{pings['longest_gap']['ms']:4.0f} ms, lost {pings['lost']} of {pings['sent']}, doubled "
                            f"{pings['duplicated']}, TCP stalled {session['longest_stall']['ms']:.0f} ms")

    def virsh(self, host, *words: str, stdin: str = "") -> str:
        return host.run("virsh", "--quiet", *words, stdin=stdin)

    def give_pool_and_network(self, host) -> None:
        """Both defined and active."""
        helper = "/var/lib/libvirt/mount.nfs"
        host.own(helper).write_text(MOUNT_NFS, encoding="ascii")
        host.own(helper).chmod(0o755)
        host.run("mount", "--bind", helper, "/sbin/mount.nfs")
        host.own("/var/lib/libvirt/shared").mkdir()
        self.virsh(host, "pool-define", "/dev/stdin", stdin=NETFS.format(
            server=self.lab.plan.storage_management, export=self.lab.storage.export))
        self.virsh(host, "pool-start", "shared")
        self.virsh(host, "net-define", "/dev/stdin", stdin=NETWORK)
        self.virsh(host, "net-start", "demo")

    def create_pooled_guest(self, name: str, host):
        """A guest with disks in the pool, and in a network, as libvirt calls them."""
        guest = plan_guest(name, self.lab.book.all())
        self.lab.book.add(guest)
        self.addCleanup(self.lab.remove_guest, name)
        definition = domain_xml(guest, self.lab.image, self.lab.book.disk(name), self.lab.plan.storage_management,
                                self.lab.book.console(name))
        definition = definition.replace("    <interface type='bridge'>", DISKS + "    <interface type='network'>") \
            .replace("<source bridge='br-int'/>", "<source network='demo'/>")
        self.virsh(host, "create", "/dev/stdin", stdin=re.sub("<virtualport.*?</virtualport>", "", definition,
                                                              flags=re.DOTALL))
        self.lab.book.wait_ready(name, HANG)
        self.controller.give_intent()
        self.await_quiet(guest)
        return guest

    def storage(self, guest, destination) -> dict:
        """What the check says of the guest's storage."""
        answer = self.controller.invoke("peregrine-jobs:check-migration", {
            "guest": guest.name, "destination": destination.name})
        point = next(point for point in answer["point"] if point["name"] == "storage")
        self.assertEqual(point["result"] != "failed", answer["possible"], answer)
        return point

    def assert_told(self, guest, destination, found: str, fix: str) -> None:
        point = self.storage(guest, destination)
        self.assertEqual("failed", point["result"], point)
        self.assertIn(found, point["found"])
        self.assertIn(fix, point["fix"])
        with self.assertRaises(RestError) as refusal:
            self.controller.invoke("peregrine-jobs:migrate-guest", {
                "guest": guest.name, "destination": destination.name})
        self.assertEqual(409, refusal.exception.code)

    # What the system promises

    def test_a_move_begun_in_virt_manager(self) -> None:
        home, _ = self.there(self.guest)
        desktop = self.open_virt_manager()
        desktop.hands("await-guest", self.shown(home), self.guest.name)
        self.picture(desktop, "virt-manager-before", "Virtual Machine Manager")
        for kind, options in (("virt-manager", []), ("virt-manager, libvirt decides where to", ["--address", ""])):
            with self.subTest(kind), self.moved(kind) as (source, destination):
                desktop.hands("ask", self.shown(source), self.guest.name, self.shown(destination), *options)
                if source.name == home.name:
                    self.picture(desktop, "virt-manager-migrate", "Migrate the virtual machine")
                desktop.hands("migrate")
                desktop.hands("await-guest", self.shown(destination), self.guest.name)
            if source.name == home.name:
                self.picture(desktop, "virt-manager-after", "Virtual Machine Manager")

    def test_a_move_that_virt_manager_cannot_begin(self) -> None:
        """It asks the source to send to a name that nobody knows."""
        source, destination = self.there(self.guest)
        desktop = self.open_virt_manager()
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address) as pings:
            desktop.hands("await-guest", self.shown(source), self.guest.name)
            desktop.hands("ask", self.shown(source), self.guest.name, self.shown(destination),
                          "--address", "nowhere.invalid")
            desktop.hands("migrate")
            self.assertIn("Unable to resolve address 'nowhere.invalid'", desktop.hands("await-refusal"))
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

    def test_disks_in_a_storage_pool_and_an_interface_in_a_network(self) -> None:
        source, destination = self.lab.hypervisors
        for host in (source, destination):
            self.give_pool_and_network(host)
        for volume in ("by-name.raw", "by-path.raw"):
            self.virsh(source, "vol-create-as", "shared", volume, "1M", "--format", "raw")
        guest = self.create_pooled_guest("pooled", source)
        # The other host's libvirt has not looked since; only what it looks up by name needs that
        self.assert_told(guest, destination, "disk vdb (shared/by-name.raw) is not among the volumes of pool shared",
                         "virsh pool-refresh shared")
        self.assertIn("disk vdc (/var/lib/libvirt/shared/by-path.raw) is in pool shared of hv2, the same storage",
                      self.storage(guest, destination)["found"])
        self.virsh(destination, "pool-destroy", "shared")
        for disk in ("by-name", "by-path"):
            self.assert_told(guest, destination, f"{disk}.raw) is in pool shared, which is not active at hv2",
                             "virsh pool-start shared")
        self.virsh(destination, "pool-start", "shared")
        found = self.storage(guest, destination)["found"]
        for disk in ("vdb (shared/by-name.raw)", "vdc (/var/lib/libvirt/shared/by-path.raw)"):
            self.assertIn(f"disk {disk} is in pool shared of hv2, the same storage", found)
        known = self.known()
        self.begin_move(guest.name, destination.name)
        record = self.ended(guest, known)
        self.assertEqual({record["id"]}, self.known() - known)
        self.assertEqual(("completed", destination.name), (record["phase"], record["destination"]), record)
        self.assertEqual(destination.name, self.lab.host_of(guest.name).name)
        self.assertTrue(self.reaches(self.lab.client, guest.address))
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
