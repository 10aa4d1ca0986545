# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The ways to control the network that are compared; each makes the same lab's guests reachable."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from peregrine_lab.controller import Controller, RestError, intent
from peregrine_lab.errors import LabError
from peregrine_lab.guests import Guest
from peregrine_lab.hosts import Edge, Hypervisor
from peregrine_lab.lab import Lab, migration_command
from peregrine_lab.plan import INTEGRATION_BRIDGE
from peregrine_lab.plainbridges import build_bridges
from peregrine_lab.shell import wait_until

from .idle import IdleEdges

HANG = 60
#: Seconds that many idle edges and guests may take to start.
_MANY = 1800
_NETWORKS, _HYPERVISORS = "peregrine-network:networks", "peregrine-edge:hypervisors"


class Unsupported(LabError):
    """What is measured cannot do this."""


class Variant:
    """One way; an object lives as long as the lab it is started in."""

    def __init__(self, name: str) -> None:
        self.name = name

    def check(self) -> None:
        """Raises LabError if something that it needs is not installed."""

    def start(self, lab: Lab) -> None:
        """Control the lab's edges, so that guests can be started."""

    def know(self, guests: dict[Guest, Hypervisor]) -> None:
        """Learn of the guests that run."""

    def before_move(self, guest: Guest, source: Hypervisor, destination: Hypervisor) -> None:
        """What whoever migrates has to tell first."""

    def migrate(self, guest: Guest, source: Hypervisor, destination: Hypervisor) -> None:
        """Move it; comes back when it has moved."""
        source.shell.run(source.inside(migration_command(guest.name, destination.plan.libvirt, ())))

    def after_move(self, guest: Guest, source: Hypervisor, destination: Hypervisor) -> None:
        """What whoever migrates has to tell once the guest has moved."""

    def record(self, guest: Guest, since: float) -> dict[str, Any] | None:
        """The controller's own account of the one move since then, once it has ended."""
        return None


class Learning(Variant):
    """MAC learning over a full mesh of VXLAN tunnels; nobody controls anything."""

    def start(self, lab: Lab) -> None:
        build_bridges(lab.edges, lab.plan.client)


