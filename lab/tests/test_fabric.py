# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
import unittest
from unittest import mock

import context  # noqa: F401
from peregrine_lab import cli, controller
from peregrine_lab.errors import LabError
from peregrine_lab.fabric import condition, switch_commands
from peregrine_lab.fabricplan import NO_FABRIC, TOPOLOGIES, FabricPlan, choose_fabric, plan_fabric
from peregrine_lab.instance import Instance
from peregrine_lab.lab import Lab
from peregrine_lab.plan import plan_lab
from staticfabric import next_hops

MANY = [f"hv{number}" for number in range(1, 100)] + ["border"]
#: Switches, links, and the equal ways between the first two hosts.
PROMISED = {"diamond": (4, 4, 2), "ring": (5, 5, 1), "leaf-spine": (6, 8, 2), "fat-tree-4": (20, 32, 4),
            "pair": (2, 2, 2)}


def each(hosts: list) -> list[FabricPlan]:
    return [plan_fabric(name, hosts) for name in TOPOLOGIES]


def count_ways(fabric: FabricPlan, one: str, other: str) -> int:
    """The number of shortest ways between two hosts."""
    target = fabric.link_of(other).a
    hops = next_hops(fabric, target)
    peers = {port.name: switch for switch, port in
             [(link.b, link.a_port) for link in fabric.links] + [(link.a, link.b_port) for link in fabric.links
                                                                 if link.b_port]}

    def ways(switch: str) -> int:
        return 1 if switch == target else sum(ways(peers[port.name]) for port in hops[switch])

    return ways(fabric.link_of(one).a)


class TopologyTest(unittest.TestCase):
    def test_each_form_is_what_its_name_says(self) -> None:
        self.assertEqual(set(PROMISED), set(TOPOLOGIES))
        for fabric in each(["hv1", "hv2", "border"]):
            with self.subTest(fabric.name):
                between = [link for link in fabric.links if not link.to_host]
                self.assertEqual((len(fabric.switches), len(between), count_ways(fabric, "hv1", "hv2")),
                                 PROMISED[fabric.name])

    def test_all_switches_are_connected(self) -> None:
        for fabric in each(MANY):
            with self.subTest(fabric.name):
                for switch in fabric.switches:
                    self.assertEqual(len(next_hops(fabric, switch.name)), len(fabric.switches))

    def test_all_stay_connected_without_any_one_link(self) -> None:
        for fabric in each(MANY):
            with self.subTest(fabric.name):
                for broken in [link for link in fabric.links if not link.to_host]:
                    left = tuple(link for link in fabric.links if link != broken)
                    rest = FabricPlan(fabric.name, fabric.switches, left)
                    self.assertEqual(len(next_hops(rest, broken.a)), len(fabric.switches))

    def test_names_numbers_and_identifiers_are_distinct_and_fit(self) -> None:
        for fabric in each(MANY):
            with self.subTest(fabric.name):
                names = [port.name for switch in fabric.switches for port in switch.ports]
                names += [switch.name for switch in fabric.switches]
                self.assertEqual(len(names), len(set(names)))
                self.assertLessEqual(max(map(len, names)), 15)
                for switch in fabric.switches:
                    self.assertEqual([port.number for port in switch.ports], list(range(1, len(switch.ports) + 1)))
                    self.assertRegex(switch.datapath_id, "^[0-9a-f]{16}$")
                self.assertEqual(len({switch.datapath_id for switch in fabric.switches}), len(fabric.switches))

    def test_a_link_takes_a_port_at_each_end_and_no_port_twice(self) -> None:
        for fabric in each(MANY):
            with self.subTest(fabric.name):
                of = {switch.name: switch.ports for switch in fabric.switches}
                ends = [(link.a, link.a_port) for link in fabric.links]
                ends += [(link.b, link.b_port) for link in fabric.links if link.b_port]
                self.assertEqual(sorted((switch, port.number) for switch, port in ends),
                                 sorted((switch, port.number) for switch, ports in of.items() for port in ports))

    def test_every_host_hangs_on_one_switch_and_the_load_is_even(self) -> None:
        for fabric in each(MANY):
            with self.subTest(fabric.name):
                self.assertEqual(sorted(host for switch in fabric.switches for host in switch.hosts), sorted(MANY))
                for host in MANY:
                    self.assertIn(host, fabric.switch(fabric.link_of(host).a).hosts)
                loads = [len(switch.hosts) for switch in fabric.switches
                         if switch.name in TOPOLOGIES[fabric.name].for_hosts]
                self.assertLessEqual(max(loads) - min(loads), 1)
                self.assertEqual(sum(loads), len(MANY))

    def test_a_fabric_does_not_change_from_plan_to_plan(self) -> None:
        for fabric in each(MANY):
            with self.subTest(fabric.name):
                self.assertEqual(fabric, plan_fabric(fabric.name, MANY))

    def test_links_are_found_from_both_ends(self) -> None:
        fabric = plan_fabric("pair", ["hv1", "hv2"])
        self.assertEqual((fabric.link("s1", "s2").a_port.name, fabric.link("s2", "s1", 2).b_port.name),
                         ("s1-s2", "s2-s1.2"))
        self.assertEqual(fabric.link("hv2", "s2").a_port.name, "s2-hv2")
        for words, reason in ((("s1", "s2", 3), "--nth 3"), (("s1", "s2", 0), "--nth 0"),
                              (("s1", "hv2"), "no link between"), (("s1", "s9"), "no s9"), (("s1", "s1"), "no link between")):
            with self.assertRaisesRegex(LabError, reason):
                fabric.link(*words)
        with self.assertRaisesRegex(LabError, "no switch s9; there are s1, s2"):
            fabric.switch("s9")


