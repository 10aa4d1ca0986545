# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The switches: a fat tree in one Open vSwitch, which has its namespace for itself and the controller."""

from __future__ import annotations

from typing import Any, Iterable

from peregrine_lab.fabric import switch_commands
from peregrine_lab.fabricplan import FabricPlan, LinkPlan, SwitchPlan, fat_tree, lay_out
from peregrine_lab.hosts import OpenVSwitch
from peregrine_lab.instance import Instance
from peregrine_lab.shell import Shell

from .logs import read_log

CONTROLLER = "tcp:127.0.0.1:6653"
#: Switches that share a segment.
_SWITCHES_PER_SEGMENT = 4


def plan_tree(arity: int) -> FabricPlan:
    """A fat tree with one host at each of its lowest switches."""
    lowest = arity * arity // 2
    return lay_out(f"fat-tree-{arity}", fat_tree(arity), [f"host{number}" for number in range(1, lowest + 1)])


class FatTree(OpenVSwitch):
    """All switches, in one process.

    Cables are patch ports, which cost nothing at rest; those that are to be pulled out are pairs of interfaces, since a
    patch port cannot be set down.  Ports for hosts are internal ones: what a host sends is written to the interface.
    """

    def __init__(self, instance: Instance, shell: Shell, plan: FabricPlan, pulled: Iterable[LinkPlan]) -> None:
        super().__init__(instance, shell, "switches", {})
        self.plan = plan
        self.cables = [link for link in plan.links if not link.to_host]
        self.host_ports = [link.a_port.name for link in plan.links if link.to_host]
        self._pulled = frozenset(pulled)

    def build(self) -> None:
        self.create()
        self.set_sysctl(ipv6__conf__all__disable_ipv6="1", ipv6__conf__default__disable_ipv6="1")
        for link in self._pulled:
            self.ip(f"link add {link.a_port.name} type veth peer name {link.b_port.name}",
                    f"link set {link.a_port.name} up", f"link set {link.b_port.name} up")
        self.install()
        self.boot()
        self.start_ovsdb()

    def start_ovsdb(self) -> None:
        super().start_ovsdb()
        self.vsctl("--no-wait", *(word for switch in self.plan.switches
                                  for word in switch_commands(switch, CONTROLLER)), *self._port_types())

    def start_vswitchd(self) -> None:
        super().start_vswitchd()
        self.ip(*(f"link set {port} up" for port in self.host_ports))

    def end_sessions(self) -> None:
        """Cut every OpenFlow session; the switches keep what they have, and connect again."""
        self.shell.run(self.in_network(["ss", "-K", "-t", "dport", "=", ":6653"]))

    def pull(self, link: LinkPlan) -> None:
        self.ip(f"link set {link.a_port.name} down")

    def plug(self, link: LinkPlan) -> None:
        self.ip(f"link set {link.a_port.name} up")

    def socket(self, switch: SwitchPlan, kind: str) -> str:
        """Path, from outside, of a socket that ovs-vswitchd has for a switch."""
        return f"/proc/{self.recorded()[1].pid}/root/run/openvswitch/{switch.name}.{kind}"

    def connections(self, since: float) -> list[float]:
        """When switches have got their OpenFlow connections, by their own log."""
        return [event for event, text in read_log(self.own("/var/log/openvswitch/ovs-vswitchd.log"), since)
                if text.endswith(": connected")]

    def entries(self, switch: SwitchPlan) -> tuple[int, int]:
        """Numbers of flows and of groups."""
        flows = self._ofctl("dump-aggregate", switch.name).partition("flow_count=")[2].split()[0]
        return int(flows), self._ofctl("dump-groups", switch.name).count("group_id=")

    def intent(self) -> dict[str, Any]:
        """The fabric as Peregrine's intent."""
        return {"peregrine-fabric:fabric": {
            "switch": [{"name": switch.name, "datapath-id": switch.datapath_id} for switch in self.plan.switches],
            "segment": [{"prefix": f"10.{number}.0.0/24", "gateway": f"10.{number}.0.1"}
                        for number in range(1, len(self.host_ports) // _SWITCHES_PER_SEGMENT + 1)],
        }}

    def hosts(self) -> list[tuple[str, str, str]]:
        """Interface, MAC and IP address of each host."""
        return [(port, f"02:00:00:00:01:{number:02x}",
                 f"10.{number // _SWITCHES_PER_SEGMENT + 1}.0.{10 + number % _SWITCHES_PER_SEGMENT}")
                for number, port in enumerate(self.host_ports)]

    def _ofctl(self, *argv: str) -> str:
        return self.run("ovs-ofctl", "-O", "OpenFlow13", *argv)

    def _port_types(self) -> list[str]:
        words: list[str] = []
        for link in self.cables:
            if link not in self._pulled:
                for end, peer in ((link.a_port, link.b_port), (link.b_port, link.a_port)):
                    words += ["--", "set", "Interface", end.name, "type=patch", f"options:peer={peer.name}"]
        for port in self.host_ports:
            words += ["--", "set", "Interface", port, "type=internal"]
        return words