class Peregrine(Variant):
    """Peregrine, with more intent than the lab's, and with many edges and guests beside if they are wanted."""

    def __init__(self, name: str, distribution: Path, more_intent: dict[str, dict[str, Any]],
                 idle: tuple[int, int] | None = None, moves_itself: bool = False) -> None:
        super().__init__(name)
        self._moves_itself = moves_itself
        self._distribution = distribution
        self._more_intent = more_intent
        self._idle_size = idle
        self._lab: Lab | None = None
        self._controller: Controller | None = None
        self._idle: IdleEdges | None = None

    def check(self) -> None:
        if not (self._distribution / "bin" / "karaf").exists():
            raise LabError(f"{self._distribution} holds no distribution: build it with mvn install, or name one")

    def start(self, lab: Lab) -> None:
        self._lab = lab
        self._controller = Controller(lab)
        self._controller.start(self._distribution)
        self._controller.wait_ready()
        for path, data in self._more_intent.items():
            try:
                self._controller.put(path, data)
            except RestError as refused:
                if refused.code in (400, 409):  # a value, or all of it, that the model does not have
                    raise Unsupported(f"{self.name}: this build of Peregrine does not take {path}") from refused
                raise
        if self._idle_size is not None:
            self._idle = IdleEdges(lab, *self._idle_size)
            self._idle.build()
        self._give_intent()
        if self._idle is not None:
            self._idle.plug()
            wait_until(self._all_attached, _MANY, "all idle guests attached", interval=2)
            self._wait_edges()

    def know(self, guests: dict[Guest, Hypervisor]) -> None:
        self._give_intent()  # once more with the guests' addresses

    def _give_intent(self) -> None:
        whole = intent(self._lab)
        if self._idle is not None:
            network = whole[_NETWORKS][_NETWORKS]["network"][0]
            network["subnet"].append(IdleEdges.SUBNET)
            network["port"] += self._idle.ports()
            whole[_HYPERVISORS][_HYPERVISORS]["hypervisor"] += self._idle.hypervisors()
        for path, data in whole.items():
            self._controller.put(path, data)
        self._wait_edges()

    def _wait_edges(self) -> None:
        names = {edge.name for edge in self._lab.edges} | (self._idle.names() if self._idle else set())
        wait_until(lambda: self._controller.ready_edges() >= names, _MANY if self._idle else HANG, "all edges ready",
                   interval=2 if self._idle else 0.2)

    def _all_attached(self) -> bool:
        guests = self._controller.state("peregrine-guest:guests", "guest")
        attached = sum(interface.get("attached", False) for guest in guests for interface in guest["interface"])
        return attached >= len(list(self._idle.guests()))

    def migrate(self, guest: Guest, source: Hypervisor, destination: Hypervisor) -> None:
        if not self._moves_itself:
            super().migrate(guest, source, destination)
            return
        job = self._controller.invoke("peregrine-jobs:migrate-guest", {
            "guest": guest.name, "destination": destination.name})["job"]
        found: list[dict[str, Any]] = []

        def ended() -> bool:
            found[:] = [entry for entry in self._controller.state("peregrine-jobs:jobs", "job")
                        if entry["id"] == job and "finished" in entry]
            return bool(found)

        wait_until(ended, HANG, "the end of a job", interval=0.05)
        if found[0]["state"] != "done":
            raise LabError(f"the move has failed: {found[0].get('error')}")

    def record(self, guest: Guest, since: float) -> dict[str, Any] | None:
        found: list[dict[str, Any]] = []

        def ended() -> bool:
            found[:] = [entry for entry in self._controller.state("peregrine-migration:migrations", "migration")
                        if entry["guest"] == guest.uuid and parse_time(entry["started"]) >= since]
            return bool(found) and all("finished" in entry for entry in found)

        wait_until(ended, HANG, "the end of the record of a migration", interval=0.2)
        if len(found) != 1:
            raise LabError(f"{len(found)} records of one migration")
        return found[0]


