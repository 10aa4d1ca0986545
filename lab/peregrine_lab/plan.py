# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Who is in a lab and which addresses they have; no side effects.

::

    10.1.0.10 hv1 --- 10.1.0.1  +--------+
    10.2.0.10 hv2 --- 10.2.0.1  | router |  10.200.0.1 --- 10.200.0.10 border --- client
    10.3.0.10 hv3 --- 10.3.0.1  +--------+                                192.168.100.254

    management 10.255.0.0/24: hvN .N, border .201, storage .250, fabric .252, controller .254

In the place of the router there can be a fabric of OpenFlow switches.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import uuid
from dataclasses import dataclass
from typing import Iterable

from .errors import LabError
from .fabricplan import DEFAULT_FABRIC, FabricPlan, plan_fabric

MAX_HYPERVISORS = 99
INTEGRATION_BRIDGE = "br-int"
UNDERLAY_BRIDGE = "br-phy"
OVSDB_PORT = 6640
OPENFLOW_PORT, OPENFLOW_TLS_PORT = 6653, 6654

MANAGEMENT_PREFIX = 24
SEGMENT_PREFIX = 24

TENANT_NETWORK = "demo"
TENANT_SUBNET = ipaddress.ip_network("192.168.100.0/24")
#: The address of the virtual gateway, which is kept free: no machine of the lab has it.
TENANT_GATEWAY = TENANT_SUBNET[1]
TENANT_MTU = 1400

_NAMES = uuid.UUID("5f6f6f0e-7d0a-5a3c-9f43-70657265670a")
_GUEST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True)
class EdgePlan:
    """An edge of the overlay: a hypervisor or a border."""

    name: str
    management: str
    segment: str
    address: str
    gateway: str
    #: Whether OVSDB, OpenFlow and libvirt go over TLS.
    tls: bool

    @property
    def ovsdb(self) -> str:
        return f"{'ssl' if self.tls else 'tcp'}:{self.management}:{OVSDB_PORT}"

    @property
    def libvirt(self) -> str:
        return f"qemu+{'tls' if self.tls else 'tcp'}://{self.management}/system"


@dataclass(frozen=True)
class ClientPlan:
    """The plain host behind the border edge."""

    name: str
    edge: str
    #: The end of its cable in the border's network namespace; whoever runs br-int adds it there.
    port: str
    mac: str
    address: str
    prefix_length: int
    gateway: str


@dataclass(frozen=True)
class LabPlan:
    hypervisors: tuple[EdgePlan, ...]
    border: EdgePlan
    client: ClientPlan
    #: None where a plain router joins the segments.
    fabric: FabricPlan | None
    storage_management: str
    fabric_management: str
    controller_management: str
    tls: bool

    @property
    def edges(self) -> tuple[EdgePlan, ...]:
        return (*self.hypervisors, self.border)

    @property
    def openflow(self) -> str:
        """Where the controller waits for switches."""
        kind, port = ("ssl", OPENFLOW_TLS_PORT) if self.tls else ("tcp", OPENFLOW_PORT)
        return f"{kind}:{self.controller_management}:{port}"

    def management_names(self) -> dict[str, str]:
        """Name to management address, for everybody on the management network."""
        names = {edge.name: edge.management for edge in self.edges}
        if self.fabric is not None:
            names["fabric"] = self.fabric_management
        return {**names, "storage": self.storage_management, "controller": self.controller_management}


def plan_lab(hypervisors: int, fabric: str = DEFAULT_FABRIC, tls: bool = False) -> LabPlan:
    if not 1 <= hypervisors <= MAX_HYPERVISORS:
        raise LabError(f"--hosts {hypervisors}: choose 1 to {MAX_HYPERVISORS}")
    hosts = tuple(_edge(f"hv{n}", n, n, tls) for n in range(1, hypervisors + 1))
    border = _edge("border", 200, 201, tls)
    return LabPlan(
        hypervisors=hosts,
        border=border,
        client=ClientPlan(name="client", edge="border", port="client0", mac=mac_of("client"),
                          address=str(TENANT_SUBNET[254]), prefix_length=TENANT_SUBNET.prefixlen,
                          gateway=str(TENANT_GATEWAY)),
        fabric=plan_fabric(fabric, [edge.name for edge in (*hosts, border)]),
        storage_management="10.255.0.250",
        fabric_management="10.255.0.252",
        controller_management="10.255.0.254",
        tls=tls,
    )


def _edge(name: str, segment: int, management: int, tls: bool) -> EdgePlan:
    return EdgePlan(name=name, management=f"10.255.0.{management}", segment=f"10.{segment}.0.0/{SEGMENT_PREFIX}",
                    address=f"10.{segment}.0.10", gateway=f"10.{segment}.0.1", tls=tls)


def check_guest_name(name: str) -> str:
    if not _GUEST_NAME.fullmatch(name):
        raise LabError(f"guest name {name!r}: use up to 32 letters, digits, '.', '_' and '-', a letter or digit first")
    return name


def mac_of(name: str) -> str:
    """A MAC address in QEMU's range that a name always gets."""
    tail = hashlib.sha256(name.encode()).digest()[:3]
    return ":".join(f"{octet:02x}" for octet in (0x52, 0x54, 0x00, *tail))


def identifier_of(kind: str, name: str) -> str:
    """A UUID that a name always gets, for host, guest and interface identifiers."""
    return str(uuid.uuid5(_NAMES, f"{kind}/{name}"))


def choose_address(name: str, taken: Iterable[str]) -> str:
    """The guest's own address in the tenant subnet, or the next free one after it.

    .1 to .9 stay free for gateways, .240 and up for plain hosts such as the client.
    """
    used = set(taken)
    pool = [str(TENANT_SUBNET[last]) for last in range(10, 240)]
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[3:7], "big") % len(pool)
    for candidate in pool[start:] + pool[:start]:
        if candidate not in used:
            return candidate
    raise LabError(f"no free address left in {TENANT_SUBNET}")
