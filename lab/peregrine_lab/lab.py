# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""The lab as a whole: building it, and finding it again from another command."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Iterable

from .certificates import Authority
from .errors import LabError
from .fabric import Fabric
from .fabricplan import DEFAULT_FABRIC, NO_FABRIC
from .guests import Guest, GuestBook, Sighting, parse_domains, plan_guest, present_place, start_guest
from .hosts import Border, Edge, Hypervisor, ManagementNetwork, OpenVSwitch, Storage
from .image import GuestImage
from .instance import Instance
from .places import Machine, Place
from .plan import INTEGRATION_BRIDGE, MANAGEMENT_PREFIX, TENANT_MTU, LabPlan, plan_lab
from .plainbridges import build_bridges
from .shell import Shell, wait_until
from .teardown import require_empty, tear_down
from .underlay import RouterUnderlay, Underlay

#: Seconds; a start takes three to five on an idle machine.
_GUEST_START = 90


class Lab:
    """All parts of a lab; making this object touches nothing."""

    def __init__(self, instance: Instance, hypervisors: int, fabric: str = DEFAULT_FABRIC, tls: bool = False) -> None:
        self.instance = instance
        self.shell = Shell(instance)
        self.plan = plan_lab(hypervisors, fabric, tls)
        names = self.plan.management_names()
        self.underlay = _underlay(instance, self.shell, self.plan)
        self.management = ManagementNetwork(instance, self.shell)
        self.hypervisors = [Hypervisor(instance, self.shell, plan, names) for plan in self.plan.hypervisors]
        self.border = Border(instance, self.shell, self.plan.border, names)
        self.storage = Storage(instance, self.shell, self.plan.storage_management, names)
        self.client = Place(instance, self.shell, self.plan.client.name)
        self.controller = Place(instance, self.shell, "controller")
        self.image = GuestImage(instance.data_dir / "image")
        self.book = GuestBook(instance.state_dir / "guests", instance.data_dir)
        self.authority = Authority(instance.data_dir, self.shell)
        if tls:
            for machine in self.machines:
                if isinstance(machine, OpenVSwitch):
                    machine.certificates = self.authority.of(machine.name)

    # Finding it again

    @classmethod
    def running(cls, instance: Instance) -> Lab:
        """The lab that lab/up built."""
        state = read_state(instance)
        if state is None:
            raise LabError("there is no lab: run lab/up")
        if state["state"] != "up":
            raise LabError("the lab is not complete: wait for lab/up, or run lab/down if it has died")
        return cls(instance, state["hypervisors"], state["fabric"], state["tls"])

    @property
    def tls(self) -> bool:
        """Whether OVSDB, OpenFlow, libvirt and RESTCONF go over TLS."""
        return self.plan.tls

    @property
    def edges(self) -> list[Edge]:
        return [*self.hypervisors, self.border]

    @property
    def machines(self) -> list[Machine]:
        return [*self.edges, self.storage, *self.underlay.machines]

    def places(self) -> dict[str, Place]:
        """Everything lab/exec can enter."""
        found = [*self.machines, self.client, self.controller, *self.underlay.places]
        return {place.name: place for place in found}

    def place(self, name: str) -> Place:
        places = self.places()
        if name not in places:
            raise LabError(f"there is no place {name}; there are {', '.join(places)}")
        return places[name]

    def hypervisor(self, name: str) -> Hypervisor:
        for host in self.hypervisors:
            if host.name == name:
                return host
        raise LabError(f"there is no hypervisor {name}; there are {', '.join(host.name for host in self.hypervisors)}")

    def edge(self, name: str) -> Edge:
        for edge in self.edges:
            if edge.name == name:
                return edge
        raise LabError(f"there is no edge {name}; there are {', '.join(edge.name for edge in self.edges)}")

    @property
    def fabric(self) -> Fabric:
        if not isinstance(self.underlay, Fabric):
            raise LabError(f"this lab has no fabric: it was built with --fabric {NO_FABRIC}, or with --bridges")
        return self.underlay

    # Building it

    def build(self, bridges: bool = False) -> None:
        """Build everything; what fails is taken down again.  The caller holds the lock."""
        require_empty(self.instance)
        try:
            self._write_state("building")
            if self.plan.tls:
                self._make_certificates()
            self._build_networks()
            _together([self.image.build, *(_starter(machine) for machine in self.machines)])
            if bridges:
                build_bridges(self.edges, self.plan.client)
            self._write_state("up")
        except BaseException:
            tear_down(self.instance)
            raise

    def _make_certificates(self) -> None:
        self.authority.make([self.plan.controller_management])
        for name, address in self.plan.management_names().items():
            self.authority.make_host(name, [address])

    def _build_networks(self) -> None:
        self.management.build()
        self.underlay.build()
        places = self.places()
        for place in (*self.edges, self.storage, self.client, self.controller):
            place.create()
        for name, address in self.plan.management_names().items():
            self.management.attach(places[name], address, MANAGEMENT_PREFIX)
        for edge in self.edges:
            self.underlay.attach(edge.plan, edge)
        self._attach_client()

    def _attach_client(self) -> None:
        client = self.plan.client
        self.client.ip(f"link add eth0 address {client.mac} mtu {TENANT_MTU} type veth "
                       f"peer name {client.port} mtu {TENANT_MTU} netns {self.border.netns}")
        self.client.disable_offload("eth0")
        self.border.disable_offload(client.port)
        self.border.ip(f"link set {client.port} up")
        self.client.ip("link set eth0 up", f"addr add {client.address}/{client.prefix_length} dev eth0",
                       f"route add default via {client.gateway}")

    def _write_state(self, state: str) -> None:
        path = _state_file(self.instance)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"state": state, "hypervisors": len(self.hypervisors),
                                     "fabric": self.plan.fabric.name if self.plan.fabric else NO_FABRIC,
                                     "tls": self.plan.tls,
                                     "builder": os.getpid()}), encoding="ascii")
        draft.replace(path)

    # Guests

    def create_guest(self, name: str, host_name: str, *, bridge_timeout: float, **wishes: Any) -> Guest:
        """Start a guest and wait until it says that it is ready."""
        host = self.hypervisor(host_name)
        wait_until(lambda: host.has_bridge(INTEGRATION_BRIDGE), bridge_timeout,
                   f"{host.name} has no bridge {INTEGRATION_BRIDGE} (the controller makes it, or lab/up --bridges)",
                   interval=0.2)
        with self.instance.lock():
            guest = plan_guest(name, self.book.all(), **wishes)
            self.book.add(guest)
        try:
            start_guest(guest, host, self.image, self.book, self.plan.storage_management)
            self.book.wait_ready(name, _GUEST_START)
        except BaseException:
            self.remove_guest(name)
            raise
        return guest

    def remove_guest(self, name: str) -> None:
        self.book.get(name)
        for sighting in self.sightings().get(name, []):
            self.shell.attempt(self.hypervisor(sighting.host).inside(["virsh", "--quiet", "destroy", name]))
        self.book.remove(name)

    def sightings(self) -> dict[str, list[Sighting]]:
        """Where libvirt sees which guests, asked on all hypervisors at once."""
        found: dict[str, list[Sighting]] = {}
        asked = _together([_asker(host) for host in self.hypervisors])
        for host, domains in zip(self.hypervisors, asked):
            for name, state in (domains or {}).items():
                found.setdefault(name, []).append(Sighting(host.name, state))
        return found

    def host_of(self, name: str) -> Hypervisor:
        self.book.get(name)
        place = present_place(self.sightings().get(name, []))
        if place is None:
            raise LabError(f"no hypervisor has {name} (or its libvirtd does not answer)")
        return self.hypervisor(place.host)


