# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The fabric: OpenFlow switches that a controller programs join the segments.

All switches are bridges of one Open vSwitch in a namespace of its own.  Each cable
is a pair of interfaces, so that one that is set down is down at both ends.  Nothing
passes and no gateway answers before a controller says so.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Iterable, Iterator, Sequence

from .fabricplan import FabricPlan, LinkPlan, SwitchPlan
from .hosts import OpenVSwitch
from .instance import Instance
from .places import Place
from .plan import EdgePlan
from .shell import Shell
from .underlay import EDGE_DEVICE, Underlay

UP, DOWN, SILENT = "up", "down", "silent"

#: The queueing discipline that takes everything and sends nothing.
_SILENCE = "blackhole"


class Switches(OpenVSwitch):
    """The machine in which the switches run."""

    def __init__(self, instance: Instance, shell: Shell, plan: FabricPlan, controller: str,
                 names: dict[str, str]) -> None:
        super().__init__(instance, shell, "fabric", names)
        self._plan = plan
        self._controller = controller

    def start_ovsdb(self) -> None:
        super().start_ovsdb()
        # Before vswitchd starts: it then makes all of them at once
        self._add(self._plan.switches, "--no-wait")

    def start_vswitchd(self) -> None:
        with self._silence_kept():
            super().start_vswitchd()

    def kill(self, switch: SwitchPlan) -> None:
        self.vsctl("--if-exists", "del-br", switch.name)

    def start_switch(self, switch: SwitchPlan) -> None:
        with self._silence_kept():
            self._add([switch])

    def silent_ports(self) -> set[str]:
        queues = json.loads(self.shell.run(["tc", "-netns", self.netns, "-json", "qdisc", "show"]))
        return {entry["dev"] for entry in queues if entry["kind"] == _SILENCE}

    @contextmanager
    def _silence_kept(self) -> Iterator[None]:
        """vswitchd removes queueing disciplines that it does not know from the interfaces it takes up."""
        silent = self.silent_ports()
        yield
        for port in silent:
            _queue(self, port, _SILENCE)

    def _add(self, switches: Iterable[SwitchPlan], *options: str) -> None:
        self.vsctl(*options, *(word for switch in switches for word in switch_commands(switch, self._controller)))


class Fabric(Underlay):
    """The switches, and the cables between them and to the edges."""

    name = "fabric"

    def __init__(self, instance: Instance, shell: Shell, plan: FabricPlan, controller: str,
                 names: dict[str, str]) -> None:
        self.plan = plan
        self.label = f"fabric {plan.name}"
        self.switches = Switches(instance, shell, plan, controller, names)
        self.machines = (self.switches,)
        self._instance = instance
        self._shell = shell

    @property
    def places(self) -> Sequence[Place]:
        return self.machines

    def build(self) -> None:
        self.switches.create()
        if Path("/proc/sys/net/ipv6").exists():
            # A switch does not speak by itself, so neither must the kernel through the ends of its cables
            self.switches.set_sysctl(ipv6__conf__all__disable_ipv6="1", ipv6__conf__default__disable_ipv6="1")
        between = [link for link in self.plan.links if link.b_port is not None]
        self.switches.ip(*(f"link add {link.a_port.name} type veth peer name {link.b_port.name}" for link in between))
        ends = [port.name for link in between for port in (link.a_port, link.b_port)]
        self.switches.disable_offload(*ends)
        self.switches.ip(*(f"link set {end} up" for end in ends))

    def attach(self, edge: EdgePlan, place: Place) -> None:
        port = self.plan.link_of(edge.name).a_port.name
        place.ip(f"link add {EDGE_DEVICE} type veth peer name {port} netns {self.switches.netns}")
        place.disable_offload(EDGE_DEVICE)
        self.switches.disable_offload(port)
        self.switches.ip(f"link set {port} up")

    # Links

    def conditions(self) -> list[tuple[LinkPlan, str]]:
        """All links, and whether each is UP, DOWN or SILENT."""
        interfaces = json.loads(self._shell.run(["ip", "-netns", self.switches.netns, "-json", "link", "show"]))
        up = {entry["ifname"] for entry in interfaces if {"UP", "LOWER_UP"} <= set(entry["flags"])}
        silent = self.switches.silent_ports()
        return [(link, condition(link, up, silent)) for link in self.plan.links]

    def received(self) -> dict[str, int]:
        """How many frames each port of the switches has taken in."""
        interfaces = json.loads(self._shell.run(["ip", "-netns", self.switches.netns, "-statistics", "-json", "link",
                                                 "show"]))
        return {entry["ifname"]: entry["stats64"]["rx"]["packets"] for entry in interfaces}

    def carried(self) -> dict[LinkPlan, int]:
        """How many frames each link between switches has carried, both directions together."""
        received = self.received()
        return {link: received[link.a_port.name] + received[link.b_port.name]
                for link in self.plan.links if link.b_port is not None}

    def set_down(self, link: LinkPlan) -> None:
        self.switches.ip(f"link set {link.a_port.name} down")

    def silence(self, link: LinkPlan) -> None:
        """Let frames vanish in both directions, while both ends see nothing of it."""
        for place, device in self._ends(link):
            _queue(place, device, _SILENCE)

    def set_up(self, link: LinkPlan) -> None:
        """End whatever was done to it."""
        for place, device in self._ends(link):
            _queue(place, device, "noqueue")
            place.ip(f"link set {device} up")

    def _ends(self, link: LinkPlan) -> Iterator[tuple[Place, str]]:
        """Place and interface of both."""
        yield self.switches, link.a_port.name
        if link.b_port is None:
            yield Place(self._instance, self._shell, link.b), EDGE_DEVICE
        else:
            yield self.switches, link.b_port.name

    # Switches

    def kill(self, switch: SwitchPlan) -> None:
        """Its flows and its session are gone, its cables stay as they are."""
        self.switches.kill(switch)

    def start(self, switch: SwitchPlan) -> None:
        """Make it again from nothing."""
        self.switches.start_switch(switch)

    def kill_all(self) -> None:
        self.switches.kill_vswitchd()

    def start_all(self) -> None:
        self.switches.start_vswitchd()


def _queue(place: Place, device: str, kind: str) -> None:
    place.shell.run(["tc", "-netns", place.netns, "qdisc", "replace", "dev", device, "root", kind])


def condition(link: LinkPlan, up: set[str], silent: set[str]) -> str:
    ends = {port.name for port in (link.a_port, link.b_port) if port is not None}
    return DOWN if not ends <= up else SILENT if ends <= silent else UP


def switch_commands(switch: SwitchPlan, controller: str) -> list[str]:
    """Words for ovs-vsctl that make a switch, whether or not it is there; the controller is an OpenFlow target."""
    row = f"@{switch.name}"
    words = ["--", "--may-exist", "add-br", switch.name,
             "--", f"--id={row}", "create", "Controller", f'target="{controller}"',
             "connection_mode=out-of-band", "max_backoff=1000",
             "--", "set", "Bridge", switch.name, "datapath_type=netdev", "fail_mode=secure", "protocols=OpenFlow13",
             "other_config:disable-in-band=true", f"other_config:datapath-id={switch.datapath_id}",
             f"controller={row}"]
    for port in switch.ports:
        words += ["--", "--may-exist", "add-port", switch.name, port.name,
                  "--", "set", "Interface", port.name, f"ofport_request={port.number}"]
    return words
