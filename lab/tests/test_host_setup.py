# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""peregrine-host-setup: needs root and the packages.

Once on a host of the lab with an Open vSwitch of its own and no systemd, which gets a layer of its own over /etc and
/var/lib, where the machine's own files show through; and once where systemd runs Open vSwitch and libvirt.
"""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from context import LAB, require_lab
from peregrine_lab.certificates import BUILT
from peregrine_lab.fabricplan import NO_FABRIC
from peregrine_lab.instance import Instance
from peregrine_lab.lab import Lab
from peregrine_lab.shell import wait_until
from peregrine_lab.teardown import tear_down
from systemdmachine import SHARED, SystemdMachine

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
        self.do("judge", json.loads(self.read("/var/lib/peregrine-host/host-setup.json"))["trial"])
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


class HostWithSystemdTest(unittest.TestCase):
    """On a host whose services are systemd's."""

    ADDRESS = "192.0.2.1"
    SOCKETS = ("libvirtd.socket", "libvirtd-tls.socket", "libvirtd-tcp.socket")
    PROGRAM = str(SHARED / "host-setup" / "peregrine-host-setup")
    #: As the controller has them.
    CERTIFICATES = ("env", "KARAF_ETC=/tmp/controller",
                    str(SHARED / BUILT.relative_to(LAB.parent) / "bin" / "certificates"))

    @classmethod
    def setUpClass(cls) -> None:
        if not (BUILT / "bin" / "certificates").exists():
            raise unittest.SkipTest(f"{BUILT} is not built: run ./verify, or mvn install")
        cls.host = cls.enterClassContext(SystemdMachine(LAB.parent))
        cls.host.run("ip", "address", "add", f"{cls.ADDRESS}/24", "dev", "lo")
        cls.host.run("systemctl", "start", "openvswitch-switch", "libvirtd")
        cls.tls = Path(cls.host.run(*cls.CERTIFICATES, "host", "hv1", cls.ADDRESS).strip())
        cls.controller = cls.tls.parent.parent

    def setUp(self) -> None:
        self.before = self.state()
        self.addCleanup(self.host.attempt, self.PROGRAM, "undo")

    def apply(self, *more: str) -> str:
        return self.host.run(self.PROGRAM, "apply", "--name", "hv1", "--management", self.ADDRESS, "--underlay",
                             self.ADDRESS, *more)

    def status(self) -> str:
        return self.host.run(self.PROGRAM, "status").splitlines()[0]

    def state(self) -> list[str]:
        """What is listened to, how sockets are, what Open vSwitch knows, the files of libvirt."""
        return [sorted(line.split()[3] for line in self.host.run("ss", "-Hltn").splitlines()),
                *(self.host.attempt(*command).stdout for command in (
                    ("systemctl", "is-enabled", *self.SOCKETS), ("systemctl", "is-active", "libvirtd", *self.SOCKETS),
                    ("ovs-vsctl", "get-ssl"), ("ovs-vsctl", "get-manager"),
                    ("sh", "-c", "cat /etc/libvirt/libvirtd.conf /etc/libvirt/qemu.conf; "
                                 "find /etc/pki /etc/systemd/system /etc/udev /etc/peregrine-host -type f")))]

    def ovsdb(self, *options: str) -> subprocess.CompletedProcess:
        return self.host.attempt("timeout", "10", "ovsdb-client", *options, "list-dbs", f"ssl:{self.ADDRESS}:6640")

    def certificate(self, directory: Path) -> tuple[str, ...]:
        return "-p", f"{directory}/key.pem", "-c", f"{directory}/cert.pem", "-C", f"{directory}/ca.pem"

    # What it promises

    def test_with_certificates_all_is_reached_over_tls_only_and_can_be_undone(self) -> None:
        said = self.apply("--tls", str(self.tls), "--roll-back-after", "0")
        self.assertEqual({"name": "hv1", "ovsdb": f"ssl:{self.ADDRESS}:6640", "underlay-address": self.ADDRESS,
                          "libvirt": f"qemu+tls://{self.ADDRESS}/system"},
                         json.loads(said.split("in intent: ")[1].splitlines()[0]))
        listening = self.state()[0]
        self.assertIn(f"{self.ADDRESS}:6640", listening)
        self.assertEqual([f"{self.ADDRESS}:16514"], [one for one in listening if one.endswith((":16514", ":16509"))])
        self.assertIn("Open_vSwitch", self.ovsdb(*self.certificate(self.controller)).stdout)
        self.host.run("env", "KARAF_ETC=/tmp/stranger", self.CERTIFICATES[-1], "init")
        stranger = self.ovsdb(*self.certificate(Path("/tmp/stranger/tls")))
        self.assertNotEqual(0, stranger.returncode, "strangers are heard")
        uri = f"qemu+tls://{self.ADDRESS}/system"
        self.assertEqual("machine", self.host.run("virsh", "-c", uri, "hostname").strip())
        self.assertIn("CN=hv1", self.host.run("openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in",
                                              "/etc/pki/libvirt/clientcert.pem"))
        self.assertNotIn("restart", self.apply("--tls", str(self.tls)), "nothing is to be done a second time")
        self.host.run(*self.CERTIFICATES, "host", "hv1", self.ADDRESS)
        self.apply("--tls", str(self.tls), "--replace", "--roll-back-after", "0")
        renewed = self.host.run("openssl", "x509", "-noout", "-serial", "-in", f"{self.tls}/cert.pem")
        for port in (6640, 16514):
            shown = self.host.attempt("sh", "-c", "openssl s_client -connect $1 -cert $2/cert.pem -key $2/key.pem "
                                                  "-CAfile $2/ca.pem < /dev/null | openssl x509 -noout -serial",
                                      "sh", f"{self.ADDRESS}:{port}", str(self.controller)).stdout
            self.assertEqual(renewed, shown, f"port {port} shows the certificate that was")
        self.host.run(self.PROGRAM, "undo")
        self.assertEqual(self.before, self.state())

    def test_it_is_taken_back_by_a_timer(self) -> None:
        self.apply("--roll-back-after", "1")
        wait_until(lambda: self.status() == "this host has not been prepared", HANG, "the change taken back")
        self.assertEqual(self.before, self.state())

    def test_the_timer_of_an_attempt_that_was_undone_does_not_judge_the_next(self) -> None:
        self.apply("--roll-back-after", "5")
        self.host.run(self.PROGRAM, "undo")
        self.apply("--roll-back-after", "600")
        wait_until(lambda: len(self.host.run("systemctl", "list-timers", "--no-legend", "run-*").splitlines()) == 1,
                   HANG, "the end of the first timer")
        self.assertIn("not kept yet", self.status())

    def test_what_fails_half_way_is_taken_back_at_once(self) -> None:
        squatter = ["setpriv", "--pdeathsig", "KILL", "busybox", "nc", "-l", "-p", "16509"]
        with subprocess.Popen(self.host.inside(squatter), stdin=subprocess.PIPE) as other:
            wait_until(lambda: any(one.endswith(":16509") for one in self.state()[0]), HANG,
                       "somebody on libvirt's port")
            failed = self.host.attempt(self.PROGRAM, "apply", "--name", "hv1", "--management", self.ADDRESS,
                                       "--underlay", self.ADDRESS)
            other.kill()
        self.assertEqual(1, failed.returncode, failed.stdout)
        self.assertIn("everything is taken back", failed.stdout)
        wait_until(lambda: self.before == self.state(), HANG, "the host as it was")


if __name__ == "__main__":
    unittest.main()