def migration_command(guest: str, target: str, options: Iterable[str]) -> list[str]:
    """What an administrator would type at the source: nobody but libvirt is told."""
    return ["virsh", "--quiet", "migrate", "--live", "--p2p", *options, guest, target]


def qemu_pause(guest: str, destination: Hypervisor) -> int | None:
    """Milliseconds the guest stood still in its last migration, by QEMU's own account; None if it does not tell.

    The figures are kept: whoever asks libvirt without saying so takes them away from all others.
    """
    result = destination.shell.attempt(destination.inside(
        ["virsh", "--quiet", "domjobinfo", guest, "--completed", "--keep-completed", "--rawstats"]))
    return parse_pause(result.stdout) if result.returncode == 0 else None


def parse_pause(statistics: str) -> int | None:
    for line in statistics.splitlines():
        key, _, value = line.partition(":")
        if key == "downtime" and value.strip().isdigit():
            return int(value)
    return None


def read_state(instance: Instance) -> dict | None:
    try:
        return json.loads(_state_file(instance).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def domains_of(host: Hypervisor) -> dict[str, str] | None:
    """Names and states; None if the host or its libvirtd does not answer."""
    if not host.alive:
        return None
    result = host.shell.attempt(host.inside(["timeout", "5", "virsh", "--quiet", "list", "--all"]))
    return parse_domains(result.stdout) if result.returncode == 0 else None


def _state_file(instance: Instance) -> Path:
    return instance.state_dir / "state.json"


def _underlay(instance: Instance, shell: Shell, plan: LabPlan) -> Underlay:
    if plan.fabric is None:
        return RouterUnderlay(instance, shell)
    return Fabric(instance, shell, plan.fabric, plan.openflow, plan.management_names())


def _starter(machine: Machine) -> Callable[[], None]:
    def start() -> None:
        machine.install()
        machine.start()
    return start


def _asker(host: Hypervisor) -> Callable[[], dict[str, str] | None]:
    return lambda: domains_of(host)


def _together(tasks: list[Callable]) -> list:
    """Run all at once; the first failure is raised after the others have ended."""
    with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
        futures = [pool.submit(task) for task in tasks]
    return [future.result() for future in futures]
