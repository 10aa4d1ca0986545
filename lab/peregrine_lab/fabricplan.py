# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Which switches a fabric has and how they are cabled; no side effects.

::

    diamond         ring              leaf-spine            fat-tree-4

       s2           s1 -- s2          spine1 spine2         core1 ... core4
      /  \         /       \           |  \ /  |            agg1 agg2 | ... | agg7 agg8
    s1    s4      s5       s3          |  / \  |            tor1 tor2 | ... | tor7 tor8
      \  /          \     /           leaf1 ... leaf4        (a pod)
       s3             s4
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from .errors import LabError

NO_FABRIC = "none"
DEFAULT_FABRIC = "diamond"


@dataclass(frozen=True)
class Topology:
    """A form of fabric, before anybody hangs on it."""

    switches: tuple[str, ...]
    #: Pairs of switches; a pair that occurs twice is two parallel links.
    links: tuple[tuple[str, str], ...]
    #: The switches that take hosts, in the order in which they do.
    for_hosts: tuple[str, ...]


@dataclass(frozen=True)
class PortPlan:
    """A port of a switch: an interface, and the number OpenFlow knows it by."""

    name: str
    number: int


@dataclass(frozen=True)
class LinkPlan:
    """A cable from a switch to another one, or to a host."""

    a: str
    a_port: PortPlan
    b: str
    #: None for a host, which has no fabric port.
    b_port: PortPlan | None
    #: 1, or more for further links between the same two.
    nth: int

    @property
    def to_host(self) -> bool:
        return self.b_port is None

    def joins(self, one: str, other: str) -> bool:
        return {one, other} == {self.a, self.b}


@dataclass(frozen=True)
class SwitchPlan:
    name: str
    datapath_id: str
    ports: tuple[PortPlan, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class FabricPlan:
    name: str
    switches: tuple[SwitchPlan, ...]
    links: tuple[LinkPlan, ...]

    def switch(self, name: str) -> SwitchPlan:
        for switch in self.switches:
            if switch.name == name:
                return switch
        raise LabError(f"there is no switch {name}; there are {', '.join(switch.name for switch in self.switches)}")

    def link(self, one: str, other: str, nth: int = 1) -> LinkPlan:
        between = [link for link in self.links if link.joins(one, other)]
        for link in between:
            if link.nth == nth:
                return link
        if between:
            raise LabError(f"--nth {nth}: between {one} and {other} the last one is number {len(between)}")
        ends = sorted({end for link in self.links for end in (link.a, link.b)})
        unknown = [name for name in (one, other) if name not in ends]
        if unknown:
            raise LabError(f"there is no {unknown[0]} in the fabric; there are {', '.join(ends)}")
        raise LabError(f"there is no link between {one} and {other}; see lab/link list")

    def link_of(self, host: str) -> LinkPlan:
        return next(link for link in self.links if link.to_host and link.b == host)


def plan_fabric(name: str, hosts: Sequence[str]) -> FabricPlan | None:
    """The fabric of that name with these hosts spread over it; None if there is to be none."""
    if name == NO_FABRIC:
        return None
    if name not in TOPOLOGIES:
        raise LabError(f"--fabric {name}: choose one of {', '.join((*TOPOLOGIES, NO_FABRIC))}")
    return lay_out(name, TOPOLOGIES[name], hosts)


def lay_out(name: str, topology: Topology, hosts: Sequence[str]) -> FabricPlan:
    """A fabric of that form, with these hosts spread over it."""
    homes = {host: topology.for_hosts[index % len(topology.for_hosts)] for index, host in enumerate(hosts)}
    ports: dict[str, list[PortPlan]] = {switch: [] for switch in topology.switches}
    links: list[LinkPlan] = []
    for a, b in topology.links:
        nth = 1 + sum(link.joins(a, b) for link in links)
        links.append(LinkPlan(a, _add_port(ports[a], a, b, nth), b, _add_port(ports[b], b, a, nth), nth))
    links += [LinkPlan(switch, _add_port(ports[switch], switch, host, 1), host, None, 1)
              for host, switch in homes.items()]
    switches = tuple(
        SwitchPlan(switch, f"{number:016x}", tuple(ports[switch]),
                   tuple(host for host, home in homes.items() if home == switch))
        for number, switch in enumerate(topology.switches, 1))
    return FabricPlan(name, switches, tuple(links))


def choose_fabric(wish: str | None, bridges: bool) -> str:
    """What --fabric and --bridges mean together."""
    if bridges and wish not in (None, NO_FABRIC):
        raise LabError(f"--bridges runs without a controller, which the fabric {wish} needs: "
                       f"leave one out, or say --fabric {NO_FABRIC}")
    return wish or (NO_FABRIC if bridges else DEFAULT_FABRIC)


def _add_port(ports: list[PortPlan], switch: str, peer: str, nth: int) -> PortPlan:
    port = PortPlan(f"{switch}-{peer}" if nth == 1 else f"{switch}-{peer}.{nth}", len(ports) + 1)
    ports.append(port)
    return port


def _ring(length: int) -> Topology:
    switches = _names("s", length)
    return Topology(switches, tuple(zip(switches, (*switches[1:], switches[0]))), switches)


def _leaf_spine(spines: int, leaves: int) -> Topology:
    upper, lower = _names("spine", spines), _names("leaf", leaves)
    return Topology(upper + lower, tuple((leaf, spine) for leaf in lower for spine in upper), lower)


def fat_tree(k: int) -> Topology:
    """k pods of k/2 upper and k/2 lower switches; each upper switch reaches its own k/2 of the cores."""
    half = k // 2
    core, agg, tor = _names("core", half * half), _names("agg", k * half), _names("tor", k * half)
    links: list[tuple[str, str]] = []
    for pod in range(k):
        upper, lower = (names[pod * half:(pod + 1) * half] for names in (agg, tor))
        links += [(low, up) for low in lower for up in upper]
        links += [(up, core[place * half + turn]) for place, up in enumerate(upper) for turn in range(half)]
    # From pod to pod, so that two hosts already have the whole tree between them
    return Topology(core + agg + tor, tuple(links), tuple(tor[pod * half + place]
                                                          for place in range(half) for pod in range(k)))


def _names(kind: str, count: int) -> tuple[str, ...]:
    return tuple(f"{kind}{number}" for number in range(1, count + 1))


TOPOLOGIES = {
    "diamond": Topology(_names("s", 4), (("s1", "s2"), ("s1", "s3"), ("s2", "s4"), ("s3", "s4")), ("s1", "s4")),
    "ring": _ring(5),
    "leaf-spine": _leaf_spine(2, 4),
    "fat-tree-4": fat_tree(4),
    "pair": Topology(_names("s", 2), (("s1", "s2"), ("s1", "s2")), _names("s", 2)),
}
