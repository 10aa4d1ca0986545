# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The whole of Peregrine in the lab: needs root, the packages and a built distribution; takes some minutes.

One controller serves all tests, so each leaves the guest somewhere, running and reachable.
"""

import json
import re
import subprocess
import time
import unittest
from itertools import permutations

import context  # noqa: F401  makes the package importable
from peregrine_lab.lab import migration_command, qemu_pause
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, SHARED, PeregrineCase

#: An LLDP frame as hosts send them: chassis, port, time to live.
LLDP = bytes.fromhex("0180c200000e" "525400000001" "88cc" "020704525400000001" "040605" "6574683031" "06020078"
                     "0000").ljust(60, b"\0")


class PeregrineTest(PeregrineCase):
    INSTANCE = SHARED

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.guest = cls.lab.create_guest("moving", "hv1", bridge_timeout=30)
        cls.neighbour = cls.lab.create_guest("neighbour", "hv1", bridge_timeout=30)
        # once more with the guests' addresses
        cls.controller.give_intent()

    def setUp(self) -> None:
        self.addCleanup(self.await_quiet, self.guest)
        self.await_quiet(self.guest)

    # Helpers

    def served(self, guest) -> bool:
        return self.reaches(self.lab.client, guest.address)

    def tunnels_up(self) -> int:
        return [tunnel["liveness"] for tunnel in
                self.controller.state("peregrine-edge:tunnels", "tunnel")].count("up")

    def identities(self) -> dict[tuple[str, str], str]:
        """What is known of each tunnel's other end, by the names of its ports."""
        return {(link["source-name"], link["target-name"]): link["identity"]
                for link in self.controller.state("peregrine-fabric:links", "link") if link["layer"] == "overlay"}

    def wait_verified(self) -> None:
        wait_until(lambda: list(self.identities().values()) == ["verified"] * 12, HANG, "twelve tunnels verified",
                   interval=0.2)

    def lldp(self, edge) -> tuple[int, int]:
        """How many LLDP frames an edge has dropped, and how many it has sent to the controller."""
        dropped = sent = 0
        for line in edge.run("ovs-ofctl", "-O", "OpenFlow13", "dump-flows", "br-int",
                             "table=0,dl_type=0x88cc").splitlines():
            count = re.search(r"n_packets=(\d+)", line)
            if count and "CONTROLLER" in line:
                self.assertIn("in_port=", line)
                sent += int(count.group(1))
            elif count:
                dropped += int(count.group(1))
        return dropped, sent

    def place(self):
        return self.lab.host_of(self.guest.name)

    def elsewhere(self):
        here = self.place()
        return next(host for host in self.lab.hypervisors if host.name != here.name)

    def record(self, known: set[str]) -> dict:
        """The one migration that was not known before, once it has ended."""
        def fresh() -> list[dict]:
            return [entry for entry in self.migrations() if entry["id"] not in known and "finished" in entry]
        wait_until(lambda: bool(fresh()), HANG, "the record of a migration", interval=0.2)
        self.assertEqual(1, len(fresh()))
        return fresh()[0]

    def probing(self, kind: str = "icmp", interval_ms: int = 5):
        """Traffic from the client to the guest while something happens; the report is filled in at the end."""
        return self.traffic(self.lab.client, self.guest.address, kind, interval_ms)

    def migrate(self, *options: str) -> int | None:
        """A plain virsh migrate to another host; gives QEMU's pause."""
        source, destination = self.place(), self.elsewhere()
        self.lab.shell.run(source.inside(migration_command(self.guest.name, destination.plan.libvirt, options)))
        return qemu_pause(self.guest.name, destination)

    def tables(self, edge) -> list[str]:
        """An edge's flows and groups without counters and times, and without the numbers Open vSwitch chose."""
        def flows() -> list[str]:
            return edge.run("ovs-ofctl", "-O", "OpenFlow13", "--no-stats", "dump-flows", "br-int").splitlines()
        # a guest is probed until a moment after its move
        wait_until(lambda: not any("06:50:67" in line and "hard_timeout" in line for line in flows()), HANG,
                   "the end of probing", interval=0.1)
        groups = edge.run("ovs-ofctl", "-O", "OpenFlow13", "dump-groups", "br-int").splitlines()
        return sorted(line.strip() for line in flows() + groups if "_REPLY" not in line and "reply" not in line)

    def settled(self, gone_from) -> dict[str, list[str]]:
        """Each edge's tables, once the guest's tap where it was is gone, which may be after the move, and what stood
        there for its sake with it."""
        wait_until(lambda: not self.port(gone_from), HANG, f"the end of the guest's tap at {gone_from.name}",
                   interval=0.1)
        seen: dict[str, list[str]] = {}

        def still() -> bool:
            nonlocal seen
            before, seen = seen, {edge.name: self.tables(edge) for edge in self.lab.edges}
            return before == seen and self.controller.audit()["clean"]
        wait_until(still, HANG, "switches that have what they should, and keep it")
        return seen

    def port(self, host) -> str:
        """The OpenFlow port number of the guest's tap at a host, or nothing."""
        return host.run("ovs-vsctl", "--bare", "--columns=ofport", "find", "Interface",
                        f"external_ids:attached-mac={json.dumps(self.guest.mac)}").strip()

    # What the system promises

    def test_tunnels_between_all_edges_are_alive(self) -> None:
        wait_until(lambda: self.tunnels_up() == 12, HANG, "BFD up on twelve tunnels", interval=0.5)

    def test_every_tunnel_ends_where_it_should(self) -> None:
        self.wait_verified()
        shown = json.loads(self.console("peregrine:links --json"))["peregrine-fabric:links"]["link"]
        self.assertEqual(self.identities(), {(link["source-name"], link["target-name"]): link["identity"]
                                             for link in shown if link["layer"] == "overlay"})

    def test_tunnels_to_wrong_hosts_are_found_though_they_live(self) -> None:
        """The underlay exchanges the addresses of two hosts on their way to and from a third."""
        self.wait_verified()
        first, second, third = self.lab.hypervisors
        one, other, vxlan = second.plan.address, third.plan.address, "udp,tp_dst=4789"
        self.addCleanup(self.wait_verified)
        self.addCleanup(first.run, "ovs-ofctl", "del-flows", "br-phy", vxlan)
        for is_a, becomes in permutations((one, other)):
            for match, action in ((f"in_port=LOCAL,nw_dst={is_a}", f"mod_nw_dst:{becomes}"),
                                  (f"in_port=eth0,nw_src={is_a}", f"mod_nw_src:{becomes}")):
                first.run("ovs-ofctl", "add-flow", "br-phy", f"priority=1,{vxlan},{match},actions={action},NORMAL")
        names = [host.name for host in (first, second, third)]
        expected = {"frames of {0} vx-{1} arrive at {2} vx-{0}, not at {1} vx-{0}".format(names[0], *pair)
                    for pair in permutations(names[1:])}

        def problems() -> set[str]:
            return {link.get("problem") for link in self.controller.state("peregrine-fabric:links", "link")
                    if link["state"] == "up" and link.get("identity") == "miswired"}

        wait_until(lambda: problems() >= expected, HANG, "both tunnels shown as miswired", interval=0.2)
        shown = self.console("peregrine:links")
        for problem in expected:
            self.assertIn(problem, shown)

    def test_lldp_of_guests_and_of_hosts_outside_goes_nowhere(self) -> None:
        host = self.place()
        port = self.port(host)
        before = {edge.name: self.lldp(edge) for edge in (host, self.lab.edges[-1])}
        host.run("ovs-ofctl", "-O", "OpenFlow13", "packet-out", "br-int",
                 f"in_port={port},packet={LLDP.hex()},actions=table")
        self.lab.client.run("python3", "-c", "import socket, sys; one = socket.socket(socket.AF_PACKET, "
                            "socket.SOCK_RAW); one.bind(('eth0', 0)); one.send(bytes.fromhex(sys.argv[1]))", LLDP.hex())
        for edge in (host, self.lab.edges[-1]):
            wait_until(lambda: self.lldp(edge)[0] == before[edge.name][0] + 1, HANG, f"a frame dropped at {edge.name}")

    def test_a_move_keeps_the_session_and_doubles_nothing(self) -> None:
        known = self.known()
        source, destination = self.place(), self.elsewhere()
        with self.probing("tcp", 10) as session, self.probing() as pings:
            pause = self.migrate()
        self.assertTrue(session["alive"], session["error"])
        self.assertEqual(0, session["reconnects"])
        record = self.record(known)
        self.assertEqual("completed", record["phase"])
        self.assert_not_doubled(pings, record)
        self.assertEqual((source.name, destination.name), (record["source"], record["destination"]))
        self.assertEqual(pause, record["pause"])
        steps = [step["name"] for step in record["step"]]
        self.assertLess(steps.index("prepared"), steps.index("open"))
        self.assertLess(steps.index("open"), steps.index("switch"))
        guest = next(entry for entry in self.controller.state("peregrine-guest:guests", "guest")
                     if entry["name"] == self.guest.name)
        self.assertEqual((destination.name, "running"), (guest["hypervisor"], guest["state"]))

    def test_a_neighbour_on_the_sources_host_is_served_too(self) -> None:
        while self.place().name != "hv1":
            source = self.place()
            self.lab.shell.run(source.inside(migration_command(
                self.guest.name, self.lab.hypervisor("hv1").plan.libvirt, ())))
            self.await_quiet(self.guest)
        with self.probing("tcp", 10) as session:
            self.migrate()
        self.assertTrue(session["alive"], session["error"])
        self.assertTrue(self.served(self.neighbour))

    def test_there_and_back_leaves_the_same_entries(self) -> None:
        home, other = self.place(), self.elsewhere()
        self.migrate()
        self.await_quiet(self.guest)
        self.lab.shell.run(other.inside(migration_command(self.guest.name, home.plan.libvirt, ())))
        self.await_quiet(self.guest)
        before = self.settled(gone_from=other)
        for source, destination in ((home, other), (other, home)):
            self.lab.shell.run(source.inside(migration_command(self.guest.name, destination.plan.libvirt, ())))
            self.await_quiet(self.guest)
        after = self.settled(gone_from=other)
        for name in before:
            self.assertEqual(self.without_ports(before[name]), self.without_ports(after[name]), name)

    @staticmethod
    def without_ports(lines: list[str]) -> list[str]:
        """A tap has a new number each time the guest comes."""
        return sorted(re.sub(r"(in_port=|output:)\d+", r"\1N", line) for line in lines)

    def test_an_aborted_move_leaves_the_guest_served(self) -> None:
        known = self.known()
        source, destination = self.place(), self.elsewhere()
        before = self.tables(source)
        with self.probing() as pings:
            running = subprocess.Popen(source.inside(migration_command(
                self.guest.name, destination.plan.libvirt, ("--bandwidth", "1"))), stderr=subprocess.PIPE)
            self.addCleanup(running.kill)
            wait_until(lambda: any(step["name"] == "prepared" for entry in self.migrations()
                                   if entry["id"] not in known for step in entry.get("step", [])),
                       HANG, "both places prepared", interval=0.1)
            self.lab.shell.run(source.inside(["virsh", "domjobabort", self.guest.name]))
            running.communicate(timeout=HANG)
        self.assertNotEqual(0, running.returncode)
        self.assertEqual("rolled-back", self.record(known)["phase"])
        self.assertEqual(0, pings["duplicated"])
        self.assertEqual(0, pings["lost"])
        self.assertEqual(source.name, self.place().name)
        self.assertEqual(before, self.tables(source))
        self.assertFalse([line for line in self.tables(destination) if self.guest.mac in line and "output:" in line])

    def test_a_restart_of_the_controller_loses_no_packet(self) -> None:
        before = {edge.name: self.tables(edge) for edge in self.lab.edges}
        with self.probing(interval_ms=10) as pings:
            self.controller.stop()
            self.controller.start()
            self.controller.wait_ready()
            self.controller.wait_edges(HANG)
        self.assertEqual((0, 0), (pings["lost"], pings["duplicated"]))
        self.assertEqual(before, {edge.name: self.tables(edge) for edge in self.lab.edges})
        with self.probing("tcp", 10) as session:
            self.migrate()
        self.assertTrue(session["alive"], session["error"])

    def test_a_switch_that_restarts_is_programmed_again(self) -> None:
        here = self.place()
        here.kill_vswitchd()
        here.start_vswitchd()
        wait_until(lambda: self.served(self.guest), HANG, "the guest served again", interval=0.2)

    def test_intent_that_breaks_a_rule_is_refused_and_changes_nothing(self) -> None:
        before = self.controller.get("peregrine-network:networks?content=config")
        network = "peregrine-network:networks/network=bad"
        cases = (
            (network, {"network": [{"name": "bad", "vni": 0}]}, "vni"),
            (network, {"network": [{"name": "bad", "vni": 5001}]}, "vni"),
            (network, {"network": [{"name": "bad", "vni": 9, "subnet": [
                {"prefix": "10.0.0.0/8"}, {"prefix": "10.1.0.0/16"}]}]}, "subnet"),
            (network, {"network": [{"name": "bad", "vni": 9, "subnet": [{"prefix": "10.0.0.0/8"}], "port": [
                {"mac-address": "52:54:00:00:00:01", "address": ["10.0.0.1"]},
                {"mac-address": "52:54:00:00:00:02", "address": ["10.0.0.1"]}]}]}, "address"),
            ("peregrine-edge:hypervisors/hypervisor=bad", {"hypervisor": [{
                "name": "bad", "ovsdb": "nonsense", "libvirt": "qemu:///system", "underlay-address": "10.99.0.1"}]},
             "ovsdb"),
            ("peregrine-edge:hypervisors/hypervisor=bad", {"hypervisor": [{
                "name": "bad", "ovsdb": "tcp:10.99.0.1:6640", "libvirt": "not a uri",
                "underlay-address": "10.99.0.1"}]}, "libvirt"),
            ("peregrine-edge:borders/border=border/port=other0", {"port": [{
                "interface": "other0", "network": "unheard-of"}]}, "unheard-of"),
        )
        for path, body, field in cases:
            with self.subTest(path=path, field=field):
                self.assert_refused(path, body, field)
        self.assertEqual(before, self.controller.get("peregrine-network:networks?content=config"))

    def test_the_same_intent_once_more_changes_nothing(self) -> None:
        self.settled(self.elsewhere())
        began = time.monotonic()
        flows, rows = self.ages(), self.rows()
        self.controller.give_intent()
        # A change that is seen says that the one before it has been
        self.addCleanup(self.controller.delete, "peregrine-network:networks/network=other")
        self.controller.put("peregrine-network:networks/network=other", {"network": [{"name": "other", "vni": 6001}]})
        wait_until(lambda: "Intent: 2 networks" in self.controller.log.read_text(encoding="utf-8"), HANG,
                   "the other network seen", interval=0.1)
        self.assertTrue(self.controller.audit()["clean"])
        passed = time.monotonic() - began
        after = self.ages()
        self.assertEqual(set(), {(edge, flow) for edge in flows for flow in flows[edge]
                                 if after[edge].get(flow, 0) < passed - 0.1})
        self.assertEqual(rows, self.rows())

    def ages(self) -> dict[str, dict[str, float]]:
        """For how many seconds each flow has been on an edge; not those that go by themselves."""
        def of(edge) -> dict[str, float]:
            lines = [line for line in edge.run("ovs-ofctl", "-O", "OpenFlow13", "dump-flows", "br-int").splitlines()
                     if "duration=" in line and "_timeout=" not in line]
            return {re.sub(r"(duration|n_packets|n_bytes)=[^,]*, ", "", line):
                    float(re.search(r"duration=([\d.]+)s", line).group(1)) for line in lines}
        return {edge.name: of(edge) for edge in self.lab.edges}

    def rows(self) -> dict[str, str]:
        """Each edge's rows in OVSDB, with the versions that a change of them changes; not what Open vSwitch counts."""
        wishes = json.dumps(["Open_vSwitch", *(
            {"op": "select", "table": table, "where": [], "columns": ["_uuid", "_version"]}
            for table in ("Open_vSwitch", "Bridge", "Port"))])
        return {edge.name: edge.run("ovsdb-client", "transact", wishes) for edge in self.lab.edges}

    def test_the_console_shows_what_restconf_shows(self) -> None:
        guests = json.loads(self.console("peregrine:guests --json"))["peregrine-guest:guests"]["guest"]
        self.assertEqual({self.guest.name, self.neighbour.name}, {guest["name"] for guest in guests})
        switches = json.loads(self.console("peregrine:switches --json"))
        self.assertEqual(len(self.lab.edges) + len(self.lab.plan.fabric.switches),
                         len(switches["peregrine-switch:switches"]["switch"]))
        tunnels = json.loads(self.console("peregrine:tunnels --json"))["peregrine-edge:tunnels"]["tunnel"]
        self.assertEqual(12, len(tunnels))
        migrations = json.loads(self.console("peregrine:migrations --json"))["peregrine-migration:migrations"]
        self.assertEqual(self.known(), {entry["id"] for entry in migrations.get("migration", [])})
        self.assertIn(self.guest.mac, self.console("peregrine:guests"))


if __name__ == "__main__":
    unittest.main()
