# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Peregrine in somebody's own OpenDaylight: needs root, the packages, the KAR and a stock distribution; takes minutes.

One OpenDaylight goes through all of it, beside things that are none of Peregrine's business: a switch with a flow that
OpenDaylight's own application programs, flows and OVSDB rows that somebody made by hand, a topology.
"""

import re
import shutil
import tempfile
import time
import unittest
from contextlib import suppress
from pathlib import Path

import context  # noqa: F401  makes the package importable
import kars
from peregrine_lab.controller import KARS, STOCK, RestError, StockController
from peregrine_lab.errors import LabError
from peregrine_lab.instance import Instance
from peregrine_lab.lab import migration_command
from peregrine_lab.plan import OPENFLOW_PORT
from peregrine_lab.processes import group
from peregrine_lab.shell import wait_until
from peregrinecase import HANG, PeregrineCase

TOPOLOGY = "network-topology:network-topology"
#: Each needs those before it; odl-peregrine has all.
PARTS = ("odl-peregrine-topology", "odl-peregrine-vxlan", "odl-peregrine-migration")
#: A bridge that OpenDaylight runs and Peregrine knows nothing of.
FOREIGN, DATAPATH = "br-foreign", 0xf0
NODE = f"openflow:{DATAPATH}"
FLOW = f"opendaylight-inventory:nodes/node={NODE.replace(':', '%3A')}/flow-node-inventory:table=0/flow=foreign"
#: A flow made by hand, on a switch that Peregrine programs.
BY_HAND = "cookie=0x77"
#: What Peregrine's threads are called, as far as the kernel keeps a name.
THREADS = ("peregrine-", "libvirt-", "ovsdb-")
#: The ports of libvirt and OVSDB on the hypervisors.
CONNECTIONS = (":16509", ":6640")
UNAUTHORIZED = 401
#: So long may RESTCONF refuse while a start is under way; a bundle that starts anew in the midst of it can hang it.
REFUSED_SECONDS = 40
#: Seconds that it may take until it is there.
AWAY_SECONDS = 120


class EmbeddingTest(PeregrineCase):
    INSTANCE = Instance("embed")
    DISTRIBUTION, CONTROLLER = STOCK, StockController
    HYPERVISORS = 2
    maxDiff = None

    @classmethod
    def prepare(cls) -> None:
        built = list(KARS.glob("peregrine-kar-*.kar"))
        if not built:
            raise unittest.SkipTest("no KAR is built: run mvn install")
        cls.kar = built[0]

    @classmethod
    def begin(cls) -> None:
        """RESTCONF of the stock, which at times lets nobody in until its password service is started anew (AAA-281), or
        stays away until its encryption service is.

        Where Peregrine is installed, this is Peregrine's to do.
        """
        remedies = {UNAUTHORIZED: ("password", REFUSED_SECONDS), None: ("encrypt", AWAY_SECONDS)}
        first = seen = None

        def answers() -> bool:
            nonlocal first, seen
            code = cls.controller.ask(TOPOLOGY)
            if code in (200, 409):
                return True
            trouble = code if code == UNAUTHORIZED else None
            if first is None or trouble != seen:
                first, seen = time.monotonic(), trouble
                return False
            service, patience = remedies[trouble]
            if time.monotonic() - first > patience and not cls.own_bundles():
                cls.lab.shell.run(cls.controller.console(
                    f"bundle:restart org.opendaylight.aaa.{service}-service-impl"))
                first = None
            return False

        wait_until(answers, 8 * HANG, "RESTCONF of the stock", interval=0.5)

    # Helpers

    def flows(self, place, bridge: str, wanted: str = "") -> list[str]:
        lines = place.run("ovs-ofctl", "-O", "OpenFlow13", "--no-stats", "dump-flows", bridge).splitlines()
        return sorted(line.strip() for line in lines if wanted in line and " reply " not in line)

    def make_foreign(self) -> None:
        """What others have there, before Peregrine comes."""
        self.hv = self.lab.hypervisors[0]
        self.hv.vsctl("add-br", FOREIGN, "--", "set", "bridge", FOREIGN, "datapath_type=netdev", "fail-mode=secure",
                      f"other-config:datapath-id={DATAPATH:016x}", "external_ids:owner=somebody", "--",
                      "add-port", FOREIGN, "foreign0", "--", "set", "interface", "foreign0", "type=internal")
        self.connect_foreign()
        self.lab.fabric.switches.run("ovs-ofctl", "-O", "OpenFlow13", "add-flow", "s1",
                                     f"table=0,priority=1,{BY_HAND},udp,actions=drop")
        self.controller.put(f"{TOPOLOGY}/topology=foreign", {"network-topology:topology": [
            {"topology-id": "foreign", "node": [{"node-id": "somebody's"}]}]})
        self.controller.put(FLOW, {"flow-node-inventory:flow": [{
            "id": "foreign", "table_id": 0, "priority": 7, "cookie": 66,
            "match": {"ethernet-match": {"ethernet-type": {"type": 0x88b5}}}}]})
        wait_until(self.foreign_flows, HANG, "the stock application's flow")

    def connect_foreign(self) -> None:
        self.hv.vsctl("set-controller", FOREIGN, f"tcp:{self.lab.plan.controller_management}:{OPENFLOW_PORT}", "--",
                      "set", "controller", FOREIGN, "max_backoff=1000")

    def foreign_flows(self) -> list[str]:
        return self.flows(self.hv, FOREIGN)

    def foreign(self) -> dict:
        """All that has to stay as it is, in the network."""
        return {
            "flows": self.foreign_flows(),
            "by hand": self.flows(self.lab.fabric.switches, "s1", BY_HAND),
            "rows": [self.hv.vsctl("--columns=name,ports,external_ids,other_config", "list", "bridge", FOREIGN),
                     self.hv.vsctl("--columns=name,type,options,external_ids", "list", "interface", "foreign0"),
                     self.hv.vsctl("get-controller", FOREIGN),
                     self.hv.vsctl("get", "open_vswitch", ".", "external_ids")],
        }

    def foreign_data(self) -> list:
        """The same in the stock's data store."""
        return [self.controller.get(f"{path}?content=config") for path in (f"{TOPOLOGY}/topology=foreign", FLOW)]

    def assert_foreign(self, network: dict, data: list) -> None:
        self.assertEqual(network, self.foreign())
        self.assertEqual(data, self.foreign_data())

    def assert_stock_works(self) -> None:
        """The stock's applications see the foreign switch, and bring back its flow when it is gone."""
        wait_until(lambda: NODE in self.stock_nodes(), HANG, "the stock's topology of the foreign switch", interval=0.2)
        self.hv.run("ovs-ofctl", "-O", "OpenFlow13", "del-flows", FOREIGN)
        self.reconnect()
        wait_until(self.foreign_flows, HANG, "the stock application's flow", interval=0.2)

    def reconnect(self) -> None:
        self.hv.vsctl("del-controller", FOREIGN)
        wait_until(lambda: not self.has_session(), HANG, "the end of its session", interval=0.2)
        self.connect_foreign()
        wait_until(self.has_session, HANG, "a new session", interval=0.2)

    def has_session(self) -> bool:
        return self.controller.get(f"opendaylight-inventory:nodes/node={NODE.replace(':', '%3A')}"
                                   "?content=nonconfig&fields=id") is not None

    def stock_nodes(self) -> set[str]:
        topology = self.controller.get(f"{TOPOLOGY}/topology=flow%3A1?content=nonconfig") or {}
        return {node["node-id"] for entry in topology.get("network-topology:topology", [])
                for node in entry.get("node", [])}

    @classmethod
    def bundle_list(cls) -> list[list[str]]:
        """Ids, states, start levels, versions and symbolic names."""
        answer = cls.lab.shell.run(cls.controller.console("bundle:list -t 0 -s --no-format"))
        rows = [[field.strip() for field in line.split("\t")] for line in answer.splitlines()]
        return [row for row in rows if len(row) == 5]

    @classmethod
    def bundles(cls) -> dict[str, tuple[str, str]]:
        """Symbolic names, with states and versions."""
        return {row[4]: (row[1], row[3]) for row in cls.bundle_list()}

    @classmethod
    def own_bundles(cls) -> dict[str, tuple[str, str]]:
        return {name: bundle for name, bundle in cls.bundles().items() if name.startswith("io.peregrine")}

    def assert_settings_come_first(self) -> None:
        """OpenFlowPlugin reads them once, and that may be before the bundles of its own start level are all started."""
        levels = {row[4]: int(row[2]) for row in self.bundle_list()}
        self.assertLess(levels["io.peregrine.flow-service"], levels["org.opendaylight.openflowplugin.impl"])

    def restart(self) -> None:
        self.controller.stop()
        self.controller.start()
        self.begin()

    def assert_life(self, version: str) -> None:
        """Peregrine runs the lab by the intent that it has been given."""
        self.controller.wait_fabric(HANG)
        self.controller.wait_edges(HANG)
        self.assert_installed(version)
        self.assertTrue(self.reaches(self.hv, self.lab.border.plan.address))
        self.console("peregrine:audit")
        for path, word in (("metrics/", "peregrine_tunnels"), ("peregrine-openapi/", "peregrine-jobs:migrate-guest")):
            wait_until(lambda: word in self.controller.fetch(path)[1], HANG, f"{word} in {path}", interval=0.5)

    def assert_a_guest_moves(self) -> None:
        """There by virsh, and back by a job."""
        guest, other = self.lab.create_guest("web", self.hv.name, bridge_timeout=HANG), self.lab.hypervisors[1]
        self.await_quiet(guest)
        with self.traffic(self.lab.client, guest.address) as seen:
            self.lab.shell.run(self.hv.inside(migration_command(guest.name, other.plan.libvirt, ())))
            there = self.ended(guest, set())
            self.await_job(self.begin_move(guest.name, self.hv.name), "done")
            back = self.ended(guest, {there["id"]})
        self.assertEqual([("completed", "reactive"), ("completed", "predictive")],
                         [(record["phase"], record["mode"]) for record in (there, back)])
        self.assert_not_doubled(seen, there, back)
        print(f"a guest moved: paused {there['pause']} and {back['pause']} ms, lost {seen['lost']} of {seen['sent']}, "
              f"doubled {seen['duplicated']}, longest gap {seen['longest_gap']['ms']:.0f} ms", flush=True)
        self.assert_clean()
        self.lab.remove_guest(guest.name)

    def groups(self) -> set[str]:
        """Numbers that Peregrine remembers beside the data store: with others all groups would be made anew."""
        said = self.lab.fabric.switches.run("ovs-ofctl", "-O", "OpenFlow13", "dump-groups", "s1")
        return set(re.findall(r"group_id=(\d+)", said))

    def assert_installed(self, version: str) -> None:
        # A service that a bundle waits for may come after the feature's installation
        wait_until(lambda: {("Active", version)} == set(self.own_bundles().values()), HANG,
                   f"all of version {version} active", interval=0.5)
        self.assert_settings_come_first()

    def left_behind(self) -> list[str]:
        """Threads and connections of Peregrine's, while it is not installed."""
        names = []
        for pid in group(self.controller.process().pid):
            for task in Path(f"/proc/{pid}/task").iterdir():
                with suppress(FileNotFoundError):  # it ends while it is looked at
                    names.append((task / "comm").read_text(encoding="ascii", errors="replace").strip())
        sockets = self.lab.controller.run("ss", "--no-header", "--tcp", "--numeric").splitlines()
        return [name for name in names if name.startswith(THREADS)] \
            + [line for line in sockets if line.split()[4].endswith(CONNECTIONS)]

    def assert_gone(self, stock: set[str]) -> None:
        """Nothing of Peregrine's is there, and of the stock's everything."""
        self.assertEqual(stock, set(self.bundles()))
        try:
            wait_until(lambda: not self.left_behind(), HANG, "the end of threads and connections", interval=0.2)
        except LabError as failure:
            self.fail(f"{failure}: {self.left_behind()}\n{self.stacks()}")
        self.console_refuses("peregrine:switches", "Command not found")
        # Switches go on as they are
        self.assertTrue(self.reaches(self.hv, self.lab.border.plan.address))

    def assert_no_data(self) -> None:
        whole = self.controller.get("")
        if len(whole) == 1:
            whole, = whole.values()
        self.assertEqual([], [name for name in whole if name.startswith("peregrine")])
        self.assertEqual({"flow:1", "foreign"}, {topology["topology-id"] for topology in whole[TOPOLOGY]["topology"]})
        with self.assertRaisesRegex(RestError, "peregrine-edge"):
            self.controller.get("peregrine-edge:edges?content=nonconfig")

    def begin_step(self, name: str) -> None:
        print(f"{time.monotonic() - self.began:.0f} s: {name}", flush=True)

    # What the system promises

    def test_a_life_beside_others(self) -> None:
        # Bundles with models that come or go make OpenDaylight begin its data store anew while it runs. RESTCONF may not
        # come back from that, nor may its own applications: so a restart follows, as docs/embedding.md has it.
        self.began = time.monotonic()
        self.make_foreign()
        foreign, data, stock = self.foreign(), self.foreign_data(), set(self.bundles())
        old = self.kar.stem.removeprefix("peregrine-kar-")
        newer = kars.next_version(old)

        self.begin_step("a KAR brings features, and installs none")
        shutil.copy(self.kar, self.controller.home / "deploy")
        wait_until(lambda: "odl-peregrine" in self.console("feature:list --no-format"), HANG, "the features")
        self.assertEqual(stock, set(self.bundles()))

        self.begin_step("each feature brings more than the one before")
        before: set[str] = set()
        for feature in (*PARTS, "odl-peregrine"):
            self.console(f"feature:install {feature}")
            self.assert_installed(old.replace("-", "."))
            self.assertLess(before, set(self.own_bundles()), feature)
            before = set(self.own_bundles())
        self.console(f"feature:uninstall {' '.join(PARTS)}")
        self.assertEqual(before, set(self.own_bundles()))

        self.begin_step("all installed, and restarted")
        self.assertEqual(stock, set(self.bundles()) - set(self.own_bundles()))
        self.assertEqual(foreign, self.foreign())
        self.restart()
        self.controller.give_intent()
        self.assert_life(old.replace("-", "."))
        self.assert_foreign(foreign, data)

        groups = self.groups()
        self.begin_step(f"upgraded to {newer}, and restarted: the intent is there")
        with tempfile.TemporaryDirectory() as directory:
            self.console(f"kar:install file:{kars.of_version(self.kar, newer, Path(directory))}")
        self.console(f"feature:install --upgrade odl-peregrine/{newer}")
        (self.controller.home / "deploy" / self.kar.name).unlink()
        wait_until(lambda: self.kar.stem not in self.console("kar:list"), HANG, "the end of the old KAR", interval=0.2)
        self.assert_installed(newer)
        self.assertTrue(self.reaches(self.hv, self.lab.border.plan.address))
        self.restart()
        self.assert_life(newer)
        self.assertEqual((groups, True), (self.groups(), bool(groups)))

        self.begin_step("uninstalled, and restarted: the stock is as it was")
        self.console("feature:uninstall odl-peregrine")
        self.assert_gone(stock)
        self.assertEqual(foreign, self.foreign())
        self.restart()
        self.assert_gone(stock)
        self.assert_stock_works()
        self.assert_no_data()
        self.assert_foreign(foreign, data)

        self.begin_step("installed again, and restarted: the intent is there")
        self.console(f"feature:install odl-peregrine/{newer}")
        self.restart()
        self.assert_life(newer)
        self.assert_foreign(foreign, data)

        self.begin_step("a guest moves, and back")
        self.assert_a_guest_moves()
        self.assert_foreign(foreign, data)

        self.begin_step("the KAR goes, and the features with it")
        self.console(f"kar:uninstall peregrine-kar-{newer}")
        self.assert_gone(stock)
        self.assertEqual(foreign, self.foreign())


if __name__ == "__main__":
    unittest.main()
