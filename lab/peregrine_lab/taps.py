# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What goes over a place's devices; all on one machine's clock."""

from __future__ import annotations

import re
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator

from .errors import LabError
from .places import Place
from .shell import wait_until

_COOKED2, _COOKED2_HEADER = 276, 20
_OUTGOING = 4
_ECHO_REPLY = 0


@dataclass(frozen=True)
class Echo:
    """A ping or the answer to one, at a tap."""

    #: Nanoseconds since the epoch.
    time: int
    interface: int
    #: Whether the switch gave it to the guest; else the guest has sent it.
    to_guest: bool
    answer: bool
    payload: bytes


@dataclass(frozen=True)
class Packet:
    """What one device of a place has sent or taken in, from its network layer on."""

    #: Nanoseconds since the epoch.
    time: int
    #: As on the wire: an EtherType.
    protocol: int
    interface: int
    outgoing: bool
    content: bytes


class Recording:
    """What goes over all devices of a place, as far as a filter of tcpdump's lets it through."""

    def __init__(self, place: Place, file: Path, what: str, length: int) -> None:
        """Of each packet that many bytes are kept; 0 for all."""
        self._file = file
        file.unlink(missing_ok=True)
        self._process = subprocess.Popen(place.in_network([
            "tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-n", "-U", "-s", str(length), "-B", "8192", "--nano",
            "-w", str(file), what]), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: file.exists() and file.stat().st_size >= 24, 10, f"no capture at {place.name}")

    def packets(self) -> Iterator[Packet]:
        """Ends it."""
        self._process.terminate()
        said = self._process.communicate(timeout=20)[1]
        dropped = re.search(r"(\d+) packets dropped by kernel", said)
        if dropped is None or dropped[1] != "0":
            raise LabError(f"the capture is not whole: {said.strip()}")
        return parse_packets(self._file.read_bytes())

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


class Capture(Recording):
    """Pings and answers at a hypervisor's taps."""

    def __init__(self, host: Place, file: Path) -> None:
        # Tunnelled ones are UDP here, so only those at taps are ICMP
        super().__init__(host, file, "icmp[icmptype] == icmp-echo or icmp[icmptype] == icmp-echoreply", 96)

    def stop(self) -> list[Echo]:
        return list(echoes(self.packets()))


def echoes(packets: Iterable[Packet]) -> Iterator[Echo]:
    """Pings and answers among packets that are ICMP."""
    for packet in packets:
        content = packet.content
        header = (content[0] & 0x0f) * 4 if content else 0
        payload = header + 8
        if header and len(content) >= payload:
            yield Echo(packet.time, packet.interface, packet.outgoing, content[header] == _ECHO_REPLY,
                       content[payload:])


def parse_packets(content: bytes) -> Iterator[Packet]:
    """The packets of a capture with nanoseconds and version 2 of Linux' own header."""
    magic, *_, link = struct.unpack_from("=IHHiIII", content)
    if magic != 0xa1b23c4d or link != _COOKED2:
        raise LabError(f"a capture of an unexpected kind: {magic:x}, link type {link}")
    at = 24
    while at + 16 <= len(content):
        seconds, nanoseconds, kept, _ = struct.unpack_from("=IIII", content, at)
        frame = content[at + 16:at + 16 + kept]
        at += 16 + kept
        if len(frame) >= _COOKED2_HEADER:
            protocol, interface, kind = struct.unpack_from("!H2xI2xB", frame)
            yield Packet(seconds * 10 ** 9 + nanoseconds, protocol, interface, kind == _OUTGOING,
                         frame[_COOKED2_HEADER:])
