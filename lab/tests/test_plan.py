# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
import unittest

import context  # noqa: F401
from peregrine_lab.errors import LabError
from peregrine_lab.instance import Instance
from peregrine_lab.plan import check_guest_name, choose_address, identifier_of, mac_of, plan_lab
from peregrine_lab.plainbridges import bridge_commands


class PlanTest(unittest.TestCase):
    def test_each_edge_has_a_segment_of_its_own(self) -> None:
        plan = plan_lab(99)
        self.assertEqual(len({edge.segment for edge in plan.edges}), 100)
        self.assertEqual(len({edge.address for edge in plan.edges}), 100)
        self.assertEqual(len(set(plan.management_names().values())), 103)

    def test_third_hypervisor(self) -> None:
        edge = plan_lab(3).hypervisors[2]
        self.assertEqual((edge.name, edge.segment, edge.address, edge.gateway, edge.management),
                         ("hv3", "10.3.0.0/24", "10.3.0.10", "10.3.0.1", "10.255.0.3"))
        self.assertEqual(edge.ovsdb, "tcp:10.255.0.3:6640")
        self.assertEqual(edge.libvirt, "qemu+tcp://10.255.0.3/system")

    def test_number_of_hypervisors_is_bounded(self) -> None:
        for number in (0, -1, 100):
            with self.assertRaises(LabError):
                plan_lab(number)

    def test_names_decide(self) -> None:
        self.assertEqual(mac_of("web"), mac_of("web"))
        self.assertNotEqual(mac_of("web"), mac_of("db"))
        self.assertRegex(mac_of("web"), r"^52:54:00(:[0-9a-f]{2}){3}$")
        self.assertNotEqual(identifier_of("guest", "web"), identifier_of("interface", "web"))

    def test_address_is_stable_and_evades(self) -> None:
        first = choose_address("web", [])
        self.assertEqual(choose_address("web", []), first)
        self.assertNotEqual(choose_address("web", [first]), first)

    def test_addresses_end(self) -> None:
        taken: list = []
        for _ in range(230):
            taken.append(choose_address("web", taken))
        self.assertEqual(len(set(taken)), 230)
        self.assertNotIn("192.168.100.1", taken)
        self.assertNotIn("192.168.100.254", taken)
        with self.assertRaises(LabError):
            choose_address("web", taken)

    def test_guest_names(self) -> None:
        self.assertEqual(check_guest_name("web-1"), "web-1")
        for name in ("", "-x", "a b", "a/b", "x" * 33, "pg.name=\n"):
            with self.assertRaises(LabError):
                check_guest_name(name)


class InstanceTest(unittest.TestCase):
    def test_default_names(self) -> None:
        lab = Instance()
        self.assertEqual((lab.netns("hv1"), str(lab.state_dir), str(lab.data_dir)),
                         ("pg-hv1", "/run/peregrine-lab", "/var/tmp/peregrine-lab"))

    def test_no_instance_owns_names_of_another(self) -> None:
        prefixes = [Instance(name).prefix for name in ("", "a", "ab", "e2e")]
        for one in prefixes:
            for other in prefixes:
                self.assertEqual(other.startswith(one), one == other)

    def test_bad_names(self) -> None:
        for name in ("a-b", "../x", "toolongname", "A"):
            with self.assertRaises(LabError):
                Instance(name)


class PlainBridgesTest(unittest.TestCase):
    def test_full_mesh_with_split_horizon(self) -> None:
        plan = plan_lab(2)
        words = " ".join(bridge_commands(plan.border, plan.hypervisors, ["client0"]))
        self.assertIn("set Port vx-hv1 protected=true", words)
        self.assertIn("options:remote_ip=10.2.0.10", words)
        self.assertTrue(words.endswith("add-port br-int client0"))


if __name__ == "__main__":
    unittest.main()
