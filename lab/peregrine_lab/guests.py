# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Guests: what they are made of, where they are, and moving them."""

from __future__ import annotations

import ipaddress
import json
import re
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Iterable, Sequence

from .errors import LabError
from .hosts import Hypervisor
from .image import GuestImage
from .plan import (INTEGRATION_BRIDGE, TENANT_GATEWAY, TENANT_MTU, TENANT_NETWORK, TENANT_SUBNET, check_guest_name,
                   choose_address, identifier_of, mac_of)
from .shell import tail

_MEMORY_MIB = 160
_DISK_BYTES = 16 << 20
_BLOCK, _BLOCKS = 512, 1024
_READY = "PEREGRINE-GUEST-READY"
_FAILURES = ("PEREGRINE-GUEST-FAILED", "Kernel panic")
_DISK_FAILED = "PEREGRINE-DISK-FAILED"
_NETWORK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,38}")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


@dataclass(frozen=True)
class Interface:
    """One more network card of a guest, in a network of its own."""

    network: str
    address: str
    prefix_length: int
    mac: str
    interfaceid: str


@dataclass(frozen=True)
class Guest:
    """What was asked for; where the guest is now, only libvirt knows. The address is empty if it has none."""

    name: str
    address: str
    prefix_length: int
    gateway: str
    mac: str
    network: str
    uuid: str
    interfaceid: str
    also: tuple[Interface, ...] = ()


def plan_guest(name: str, existing: Iterable[Guest], *, address: str | None = None, gateway: str | None = None,
               mac: str | None = None, network: str | None = None, also: Sequence[str] = (),
               addressless: bool = False) -> Guest:
    """A new guest; what is not given follows from its name. Each of also is NETWORK=ADDRESS/PREFIX."""
    others = list(existing)
    check_guest_name(name)
    if address is None:
        address = f"{choose_address(name, (guest.address for guest in others))}/{TENANT_SUBNET.prefixlen}"
    try:
        interface = ipaddress.IPv4Interface(address)
    except ValueError as failure:
        raise LabError(f"--address {address}: {failure}") from failure
    if "/" not in address:
        raise LabError(f"--address {address}: say the prefix length too, such as {address}/24")
    if gateway is None:
        gateway = str(TENANT_GATEWAY if interface.network == TENANT_SUBNET else interface.network[1])
    elif not _is_address(gateway):
        raise LabError(f"--gateway {gateway}: not an IPv4 address")
    mac = mac_of(name) if mac is None else mac.lower()
    if not _MAC.fullmatch(mac) or int(mac[:2], 16) & 1:
        raise LabError(f"--mac {mac}: give a unicast address such as 52:54:00:12:34:56")
    network = TENANT_NETWORK if network is None else network
    if not _NETWORK_NAME.fullmatch(network):
        raise LabError(f"--network {network}: use up to 39 letters, digits, '.', '_' and '-'")
    guest = Guest(name=name, address="" if addressless else str(interface.ip),
                  prefix_length=interface.network.prefixlen, gateway="" if addressless else gateway,
                  mac=mac, network=network, uuid=identifier_of("guest", name),
                  interfaceid=identifier_of("interface", name),
                  also=tuple(_one_more(name, number, text) for number, text in enumerate(also, 1)))
    for other in others:
        if other.name == name:
            raise LabError(f"guest {name} exists already; lab/guest {name} --remove ends it")
        if other.network == network and guest.address and guest.address == other.address:
            raise LabError(f"{guest.address} is {other.name}'s already")
        if other.network == network and guest.mac == other.mac:
            raise LabError(f"{guest.mac} is {other.name}'s already")
    return guest


def _one_more(name: str, number: int, text: str) -> Interface:
    if number > 1:
        raise LabError(f"--also {text}: a guest of the lab has two network cards at most")
    network, _, address = text.partition("=")
    try:
        interface = ipaddress.IPv4Interface(address)
    except ValueError as failure:
        raise LabError(f"--also {text}: say NETWORK=ADDRESS/PREFIX: {failure}") from failure
    if not _NETWORK_NAME.fullmatch(network) or "/" not in address:
        raise LabError(f"--also {text}: say NETWORK=ADDRESS/PREFIX, such as blue=192.168.7.2/24")
    return Interface(network, str(interface.ip), interface.network.prefixlen, mac_of(f"{name}/{number}"),
                     identifier_of("interface", f"{name}/{number}"))


def domain_xml(guest: Guest, image: GuestImage, disk: Path, storage: str, console: Path) -> str:
    """A libvirt domain without anything that could keep it from migrating."""
    own = [f"pg.address={guest.address}/{guest.prefix_length}", f"pg.gateway={guest.gateway}"] if guest.address else ()
    arguments = " ".join([
        "console=ttyS0", "quiet", "loglevel=3", "mitigations=off", "panic=0", f"pg.name={guest.name}",
        f"pg.mtu={TENANT_MTU}",
        *own,
        *(f"pg.address{number}={one.address}/{one.prefix_length}" for number, one in enumerate(guest.also, 1))])
    interfaces = "".join(_interface_xml(one) for one in (guest, *guest.also))
    return f"""\
<domain type='qemu'>
  <name>{guest.name}</name>
  <uuid>{guest.uuid}</uuid>
  <memory unit='MiB'>{_MEMORY_MIB}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <kernel>{image.kernel}</kernel>
    <initrd>{image.ramdisk}</initrd>
    <cmdline>{arguments}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>{image.emulator}</emulator>
    <disk type='network' device='disk'>
      <driver name='qemu' type='raw' cache='none'/>
      <source protocol='nfs' name='{disk}'>
        <host name='{storage}'/>
        <nfs user='+0' group='+0'/>
      </source>
      <target dev='vda' bus='virtio'/>
    </disk>
{interfaces}    <serial type='file'>
      <source path='{console}' append='on'/>
      <target port='0'/>
    </serial>
    <console type='file'>
      <target type='serial' port='0'/>
    </console>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>
"""


