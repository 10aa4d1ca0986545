# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""peregrine-host-setup, on a host of the lab with an Open vSwitch of its own: needs root and the packages.

The host has no systemd, and gets a layer of its own over /etc and /var/lib, where the machine's own files show through.
"""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from context import LAB, require_lab
from peregrine_lab.fabricplan import NO_FABRIC
from peregrine_lab.instance import Instance
from peregrine_lab.lab import Lab
from peregrine_lab.shell import wait_until
from peregrine_lab.teardown import tear_down

PROGRAM = LAB.parent / "host-setup" / "peregrine-host-setup"
HANG = 60
#: Directories that the program writes to.
LAYERED = ("/etc", "/var/lib")


def setUpModule() -> None:
    require_lab()


class HostSetupTest(unittest.TestCase):
    INSTANCE = Instance("setup")

    @classmethod
    def setUpClass(cls) -> None:
        cls.addClassCleanup(tear_down, cls.INSTANCE)
        tear_down(cls.INSTANCE)
        cls.lab = Lab(cls.INSTANCE, 1, NO_FABRIC)
        with cls.lab.instance.lock():
            cls.lab.build()
        cls.host = cls.lab.hypervisors[0]

    def setUp(self) -> None:
        layers = tempfile.TemporaryDirectory(dir="/dev/shm", prefix="peregrine-test-")
        self.addCleanup(layers.cleanup)
        self.layers = Path(layers.name)
        for directory in LAYERED:
            (self.layers / directory[1:]).mkdir(parents=True, exist_ok=True)
            (self.layers / (directory[1:] + ".work")).mkdir()
        self.before = self.manager_options()
        self.addCleanup(self.do, "undo")

    # Helpers

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess:
        layers = " && ".join(
            f"mount -t overlay overlay -o lowerdir={one},upperdir={self.layers}{one},workdir={self.layers}{one}.work {one}"
            for one in LAYERED)
        return subprocess.run(self.host.inside(["unshare", "--mount", "sh", "-c", f'{layers} && exec "$@"', "sh",
                                                *arguments]),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG, check=False)

    def do(self, *arguments: str) -> str:
        done = self.attempt(str(PROGRAM), *arguments)
        self.assertEqual(0, done.returncode, done.stderr + done.stdout)
        return done.stdout

    def refused(self, *arguments: str) -> str:
        done = self.attempt(str(PROGRAM), *arguments)
        self.assertEqual(1, done.returncode, done.stdout)
        return done.stderr

    def wishes(self, *more: str) -> tuple[str, ...]:
        plan = self.host.plan
        return ("apply", "--name", "hv1", "--management", plan.management, "--underlay", plan.address, *more)

    def manager_options(self) -> list[str]:
        return sorted(self.host.vsctl("get-manager").split())

    def read(self, path: str) -> str:
        return self.attempt("cat", path).stdout

    def changed(self) -> set[str]:
        """Files in which the host differs from the machine."""
        return {str(path.relative_to(self.layers)) for one in LAYERED for path in (self.layers / one[1:]).rglob("*")
                if path.is_file()}

    # What it promises

    def test_a_dry_run_changes_nothing(self) -> None:
        said = self.do(*self.wishes("--dry-run"))
        self.assertIn("would let ovsdb-server listen at ptcp:6640:" + self.host.plan.management, said)
        self.assertIn("nothing was changed", said)
        self.assertEqual((set(), self.before), (self.changed(), self.manager_options()))

    def test_what_is_applied_can_be_undone(self) -> None:
        said = self.do(*self.wishes("--roll-back-after", "0"))
        intent = json.loads(said.split("in intent: ")[1].splitlines()[0])
        management = self.host.plan.management
        self.assertEqual({"name": "hv1", "ovsdb": f"tcp:{management}:6640", "underlay-address": self.host.plan.address,
                          "libvirt": f"qemu+tcp://{management}/system"}, intent)
        self.assertIn(f"ptcp:6640:{management}", self.manager_options())
        self.assertIn('ATTR{tx_queue_len}="5000"', self.read("/etc/udev/rules.d/80-peregrine-tap.rules"))
        self.assertIn(f'\nmigration_host = "{management}"\n', self.read("/etc/libvirt/qemu.conf"))
        self.assertIn(f"ListenStream={management}:16509", self.read(
            "/etc/systemd/system/libvirtd-tcp.socket.d/peregrine.conf"))
        self.assertIn("kept", self.do("status"))
        again = self.do(*self.wishes())
        self.assertNotIn("listen at", again)
        self.do("undo")
        self.assertEqual(self.before, self.manager_options())
        self.assertEqual(Path("/etc/libvirt/qemu.conf").read_text(), self.read("/etc/libvirt/qemu.conf"))
        self.assertEqual({"etc/libvirt/qemu.conf", "etc/libvirt/libvirtd.conf"}, self.changed())
        self.assertIn("nothing to take back", self.do("undo"))

    def test_what_others_have_changed_since_is_left_alone(self) -> None:
        self.do(*self.wishes("--roll-back-after", "0"))
        self.attempt("sh", "-c", "echo '# mine' >> /etc/udev/rules.d/80-peregrine-tap.rules; "
                                 "echo 'max_files = 7' >> /etc/libvirt/qemu.conf")
        self.assertIn("somebody has changed it since", self.do("undo"))
        self.assertIn("# mine", self.read("/etc/udev/rules.d/80-peregrine-tap.rules"))
        self.assertEqual(Path("/etc/libvirt/qemu.conf").read_text() + "max_files = 7\n",
                         self.read("/etc/libvirt/qemu.conf"))

    def test_it_is_taken_back_unless_somebody_says_keep(self) -> None:
        self.do(*self.wishes("--roll-back-after", "2"))
        wait_until(lambda: self.manager_options() == self.before, HANG, "the change taken back")

    def test_it_is_kept_if_somebody_says_so(self) -> None:
        self.do(*self.wishes("--roll-back-after", "600"))
        self.do("keep")
        self.do("judge")
        self.assertNotEqual(self.before, self.manager_options())

    def test_it_is_kept_if_the_controller_can_be_reached(self) -> None:
        self.do(*self.wishes("--controller", self.lab.plan.controller_management, "--roll-back-after", "2"))
        wait_until(lambda: "kept" == self.do("status").splitlines()[0], HANG, "the change kept")

    def test_what_cannot_be_meant_is_refused_before_anything_is_changed(self) -> None:
        for arguments, words in (
                (("--management", "10.9.9.9", "--underlay", self.host.plan.address), "--management: this host does not have"),
                (("--management", "nowhere", "--underlay", self.host.plan.address), "--management: 'nowhere' is no IP address"),
                (self.wishes("--name", "a b")[1:], "--name: 'a b'"),
                (self.wishes("--queue", "1")[1:], "--queue: a tap holds"),
                (self.wishes("--tls", "/nowhere")[1:], "--tls: /nowhere/ca.pem cannot be read"),
        ):
            with self.subTest(words):
                self.assertIn(words, self.refused("apply", *arguments))
        self.assertEqual((set(), self.before), (self.changed(), self.manager_options()))


if __name__ == "__main__":
    unittest.main()
