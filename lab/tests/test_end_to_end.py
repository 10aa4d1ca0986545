# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The lab itself, for real: needs root and the packages, takes about a minute and a half.

It builds a lab of its own beside one that may be running.
"""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from context import LAB, require_lab
from peregrine_lab.errors import LabError
from peregrine_lab.hosts import Storage
from peregrine_lab.instance import ENVIRONMENT, Instance
from peregrine_lab.lab import Lab
from peregrine_lab.processes import members
from peregrine_lab.shell import wait_until

INSTANCE = Instance("e2e")


def setUpModule() -> None:
    require_lab()
    os.environ[ENVIRONMENT] = INSTANCE.name
    lab("down")


def tearDownModule() -> None:
    lab("down")
    del os.environ[ENVIRONMENT]


def start(command: str, *arguments: str, **options) -> subprocess.Popen:
    return subprocess.Popen([str(LAB / command), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **options)


def attempt(command: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([str(LAB / command), *arguments], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=180, check=False)


def lab(command: str, *arguments: str) -> str:
    result = attempt(command, *arguments)
    if result.returncode != 0:
        raise AssertionError(f"lab/{command} {' '.join(arguments)}: {result.stderr}")
    return result.stdout


def status() -> dict:
    return json.loads(lab("status", "--json"))


def guest(name: str) -> dict:
    return next(entry for entry in status()["guests"] if entry["name"] == name)


def machine_traces() -> dict:
    """What of the machine itself a lab could leave changed."""
    return {
        "mounts": sorted(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()
                         if INSTANCE.prefix in line or "peregrine-lab-e2e" in line),
        "links": sorted(name for name in os.listdir("/sys/class/net")
                        if name.startswith(("to-", "s1", "tor")) or name in ("client0", "br-phy", "mgmt")),
        "namespaces": INSTANCE.namespaces(),
        "processes": sorted(members(INSTANCE)),
        "directories": [str(path) for path in (INSTANCE.state_dir, INSTANCE.data_dir) if path.exists()],
    }


def network_identities() -> set:
    """The network namespaces of all processes on the machine."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.add(os.stat(entry / "ns/net").st_ino)
            except OSError:
                continue
    return found