def _interface_xml(one: Guest | Interface) -> str:
    return f"""\
    <interface type='bridge'>
      <mac address='{one.mac}'/>
      <source bridge='{INTEGRATION_BRIDGE}'/>
      <virtualport type='openvswitch'>
        <parameters interfaceid='{one.interfaceid}' profileid='{one.network}'/>
      </virtualport>
      <model type='virtio'/>
      <driver name='qemu'>
        <host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/>
        <guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/>
      </driver>
      <mtu size='{TENANT_MTU}'/>
    </interface>
"""


class GuestBook:
    """The guests' records, disks and consoles."""

    def __init__(self, records: Path, data: Path) -> None:
        self._records = records
        self._consoles = data / "consoles"
        self._disks = data / "disks"

    def all(self) -> list[Guest]:
        return [_read(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(self._records.glob("*.json"))]

    def get(self, name: str) -> Guest:
        for guest in self.all():
            if guest.name == name:
                return guest
        raise LabError(f"there is no guest {name}; lab/status shows all")

    def add(self, guest: Guest) -> None:
        """Make an empty disk and no console yet; the record comes last."""
        for directory in (self._records, self._consoles, self._disks):
            directory.mkdir(parents=True, exist_ok=True)
        self.console(guest.name).unlink(missing_ok=True)
        with self.disk(guest.name).open("wb") as disk:
            disk.truncate(_DISK_BYTES)
        draft = self._records / f"{guest.name}.new"
        draft.write_text(json.dumps(asdict(guest)), encoding="utf-8")
        draft.replace(self._records / f"{guest.name}.json")

    def remove(self, name: str) -> None:
        for path in (self._records / f"{name}.json", self.disk(name), self.console(name)):
            path.unlink(missing_ok=True)

    def disk(self, name: str) -> Path:
        return self._disks / f"{name}.raw"

    def console(self, name: str) -> Path:
        return self._consoles / f"{name}.log"

    def wait_ready(self, name: str, timeout: float) -> None:
        """Until the guest says so on its serial console."""
        deadline = time.monotonic() + timeout
        console = self.console(name)
        while True:
            text = console.read_text(errors="replace") if console.exists() else ""
            if _READY in text:
                return
            if any(word in text for word in _FAILURES):
                raise LabError(f"{name} did not start: {tail(console)}")
            if time.monotonic() > deadline:
                raise LabError(f"{name} was not ready within {timeout:.0f} s: {tail(console)}")
            time.sleep(0.05)

    def disk_report(self, name: str) -> DiskReport:
        """What the guest wrote, read from the storage itself, and what it says it could not write."""
        console = self.console(name)
        failed = console.read_text(errors="replace").count(_DISK_FAILED) if console.exists() else 0
        with self.disk(name).open("rb") as disk:
            content = disk.read(_BLOCK * _BLOCKS)
        return replace(read_disk(name, content), failed=failed)


def _read(record: dict) -> Guest:
    return Guest(**{**record, "also": tuple(Interface(**one) for one in record["also"])})


@dataclass(frozen=True)
class DiskReport:
    """The last number written, numbers missing among the last ones, and writes that failed."""

    last: int
    missing: tuple[int, ...]
    failed: int = 0


def read_disk(name: str, content: bytes) -> DiskReport:
    """Read the numbered blocks a guest writes, one per second, round and round."""
    numbers = set()
    for start in range(0, len(content), _BLOCK):
        words = content[start:start + _BLOCK].decode("ascii", "replace").split()
        if len(words) == 2 and words[0] == name and words[1].isdigit():
            numbers.add(int(words[1]))
    last = max(numbers, default=0)
    first = max(1, last - _BLOCKS + 1)
    return DiskReport(last, tuple(number for number in range(first, last + 1) if number not in numbers))


def start_guest(guest: Guest, host: Hypervisor, image: GuestImage, book: GuestBook, storage: str) -> None:
    """Create the guest's domain; transient, so that a migration leaves nothing at its source."""
    definition = domain_xml(guest, image, book.disk(guest.name), storage, book.console(guest.name))
    host.run("virsh", "--quiet", "create", "/dev/stdin", stdin=definition)


@dataclass(frozen=True)
class Sighting:
    """A guest as one hypervisor sees it."""

    host: str
    state: str


def parse_domains(table: str) -> dict[str, str]:
    """Names and states out of ``virsh --quiet list --all``."""
    domains = {}
    for line in table.splitlines():
        fields = line.split(maxsplit=2)
        if len(fields) == 3:
            domains[fields[1]] = fields[2].strip()
    return domains


def present_place(sightings: Sequence[Sighting]) -> Sighting | None:
    """Where the guest is: where it runs, else where it is at all.

    During a migration two hosts have it, and the one that does not run it yet, or any
    more, says "paused" or "shut off".
    """
    order = {"running": 0, "paused": 1}
    return min(sightings, key=lambda sighting: order.get(sighting.state, 2), default=None)


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
        return True
    except ValueError:
        return False
