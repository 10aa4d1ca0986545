# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What lab/status tells."""

from __future__ import annotations

from .guests import Guest, present_place
from .hosts import Edge
from .instance import Instance
from .lab import Lab, read_state
from .plan import INTEGRATION_BRIDGE, TENANT_MTU


def status(instance: Instance) -> dict:
    """Everything about a lab, as plain data for JSON."""
    state = read_state(instance)
    if state is None or state["state"] != "up":
        left = state is not None or bool(instance.namespaces())
        return {"state": "incomplete" if left else "down", "hypervisors": [], "borders": [], "guests": []}
    lab = Lab.running(instance)
    client = lab.plan.client
    return {
        "state": "up",
        "underlay": lab.underlay.name,
        "hypervisors": [{**_edge(edge), "libvirt": edge.plan.libvirt} for edge in lab.hypervisors],
        "borders": [{**_edge(lab.border), "ports": [{"port": client.port, "leads_to": client.name,
                                                     "address": client.address, "mac": client.mac}]}],
        "client": {"name": client.name, "address": client.address, "prefix_length": client.prefix_length,
                   "gateway": client.gateway, "mac": client.mac, "mtu": TENANT_MTU, "border": client.edge,
                   "port": client.port},
        "controller": {"name": lab.controller.name, "address": lab.plan.controller_management},
        "storage": {"name": lab.storage.name, "address": lab.plan.storage_management, "alive": lab.storage.alive},
        "guests": _guests(lab),
    }


def _edge(edge: Edge) -> dict:
    return {"name": edge.name, "host": edge.name, "address": edge.plan.address, "segment": edge.plan.segment,
            "gateway": edge.plan.gateway, "management": edge.plan.management, "ovsdb": edge.plan.ovsdb,
            "bridge": INTEGRATION_BRIDGE, "system_id": edge.identifier, "alive": edge.alive}


def _guests(lab: Lab) -> list[dict]:
    known = lab.book.all()
    sightings = lab.sightings() if known else {}
    return [_guest(lab, guest, sightings.get(guest.name, [])) for guest in known]


def _guest(lab: Lab, guest: Guest, sightings: list) -> dict:
    place = present_place(sightings)
    disk = lab.book.disk_report(guest.name)
    return {
        "name": guest.name,
        "address": guest.address,
        "prefix_length": guest.prefix_length,
        "gateway": guest.gateway,
        "mac": guest.mac,
        "network": guest.network,
        "interfaceid": guest.interfaceid,
        "uuid": guest.uuid,
        # Nobody who was asked has it, which is less than that nobody has it.
        "host": place.host if place else None,
        "state": place.state if place else "unknown",
        "places": [{"host": sighting.host, "state": sighting.state} for sighting in sightings],
        "console": str(lab.book.console(guest.name)),
        "disk": {"last": disk.last, "missing": len(disk.missing), "failed": disk.failed},
    }


def render(data: dict) -> str:
    """The same for people."""
    if data["state"] != "up":
        return f"lab: {data['state']}\n"
    lines = [f"lab: up, segments joined by a {data['underlay']}", ""]
    edges = [*data["hypervisors"], *data["borders"]]
    lines += _table(["HOST", "UNDERLAY", "MANAGEMENT", "OVSDB", "LIBVIRT", "POWER"],
                    [[edge["name"], edge["address"], edge["management"], edge["ovsdb"], edge.get("libvirt", "-"),
                      "on" if edge["alive"] else "off"] for edge in edges])
    client = data["client"]
    lines += ["", f"client {client['address']} behind {client['border']}'s port {client['port']}; "
                  f"controller's place {data['controller']['address']}", ""]
    if not data["guests"]:
        return "\n".join([*lines, "no guests", ""])
    lines += _table(["GUEST", "ADDRESS", "MAC", "NETWORK", "HOST", "STATE", "DISK WRITES"],
                    [[guest["name"], guest["address"], guest["mac"], guest["network"], guest["host"] or "-",
                      guest["state"], _writes(guest["disk"])] for guest in data["guests"]])
    return "\n".join([*lines, ""])


def _writes(disk: dict) -> str:
    trouble = disk["missing"] + disk["failed"]
    return f"{disk['last']}, {trouble} missing or failed" if trouble else str(disk["last"])


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [head, *rows]]
