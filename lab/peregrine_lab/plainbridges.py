# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""br-int without a controller: MAC learning over a full mesh of tunnels.

For trying the lab by itself, and as the baseline a migration is compared with.
Tunnels are protected ports, so that what comes out of one never enters another:
a full mesh floods without loops.
"""

from __future__ import annotations

from typing import Iterable, Sequence

from .hosts import Edge
from .plan import INTEGRATION_BRIDGE, ClientPlan, EdgePlan

_VNI = 100


def bridge_commands(edge: EdgePlan, others: Iterable[EdgePlan], ports: Sequence[str]) -> list[str]:
    """Arguments for one ovs-vsctl that makes an edge's bridge, its tunnels and its ports."""
    words = ["--may-exist", "add-br", INTEGRATION_BRIDGE, "--",
             "set", "Bridge", INTEGRATION_BRIDGE, "datapath_type=netdev", "fail_mode=standalone"]
    for other in others:
        tunnel = f"vx-{other.name}"
        words += ["--", "--may-exist", "add-port", INTEGRATION_BRIDGE, tunnel,
                  "--", "set", "Port", tunnel, "protected=true",
                  "--", "set", "Interface", tunnel, "type=vxlan", f"options:remote_ip={other.address}",
                  f"options:key={_VNI}"]
    for port in ports:
        words += ["--", "--may-exist", "add-port", INTEGRATION_BRIDGE, port]
    return words


def build_bridges(edges: Sequence[Edge], client: ClientPlan) -> None:
    for edge in edges:
        others = [other.plan for other in edges if other is not edge]
        edge.vsctl(*bridge_commands(edge.plan, others, [client.port] if client.edge == edge.name else []))
