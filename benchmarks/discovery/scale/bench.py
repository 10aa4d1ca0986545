# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The measurements, one after the other."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Callable

from peregrine_lab.controller import BUILT, Controller
from peregrine_lab.errors import LabError
from peregrine_lab.fabricplan import LinkPlan
from peregrine_lab.instance import Instance
from peregrine_lab.places import Place
from peregrine_lab.shell import Shell, wait_until

from . import usage
from .logs import read_log
from .network import FatTree, plan_tree
from .wire import FLOW_MOD, GROUP_MOD, PACKET_IN, PACKET_OUT, PORT_STATUS, Wire

_FABRIC = "peregrine-fabric:fabric"
_LINKS = "peregrine-fabric:links?content=nonconfig"
_HOSTS = "peregrine-fabric:hosts?content=nonconfig"
#: Seconds without a change after which a reaction counts as ended.
_QUIET = 1.5


class Bench:
    """Switches, hosts and a controller in one network namespace; what Controller wants of a lab is here."""

    tls = False

    def __init__(self, instance: Instance, arity: int, pulled: int) -> None:
        self.instance = instance
        self.shell = Shell(instance)
        plan = plan_tree(arity)
        self.pulled = _spread([link for link in plan.links if not link.to_host], pulled)
        self.switches = FatTree(instance, self.shell, plan, self.pulled)
        self.controller: Place = self.switches
        self.peregrine = Controller(self)  # type: ignore[arg-type]
        self.directed = 2 * len(self.switches.cables)

    def build(self) -> None:
        """Everything but the switches' process, which connects at once when it starts."""
        self.instance.data_dir.mkdir(parents=True)
        self.switches.build()
        self.peregrine.start(BUILT)
        self.peregrine.wait_ready()

    def stop_bundle(self, name: str) -> None:
        """Leave a bundle of the platform out; that lasts over restarts of the controller."""
        state = self.shell.run(self.peregrine.console(f"bundle:stop {name}; bundle:list -s | grep {name}"))
        if "Resolved" not in state:
            raise LabError(f"{name} is not stopped: {state.strip() or 'there is no such bundle'}")

    # Discovery

    def power_up(self) -> dict[str, float]:
        """All switches start at once, and nothing is known of them."""
        if self.peregrine.get(_FABRIC) is not None:
            self.switches.kill_vswitchd()
            self.peregrine.delete(_FABRIC)
            wait_until(lambda: not self._links(), 30, "links of before are not forgotten")
        self.peregrine.put(_FABRIC, self.switches.intent())
        began = time.time()
        self.switches.start_vswitchd()
        return self._found(began, time.time() - began)

    def restart_forgetful(self) -> dict[str, float]:
        """The controller starts anew and has forgotten links and hosts, not the intent."""
        self.peregrine.stop()
        (self.peregrine.home / "data" / "peregrine" / "fabric").unlink()
        began = time.time()
        self.peregrine.start()
        self.peregrine.wait_ready()
        return self._found(began, 0)

    def restart(self) -> dict[str, float]:
        """The controller starts anew and remembers; the switches have what they need."""
        self.peregrine.stop()
        began = time.time()
        # Sessions can be listened to before they begin
        with Wire(self._snoop()) as wire:
            self.peregrine.start()
            self.peregrine.wait_ready()
            result = self._confirmed(began)
            time.sleep(_QUIET * 4)
            counts = wire.counts()
        return {**result, "group_changes": counts[GROUP_MOD], "flow_changes": counts[FLOW_MOD]}

    def restart_sessions(self) -> dict[str, float]:
        """Every session is cut; switches connect again within a second or two."""
        began = time.time()
        self.switches.end_sessions()
        return self._confirmed(began)

    def _found(self, began: float, start_seconds: float) -> dict[str, float]:
        def found() -> list[float]:
            return self._log(began, "Link found: ")

        wait_until(lambda: len(found()) >= self.directed, 240, "not all links are found", interval=0.5)
        wait_until(lambda: len(self._links("up")) == self.directed, 30, "not all links are shown", interval=0.5)
        return {"switches_start": start_seconds, **self._since_connection(began, max(found())),
                "found_again": len(found()) - self.directed}

    def _confirmed(self, began: float) -> dict[str, float]:
        def confirmed() -> bool:
            links = self._links("up")
            return len(links) == self.directed and min(links) >= began

        wait_until(confirmed, 240, "not all links are confirmed", interval=0.5)
        return self._since_connection(began, max(self._links("up")))

    def _since_connection(self, began: float, known: float) -> dict[str, float]:
        connections = self.switches.connections(began)
        noticed = self._log(began, " is SYNCING")
        return {"begun_to_known": known - began, "connections_took": max(connections) - min(connections),
                "connections": len(connections), "connected_to_noticed": max(noticed) - max(connections),
                "connected_to_known": known - max(connections), "shown_after": max(self._links("up")) - known}

    def _links(self, state: str | None = None) -> list[float]:
        """Since when links are so."""
        links = (self.peregrine.get(_LINKS) or {}).get("peregrine-fabric:links", {}).get("link", [])
        return [datetime.fromisoformat(link["since"].replace("Z", "+00:00")).timestamp() for link in links
                if state in (None, link["state"])]

    def _log(self, began: float, text: str) -> list[float]:
        return [when for when, line in read_log(self.peregrine.log, began) if text in line]

    # At rest

    def rest(self, seconds: float) -> dict[str, Any]:
        pids = {name: usage.find(self.instance, program)
                for name, program in (("controller", "java"), ("vswitchd", "ovs-vswitchd"))}
        uses = usage.watch(pids, seconds)
        with Wire(self._snoop()) as wire:
            before = wire.counts()
            time.sleep(10)
            counts = wire.counts()
            counts.subtract(before)
        return {**{name: asdict(use) for name, use in uses.items()},
                "packet_ins": counts[PACKET_IN] / 10, "packet_outs": counts[PACKET_OUT] / 10}

    def entries(self) -> dict[str, Any]:
        numbers = [self.switches.entries(switch) for switch in self.switches.plan.switches]
        return {kind: {"least": min(values), "most": max(values), "all": sum(values)}
                for kind, values in zip(("flows", "groups"), zip(*numbers))}

    # Ways

    def hosts_come(self, process: HostProcess) -> dict[str, float]:
        """All hosts tell of themselves at once."""
        count = len(self.switches.hosts())
        with Wire(self._snoop()) as wire:
            began = time.time()
            told = process.tell()
            wait_until(lambda: len(self._hosts("confirmed")) == count, 60, "not all hosts are found", interval=0.5)
            _wait_quiet(wire)
            changes = wire.changes(began)
        found = self._log(began, "Host: ")[:count]
        return {"told_to_found": max(found) - told, "found_to_sent": changes.last - max(found),
                "found_to_confirmed": changes.confirmed - max(found), "group_changes": changes.groups,
                "flow_changes": changes.flows, "switches_changed": len(changes.switches)}

    def pull_link(self, link: LinkPlan) -> dict[str, float]:
        """A cable is pulled out, and put in again."""
        with Wire(self._snoop()) as wire:
            time.sleep(0.5)
            began = time.time()
            self.switches.pull(link)
            _wait_quiet(wire)
            down = wire.changes(began)
            reports = [when for when, _, kind, _ in wire.messages(began) if kind == PORT_STATUS]
            again = time.time()
            self.switches.plug(link)
            wait_until(lambda: len(self._links("up")) == self.directed, 60, f"{link.a}-{link.b} does not come back",
                       interval=0.5)
            _wait_quiet(wire)
            up = wire.changes(again)
        reported = min(reports)
        ends = [down.by_switch[end] - reported for end in (link.a, link.b) if end in down.by_switch]
        return {"down_to_reported": reported - began, "reported_to_first_change": down.first - reported,
                "reported_to_ends": max(ends, default=0.0), "reported_to_all": down.confirmed - reported,
                "group_changes": down.groups, "flow_changes": down.flows, "switches_changed": len(down.switches),
                "group_changes_back": up.groups}

    def _hosts(self, state: str) -> list[str]:
        hosts = (self.peregrine.get(_HOSTS) or {}).get("peregrine-fabric:hosts", {}).get("host", [])
        return [host["address"] for host in hosts if host["state"] == state]

    def _snoop(self) -> dict[str, str]:
        return {switch.name: self.switches.socket(switch, "snoop") for switch in self.switches.plan.switches}


class HostProcess:
    """The hosts, all in one process."""

    def __init__(self, bench: Bench) -> None:
        self._process = subprocess.Popen(
            bench.switches.in_network([sys.executable, "-B", str(Path(__file__).with_name("arphosts.py")),
                                       *(",".join(host) for host in bench.switches.hosts())]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self) -> float:
        """Have all of them tell; gives the time when they have."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def __enter__(self) -> HostProcess:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.stdin.close()
        self._process.wait()


def repeat(times: int, what: Callable[[], dict[str, float]]) -> list[dict[str, float]]:
    return [what() for _ in range(times)]


def _wait_quiet(wire: Wire) -> None:
    began = time.time()
    wait_until(lambda: time.time() - max(began, wire.quiet_since()) > _QUIET, 60, "changes do not end", interval=0.1)


def _spread(links: list[LinkPlan], count: int) -> list[LinkPlan]:
    """As many, from all parts of the fabric."""
    return [links[index * len(links) // count] for index in range(count)]
