# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What carries packets between the segments.

The lab asks an underlay three things: to build itself, to give each edge a
cable, and to say which places and machines it adds.  An underlay knows no hypervisor and no
guest: the router here and the fabric of OpenFlow switches take each other's place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Sequence

from .instance import Instance
from .places import Machine, Place
from .plan import SEGMENT_PREFIX, EdgePlan
from .shell import Shell

#: The edge's interface towards its segment.
EDGE_DEVICE = "eth0"


class Underlay(ABC):
    name: str
    #: For people.
    label: str
    #: Machines of this underlay that are started together with the hosts.
    machines: Sequence[Machine] = ()

    @property
    @abstractmethod
    def places(self) -> Sequence[Place]:
        """The places of this underlay that a person can look into, machines included."""

    @abstractmethod
    def build(self) -> None:
        """Create its places, and what is there before any edge is."""

    @abstractmethod
    def attach(self, edge: EdgePlan, place: Place) -> None:
        """Give an edge a cable named EDGE_DEVICE into its segment."""


class RouterUnderlay(Underlay):
    """One Linux router with a leg in each segment."""

    name = label = "router"

    def __init__(self, instance: Instance, shell: Shell) -> None:
        self._router = Place(instance, shell, "router")

    @property
    def places(self) -> Sequence[Place]:
        return (self._router,)

    def build(self) -> None:
        self._router.create()
        self._router.set_sysctl(ipv4__ip_forward="1", ipv4__conf__all__rp_filter="0",
                                 ipv4__conf__default__rp_filter="0")

    def attach(self, edge: EdgePlan, place: Place) -> None:
        leg = f"to-{edge.name}"
        place.ip(f"link add {EDGE_DEVICE} type veth peer name {leg} netns {self._router.netns}")
        place.disable_offload(EDGE_DEVICE)
        self._router.disable_offload(leg)
        self._router.ip(f"addr add {edge.gateway}/{SEGMENT_PREFIX} dev {leg}", f"link set {leg} up")
