# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The fabric for real, without Peregrine: needs root and the packages, takes about a minute.

Where something has to be forwarded the tests program fixed flows.
"""

import json
import queue
import subprocess
import sys
import threading
import unittest
from itertools import permutations
from pathlib import Path

import context  # noqa: F401
from peregrine_lab.fabricplan import TOPOLOGIES
from peregrine_lab.lab import Lab
from peregrine_lab.plan import OPENFLOW_PORT
from peregrine_lab.shell import wait_until
from staticfabric import StaticFabric
from test_end_to_end import INSTANCE, attempt, lab, setUpModule, start, status, tearDownModule  # noqa: F401

_LISTENER = Path(__file__).with_name("openflowlistener.py")
#: Seconds to wait for what must happen at all.
HANG = 30


def reaches(source: str, address: str) -> bool:
    return attempt("exec", source, "ping", "-c", "1", "-W", "1", address).returncode == 0


class FabricTestCase(unittest.TestCase):
    FABRIC: str
    HOSTS = 2

    @classmethod
    def setUpClass(cls) -> None:
        cls.addClassCleanup(lab, "down")
        lab("up", "--fabric", cls.FABRIC, "--hosts", str(cls.HOSTS))
        cls.lab = Lab.running(INSTANCE)
        cls.plan = cls.lab.plan.fabric
        cls.static = StaticFabric(cls.lab)

    def state(self, a: str, b: str, nth: int = 1) -> str:
        """A link's condition, which lab/status and lab/link have to agree on."""
        listed = json.loads(lab("link", "list", "--json"))
        self.assertEqual(listed, status()["fabric"]["links"])
        return next(link["state"] for link in listed if {link["a"], link["b"]} == {a, b} and link["nth"] == nth)

    def carries(self, a: str, b: str, nth: int = 1) -> tuple[bool, bool]:
        """Whether a frame passes the link from a to b, and from b to a."""
        link = self.plan.link(a, b, nth)
        forth, back = self._passes(link, True), self._passes(link, False)
        return (forth, back) if link.a == a else (back, forth)

    def _passes(self, link, from_a: bool) -> bool:
        """Sends over the link, and then over another one that works, which ends the waiting."""
        sender, receiver = (link.a, link.b_port.name) if from_a else (link.b, link.a_port.name)
        known = self.static.received(receiver)
        self.static.send(link, from_a)
        other = next(other for other, state in self.lab.fabric.conditions()
                     if state == "up" and other != link and not other.to_host and sender in (other.a, other.b))
        mark = other.b_port.name if other.a == sender else other.a_port.name
        seen = self.static.received(mark)
        self.static.send(other, other.a == sender)
        wait_until(lambda: self.static.received(mark) > seen, HANG, "the frame over the link that works")
        return self.static.received(receiver) > known


class FormsTest(unittest.TestCase):
    """Every fabric carries packets, on each of its ways."""

    def test_hosts_reach_each_other_on_every_way(self) -> None:
        for name in TOPOLOGIES:
            with self.subTest(name):
                try:
                    lab("up", "--fabric", name)
                    self.check(Lab.running(INSTANCE), 1 if name == "ring" else 2)
                finally:
                    lab("down")

    def check(self, running: Lab, ways: int) -> None:
        static = StaticFabric(running)
        first, second = running.hypervisors[:2]
        self.assertFalse(reaches(first.name, second.plan.address), "nothing may pass before it is programmed")
        used: list = []
        for way in range(ways):
            static.program(way)
            before = running.fabric.carried()
            answer = lab("exec", first.name, "ping", "-c", "3", "-W", "5", second.plan.address)
            used.append({link for link, count in running.fabric.carried().items() if count > before[link]})
            self.assertIn(f"ttl={64 - len(used[way]) - 1}", answer, used[way])
            for source, target in permutations(running.edges, 2):
                ping = running.shell.attempt(source.inside(["ping", "-c", "1", "-W", "2", target.plan.address]))
                self.assertEqual(ping.returncode, 0, (way, source.name, target.name, ping.stdout))
        for one, other in zip(used, used[1:]):
            self.assertFalse(one & other, "two ways share a link")


