# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""When the first packets come to a guest's new tap, and what libvirt says when; all on one machine's clock."""

from __future__ import annotations

import re
import struct
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Iterator

from peregrine_lab.errors import LabError
from peregrine_lab.hosts import Hypervisor
from peregrine_lab.places import Place
from peregrine_lab.shell import wait_until

_MAGIC = 0x70657265
_COOKED2, _COOKED2_HEADER = 276, 20
_OUTGOING = 4
_ECHO_REPLY = 0
_EVENT = re.compile(r"^(\S+ \S+?): event 'lifecycle' for domain '([^']+)': (\S+) (\S+)$")


@dataclass(frozen=True)
class Crossing:
    """A ping that the switch gave to a tap, or its answer that came out of one."""

    #: Nanoseconds since the epoch.
    time: int
    interface: int
    run: int
    number: int
    answer: bool


class Capture:
    """Pings and answers at a hypervisor's taps."""

    def __init__(self, host: Hypervisor, file: Path) -> None:
        self._file = file
        file.unlink(missing_ok=True)
        # Tunnelled ones are UDP here, so only those at taps are ICMP
        self._process = subprocess.Popen(host.in_network([
            "tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-n", "-U", "-s", "96", "-B", "8192", "--nano",
            "-w", str(file), "icmp[icmptype] == icmp-echo or icmp[icmptype] == icmp-echoreply"]),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: file.exists() and file.stat().st_size >= 24, 10, f"no capture at {host.name}")

    def stop(self) -> list[Crossing]:
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


def parse_capture(content: bytes) -> Iterator[Crossing]:
    """Pings of ours in a capture with nanoseconds and version 2 of Linux' own header."""
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
        ping = _COOKED2_HEADER + (frame[_COOKED2_HEADER] & 0x0f) * 4 + 8
        if len(frame) >= ping + 12:
            mark, run, number = struct.unpack_from("=III", frame, ping)
            answer = frame[ping - 8] == _ECHO_REPLY
            # A ping comes out of a tap too where its sender is, and an answer goes into one
            if mark == _MAGIC and answer != (kind == _OUTGOING):
                yield Crossing(seconds * 10 ** 9 + nanoseconds, interface, run, number, answer)


class Events:
    """What libvirt tells of the life of guests, at one hypervisor."""

    def __init__(self, host: Hypervisor, controller: Place, file: Path) -> None:
        self._file = file
        with file.open("w") as output:
            self._process = subprocess.Popen(controller.in_network([
                "stdbuf", "-oL", "virsh", "-c", host.plan.libvirt, "event", "--event", "lifecycle", "--loop",
                "--timestamp"]), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    def times(self, guest: str) -> dict[str, list[float]]:
        """Seconds since the epoch of each event so far, such as ``Suspended Migrated``."""
        return parse_events(self._file.read_text(errors="replace"), guest)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def parse_events(text: str, guest: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for line in text.splitlines():
        event = _EVENT.match(line)
        if event and event[2] == guest:
            found.setdefault(f"{event[3]} {event[4]}", []).append(datetime.fromisoformat(event[1]).timestamp())
    return found


def first_after(times: list[float], since: float) -> float | None:
    return min((time for time in times if time >= since), default=None)
