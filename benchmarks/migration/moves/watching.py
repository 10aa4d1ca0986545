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
from typing import Iterable, Iterator

from peregrine_lab.hosts import Hypervisor
from peregrine_lab.places import Place
from peregrine_lab.taps import Echo

_MAGIC = 0x70657265
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


def crossings(seen: Iterable[Echo]) -> Iterator[Crossing]:
    """The pings of our senders that went to a tap's guest, and its answers."""
    for echo in seen:
        # A ping comes out of a tap too where its sender is, and an answer goes into one
        if echo.answer != echo.to_guest and len(echo.payload) >= 12:
            mark, run, number = struct.unpack_from("=III", echo.payload)
            if mark == _MAGIC:
                yield Crossing(echo.time, echo.interface, run, number, echo.answer)


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