class FaultTest(FabricTestCase):
    """Links and switches of a diamond break and come back."""

    FABRIC = "diamond"

    def setUp(self) -> None:
        for link in self.plan.links:
            self.addCleanup(self.lab.fabric.set_up, link)
        self.static.program()
        self.address = self.lab.hypervisors[1].plan.address
        wait_until(lambda: reaches("hv1", self.address), HANG, "hv1 reaches hv2")

    def test_status_tells_the_fabric_and_where_hosts_hang(self) -> None:
        found = status()
        self.assertEqual((found["underlay"], found["fabric"]["name"]), ("fabric", "diamond"))
        self.assertEqual([(switch["name"], switch["datapath_id"], switch["hosts"])
                          for switch in found["fabric"]["switches"]],
                         [("s1", "0000000000000001", ["hv1", "border"]), ("s2", "0000000000000002", []),
                          ("s3", "0000000000000003", []), ("s4", "0000000000000004", ["hv2"])])
        self.assertEqual({link["state"] for link in found["fabric"]["links"]}, {"up"})
        self.assertEqual([host["switch"] for host in (*found["hypervisors"], *found["borders"])], ["s1", "s4", "s1"])
        for switch in found["fabric"]["switches"]:
            self.assertIn(f"dpid:{switch['datapath_id']}", lab("exec", "fabric", "ovs-ofctl", "-O", "OpenFlow13",
                                                               "show", switch["name"]))

    def test_switches_know_their_ports_by_the_planned_numbers(self) -> None:
        for switch in self.plan.switches:
            self.assertEqual(self.static.numbers(switch.name), {port.name: port.number for port in switch.ports})

    def test_a_link_that_is_down_is_down_at_both_switches(self) -> None:
        lab("link", "down", "s2", "s1")
        self.assertEqual(self.state("s1", "s2"), "down")
        for switch, port in (("s1", "s1-s2"), ("s2", "s2-s1")):
            wait_until(lambda: self.static.port_state(switch, port)[1] == "LINK_DOWN", HANG, f"{port} down")
        self.assertFalse(reaches("hv1", self.address))
        self.static.program(1)
        self.assertTrue(reaches("hv1", self.address), "the other way has to work")
        lab("link", "up", "s1", "s2")
        self.assertEqual(self.state("s1", "s2"), "up")
        for switch, port in (("s1", "s1-s2"), ("s2", "s2-s1")):
            wait_until(lambda: self.static.port_state(switch, port) == ("0", "LIVE"), HANG, f"{port} up")
        self.static.program(0)
        self.assertTrue(reaches("hv1", self.address))

    def test_a_silent_link_looks_alive_and_carries_nothing(self) -> None:
        self.assertEqual(self.carries("s1", "s2"), (True, True))
        lab("link", "silent", "s1", "s2")
        self.assertEqual(self.state("s1", "s2"), "silent")
        self.assertEqual(self.carries("s1", "s2"), (False, False))
        for switch, port in (("s1", "s1-s2"), ("s2", "s2-s1")):
            self.assertEqual(self.static.port_state(switch, port), ("0", "LIVE"))
        self.assertFalse(reaches("hv1", self.address))
        lab("link", "up", "s1", "s2")
        self.assertEqual(self.carries("s1", "s2"), (True, True))
        self.assertTrue(reaches("hv1", self.address))

    def test_a_link_to_a_host(self) -> None:
        lab("link", "down", "hv2", "s4")
        self.assertEqual(self.state("hv2", "s4"), "down")
        wait_until(lambda: self.static.port_state("s4", "s4-hv2")[1] == "LINK_DOWN", HANG, "the host's port down")
        self.assertIn("NO-CARRIER", lab("exec", "hv2", "ip", "link", "show", "eth0"))
        lab("link", "up", "hv2", "s4")
        lab("link", "silent", "hv2", "s4")
        self.assertEqual(self.state("hv2", "s4"), "silent")
        self.assertEqual(self.static.port_state("s4", "s4-hv2"), ("0", "LIVE"))
        self.assertFalse(reaches("hv1", self.address))
        lab("link", "up", "hv2", "s4")
        self.assertTrue(reaches("hv1", self.address))

    def test_a_restarted_switch_has_lost_its_flows_and_others_have_not(self) -> None:
        before = {switch.name: self.static.flows_of(switch.name) for switch in self.plan.switches}
        lab("switch", "restart", "s2")
        self.assertEqual(self.static.flows_of("s2"), [])
        for name in ("s1", "s3", "s4"):
            self.assertEqual(self.static.flows_of(name), before[name])
        self.assertEqual(self.static.numbers("s2"), {"s2-s1": 1, "s2-s4": 2})
        self.assertFalse(reaches("hv1", self.address))
        self.static.program()
        self.assertTrue(reaches("hv1", self.address))

    def test_all_switches_killed_and_started(self) -> None:
        lab("switch", "kill", "--all")
        self.assertNotEqual(attempt("exec", "fabric", "ovs-ofctl", "show", "s1").returncode, 0)
        self.assertFalse(reaches("hv1", self.address))
        lab("switch", "start", "--all")
        for switch in self.plan.switches:
            self.assertEqual(self.static.flows_of(switch.name), [])
            self.assertEqual(self.static.numbers(switch.name), {port.name: port.number for port in switch.ports})
        self.static.program()
        self.assertTrue(reaches("hv1", self.address))

    def test_broken_links_stay_broken_when_switches_restart(self) -> None:
        for words in (("s1",), ("--all",)):
            with self.subTest(words):
                lab("link", "down", "s1", "s2")
                lab("link", "silent", "s1", "s3")
                lab("link", "silent", "s1", "hv1")
                lab("switch", "restart", *words)
                self.assertEqual((self.state("s1", "s2"), self.state("s1", "s3"), self.state("s1", "hv1")),
                                 ("down", "silent", "silent"))

    def test_the_machine_of_the_switches_loses_its_power(self) -> None:
        lab("link", "silent", "s1", "s3")
        self.lab.fabric.switches.crash()
        wait_until(lambda: not self.lab.fabric.switches.alive, HANG, "the switches still run")
        self.lab.fabric.switches.start()
        self.assertEqual(self.state("s1", "s3"), "silent")
        self.static.program()
        self.assertTrue(reaches("hv1", self.address))

    def test_switches_call_the_controller_and_again_after_a_restart(self) -> None:
        """Over the management network: no link of the fabric is programmed."""
        calls = self.listen()
        every = {switch.datapath_id for switch in self.plan.switches}
        self.assertEqual({calls.get(timeout=HANG) for _ in every}, every)
        lab("switch", "restart", "s3")
        self.assertEqual(calls.get(timeout=HANG), "0000000000000003")
        lab("switch", "restart", "--all")
        self.assertEqual({calls.get(timeout=HANG) for _ in every}, every)
        self.assertTrue(calls.empty(), "a switch has called twice")

    def listen(self) -> queue.Queue:
        """The datapath identifiers of the switches, each as it connects to the controller's address."""
        listener = start("exec", "controller", sys.executable, str(_LISTENER), self.lab.plan.controller_management,
                         str(OPENFLOW_PORT))
        calls: queue.Queue = queue.Queue()

        def read() -> None:
            for line in listener.stdout:
                calls.put(line.strip())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()

        def end() -> None:
            listener.terminate()
            listener.wait(HANG)
            reader.join(HANG)
            listener.stdout.close()
            listener.stderr.close()

        self.addCleanup(end)
        return calls

    def test_mistakes_are_told_in_one_line(self) -> None:
        for words, reason in ((("link", "down", "s1", "s4"), "no link between s1 and s4"),
                              (("link", "silent", "s1", "s9"), "there is no s9"),
                              (("link", "up", "s1", "s2", "--nth", "2"), "--nth 2"),
                              (("switch", "restart", "s9"), "there is no switch s9"),
                              (("up", "--bridges", "--fabric", "ring"), "--bridges runs without a controller")):
            with self.subTest(words):
                result = attempt(*words)
                self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))
                self.assertIn(reason, result.stderr)


class ParallelLinksTest(FabricTestCase):
    FABRIC = "pair"

    def test_each_of_two_parallel_links_breaks_by_itself(self) -> None:
        self.assertEqual((self.carries("s1", "s2"), self.carries("s1", "s2", 2)), ((True, True), (True, True)))
        lab("link", "silent", "s2", "s1", "--nth", "2")
        self.assertEqual((self.state("s1", "s2"), self.state("s1", "s2", 2)), ("up", "silent"))
        self.assertEqual(self.carries("s1", "s2", 2), (False, False))
        lab("link", "up", "s2", "s1", "--nth", "2")
        lab("link", "down", "s2", "s1")
        self.assertEqual((self.state("s1", "s2"), self.state("s1", "s2", 2)), ("down", "up"))
        lab("link", "up", "s2", "s1")


if __name__ == "__main__":
    unittest.main()
