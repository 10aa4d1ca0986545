# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Many more edges with guests that do nothing: what they cost is the entries that a controller makes for them.

Each edge is an Open vSwitch of its own whose ports exist in its process only, and libvirt's own test driver tells of
its guests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

from peregrine_lab.lab import Lab
from peregrine_lab.places import Machine
from peregrine_lab.plan import INTEGRATION_BRIDGE, MANAGEMENT_PREFIX, OVSDB_PORT, TENANT_NETWORK, identifier_of, mac_of

_ADDRESS = "10.255.0.249"


class IdleEdges(Machine):
    """The edges and their guests, all on one machine; in the lab's own network, with a subnet of their own."""

    SUBNET = {"prefix": "172.20.0.0/16", "gateway": "172.20.0.1"}

    def __init__(self, lab: Lab, edges: int, guests: int) -> None:
        super().__init__(lab.instance, lab.shell, "idle", {})
        self._lab = lab
        self._edges = range(1, edges + 1)
        self._guests = range(1, guests + 1)
        self._domains = lab.instance.data_dir / "idle"

    def build(self) -> None:
        self.create()
        self._lab.management.attach(self, _ADDRESS, MANAGEMENT_PREFIX)
        self.install()
        self.boot()
        self._domains.mkdir()
        for edge in self._edges:
            self._start(edge)
            self._file(edge).write_text(self._node(edge), encoding="ascii")

    def _start(self, edge: int) -> None:
        directory = _directory(edge)
        self.run("mkdir", directory)
        self.run("ovsdb-tool", "create", f"{directory}/conf.db", "/usr/share/openvswitch/vswitch.ovsschema")
        self.shell.run_daemon(self._ovs(edge, [
            "ovsdb-server", f"{directory}/conf.db", f"--remote=p{_socket(edge)}",
            f"--remote=ptcp:{_ovsdb_port(edge)}:{_ADDRESS}", "--pidfile", "--detach", "-vconsole:off", "-vsyslog:off"]),
            self.log)
        self._vsctl(edge, "--no-wait", "init")
        self.shell.run_daemon(self._ovs(edge, [
            "ovs-vswitchd", _socket(edge), "--enable-dummy=override", "--pidfile", "--detach", "-vconsole:off",
            "-vsyslog:off"]), self.log)

    def plug(self) -> None:
        """The guests' taps, once the bridges are there."""
        for edge in self._edges:
            words: list[str] = []
            for guest in self._guests:
                name, tap = _guest(edge, guest), _tap(guest)
                words += ["--", "add-port", INTEGRATION_BRIDGE, tap, "--", "set", "Interface", tap, "type=dummy",
                          f"external_ids:iface-id={identifier_of('interface', name)}",
                          f"external_ids:attached-mac=\"{mac_of(name)}\"",
                          f"external_ids:vm-id={identifier_of('guest', name)}"]
            self._vsctl(edge, *words[1:])
            self.shell.run(self._ovs(edge, ["ovs-appctl", "netdev-dummy/set-admin-state", "up"]))

    def _vsctl(self, edge: int, *words: str) -> None:
        self.shell.run(self._ovs(edge, ["ovs-vsctl", "--timeout=60", f"--db={_socket(edge)}", *words]), timeout=90)

    def _ovs(self, edge: int, argv: list[str]) -> list[str]:
        return self.inside(["env", f"OVS_RUNDIR={_directory(edge)}", *argv])

    # As intent

    def names(self) -> set[str]:
        return {_edge(edge) for edge in self._edges}

    def hypervisors(self) -> list[dict[str, Any]]:
        # Nothing is at these addresses, so no packet ever leaves by their tunnels
        return [{"name": _edge(edge), "ovsdb": f"tcp:{_ADDRESS}:{_ovsdb_port(edge)}", "bridge": INTEGRATION_BRIDGE,
                 "datapath-type": "netdev", "underlay-address": f"10.210.{edge}.10",
                 "libvirt": f"test://{self._file(edge)}"} for edge in self._edges]

    def ports(self) -> list[dict[str, Any]]:
        return [{"mac-address": mac_of(_guest(edge, guest)), "address": [f"172.20.{edge}.{guest + 9}"]}
                for edge, guest in self.guests()]

    def guests(self) -> Iterator[tuple[int, int]]:
        return ((edge, guest) for edge in self._edges for guest in self._guests)

    def _file(self, edge: int) -> Path:
        return self._domains / f"{_edge(edge)}.xml"

    def _node(self, edge: int) -> str:
        return "<node>\n" + "".join(_domain(edge, guest) for guest in self._guests) + "</node>\n"


def _edge(edge: int) -> str:
    return f"idle{edge}"


def _directory(edge: int) -> str:
    return f"/run/idle{edge}"


def _socket(edge: int) -> str:
    return f"unix:{_directory(edge)}/db.sock"


def _ovsdb_port(edge: int) -> int:
    return OVSDB_PORT + edge


def _tap(guest: int) -> str:
    return f"tap{guest}"


def _guest(edge: int, guest: int) -> str:
    return f"idle{edge}-{guest}"


def _domain(edge: int, guest: int) -> str:
    name = _guest(edge, guest)
    return f"""\
<domain type='test'>
  <name>{name}</name>
  <uuid>{identifier_of('guest', name)}</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
  <devices>
    <interface type='bridge'>
      <mac address='{mac_of(name)}'/>
      <source bridge='{INTEGRATION_BRIDGE}'/>
      <virtualport type='openvswitch'>
        <parameters interfaceid='{identifier_of('interface', name)}' profileid='{TENANT_NETWORK}'/>
      </virtualport>
      <target dev='{_tap(guest)}'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
"""