class ChoiceTest(unittest.TestCase):
    def test_bridges_mean_the_router(self) -> None:
        for wish, bridges, choice in ((None, False, "diamond"), (None, True, NO_FABRIC), (NO_FABRIC, True, NO_FABRIC),
                                      (NO_FABRIC, False, NO_FABRIC), ("ring", False, "ring")):
            self.assertEqual(choose_fabric(wish, bridges), choice)

    def test_bridges_and_a_fabric_are_refused(self) -> None:
        with self.assertRaisesRegex(LabError, "--bridges runs without a controller, which the fabric ring needs"):
            choose_fabric("ring", True)

    def test_unknown_fabric(self) -> None:
        with self.assertRaisesRegex(LabError, "--fabric torus: choose one of diamond, ring.*, none$"):
            plan_lab(3, "torus")

    def test_a_lab_without_a_fabric_says_so(self) -> None:
        with self.assertRaisesRegex(LabError, "has no fabric"):
            _ = Lab(Instance("unit"), 1, NO_FABRIC).fabric

    def test_one_switch_is_named_or_all_are(self) -> None:
        for words in (["restart"], ["kill"], ["restart", "s1", "--all"], ["start", "s1", "--all"]):
            with self.subTest(words), mock.patch("sys.stderr"), self.assertRaises(SystemExit):
                cli.switch(words)


class SwitchTest(unittest.TestCase):
    def test_what_a_switch_is_made_with(self) -> None:
        fabric = plan_fabric("pair", ["hv1"])
        words = switch_commands(fabric.switch("s1"), "tcp:10.255.0.254:6653")
        for word in ("datapath_type=netdev", "fail_mode=secure", "protocols=OpenFlow13",
                     "other_config:disable-in-band=true", "other_config:datapath-id=0000000000000001",
                     'target="tcp:10.255.0.254:6653"', "max_backoff=1000", "connection_mode=out-of-band"):
            self.assertIn(word, words)
        self.assertIn("set Interface s1-s2.2 ofport_request=2", " ".join(words))
        self.assertIn("set Interface s1-hv1 ofport_request=3", " ".join(words))

    def test_condition(self) -> None:
        fabric = plan_fabric("pair", ["hv1"])
        between, to_host = fabric.link("s1", "s2"), fabric.link("s1", "hv1")
        both = {"s1-s2", "s2-s1", "s1-hv1"}
        for link, up, silent, expected in (
                (between, both, set(), "up"), (between, both, both, "silent"), (between, {"s1-s2"}, set(), "down"),
                (between, {"s1-s2"}, both, "down"), (between, both, {"s1-s2.2", "s2-s1.2"}, "up"),
                (to_host, both, set(), "up"), (to_host, both, {"s1-hv1"}, "silent"), (to_host, set(), set(), "down")):
            self.assertEqual(condition(link, up, silent), expected)

    def test_fabric_is_on_the_management_network(self) -> None:
        self.assertEqual(plan_lab(2, "ring").management_names()["fabric"], "10.255.0.252")
        self.assertNotIn("fabric", plan_lab(2, NO_FABRIC).management_names())


class IntentTest(unittest.TestCase):
    STATE = {
        "fabric": {"switches": [{"name": "s1", "datapath_id": "0000000000000001", "hosts": []}]},
        "client": {"gateway": "192.168.100.1", "port": "client0", "mac": "02:00:00:00:00:09",
                   "address": "192.168.100.254"},
        "hypervisors": [{"name": "hv1", "ovsdb": "tcp:10.255.0.1:6640", "address": "10.1.0.10", "bridge": "br-int",
                         "libvirt": "qemu+tcp://10.255.0.1/system", "segment": "10.1.0.0/24", "gateway": "10.1.0.1"}],
        "borders": [{"name": "border", "ovsdb": "tcp:10.255.0.201:6640", "address": "10.200.0.10", "bridge": "br-int",
                     "segment": "10.200.0.0/24", "gateway": "10.200.0.1"}],
        "guests": [],
    }

    def intent(self, state: dict) -> dict:
        with mock.patch.object(controller, "status", return_value=state):
            return controller.intent(mock.Mock())

    def test_fabric_comes_before_what_it_joins(self) -> None:
        found = self.intent(self.STATE)
        paths = list(found)
        self.assertLess(paths.index("peregrine-fabric:fabric"), paths.index("peregrine-edge:hypervisors"))
        self.assertEqual(found["peregrine-fabric:fabric"], {"peregrine-fabric:fabric": {
            "switch": [{"name": "s1", "datapath-id": "0000000000000001"}],
            "segment": [{"prefix": "10.1.0.0/24", "gateway": "10.1.0.1"},
                        {"prefix": "10.200.0.0/24", "gateway": "10.200.0.1"}]}})

    def test_no_fabric_no_intent_for_it(self) -> None:
        self.assertNotIn("peregrine-fabric:fabric", self.intent({**self.STATE, "fabric": None}))


if __name__ == "__main__":
    unittest.main()
