# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Fixed flows for a fabric, for tests that need one that forwards and no controller.

Each switch routes by destination, hop by hop, and lowers the TTL; the last one rewrites
the addresses and answers for the gateway.
"""

from collections import deque

import context  # noqa: F401
from peregrine_lab.fabricplan import FabricPlan, LinkPlan, PortPlan
from peregrine_lab.lab import Lab
from peregrine_lab.plan import UNDERLAY_BRIDGE, LabPlan

_GATEWAY_MAC = "02:00:00:00:00:01"


def next_hops(fabric: FabricPlan, target: str) -> dict[str, list[PortPlan]]:
    """From each switch all ports that lead to another one on a shortest way; what cannot be reached is not there."""
    distance, queue = {target: 0}, deque([target])
    while queue:
        here = queue.popleft()
        for peer, _ in _neighbours(fabric, here):
            if peer not in distance:
                distance[peer] = distance[here] + 1
                queue.append(peer)
    return {switch: [port for peer, port in _neighbours(fabric, switch) if distance[peer] == distance[switch] - 1]
            for switch in distance}


def _neighbours(fabric: FabricPlan, switch: str) -> list[tuple[str, PortPlan]]:
    between = [link for link in fabric.links if not link.to_host]
    return [(link.b, link.a_port) for link in between if link.a == switch] \
        + [(link.a, link.b_port) for link in between if link.b == switch]


def flows(plan: LabPlan, macs: dict[str, str], way: int) -> dict[str, list[str]]:
    """Per switch what it needs; where several ways are equal, the one with this number."""
    found: dict[str, list[str]] = {switch.name: [] for switch in plan.fabric.switches}
    for edge in plan.edges:
        home = plan.fabric.link_of(edge.name)
        for switch, ports in next_hops(plan.fabric, home.a).items():
            last = [f"set_field:{_GATEWAY_MAC}->eth_src", f"set_field:{macs[edge.name]}->eth_dst"]
            actions = last if switch == home.a else []
            port = home.a_port if switch == home.a else ports[way % len(ports)]
            found[switch].append(f"ip,nw_dst={edge.address},actions={','.join(['dec_ttl', *actions])},"
                                 f"output:{port.number}")
        found[home.a].append(
            f"in_port={home.a_port.number},arp,arp_op=1,arp_tpa={edge.gateway},actions="
            f"move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:{_GATEWAY_MAC}->eth_src,set_field:2->arp_op,"
            "move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],"
            f"set_field:{_GATEWAY_MAC}->arp_sha,set_field:{edge.gateway}->arp_spa,in_port")
    return found


class StaticFabric:
    """What a test does with the fabric of a running lab, and sees of it."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._place = lab.fabric.switches

    def program(self, way: int = 0) -> None:
        """Replace all flows."""
        macs = {edge.name: edge.run("cat", f"/sys/class/net/{UNDERLAY_BRIDGE}/address").strip()
                for edge in self._lab.edges}
        for switch, lines in flows(self._lab.plan, macs, way).items():
            self.ofctl("del-flows", switch)
            self._place.run("ovs-ofctl", "-O", "OpenFlow13", "add-flows", switch, "-", stdin="\n".join(lines) + "\n")

    def ofctl(self, *words: str) -> str:
        return self._place.run("ovs-ofctl", "-O", "OpenFlow13", *words)

    def flows_of(self, switch: str) -> list[str]:
        return [line for line in self.ofctl("--no-stats", "dump-flows", switch).splitlines() if "actions=" in line]

    def port_state(self, switch: str, port: str) -> tuple[str, str]:
        """Configuration and state of a port, as OpenFlow tells it."""
        lines = iter(self.ofctl("show", switch).splitlines())
        for line in lines:
            if f"({port}):" in line:
                return next(lines).split(":")[1].strip(), next(lines).split(":")[1].strip()
        raise AssertionError(f"{switch} has no port {port}")

    def numbers(self, switch: str) -> dict[str, int]:
        """The ports of a switch by name, without its local one."""
        heads = [line.split("(") for line in self.ofctl("show", switch).splitlines() if "): addr:" in line]
        return {rest.split(")")[0]: int(number) for number, rest in heads if number.strip() != "LOCAL"}

    def send(self, link: LinkPlan, from_a: bool) -> None:
        """One frame over a link between switches."""
        switch, port = (link.a, link.a_port) if from_a else (link.b, link.b_port)
        self.ofctl("packet-out", switch, f"in_port=controller packet={'ff' * 6}{'02' * 6}88b5{'00' * 46} "
                                         f"actions=output:{port.number}")

    def received(self, port: str) -> int:
        return int(self._place.run("cat", f"/sys/class/net/{port}/statistics/rx_packets"))
