# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What a switch gives to guests and what they answer, as their taps show it; all on one machine's clock."""

from __future__ import annotations

import re
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

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


class Capture:
    """Pings and answers at a hypervisor's taps."""

    def __init__(self, host: Place, file: Path) -> None:
        self._file = file
        file.unlink(missing_ok=True)
        # Tunnelled ones are UDP here, so only those at taps are ICMP
        self._process = subprocess.Popen(host.in_network([
            "tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-n", "-U", "-s", "96", "-B", "8192", "--nano",
            "-w", str(file), "icmp[icmptype] == icmp-echo or icmp[icmptype] == icmp-echoreply"]),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: file.exists() and file.stat().st_size >= 24, 10, f"no capture at {host.name}")

    def stop(self) -> list[Echo]:
        self._process.terminate()
        said = self._process.communicate(timeout=20)[1]
        dropped = re.search(r"(\d+) packets dropped by kernel", said)
        if dropped is None or dropped[1] != "0":
            raise LabError(f"the capture is not whole: {said.strip()}")
        return list(parse_capture(self._file.read_bytes()))

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def parse_capture(content: bytes) -> Iterator[Echo]:
    """Pings and answers in a capture with nanoseconds and version 2 of Linux' own header."""
    magic, *_, link = struct.unpack_from("=IHHiIII", content)
    if magic != 0xa1b23c4d or link != _COOKED2:
        raise LabError(f"a capture of an unexpected kind: {magic:x}, link type {link}")
    at = 24
    while at + 16 <= len(content):
        seconds, nanoseconds, kept, _ = struct.unpack_from("=IIII", content, at)
        frame = content[at + 16:at + 16 + kept]
        at += 16 + kept
        if len(frame) < _COOKED2_HEADER + 20:
            continue
        interface, kind = struct.unpack_from("!I2xB", frame, 4)
        payload = _COOKED2_HEADER + (frame[_COOKED2_HEADER] & 0x0f) * 4 + 8
        if len(frame) >= payload:
            yield Echo(seconds * 10 ** 9 + nanoseconds, interface, kind == _OUTGOING,
                       frame[payload - 8] == _ECHO_REPLY, frame[payload:])
