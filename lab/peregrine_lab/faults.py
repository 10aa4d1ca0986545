# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What can go wrong with one host, by name, for people and for tests.

Daemons and power are the hosts' own methods; what is added here is the loss of a session with the controller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .errors import LabError
from .hosts import Edge, Hypervisor
from .lab import Lab
from .places import Place
from .plan import OPENFLOW_PORT, OVSDB_PORT

#: Where QEMU listens for guests that come, unless libvirt is told otherwise.
_COPY_PORTS = "49152-49215"
#: Goes before the rule for everything else, and after that for the place's own addresses.
_PRIORITY = "10"
_COPIES = f"priority {_PRIORITY} ipproto tcp dport {_COPY_PORTS}"


@dataclass(frozen=True)
class Session:
    """A kind of TCP session between a host and the controller."""

    #: The server's port, and whether that is the controller.
    port: int
    calls_controller: bool

    def cut(self, lab: Lab, host: Edge) -> None:
        """End it, which both ends see, and let no new one begin."""
        self.silence(lab, host)
        for place, peer, port in self._ends(lab, host):
            place.shell.run(place.in_network(["ss", "--kill", "--tcp", "dst", peer, "and", port, "=", f":{self.port}"]))

    def silence(self, lab: Lab, host: Edge) -> None:
        """Let everything vanish, in both directions, of which neither end is told."""
        self.mend(lab, host)
        for place, peer, port in self._ends(lab, host):
            place.ip(f"rule add {self._rule(peer, port)} unreachable")

    def mend(self, lab: Lab, host: Edge) -> None:
        """End whatever was done to it."""
        for place, peer, port in self._ends(lab, host):
            place.shell.attempt(["ip", "-netns", place.netns, "rule", "del", *self._rule(peer, port).split()])

    def _ends(self, lab: Lab, host: Edge) -> tuple[tuple[Place, str, str], ...]:
        """Each end: the place, the address of the other, and which port is the server's there."""
        near, far = ("dport", "sport") if self.calls_controller else ("sport", "dport")
        return ((host, lab.plan.controller_management, near), (lab.controller, host.plan.management, far))

    def _rule(self, peer: str, port: str) -> str:
        return f"priority {_PRIORITY} to {peer} ipproto tcp {port} {self.port}"


OPENFLOW = Session(OPENFLOW_PORT, calls_controller=True)
OVSDB = Session(OVSDB_PORT, calls_controller=False)


def silence_copies(_: Lab, host: Edge) -> None:
    """Let the memory and disks that guests take with them from a host vanish, of which neither end is told."""
    host.ip(f"rule add {_COPIES} unreachable")


def mend_copies(_: Lab, host: Edge) -> None:
    host.shell.attempt(["ip", "-netns", host.netns, "rule", "del", *_COPIES.split()])


@dataclass(frozen=True)
class Fault:
    what: str
    do: Callable[[Lab, Edge], None]


def _hypervisor(host: Edge) -> Hypervisor:
    if not isinstance(host, Hypervisor):
        raise LabError(f"{host.name} has no libvirt")
    return host


FAULTS: dict[str, Fault] = {
    "libvirtd-kill": Fault("libvirtd dies; its guests go on", lambda lab, host: _hypervisor(host).kill_libvirtd()),
    "libvirtd-start": Fault("libvirtd starts again", lambda lab, host: _hypervisor(host).start_libvirtd()),
    "vswitchd-kill": Fault("ovs-vswitchd dies; nothing is forwarded", lambda lab, host: host.kill_vswitchd()),
    "vswitchd-start": Fault("ovs-vswitchd starts again, without flows", lambda lab, host: host.start_vswitchd()),
    "ovsdb-kill": Fault("ovsdb-server dies, and ovs-vswitchd waits for it", lambda lab, host: host.kill_ovsdb()),
    "ovsdb-start": Fault("ovsdb-server starts again", lambda lab, host: host.start_ovsdb()),
    "openflow-cut": Fault("the OpenFlow session ends, and no other can begin", OPENFLOW.cut),
    "openflow-silent": Fault("what is sent over the OpenFlow session vanishes", OPENFLOW.silence),
    "openflow-mend": Fault("OpenFlow sessions work again", OPENFLOW.mend),
    "ovsdb-cut": Fault("the OVSDB session with the controller ends, and no other can begin", OVSDB.cut),
    "ovsdb-silent": Fault("what is sent over that session vanishes", OVSDB.silence),
    "ovsdb-mend": Fault("OVSDB sessions work again", OVSDB.mend),
    "copies-silent": Fault("what guests take with them from this host vanishes", silence_copies),
    "copies-mend": Fault("guests' copies come across again", mend_copies),
    "power-off": Fault("the host's power fails", lambda lab, host: host.crash()),
    "power-on": Fault("the host boots; its guests are gone", lambda lab, host: host.start()),
}
