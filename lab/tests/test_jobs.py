# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Moves that Peregrine starts, as its users call them, on real hypervisors: needs root, the packages and a built
distribution; takes two to three minutes.
"""

import json
import math
import os
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import context  # noqa: F401  makes the package importable
from peregrine_lab.controller import RestError
from peregrine_lab.plan import TENANT_MTU
from peregrine_lab.shell import wait_until
from peregrine_lab.underlay import EDGE_DEVICE
from peregrinecase import HANG, SHARED, PeregrineCase

GUESTS = ("first", "second", "third")
#: MiB/s: a copy at this rate lasts for minutes, so that something can be done meanwhile.
SLOW = 1
#: What the cables of the underlay carry, what a tunnel adds to a guest's packets, and what the check takes for small.
UNDERLAY_MTU, VXLAN, SMALL = 1500, 50, 128
#: The same name and another UUID.
NAMESAKE = """<domain type='qemu'><name>{name}</name><memory>1024</memory>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>"""


class JobsTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def prepare(cls) -> None:
        # Memory of the guests that is not empty, so that a slow copy outlasts a restart of the controller
        cls.lab.image.programs[9] = os.urandom(20 << 20)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        with ThreadPoolExecutor(len(GUESTS)) as pool:
            cls.guests = list(pool.map(lambda name: cls.lab.create_guest(name, "hv1", bridge_timeout=30), GUESTS))
        cls.guest = cls.guests[0]
        cls.controller.give_intent()

    def setUp(self) -> None:
        for guest in self.guests:
            self.await_quiet(guest)

    # Helpers

    def rpc(self, name: str, **wishes) -> dict:
        return self.controller.invoke(f"peregrine-jobs:{name}", {key.replace("_", "-"): value
                                                                 for key, value in wishes.items()})

    def refused(self, code: int, *words: str, rpc: str, **wishes) -> list[dict]:
        """A call is refused with a code, and each of the words begins an error's text."""
        with self.assertRaises(RestError) as refusal:
            self.rpc(rpc, **wishes)
        self.assertEqual(code, refusal.exception.code, str(refusal.exception))
        errors = json.loads(str(refusal.exception).split(": ", 2)[2])["errors"]["error"]
        texts = [error.get("error-message", "") for error in errors]
        for word in words:
            self.assertTrue(any(text.startswith(word) for text in texts), f"{word} in {texts}")
        return errors

    def moving(self, guest) -> dict:
        return next((entry for entry in self.controller.state("peregrine-jobs:moving", "guest")
                     if entry["uuid"] == guest.uuid), {})

    def await_copying(self, guest) -> dict:
        wait_until(lambda: self.moving(guest).get("percent", 0) > 0, HANG, f"the copy of {guest.name}", interval=0.2)
        return self.moving(guest)

    def assert_at(self, host, guest) -> None:
        self.await_quiet(guest)
        self.assertEqual(host.name, self.lab.host_of(guest.name).name)

    def points(self, guest, destination, **wishes) -> dict[str, dict]:
        answer = self.rpc("check-migration", guest=guest.name, destination=destination.name, **wishes)
        points = {point["name"]: point for point in answer["point"]}
        self.assertEqual(answer["possible"], all(point["result"] != "failed" for point in points.values()))
        return points

    def assert_told(self, point: str, guest, destination, fix: str, mend, look=lambda points: None) -> None:
        """The point fails soon, which tells what to do and keeps a move from being begun, until it is mended."""
        points: dict[str, dict] = {}

        def told() -> bool:
            points.update(self.points(guest, destination))
            return points[point]["result"] == "failed"

        try:
            wait_until(told, HANG, f"the failed point {point}", interval=0.2)
            self.assertIn(fix, points[point]["fix"])
            look(points)
            for error in self.refused(409, f"destination: {point}: ", rpc="migrate-guest", guest=guest.name,
                                      destination=destination.name):
                self.assertEqual("resource-denied", error["error-tag"])
        finally:
            mend()
        wait_until(lambda: self.points(guest, destination)[point]["result"] != "failed", HANG,
                   f"the mended point {point}", interval=0.2)

    def move_by_rpc(self) -> dict:
        """Our own move; gives its record."""
        source, destination = self.there(self.guest)
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address) as pings:
            name = self.rpc("migrate-guest", guest=self.guest.uuid, destination=destination.name)["job"]
            job = self.await_job(name, "done")
        self.assertEqual(("migration", self.guest.name, source.name, destination.name),
                         (job["kind"], job["guest-name"], job["source"], job["destination"]))
        self.assert_at(destination, self.guest)
        record = self.ended(self.guest, known)
        self.assertEqual(("completed", "predictive", name), (record["phase"], record["mode"], record["initiator"]))
        self.assertEqual(0, pings["duplicated"])
        self.assert_there_before_the_guest(pings, record)
        return record

    # What the system promises

    def test_a_guest_is_checked_and_moved(self) -> None:
        _, destination = self.there(self.guest)
        points = self.points(self.guest, destination)
        self.assertFalse([point for point in points.values() if point["result"] == "failed"])
        self.assertEqual({"ok"}, {points[name]["result"] for name in (
            "guest", "destination", "libvirt", "edge", "tunnel", "senders", "mtu", "namesake", "interfaces", "address",
            "devices", "storage", "memory")})
        self.assertIn(f"frames with {TENANT_MTU} bytes, the MTU of its interfaces", points["mtu"]["found"])
        self.assertIn(f"exports {self.lab.storage.export}", points["storage"]["found"])
        self.move_by_rpc()

    def test_senders_are_turned_before_a_guest_that_is_held_stops(self) -> None:
        """And it has taken what came before. A guest whose copy is over before it can be held is no proof, and comes
        now and then.
        """
        for _ in range(4):
            steps = self.steps(self.move_by_rpc())
            if steps.get("turned", math.inf) <= steps.get("drained", math.inf) < steps["source-suspended"]:
                return
        self.fail("the guest stopped first, four times")

    def test_the_console_checks_and_moves(self) -> None:
        source, destination = self.there(self.guest)
        self.assertIn("tunnel", self.console(f"peregrine:check {self.guest.name} {destination.name}"))
        shown = self.console(f"peregrine:migrate --bandwidth 60 {self.guest.name} {destination.name}")
        self.assertIn(f"Done: moving {self.guest.name} to {destination.name}", shown)
        self.assert_at(destination, self.guest)
        jobs = json.loads(self.console("peregrine:jobs --json"))["peregrine-jobs:jobs"]["job"]
        self.assertEqual(("done", source.name, destination.name),
                         (jobs[-1]["state"], jobs[-1]["source"], jobs[-1]["destination"]))
        self.console_refuses("peregrine:migrate nobody hv2", "guest: ", "nobody")
        self.console_refuses(f"peregrine:check {self.guest.name} {destination.name}", "cannot be moved")

    def test_a_job_is_cancelled_in_mid_copy(self) -> None:
        source, destination = self.there(self.guest)
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address) as pings:
            name = self.rpc("migrate-guest", guest=self.guest.name, destination=destination.name, bandwidth=SLOW)["job"]
            self.assertEqual(name, self.await_copying(self.guest)["job"])
            for error in self.refused(409, "guest: ", rpc="migrate-guest", guest=self.guest.name,
                                      destination=destination.name):
                self.assertEqual("resource-denied", error["error-tag"])
            self.assertEqual(name, self.rpc("cancel-migration", job=name)["job"])
            job = self.await_job(name, "cancelled")
            self.assertNotIn("error", job)
            self.assert_at(source, self.guest)
        self.assertEqual((0, 0), (pings["lost"], pings["duplicated"]))
        record = next(entry for entry in self.migrations() if entry["id"] not in known)
        self.assertEqual("rolled-back", record["phase"])
        found = self.controller.invoke("peregrine-migration:find-migrations", {
            "guest": self.guest.name, "phase": ["rolled-back", "lost"], "since": record["started"], "limit": 1})
        self.assertEqual((1, [record["id"]]), (found["matched"], [entry["id"] for entry in found["migration"]]))
        found = self.controller.invoke("peregrine-jobs:find-jobs", {
            "guest": self.guest.uuid, "hypervisor": destination.name, "kind": "migration",
            "state": ["cancelled", "failed"], "since": job["created"], "limit": 1})
        self.assertEqual((1, [name]), (found["matched"], [entry["id"] for entry in found["job"]]))
        self.assert_clean()
        self.refused(409, "job: ", rpc="cancel-migration", job=name)

    def test_a_move_by_virsh_is_followed_and_cancelled(self) -> None:
        source, destination = self.there(self.guest)
        running = subprocess.Popen(source.inside(
            ["virsh", "--quiet", "migrate", "--live", "--p2p", "--bandwidth", str(SLOW), self.guest.name,
             destination.plan.libvirt]), stderr=subprocess.PIPE, text=True)
        self.addCleanup(running.kill)
        entry = self.await_copying(self.guest)
        self.assertNotIn("job", entry)
        self.assertEqual((source.name, destination.name), (entry["source"], entry["destination"]))
        self.assertGreater(entry["total"], entry["remaining"])
        shown = json.loads(self.console(
            f"peregrine:progress --json {self.guest.name}"))["peregrine-jobs:moving"]["guest"]
        self.assertEqual([self.guest.uuid], [guest["uuid"] for guest in shown])
        self.assertIn("no job of Peregrine's", self.console(f"peregrine:cancel {self.guest.name}"))
        running.communicate(timeout=HANG)
        self.assertNotEqual(0, running.returncode)
        self.assert_at(source, self.guest)
        self.assertEqual({}, self.moving(self.guest))
        self.assert_clean()

    def test_a_hypervisor_is_evacuated(self) -> None:
        homes = {self.lab.host_of(guest.name).name for guest in self.guests}
        home = self.lab.hypervisor(sorted(homes)[0])
        for guest in self.guests:
            if self.lab.host_of(guest.name).name != home.name:
                self.await_job(self.rpc("migrate-guest", guest=guest.name, destination=home.name)["job"], "done")
                self.await_quiet(guest)
        others = [host.name for host in self.lab.hypervisors if host.name != home.name]

        # One is under way when it is cancelled, the others are not begun
        name = self.rpc("evacuate-hypervisor", hypervisor=home.name, parallel=1, bandwidth=SLOW)["job"]
        wait_until(lambda: any(self.moving(guest).get("percent", 0) > 0 for guest in self.guests), HANG,
                   "the first guest being copied", interval=0.2)
        self.refused(409, "hypervisor: ", rpc="evacuate-hypervisor", hypervisor=home.name)
        self.rpc("cancel-migration", job=name)
        job = self.await_job(name, "cancelled")
        self.assertEqual(["cancelled"] * len(self.guests), [result["state"] for result in job["result"]])
        for guest in self.guests:
            self.assert_at(home, guest)
        self.assert_clean()

        name = self.rpc("evacuate-hypervisor", hypervisor=home.name, parallel=2, destination=others,
                        bandwidth=20)["job"]
        most = 0
        while not self.job_is_over(name):
            states = [job["state"] for job in self.controller.state("peregrine-jobs:jobs", "job")
                      if job.get("evacuation") == name]
            most = max(most, states.count("running"))
        job = self.await_job(name, "done")
        self.assertEqual(2, most)
        self.assertEqual(["done"] * len(self.guests), [result["state"] for result in job["result"]])
        for guest in self.guests:
            self.await_quiet(guest)
        self.assertEqual("", home.run("virsh", "--quiet", "list", "--all").strip())

    def test_what_keeps_a_guest_from_being_moved_is_told(self) -> None:
        _, destination = self.there(self.guest)
        destination.run("virsh", "--quiet", "define", "/dev/stdin", stdin=NAMESAKE.format(name=self.guest.name))
        self.assert_told("namesake", self.guest, destination, "undefine it there",
                         lambda: destination.run("virsh", "--quiet", "undefine", self.guest.name))
        destination.run("ovs-ofctl", "add-flow", "br-phy", "priority=1,udp,tp_dst=4789,actions=drop")
        self.assert_told("tunnel", self.guest, destination, "UDP port 4789",
                         lambda: destination.run("ovs-ofctl", "del-flows", "br-phy", "udp,tp_dst=4789"))
        border = self.lab.border.plan.address
        destination.run("ovs-ofctl", "add-flow", "br-phy", f"priority=1,udp,nw_src={border},tp_dst=4789,actions=drop")
        self.assert_told("senders", self.guest, destination, "UDP port 4789",
                         lambda: destination.run("ovs-ofctl", "del-flows", "br-phy", "udp,tp_dst=4789"),
                         lambda points: self.assertEqual("ok", points["tunnel"]["result"], points))
        destination.kill_libvirtd()
        self.assert_told("libvirt", self.guest, destination, "start libvirtd", destination.start_libvirtd)

    def test_a_tunnel_that_carries_again_is_waited_for(self) -> None:
        """BFD hears its beat again some tenths of a second after frames pass: no reason to refuse a move."""
        source, destination = self.there(self.guest)
        destination.run("ovs-ofctl", "add-flow", "br-phy", "priority=1,udp,tp_dst=4789,actions=drop")
        try:
            wait_until(lambda: self.liveness(source, destination) == "down", HANG, "the tunnel down", interval=0.2)
        finally:
            destination.run("ovs-ofctl", "del-flows", "br-phy", "udp,tp_dst=4789")
        points = self.points(self.guest, destination)
        for point in ("tunnel", "senders"):
            self.assertEqual("ok", points[point]["result"], points)

    def liveness(self, source, destination) -> str:
        return next(tunnel["liveness"] for tunnel in self.controller.state("peregrine-edge:tunnels", "tunnel")
                    if (tunnel["source"], tunnel["destination"]) == (source.name, destination.name))

    def test_an_underlay_that_carries_too_little_is_told(self) -> None:
        """Small frames pass, BFD's among them; the guest's biggest do not."""
        source, destination = self.there(self.guest)
        self.addCleanup(destination.ip, f"link set {EDGE_DEVICE} mtu {UNDERLAY_MTU}")
        foreign = self.foreign_frames()
        # A cable takes some bytes more than its MTU, for a VLAN tag
        for underlay, passes in ((TENANT_MTU, TENANT_MTU - VXLAN), (TENANT_MTU - 2 * VXLAN, SMALL)):
            with self.subTest(underlay=underlay):
                destination.ip(f"link set {EDGE_DEVICE} mtu {underlay}")
                self.assert_told("mtu", self.guest, destination, f"carry {TENANT_MTU + VXLAN} bytes",
                                 lambda: destination.ip(f"link set {EDGE_DEVICE} mtu {TENANT_MTU + VXLAN}"),
                                 lambda points, passes=passes: self.assert_narrow(points, source, destination, passes))
                self.assertEqual("ok", self.points(self.guest, destination)["mtu"]["result"])
        self.assertEqual(foreign, self.foreign_frames())
        self.assert_clean()

    def assert_narrow(self, points: dict[str, dict], source, destination, passes: int) -> None:
        self.assertEqual("ok", points["tunnel"]["result"], points["tunnel"])
        for one, other in ((source, destination), (destination, source)):
            self.assertIn(f"frames with {passes} bytes pass from {one.name} to {other.name}, "
                          f"those with {TENANT_MTU} do not", points["mtu"]["found"])

    def foreign_frames(self) -> list[dict]:
        """LLDP out of tunnels that is not the controller's own, as it counts it."""
        return [counter for counter in self.controller.state("peregrine-fabric:fabric-counters", "counter")
                if counter["name"] == "tunnel-probe-foreign"]

    @contextmanager
    def without_storage(self, host):
        """The server of the guests' disks cannot be reached from a host."""
        storage = f"{self.lab.storage.management}/32"
        host.run("ip", "route", "add", "prohibit", storage)
        try:
            yield
        finally:
            host.run("ip", "route", "del", "prohibit", storage)

    def test_an_export_that_cannot_be_reached_is_told(self) -> None:
        source, destination = self.there(self.guest)
        with ExitStack() as without:
            without.enter_context(self.without_storage(destination))
            self.assert_told("storage", self.guest, destination,
                             f"showmount -e {self.lab.storage.management} says at {destination.name}", without.close,
                             lambda points: self.assertIn(
                                 f"tells {source.name} that it exports {self.lab.storage.export}, and "
                                 f"{destination.name} hears nothing", points["storage"]["found"]))
        self.assertEqual("ok", self.points(self.guest, destination)["storage"]["result"])

    def test_what_only_libvirt_finds_is_told_by_the_job(self) -> None:
        """The disk's server cannot be reached from the destination, and nobody has looked."""
        source, destination = self.there(self.guest)
        with self.without_storage(destination):
            name = self.rpc("migrate-guest", guest=self.guest.name, destination=destination.name,
                            skip_check=True)["job"]
            job = self.await_job(name, "failed")
        self.assertTrue(job["error"])
        self.assert_at(source, self.guest)
        self.assert_clean()

    def test_bad_input_is_named(self) -> None:
        here, there = (host.name for host in self.there(self.guest))
        for code, word, rpc, wishes in (
                (400, "guest: ", "migrate-guest", {"destination": there}),
                (400, "destination: ", "check-migration", {"guest": self.guest.name}),
                (400, "destination: ", "migrate-guest", {"guest": self.guest.name, "destination": here}),
                (409, "destination: ", "migrate-guest", {"guest": self.guest.name, "destination": "hv9"}),
                (409, "guest: ", "migrate-guest", {"guest": "nobody", "destination": there}),
                (400, "post-copy: ", "migrate-guest", {"guest": self.guest.name, "destination": there,
                                                       "post_copy": True, "tunnelled": True}),
                (400, "hypervisor: ", "evacuate-hypervisor", {}),
                (409, "hypervisor: ", "evacuate-hypervisor", {"hypervisor": "hv9"}),
                (400, "destination: ", "evacuate-hypervisor", {"hypervisor": here, "destination": [here]}),
                (400, "job or guest: ", "cancel-migration", {}),
                (409, "job: ", "cancel-migration", {"job": "none"})):
            with self.subTest(rpc, **wishes):
                self.refused(code, word, rpc=rpc, **wishes)
        for rpc, wishes in (("migrate-guest", {"guest": self.guest.name, "destination": there, "bandwidth": 0}),
                            ("evacuate-hypervisor", {"hypervisor": here, "parallel": 9})):
            with self.subTest(rpc, **wishes):
                self.refused(400, rpc=rpc, **wishes)
        self.assertEqual(here, self.lab.host_of(self.guest.name).name)

    def test_jobs_outlive_the_controller(self) -> None:
        """It is killed while three guests are copied: one arrives meanwhile, one later, one is cancelled later."""
        places = {guest.name: self.there(guest) for guest in self.guests}
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address, interval_ms=10) as pings:
            names = [self.rpc("migrate-guest", guest=guest.name, destination=places[guest.name][1].name,
                              bandwidth=SLOW)["job"] for guest in self.guests]
            for guest in self.guests:
                self.await_copying(guest)
            self.controller.kill()
            self.quicken(self.guests[1], places)
            self.controller.start()
            self.controller.wait_ready()
            self.await_job(names[1], "done")
            for guest, name in ((self.guests[0], names[0]), (self.guests[2], names[2])):
                self.assertEqual(name, self.await_copying(guest)["job"])
                self.assertEqual("running", self.job(name)["state"])
            self.rpc("cancel-migration", job=names[2])
            self.await_job(names[2], "cancelled")
            self.quicken(self.guests[0], places)
            self.await_job(names[0], "done")
            self.assert_at(places[self.guest.name][1], self.guest)
        self.assert_at(places[self.guests[1].name][1], self.guests[1])
        self.assert_at(places[self.guests[2].name][0], self.guests[2])
        records = {entry["guest"]: entry for entry in self.migrations()
                   if entry["id"] not in known and entry["phase"] != "interrupted"}
        self.assertEqual(("completed", "rolled-back"),
                         (records[self.guest.uuid]["phase"], records[self.guests[2].uuid]["phase"]))
        # Three guests and a controller that starts keep two processors so busy that frames wait in front of switches
        self.assert_not_doubled(pings, records[self.guest.uuid], under_way=pings["rtt_ms"]["max"] / 1000)
        self.assert_clean()

    def quicken(self, guest, places: dict) -> None:
        places[guest.name][0].run("virsh", "--quiet", "migrate-setspeed", guest.name, "1000")


if __name__ == "__main__":
    unittest.main()