class Ovn(Variant):
    """OVN, told of a move as OpenStack tells it: the port may be at two chassis until the guest has moved."""

    _SCHEMAS = Path("/usr/share/ovn")
    _SOUTHBOUND_PORT = 6642

    def __init__(self, name: str, activation: str | None) -> None:
        super().__init__(name)
        self._activation = activation
        self._lab: Lab | None = None
        self._directory = Path()

    def check(self) -> None:
        missing = {"ovn-northd": "ovn-central", "ovn-controller": "ovn-host", "ovn-nbctl": "ovn-common"}
        lacking = [package for program, package in missing.items() if shutil.which(program) is None]
        if lacking:
            raise LabError(f"not installed: {', '.join(lacking)}; install with: apt-get install "
                           "--no-install-recommends ovn-central ovn-host, or leave the OVN variants out")

    def start(self, lab: Lab) -> None:
        self._lab = lab
        self._directory = lab.instance.data_dir / "ovn"
        self._directory.mkdir()
        self._start_central()
        for edge in lab.edges:
            self._start_chassis(edge)
        client = lab.plan.client
        lab.border.vsctl("--may-exist", "add-port", INTEGRATION_BRIDGE, client.port, "--",
                         "set", "Interface", client.port, f"external_ids:iface-id={client.name}")
        self._nbctl("ls-add", "demo")
        self._add_port(client.name, client.mac, client.address, lab.border)

    def know(self, guests: dict[Guest, Hypervisor]) -> None:
        for guest, host in guests.items():
            self._add_port(guest.interfaceid, guest.mac, guest.address, host)
        for guest in guests:
            self._nbctl("wait-until", "Logical_Switch_Port", guest.interfaceid, "up=true")
        self._nbctl("--wait=hv", "sync")

    def before_move(self, guest: Guest, source: Hypervisor, destination: Hypervisor) -> None:
        options = [f"requested-chassis={source.identifier},{destination.identifier}"]
        if self._activation is not None:
            options.append(f"activation-strategy={self._activation}")
        self._nbctl("--wait=hv", "lsp-set-options", guest.interfaceid, *options)

    def after_move(self, guest: Guest, source: Hypervisor, destination: Hypervisor) -> None:
        self._nbctl("lsp-set-options", guest.interfaceid, f"requested-chassis={destination.identifier}")

    def _start_central(self) -> None:
        place, log = self._lab.controller, self._directory / "start.log"
        remotes = {"nb": [], "sb": [f"--remote=ptcp:{self._SOUTHBOUND_PORT}:{self._lab.plan.controller_management}"]}
        for name, more in remotes.items():
            database = self._directory / f"{name}.db"
            place.run("ovsdb-tool", "create", str(database), str(self._SCHEMAS / f"ovn-{name}.ovsschema"))
            self._lab.shell.run_daemon(place.in_network([
                "ovsdb-server", str(database), f"--remote=p{self._socket(name)}", *more, *self._daemon(name)]), log)
        self._lab.shell.run_daemon(place.in_network([
            "ovn-northd", f"--ovnnb-db={self._socket('nb')}", f"--ovnsb-db={self._socket('sb')}",
            *self._daemon("northd")]), log)

    def _start_chassis(self, edge: Edge) -> None:
        edge.run("mkdir", "-p", "/run/ovn")
        edge.vsctl("set", "Open_vSwitch", ".",
                   f"external_ids:ovn-remote=tcp:{self._lab.plan.controller_management}:{self._SOUTHBOUND_PORT}",
                   "external_ids:ovn-encap-type=geneve", f"external_ids:ovn-encap-ip={edge.plan.address}",
                   f"external_ids:ovn-bridge={INTEGRATION_BRIDGE}", "external_ids:ovn-bridge-datapath-type=netdev",
                   # All of the database rather than what a chassis needs: changes are seen with fewer round trips
                   "external_ids:ovn-monitor-all=true")
        self._lab.shell.run_daemon(edge.inside([
            "ovn-controller", "unix:/run/openvswitch/db.sock", "--pidfile=/run/ovn/ovn-controller.pid",
            "--log-file=/var/log/openvswitch/ovn-controller.log",
            "--detach", "-vconsole:off"]), edge.log)
        wait_until(lambda: edge.has_bridge(INTEGRATION_BRIDGE), HANG, f"ovn-controller makes no bridge at {edge.name}")

    def _add_port(self, name: str, mac: str, address: str, edge: Edge) -> None:
        self._nbctl("lsp-add", "demo", name, "--", "lsp-set-addresses", name, f"{mac} {address}", "--",
                    "lsp-set-options", name, f"requested-chassis={edge.identifier}")

    def _nbctl(self, *words: str) -> str:
        return self._lab.controller.run("ovn-nbctl", f"--db={self._socket('nb')}", f"--timeout={HANG}", *words)

    def _socket(self, name: str) -> str:
        return f"unix:{self._directory / name}.sock"

    def _daemon(self, name: str) -> list[str]:
        file = self._directory / name
        return [f"--pidfile={file}.pid", f"--unixctl={file}.ctl", f"--log-file={file}.log", "--detach", "-vconsole:off"]


POLICY = "peregrine-migration:migration-policy"
_PREDICTIVE = {POLICY: {"predictive": "all"}}


def variants(distribution: Path, idle: tuple[int, int]) -> dict[str, Variant]:
    """All there are, new, in the order of the report.

    Of the last ones the number of idle edges, and of guests on each, is given.
    """
    every: list[Variant] = [
        Peregrine("reactive", distribution, {}),
        Peregrine("predictive", distribution, {POLICY: _PREDICTIVE}),
        Peregrine("own", distribution, {}, moves_itself=True),
        Ovn("ovn-rarp", "rarp"),
        Ovn("ovn-both", None),
        Learning("learning"),
        Peregrine("reactive-many", distribution, {}, idle),
        Peregrine("own-many", distribution, {}, idle, moves_itself=True),
    ]
    return {variant.name: variant for variant in every}


def parse_time(text: str) -> float:
    """Seconds since the epoch."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
