# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Every kind of move that libvirt knows, by plain virsh, on real hypervisors: needs root, the packages and a built
distribution; takes some minutes.

The client outside talks to the moving guest all the while. What each kind cost is printed.
"""

import shutil
import subprocess
import time
import unittest
from contextlib import ExitStack

import context  # noqa: F401  makes the package importable
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, POLICY, SHARED, PeregrineCase
from talkers import LARGE, Cell, Conversation, Seat, give_talker, seat_inside

#: Large datagrams a second into a guest under load: the most of these that arrive without a move. The first are 200
#: Mbit/s; an emulated guest takes less.
LOADS = (18_000, 9_000, 4_500, 2_200, 1_100, 500)
BITS = 8 * (LARGE + 28)


class MovesTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def prepare(cls) -> None:
        if shutil.which("gcc"):
            cls.talker = give_talker(cls, cls.lab.image)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.guest = cls.lab.create_guest("moving", "hv1", bridge_timeout=30)
        cls.figures: list[str] = []
        cls.addClassCleanup(lambda: print("\n".join(["", *cls.figures])))
        cls.controller.give_intent()

    def setUp(self) -> None:
        self.await_quiet(self.guest)

    # Helpers

    def attached(self, guest) -> bool:
        return any(entry["uuid"] == guest.uuid and all(port.get("attached") for port in entry["interface"])
                   for entry in self.controller.state("peregrine-guest:guests", "guest"))

    def virsh(self, host, *words: str) -> str:
        return host.run("virsh", "--quiet", *words)

    def policy(self, predictive: str, **others) -> None:
        self.controller.put(POLICY, {POLICY: {"predictive": predictive, **others}})

    def assert_clean(self) -> None:
        """No switch has anything but what it should, and nothing that probes have needed."""
        super().assert_clean()
        for host in self.lab.edges:
            flows = host.run("ovs-ofctl", "-O", "OpenFlow13", "dump-flows", "br-int")
            self.assertNotIn("/ff:ff:ff:ff:f0:00", flows, host.name)

    def move(self, kind: str, *options: str, guest=None, served: bool = True, probed: bool = True,
             begun=None) -> dict:
        """One move by virsh with traffic; gives its record, after having looked at what always holds."""
        guest = guest or self.guest
        source, destination = self.there(guest)
        known = self.known()
        with self.traffic(self.lab.client, guest.address) as pings:
            running = subprocess.Popen(source.inside(
                ["virsh", "--quiet", "migrate", "--live", *options, guest.name, destination.plan.libvirt]),
                stderr=subprocess.PIPE, text=True)
            self.addCleanup(running.kill)
            if begun:
                begun()
            _, errors = running.communicate(timeout=HANG)
            self.assertEqual(0, running.returncode, errors)
            record = self.ended(guest, known)
        self.assertEqual(("completed", source.name, destination.name),
                         (record["phase"], record["source"], record["destination"]), record)
        self.assertEqual(destination.name, self.lab.host_of(guest.name).name)
        self.assert_not_doubled(pings, record)
        if served and probed:
            probed = record["probed"]
            self.assertEqual(("measured", guest.address), (probed["outcome"], probed["address"]), (record, pings))
            # An emulated guest may be silent for longer than it is probed: then it was so to the client, too
            self.assertTrue(probed["answering"] or pings["longest_silence"]["ms"] >= probed["longest-gap"],
                            (record, pings))
            self.assertNotIn(probed["edge"], (source.name, destination.name))
        if served:
            self.assertTrue(self.reaches(self.lab.client, guest.address))
            self.note(kind, record, pings)
            self.assert_there_before_the_guest(pings, record)
        else:
            self.note_opening(kind, record)
        return record

    def note(self, kind: str, record: dict, pings: dict) -> None:
        self.figures.append(f"{kind:40} {record['mode']:10} paused {record.get('pause', '-'):>4} ms, longest gap "
                            f"{pings['longest_gap']['ms']:4.0f} ms (probes: "
                            f"{record['probed'].get('longest-gap', '-'):>4} ms), lost {pings['lost']} of {pings['sent']}, doubled {pings['duplicated']}, latest "
                            f"answer after {pings['rtt_ms']['max']:.0f} ms")

    def note_opening(self, kind: str, record: dict) -> None:
        """Of a move that no traffic can tell of: how long after its sign the guest was served at the destination."""
        steps = self.steps(record)
        decided, done = ("open", "opened") if "opened" in steps else ("switch", "switched")
        signs = {name: steps[name] for name in (
            "source-suspended", "source-stopped", "destination-announced", "destination-resumed",
            "destination-suspended") if steps.get(name, steps[decided] + 1) <= steps[decided]}
        sign = max(signs, key=signs.get, default=decided)
        self.figures.append(f"{kind:40} {record['mode']:10} paused {record.get('pause', '-'):>4} ms, served "
                            f"{steps[done] - steps[sign]:.1f} ms after {sign}")

    # What the system promises

    def test_plain_moves(self) -> None:
        for predictive in ("off", "all"):
            self.policy(predictive)
            for kind, options in (("peer to peer", ["--p2p"]), ("managed by the client", []),
                                  ("tunnelled", ["--p2p", "--tunnelled"]),
                                  ("slow copy", ["--p2p", "--bandwidth", "40"])):
                with self.subTest(kind, predictive=predictive):
                    record = self.move(kind, *options)
                    self.assertEqual("predictive" if predictive == "all" else "reactive", record["mode"])
        self.assert_clean()
        self.policy("off", **{"probe-rate": 0})
        record = self.move("not probed", "--p2p", probed=False)
        self.assertEqual("unprobed", record["probed"]["outcome"])
        self.assertIn("probe-rate", record["probed"]["reason"])
        self.assert_refused(POLICY, {POLICY: {"probe-rate": 51}}, "probe-rate")

    def test_post_copy(self) -> None:
        for predictive in ("off", "all"):
            self.policy(predictive)
            with self.subTest(predictive=predictive):
                self.move("post-copy", "--p2p", "--postcopy", "--postcopy-after-precopy", "--bandwidth", "20")

    def test_persistent_there_and_transient_back(self) -> None:
        self.policy("off")
        home, other = self.there(self.guest)
        definition = self.virsh(home, "dumpxml", "--inactive", self.guest.name)
        home.run("virsh", "--quiet", "define", "/dev/stdin", stdin=definition)
        self.move("persistent, source undefined", "--p2p", "--persistent", "--undefinesource")
        self.assertIn(self.guest.name, self.virsh(other, "list", "--persistent", "--name").split())
        self.assertNotIn(self.guest.name, self.virsh(home, "list", "--all", "--name").split())
        self.move("transient, source undefined", "--p2p", "--undefinesource")
        self.assertNotIn(self.guest.name, self.virsh(other, "list", "--all", "--name").split())

    def test_a_move_that_ends_paused(self) -> None:
        for predictive in ("off", "all"):
            self.policy(predictive)
            with self.subTest(predictive=predictive):
                _, destination = self.there(self.guest)
                self.move("paused at the end (--suspend)", "--p2p", "--suspend", served=False)
                self.assertFalse(self.reaches(self.lab.client, self.guest.address))
                self.virsh(destination, "resume", self.guest.name)
                self.await_quiet(self.guest)

    def test_a_guest_that_was_paused_before(self) -> None:
        for predictive in ("off", "all"):
            self.policy(predictive)
            with self.subTest(predictive=predictive):
                source, destination = self.there(self.guest)
                self.virsh(source, "suspend", self.guest.name)
                self.move("paused before", "--p2p", served=False)
                self.virsh(destination, "resume", self.guest.name)
                self.await_quiet(self.guest)

    def test_interfaces_in_different_networks_move_together(self) -> None:
        border = self.lab.edges[-1]
        border.run("ovs-vsctl", "--may-exist", "add-port", "br-int", "second0", "--", "set", "Interface", "second0",
                   "type=internal")
        self.addCleanup(border.run, "ovs-vsctl", "--if-exists", "del-port", "br-int", "second0")
        border.run("ip", "addr", "add", "192.168.77.1/24", "dev", "second0")
        border.run("ip", "link", "set", "second0", "mtu", "1400", "up")
        network, port = "peregrine-network:networks/network=second", f"peregrine-edge:borders/border={border.name}/port"
        self.controller.put(network, {"network": [{"name": "second", "vni": 7001}]})
        self.addCleanup(self.controller.give_intent)
        self.controller.put(f"{port}=second0", {"port": [{"interface": "second0", "network": "second"}]})
        self.addCleanup(self.controller.delete, f"{port}=second0")
        guest = self.lab.create_guest("double", "hv1", bridge_timeout=30, also=["second=192.168.77.5/24"])
        self.addCleanup(self.lab.remove_guest, guest.name)
        self.controller.put("peregrine-network:networks/network=demo/port=" + guest.mac.replace(":", "%3A"),
                            {"port": [{"mac-address": guest.mac, "address": [guest.address]}]})
        wait_until(lambda: self.reaches(border, "192.168.77.5"), HANG, "the second network reaching the guest")
        self.await_quiet(guest)
        for predictive in ("off", "all"):
            self.policy(predictive)
            with self.subTest(predictive=predictive), self.traffic(border, "192.168.77.5") as second:
                record = self.move("two networks", "--p2p", guest=guest)
            self.assert_not_doubled(second, record)
            self.figures.append(f"{'  its second network':40} {'':10} longest gap "
                                f"{second['longest_gap']['ms']:.0f} ms, lost {second['lost']} of {second['sent']}")

    def test_guests_that_cross(self) -> None:
        here, there = self.there(self.guest)
        other = self.lab.create_guest("crossing", there.name, bridge_timeout=30)
        self.addCleanup(self.lab.remove_guest, other.name)
        self.controller.give_intent()
        self.await_quiet(other)
        for predictive in ("off", "all"):
            self.policy(predictive)
            known = self.known()
            with self.subTest(predictive=predictive), ExitStack() as stack:
                pings = {guest.name: stack.enter_context(self.traffic(self.lab.client, guest.address))
                         for guest in (self.guest, other)}
                running = []
                for guest in (self.guest, other):
                    source, destination = self.there(guest)
                    running.append(subprocess.Popen(source.inside(
                        ["virsh", "--quiet", "migrate", "--live", "--p2p", guest.name, destination.plan.libvirt])))
                for one in running:
                    self.assertEqual(0, one.wait(timeout=HANG))
                records = {guest.name: self.ended(guest, known) for guest in (self.guest, other)}
            for name, record in records.items():
                self.assertEqual("completed", record["phase"])
                self.assert_not_doubled(pings[name], record)
                self.note(f"crossing: {name}", record, pings[name])
            self.await_quiet(self.guest)
            self.await_quiet(other)

    def test_a_guest_without_address(self) -> None:
        guest = self.lab.create_guest("silent", "hv1", bridge_timeout=30, addressless=True)
        self.addCleanup(self.lab.remove_guest, guest.name)
        self.controller.give_intent()
        wait_until(lambda: self.attached(guest), HANG, "the guest served")
        for predictive in ("off", "all"):
            self.policy(predictive)
            with self.subTest(predictive=predictive):
                known = self.known()
                source, destination = self.there(guest)
                self.virsh(source, "migrate", "--live", "--p2p", guest.name, destination.plan.libvirt)
                record = self.ended(guest, known)
                self.assertEqual("completed", record["phase"])
                steps = [step["name"] for step in record["step"]]
                self.assertTrue({"prepared", "open", "switched", "cleaned-up"} <= set(steps), steps)
                self.assertEqual({"outcome": "unprobed", "reason": "no address of it is known"}, record["probed"])
                self.note_opening("without an address", record)

    def load(self, rate: int, act) -> Cell:
        """What becomes of a stream of large datagrams into the guest while something happens."""
        client = Seat("client", self.lab.plan.client.address, "eth0", self.lab.client.in_network([str(self.talker)]),
                      (self.guest.name,), {"u": rate})
        conversation = Conversation([client, seat_inside(self.guest, self.lab.client)], LARGE)
        self.addCleanup(conversation.end)
        conversation.go()
        time.sleep(1)
        conversation.mark()
        act()
        conversation.mark()
        time.sleep(1)
        conversation.hush()
        time.sleep(0.5)
        cell = conversation.finish()["u", "client", self.guest.name]
        self.assertEqual(0, cell.doubled, cell)
        return cell

    def move_by_job(self, **options) -> None:
        known = self.known()
        job = self.begin_move(self.guest.name, self.there(self.guest)[1].name, **options)
        self.assertEqual("completed", self.ended(self.guest, known)["phase"])
        self.await_job(job, "done")

    def move_by_virsh(self) -> None:
        known = self.known()
        source, destination = self.there(self.guest)
        self.virsh(source, "migrate", "--live", "--p2p", self.guest.name, destination.plan.libvirt)
        self.assertEqual("completed", self.ended(self.guest, known)["phase"])

    @unittest.skipUnless(shutil.which("gcc"), "needs a C compiler")
    def test_a_guest_under_load(self) -> None:
        for rate in LOADS:
            calm = self.load(rate, lambda: time.sleep(1))
            if calm.lost + calm.lost_outside == 0:
                break
        self.figures.append(f"load: {rate * BITS / 1e6:.0f} Mbit/s in packets of 1400 bytes; without a move "
                            f"{calm.lost + calm.lost_outside} of {calm.sent} lost")
        for policy, move in (("off", self.move_by_virsh), ("all", self.move_by_virsh), ("own", self.move_by_job)):
            self.policy(policy)
            self.await_quiet(self.guest)
            known = self.known()
            with self.subTest(predictive=policy), \
                    self.traffic(self.lab.client, self.guest.address, "tcp", 20) as session, \
                    self.traffic(self.lab.client, self.guest.address, interval_ms=20) as pings:
                cell = self.load(rate, move)
            self.assertTrue(session["alive"], session["error"])
            self.await_quiet(self.guest)
            record = next(entry for entry in self.migrations() if entry["id"] not in known)
            self.assert_not_doubled(pings, record)
            self.note(f"under load, {'by a job' if policy == 'own' else 'by virsh'}", record, pings)
            self.figures.append(f"{'  its load':40} {'':10} lost {cell.lost} of {cell.sent} while it moved, at most "
                                f"{1000 * cell.longest / rate:.0f} ms in a row, {cell.lost_outside} besides; session "
                                f"stalled {session['longest_stall']['ms']:.0f} ms")
            self.assertTrue(self.controller.audit()["clean"])

    def test_moves_of_our_own_of_each_kind(self) -> None:
        """What virsh does elsewhere here, by a job: the guest is held, and stopped when senders are turned."""
        self.policy("own")
        for kind, options in (("plain", {}), ("tunnelled", {"tunnelled": True}), ("slow copy", {"bandwidth": 40}),
                              ("post-copy", {"post-copy": True}), ("persistent", {"persistent": True}),
                              ("slowed down", {"auto-converge": True, "undefine-source": True}),
                              ("paused at the end", {"suspend": True}), ("paused before", {})):
            with self.subTest(kind):
                self.await_quiet(self.guest)
                self.move_our_way(kind, options)
        self.assert_clean()

    def move_our_way(self, kind: str, options: dict) -> None:
        source, destination = self.there(self.guest)
        if kind == "paused before":
            self.virsh(source, "suspend", self.guest.name)
        known = self.known()
        with self.traffic(self.lab.client, self.guest.address) as pings:
            self.move_by_job(**options)
        record = next(entry for entry in self.migrations() if entry["id"] not in known)
        self.assertEqual(("predictive", destination.name), (record["mode"], self.lab.host_of(self.guest.name).name))
        self.assertEqual(0, pings["duplicated"], pings)
        if kind.startswith("paused"):
            self.virsh(destination, "resume", self.guest.name)
            self.await_quiet(self.guest)
            self.note_opening(f"own, {kind}", record)
        else:
            self.assertTrue(self.reaches(self.lab.client, self.guest.address))
            self.note(f"own, {kind}", record, pings)

    def test_back_and_forth_without_rest(self) -> None:
        self.policy("all")
        known = self.known()
        rounds = 50
        with self.traffic(self.lab.client, self.guest.address, "tcp", 10) as session, \
                self.traffic(self.lab.client, self.guest.address) as pings:
            for _ in range(rounds):
                source, destination = self.there(self.guest)
                self.virsh(source, "migrate", "--live", "--p2p", self.guest.name, destination.plan.libvirt)
            self.await_quiet(self.guest)
        records = [entry for entry in self.migrations() if entry["id"] not in known]
        self.assertEqual(["completed"] * rounds, [entry["phase"] for entry in records])
        self.assertTrue(session["alive"], session["error"])
        self.assertEqual(0, pings["duplicated"])
        self.figures.append(f"{'back and forth, 50 times':40} {'predictive':10} longest gap "
                            f"{pings['longest_gap']['ms']:.0f} ms, lost {pings['lost']} of {pings['sent']}, doubled "
                            f"{pings['duplicated']}")


if __name__ == "__main__":
    unittest.main()
