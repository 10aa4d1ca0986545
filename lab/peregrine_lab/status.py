# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What lab/status tells."""

from __future__ import annotations

from .fabric import UP, Fabric
from .faults import FAULTS
from .guests import Guest, present_place
from .hosts import Edge
from .instance import Instance
from .lab import Lab, read_state
from .plan import INTEGRATION_BRIDGE, TENANT_MTU
from .underlay import EDGE_DEVICE


def status(instance: Instance) -> dict:
    """Everything about a lab, as plain data for JSON."""
    state = read_state(instance)
    if state is None or state["state"] != "up":
        left = state is not None or bool(instance.namespaces())
        return {"state": "incomplete" if left else "down", "fabric": None, "hypervisors": [], "borders": [],
                "guests": []}
    lab = Lab.running(instance)
    client = lab.plan.client
    return {
        "state": "up",
        "underlay": lab.underlay.name,
        "fabric": _fabric(lab.fabric) if lab.plan.fabric else None,
        "hypervisors": [{**_edge(lab, edge), "libvirt": edge.plan.libvirt} for edge in lab.hypervisors],
        "borders": [{**_edge(lab, lab.border), "ports": [{"port": client.port, "leads_to": client.name,
                                                          "address": client.address, "mac": client.mac}]}],
        "client": {"name": client.name, "address": client.address, "prefix_length": client.prefix_length,
                   "gateway": client.gateway, "mac": client.mac, "mtu": TENANT_MTU, "border": client.edge,
                   "port": client.port},
        "controller": {"name": lab.controller.name, "address": lab.plan.controller_management},
        "storage": {"name": lab.storage.name, "address": lab.plan.storage_management, "alive": lab.storage.alive},
        "guests": _guests(lab),
    }


def link_data(fabric: Fabric) -> list[dict]:
    """Links between switches and links to hosts, the latter with the host as b."""
    return [{"a": link.a, "a_port": link.a_port.name, "a_number": link.a_port.number, "b": link.b,
             "b_port": link.b_port.name if link.b_port else EDGE_DEVICE,
             "b_number": link.b_port.number if link.b_port else None, "nth": link.nth,
             "kind": "host" if link.to_host else "switch", "state": state}
            for link, state in fabric.conditions()]


def _fabric(fabric: Fabric) -> dict:
    return {
        "name": fabric.plan.name,
        "switches": [{"name": switch.name, "datapath_id": switch.datapath_id, "hosts": list(switch.hosts)}
                     for switch in fabric.plan.switches],
        "links": link_data(fabric),
    }


def _edge(lab: Lab, edge: Edge) -> dict:
    return {"name": edge.name, "host": edge.name, "address": edge.plan.address, "segment": edge.plan.segment,
            "gateway": edge.plan.gateway, "management": edge.plan.management, "ovsdb": edge.plan.ovsdb,
            "bridge": INTEGRATION_BRIDGE, "system_id": edge.identifier, "alive": edge.alive,
            "switch": lab.plan.fabric.link_of(edge.name).a if lab.plan.fabric else None}


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
    fabric = data["fabric"]
    joined = f"the fabric {fabric['name']}" if fabric else f"a {data['underlay']}"
    lines = [f"lab: up, segments joined by {joined}", ""]
    edges = [*data["hypervisors"], *data["borders"]]
    lines += _table(["HOST", "UNDERLAY", "MANAGEMENT", "OVSDB", "LIBVIRT", "POWER"],
                    [[edge["name"], edge["address"], edge["management"], edge["ovsdb"], edge.get("libvirt", "-"),
                      "on" if edge["alive"] else "off"] for edge in edges])
    if fabric:
        lines += ["", *_table(["SWITCH", "DATAPATH ID", "HOSTS", "LINKS"],
                              [[switch["name"], switch["datapath_id"], ", ".join(switch["hosts"]) or "-",
                                _neighbours(switch["name"], fabric["links"])] for switch in fabric["switches"]])]
    client = data["client"]
    lines += ["", f"client {client['address']} behind {client['border']}'s port {client['port']}; "
                  f"controller's place {data['controller']['address']}", ""]
    if not data["guests"]:
        return "\n".join([*lines, "no guests", ""])
    lines += _table(["GUEST", "ADDRESS", "MAC", "NETWORK", "HOST", "STATE", "DISK WRITES"],
                    [[guest["name"], guest["address"], guest["mac"], guest["network"], guest["host"] or "-",
                      guest["state"], _writes(guest["disk"])] for guest in data["guests"]])
    return "\n".join([*lines, ""])


def render_links(links: list[dict]) -> str:
    rows = [[link["a"], link["a_port"], link["b"], link["b_port"], str(link["nth"]), link["state"]] for link in links]
    return "\n".join([*_table(["A", "PORT", "B", "PORT", "NTH", "STATE"], rows), ""])


def render_faults() -> str:
    rows = [["qemu-kill", "a guest's emulator dies there: name the guest, too"],
            *([name, fault.what] for name, fault in FAULTS.items())]
    return "\n".join([*_table(["FAULT", "WHAT HAPPENS"], rows), ""])


def _neighbours(switch: str, links: list[dict]) -> str:
    """Whom a switch is cabled to, and where that does not work."""
    words = []
    for link in links:
        if switch in (link["a"], link["b"]):
            peer = link["b"] if link["a"] == switch else link["a"]
            words.append(peer if link["state"] == UP else f"{peer} ({link['state']})")
    return ", ".join(words)


def _writes(disk: dict) -> str:
    trouble = disk["missing"] + disk["failed"]
    return f"{disk['last']}, {trouble} missing or failed" if trouble else str(disk["last"])


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [head, *rows]]
