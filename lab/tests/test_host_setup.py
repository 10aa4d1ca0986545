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
import os
import subprocess
import sys
import tempfile
import unittest
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Iterator, Sequence

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
STATE = "/var/lib/peregrine-host/host-setup.json"
#: Stands in for the command of its name, and holds up who calls it once that has done what HOLD_AT says.
HOLD = """#!/bin/sh
here=${0%/*}
/usr/bin/${0##*/} "$@"
code=$?
case " $* " in *" $HOLD_AT "*)
    if [ ! -e $here/held ]; then
        echo $PPID > $here/new
        mv $here/new $here/held
        while [ -e $here/hold ]; do sleep 0.1; done
    fi
esac
exit $code
"""


def setUpModule() -> None:
    require_lab()


class KernelStepTest(unittest.TestCase):
    """Beside the lab, whose hosts share the machine's kernel and do not see what there is only one of."""

    def setUp(self) -> None:
        loader = SourceFileLoader("peregrine_host_setup", str(PROGRAM))
        self.program = module_from_spec(spec_from_loader(loader.name, loader))
        sys.dont_write_bytecode = True
        sys.modules[loader.name] = self.program
        self.addCleanup(sys.modules.pop, loader.name)
        loader.exec_module(self.program)
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.number = Path(directory.name) / "number"
        self.step = self.program.kernel_step(self.number, 1000, "there is more room")

    def undo(self, change: dict) -> str:
        return self.program.undoes.by_kind[change["kind"]](change)

    def test_what_is_too_small_grows_and_is_put_back(self) -> None:
        self.number.write_text("212\n")
        self.assertEqual(f"set {self.number} to 1000: there is more room", self.step.plan())
        change = self.step.before()
        self.step.do()
        self.assertEqual(("1000\n", None), (self.number.read_text(), self.step.plan()))
        self.assertIn("as it was", self.undo(change))
        self.assertEqual("212\n", self.number.read_text())

    def test_what_is_big_or_not_there_is_left_alone(self) -> None:
        self.assertIsNone(self.step.plan())
        self.number.write_text("2000\n")
        self.assertIsNone(self.step.plan())

    def test_what_somebody_has_changed_since_stays(self) -> None:
        self.number.write_text("212\n")
        change = self.step.before()
        self.step.do()
        self.number.write_text("5000\n")
        self.assertIn("somebody has changed it", self.undo(change))
        self.assertEqual("5000\n", self.number.read_text())


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

    def inside(self, *arguments: str) -> list[str]:
        layers = " && ".join(
            f"mount -t overlay overlay -o lowerdir={one},upperdir={self.layers}{one},workdir={self.layers}{one}.work {one}"
            for one in LAYERED)
        return self.host.inside(["unshare", "--mount", "sh", "-c", f'{layers} && exec "$@"', "sh", *arguments])

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(self.inside(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=HANG, check=False)

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

    def status(self) -> str:
        return self.do("status").splitlines()[0]

    def files(self) -> dict[str, str]:
        return {path: self.read("/" + path) for path in sorted(self.changed()) if "/" + path != STATE}

    def signalled_half_way(self, signal: str, *more: str) -> subprocess.CompletedProcess:
        """Apply, with this signal when Open vSwitch is changed and libvirt is not."""
        here = self.layers / "held"
        here.mkdir()
        (here / "ovs-vsctl").write_text(HOLD)
        (here / "ovs-vsctl").chmod(0o755)
        (here / "hold").touch()
        argv = self.inside("env", f"PATH={here}:{os.environ['PATH']}", "HOLD_AT=create", str(PROGRAM),
                           *self.wishes(*more))
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            wait_until((here / "held").exists, HANG, "apply half way")
            self.assertNotEqual(self.before, self.manager_options())
            self.host.run("kill", f"-{signal}", (here / "held").read_text().strip())
            (here / "hold").unlink()
            out, err = process.communicate(timeout=HANG)
        return subprocess.CompletedProcess(argv, process.returncode, out, err)

    # What it promises

    def test_a_dry_run_changes_nothing(self) -> None:
        said = self.do(*self.wishes("--dry-run"))
        self.assertIn("would let ovsdb-server listen at ptcp:6640:" + self.host.plan.management, said)
        self.assertIn("nothing was changed", said)
        self.assertEqual((set(), self.before), (self.changed(), self.manager_options()))

    def test_what_is_applied_can_be_undone(self) -> None:
        said = self.do(*self.wishes("--roll-back-after", "0", "--userspace-datapath"))
        intent = json.loads(said.split("in intent: ")[1].splitlines()[0])
        management = self.host.plan.management
        self.assertEqual({"name": "hv1", "ovsdb": f"tcp:{management}:6640", "underlay-address": self.host.plan.address,
                          "libvirt": f"qemu+tcp://{management}/system"}, intent)
        self.assertIn(f"ptcp:6640:{management}", self.manager_options())
        self.assertIn('ATTR{tx_queue_len}="5000"', self.read("/etc/udev/rules.d/80-peregrine-tap.rules"))
        self.assertIn("\nnet.core.rmem_default = 16777216\n", self.read("/etc/sysctl.d/80-peregrine.conf"))
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
        trial = json.loads(self.read(STATE))["trial"]
        self.do("keep")
        self.do("judge", trial)
        self.assertNotEqual(self.before, self.manager_options())

    def test_what_is_kept_stands_when_the_next_attempt_is_taken_back(self) -> None:
        self.do(*self.wishes("--roll-back-after", "0"))
        kept = self.files()
        said = self.do(*self.wishes("--queue", "7000", "--migration", self.host.plan.address, "--replace",
                                    "--roll-back-after", "1"))
        self.assertIn("what is new is taken back in 1 s", said)
        self.assertNotEqual(kept, self.files())
        wait_until(lambda: self.status() == "kept", HANG, "the later change taken back")
        self.assertEqual(kept, self.files())
        self.assertNotEqual(self.before, self.manager_options())
        self.do("undo")
        self.assertEqual(self.before, self.manager_options())

    def test_after_a_boot_nothing_is_taken_back_and_status_says_so(self) -> None:
        self.do(*self.wishes("--roll-back-after", "600"))
        self.assertEqual("not kept yet: it is taken back when the time is over", self.status())
        self.attempt("sed", "-i", 's/"boot": "[^"]*"/"boot": "another"/', STATE)
        self.assertEqual("unfinished: nobody has said keep, and nothing takes it back any more: keep, or undo",
                         self.status())
        self.do("keep")
        self.assertEqual("kept", self.status())

    def test_a_lost_connection_does_not_end_it_half_way(self) -> None:
        hung_up = self.signalled_half_way("HUP", "--roll-back-after", "0")
        self.assertEqual(0, hung_up.returncode, hung_up.stderr)
        self.assertEqual("kept", self.status())
        self.do("undo")
        self.attempt("sh", "-c", '"$@" | :', "sh", str(PROGRAM), *self.wishes("--roll-back-after", "0"))
        self.assertEqual("kept", self.status())

    def test_who_ends_it_half_way_has_it_taken_back(self) -> None:
        ended = self.signalled_half_way("TERM")
        self.assertEqual(1, ended.returncode, ended.stdout)
        self.assertIn("the host is as it was before", ended.stderr)
        self.assertEqual((set(), self.before), (self.changed(), self.manager_options()))

    def test_what_was_killed_half_way_is_not_called_kept(self) -> None:
        self.assertNotIn(self.signalled_half_way("KILL", "--roll-back-after", "0").returncode, (0, 1))
        self.assertEqual("unfinished: only a part of the changes is there, apply again, or undo", self.status())
        self.assertIn("only a part", self.refused("keep"))
        self.assertIn("restart", self.do(*self.wishes("--roll-back-after", "0")))
        self.assertEqual("kept", self.status())
        self.do("undo")
        self.assertEqual(self.before, self.manager_options())

    def test_a_file_that_cannot_be_written_has_all_taken_back(self) -> None:
        failed = self.attempt("sh", "-c", 'mount -t tmpfs -o ro none /etc/udev/rules.d && exec "$@"', "sh",
                              str(PROGRAM), *self.wishes())
        self.assertEqual(1, failed.returncode, failed.stdout)
        self.assertIn("Read-only file system", failed.stdout)
        self.assertIn("the host is as it was before", failed.stderr)
        self.assertEqual((set(), self.before), (self.changed(), self.manager_options()))

    def test_it_is_kept_if_the_controller_can_be_reached(self) -> None:
        self.do(*self.wishes("--controller", self.lab.plan.controller_management, "--roll-back-after", "2"))
        wait_until(lambda: self.status() == "kept", HANG, "the change kept")

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
    #: A controller that lost this host, or somebody who looks at its guests.
    CLIENT = """
import socket, time
while True:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect("/run/libvirt/libvirt-sock-ro")
        except OSError:
            pass
    time.sleep(0.01)
"""

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

    def wishes(self, *more: str) -> Sequence[str]:
        return (self.PROGRAM, "apply", "--name", "hv1", "--management", self.ADDRESS, "--underlay", self.ADDRESS, *more)

    def apply(self, *more: str) -> str:
        return self.host.run(*self.wishes(*more))

    def status(self) -> str:
        return self.host.run(self.PROGRAM, "status").splitlines()[0]

    def state(self) -> list[str]:
        """What is listened to, how sockets are, what Open vSwitch knows, the files of libvirt."""
        return [sorted(line.split()[3] for line in self.host.run("ss", "-Hltn").splitlines()),
                *(self.host.attempt(*command).stdout for command in (
                    ("systemctl", "is-enabled", *self.SOCKETS), ("systemctl", "is-active", "libvirtd", *self.SOCKETS),
                    ("ovs-vsctl", "get-ssl"), ("ovs-vsctl", "get-manager"),
                    ("sh", "-c", "cat /etc/libvirt/libvirtd.conf /etc/libvirt/qemu.conf; find /etc/pki "
                                 "/etc/systemd/system /etc/udev /etc/peregrine-host -type f -exec sha256sum {} +")))]

    @contextmanager
    def beside(self, *argv: str) -> Iterator[subprocess.Popen]:
        """It runs on the host meanwhile."""
        with subprocess.Popen(self.host.inside(["setpriv", "--pdeathsig", "KILL", *argv]),
                              stdin=subprocess.PIPE) as other:
            try:
                yield other
                self.assertIsNone(other.poll(), f"{argv[0]} has not run all the time")
            finally:
                other.kill()

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
        with self.beside("busybox", "nc", "-l", "-p", "16509"):
            wait_until(lambda: any(one.endswith(":16509") for one in self.state()[0]), HANG,
                       "somebody on libvirt's port")
            failed = self.host.attempt(*self.wishes())
        self.assertEqual(1, failed.returncode, failed.stdout)
        self.assertIn("the host is as it was before", failed.stderr)
        wait_until(lambda: self.before == self.state(), HANG, "the host as it was")

    def test_what_is_kept_stands_when_the_next_attempt_fails(self) -> None:
        self.apply("--tls", str(self.tls), "--roll-back-after", "0")
        kept = self.state()
        self.host.run("sh", "-c", "rm -rf /tmp/wrong && cp -r $1 /tmp/wrong && cp $2/key.pem /tmp/wrong", "sh",
                      str(self.tls), str(self.controller))
        failed = self.host.attempt(*self.wishes("--tls", "/tmp/wrong", "--replace"))
        self.assertEqual(1, failed.returncode, failed.stdout)
        self.assertIn("the host is as it was when it was last kept", failed.stderr)
        self.assertEqual((kept, "kept"), (self.state(), self.status()))
        self.assertEqual("machine", self.host.run("virsh", "-c", f"qemu+tls://{self.ADDRESS}/system",
                                                  "hostname").strip())
        self.assertIn("Open_vSwitch", self.ovsdb(*self.certificate(self.controller)).stdout)
        self.host.run(self.PROGRAM, "undo")
        self.assertEqual(self.before, self.state())

    def test_who_connects_to_libvirt_again_and_again_does_not_hinder_it(self) -> None:
        with self.beside("python3", "-c", self.CLIENT):
            self.apply("--tls", str(self.tls), "--roll-back-after", "0")
            self.host.run(*self.CERTIFICATES, "host", "hv1", self.ADDRESS)
            self.apply("--tls", str(self.tls), "--replace", "--roll-back-after", "0")
            self.host.run(self.PROGRAM, "undo")
        self.assertEqual(self.before, self.state())

    def test_what_is_killed_half_way_is_taken_back_by_the_timer(self) -> None:
        here = "/tmp/held"
        self.host.run("sh", "-c", "mkdir $1 && cat > $1/systemctl && chmod +x $1/systemctl && touch $1/hold", "sh", here,
                      stdin=HOLD)
        with self.beside("env", f"PATH={here}:{os.environ['PATH']}", "HOLD_AT=stop",
                         *self.wishes("--roll-back-after", "1")):
            wait_until(lambda: self.host.attempt("test", "-e", f"{here}/held").returncode == 0, HANG, "apply half way")
            self.assertNotEqual(self.before, self.state())
        self.host.run("rm", f"{here}/hold")
        wait_until(lambda: self.status() == "this host has not been prepared", HANG, "the change taken back")
        self.assertEqual(self.before, self.state())


if __name__ == "__main__":
    unittest.main()