class LabTest(unittest.TestCase):
    """One lab of three hypervisors and its bridges, used by all tests of this class."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.before = machine_traces()
        cls.addClassCleanup(lab, "down")
        lab("up", "--bridges")
        lab("guest", "web", "hv1")
        cls.address = guest("web")["address"]
        wait_until(lambda: cls.answers(cls.address), 20, "the guest does not answer the client")

    @staticmethod
    def answers(address: str) -> bool:
        return attempt("exec", "client", "ping", "-c", "1", "-W", "1", address).returncode == 0

    def test_status_names_what_a_controller_needs(self) -> None:
        found = status()
        self.assertEqual([host["name"] for host in found["hypervisors"]], ["hv1", "hv2", "hv3"])
        second = found["hypervisors"][1]
        self.assertEqual((second["address"], second["management"], second["ovsdb"], second["libvirt"]),
                         ("10.2.0.10", "10.255.0.2", "tcp:10.255.0.2:6640", "qemu+tcp://10.255.0.2/system"))
        self.assertEqual(found["borders"][0]["ports"][0]["port"], "client0")

    def test_controller_reaches_ovsdb_and_libvirt_of_all(self) -> None:
        found = status()
        for edge in found["hypervisors"] + found["borders"]:
            lab("exec", "controller", "ovs-vsctl", "--timeout=5", f"--db={edge['ovsdb']}", "br-exists", "br-phy")
        for host in found["hypervisors"]:
            name = lab("exec", "controller", "virsh", "-c", host["libvirt"], "hostname").strip()
            self.assertEqual(name, host["name"])

    def test_segments_reach_each_other_by_the_router_only(self) -> None:
        for place in ("hv1", "hv2", "border"):
            lab("exec", place, "ping", "-c", "1", "-W", "2", "10.3.0.10")
        self.assertIn("ttl=63", lab("exec", "hv1", "ping", "-c", "1", "10.3.0.10"))
        self.assertNotEqual(attempt("exec", "client", "ping", "-c", "1", "-W", "1", "10.3.0.10").returncode, 0)

    def test_exec_is_transparent(self) -> None:
        for place in ("hv1", "border", "client", "router", "controller", "storage"):
            with self.subTest(place):
                self.assertEqual(attempt("exec", place, "sh", "-c", "exit 7").returncode, 7)
                self.assertEqual(attempt("exec", place, "cat", stdin="a\nb").stdout, "a\nb")
        self.assertEqual(attempt("exec", "hv1", "no-such-program").returncode, 127)
        self.assertIn("there is no place hv9", attempt("exec", "hv9", "true").stderr)

    def test_ending_exec_ends_the_command(self) -> None:
        for place, number in (("hv1", signal.SIGTERM), ("hv1", signal.SIGKILL), ("client", signal.SIGTERM)):
            with self.subTest(place=place, number=number):
                length = str(random.randint(10 ** 6, 10 ** 7))
                running = start("exec", place, "sleep", length)
                self.addCleanup(running.communicate)
                wait_until(lambda: self.sleepers(length) == 1, 5, "the command does not run")
                running.send_signal(number)
                wait_until(lambda: self.sleepers(length) == 0, 5, "the command outlives lab/exec")

    @staticmethod
    def sleepers(length: str) -> int:
        wanted = b"\0".join((b"sleep", length.encode(), b""))
        count = 0
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                count += entry.read_bytes() == wanted
            except OSError:
                continue
        return count

    def test_second_lab_is_refused(self) -> None:
        result = attempt("up")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))
        self.assertIn("run lab/down first", result.stderr)

    def test_guest_needs_a_bridge_and_a_host(self) -> None:
        self.assertIn("no hypervisor hv7", attempt("guest", "x", "hv7").stderr)
        self.assertIn("exists already", attempt("guest", "web", "hv1").stderr)
        self.assertIn("give a HOST", attempt("guest", "x").stderr)

    def test_guest_moves_between_subnets_and_keeps_its_session(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            files = {kind: Path(directory, kind) for kind in ("icmp", "tcp")}
            probes = [start("probe", kind, "--to", self.address, "--json", str(file)) for kind, file in files.items()]
            time.sleep(1)
            here = guest("web")["host"]
            others = [name for name in ("hv1", "hv2", "hv3") if name != here]
            for target in (*others, here):
                moved = Path(directory, target)
                lab("migrate", "--json", str(moved), "web", target)
                self.assertGreater(json.loads(moved.read_text())["pause_ms"], 0)
                self.assertEqual((guest("web")["host"], guest("web")["state"]), (target, "running"))
            time.sleep(1)
            for running in probes:
                running.terminate()
                running.communicate(timeout=30)
            found = {kind: json.loads(file.read_text()) for kind, file in files.items()}
        self.assertTrue(found["tcp"]["alive"], found["tcp"])
        self.assertEqual(found["tcp"]["sent"], found["tcp"]["echoed"])
        self.assertEqual(found["icmp"]["duplicated"], 0)
        self.assertGreater(found["icmp"]["received"], found["icmp"]["sent"] / 2)
        disk = guest("web")["disk"]
        self.assertEqual((disk["missing"], disk["failed"]), (0, 0))
        time.sleep(2.5)
        self.assertGreater(guest("web")["disk"]["last"], disk["last"])

    def test_port_of_a_guest_in_ovsdb(self) -> None:
        found = guest("web")
        ids = lab("exec", found["host"], "ovs-vsctl", "--bare", "--columns=external_ids", "find", "Interface",
                  f"external_ids:iface-id={found['interfaceid']}")
        for word in (f"attached-mac={found['mac']}", f"port-profile={found['network']}", f"vm-id={found['uuid']}"):
            self.assertIn(word, ids.replace('"', ""))

    def test_several_guests(self) -> None:
        lab("guest", "db", "hv3", "--address", "192.168.100.20/24", "--mac", "52:54:00:00:00:20")
        self.addCleanup(attempt, "guest", "db", "--remove")
        self.assertEqual((guest("db")["address"], guest("db")["mac"]), ("192.168.100.20", "52:54:00:00:00:20"))
        wait_until(lambda: self.answers("192.168.100.20"), 15, "the second guest does not answer")
        lab("guest", "db", "--remove")
        self.assertEqual([entry["name"] for entry in status()["guests"]], ["web"])

    def test_faults_of_one_host_and_its_return(self) -> None:
        """What lab/fault does, on a host without a guest."""
        running = Lab.running(INSTANCE)
        host = next(host for host in running.hypervisors if host.name != guest("web")["host"])
        host.kill_libvirtd()
        self.assertFalse(host.listening(16509))
        self.assertEqual(guest("web")["state"], "running")
        host.start_libvirtd()
        host.kill_vswitchd()
        host.start_vswitchd()
        lab("exec", "border", "ping", "-c", "1", "-W", "5", host.plan.address)
        host.crash()
        wait_until(lambda: not host.alive, 5, "the host is still alive")
        self.assertIn("is not running", attempt("exec", host.name, "true").stderr)
        host.start()
        lab("exec", "border", "ping", "-c", "3", "-W", "5", host.plan.address)
        self.assertEqual(lab("exec", host.name, "virsh", "--quiet", "list").strip(), "")
        self.assertTrue(host.has_bridge("br-int"))

    def test_machine_itself_is_left_alone(self) -> None:
        self.assertEqual(machine_traces()["links"], self.before["links"])
        for path in ("/run/openvswitch/db.sock", "/run/libvirt/libvirt-sock"):
            inside = lab("exec", "hv1", "stat", "-c", "%d:%i", path).strip()
            if os.path.exists(path):
                outside = os.stat(path)
                self.assertNotEqual(inside, f"{outside.st_dev}:{outside.st_ino}")


class TearDownTest(unittest.TestCase):
    """lab/down leaves nothing, whatever was there."""

    def setUp(self) -> None:
        self.addCleanup(lab, "down")
        self.before = machine_traces()
        self.assertEqual([self.before[what] for what in ("mounts", "namespaces", "processes", "directories")], [[]] * 4)

    def assert_nothing_left(self, identities: set = frozenset()) -> None:
        self.assertEqual(machine_traces(), self.before)
        wait_until(lambda: not identities & network_identities(), 5, "a process still is in a namespace of the lab")

    @staticmethod
    def identities() -> set:
        return {os.stat(Path("/run/netns", name)).st_ino for name in INSTANCE.namespaces()}

    def test_a_full_lab_with_guests_and_commands(self) -> None:
        lab("up", "--bridges", "--hosts", "2")
        lab("guest", "web", "hv1")
        commands = [start("exec", place, "sleep", "600") for place in ("hv1", "client", "controller", "router")]
        wait_until(lambda: len(members(INSTANCE)) > 4, 5, "nothing runs")
        identities = self.identities()
        lab("down")
        self.assert_nothing_left(identities)
        for command in commands:
            self.assertNotEqual(command.wait(5), 0)
            command.communicate()

    def test_a_fabric_with_broken_links_and_commands(self) -> None:
        lab("up", "--fabric", "fat-tree-4")
        lab("link", "silent", "tor1", "agg1")
        lab("link", "down", "tor1", "agg2")
        lab("switch", "kill", "--all")
        command = start("exec", "fabric", "sleep", "600")
        wait_until(lambda: len(members(INSTANCE)) > 1, 5, "nothing runs")
        identities = self.identities()
        lab("down")
        self.assert_nothing_left(identities)
        self.assertNotEqual(command.wait(5), 0)
        command.communicate()

    def test_down_twice_and_without_a_lab(self) -> None:
        lab("down")
        lab("down")
        self.assert_nothing_left()
        self.assertEqual(status()["state"], "down")

    def test_up_killed_half_way(self) -> None:
        stranger = subprocess.Popen(["ovs-vswitchd", "600"], executable="/bin/sleep")
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        chance = random.Random(20260101)
        for round_number in range(16):
            delay = chance.uniform(0.05, 1.2)
            wish = ("--bridges",) if round_number % 2 else ("--fabric", "fat-tree-4")
            with self.subTest(round=round_number, delay=round(delay, 3), wish=wish):
                building = start("up", *wish, start_new_session=True)
                time.sleep(delay)
                building.kill()
                building.communicate()
                lab("down")
                self.assert_nothing_left()
        self.assertIsNone(stranger.poll())

    def test_up_ended_politely_cleans_up_itself(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number=number):
                # Whoever started the tests may have let them ignore SIGINT, as a shell does in the background
                building = start("up", start_new_session=True,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
                wait_until(lambda: len(INSTANCE.namespaces()) > 3, 5, "lab/up does nothing")
                building.send_signal(number)
                building.communicate(timeout=60)
                self.assertEqual(building.returncode, 128 + number)
                self.assertEqual(machine_traces()["processes"], [])
                self.assertEqual(INSTANCE.namespaces(), [])

    def test_up_that_fails_cleans_up_itself(self) -> None:
        with mock.patch.object(Storage, "start", side_effect=LabError("no storage today")), \
                INSTANCE.lock(), self.assertRaisesRegex(LabError, "no storage today"):
            Lab(INSTANCE, 1).build()
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
