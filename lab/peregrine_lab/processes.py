# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Which processes belong to a lab, and how they are ended.

A process is the lab's if one of these holds; its name never counts:

* it lives in one of the lab's network namespaces,
* its process id and start time were recorded,
* it carries the lab's mark in its environment (a child of a killed ``lab/up``).
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import Iterable, Iterator

from .errors import LabError
from .instance import MARK, NETNS_DIR, Instance


@dataclass(frozen=True)
class ProcessRef:
    """A process id that cannot be mistaken for a later process with the same number."""

    pid: int
    start_time: int

    @classmethod
    def of(cls, pid: int) -> ProcessRef:
        start = start_time(pid)
        if start is None:
            raise LabError(f"process {pid} has ended")
        return cls(pid, start)

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.start_time

    def kill(self) -> None:
        if self.alive:
            _kill(self.pid)


def start_time(pid: int) -> int | None:
    """Start in clock ticks since boot; None for a process that is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in ("Z", "X") else int(fields[19])


def group(leader: int) -> list[int]:
    """The processes of a process group, whether or not its leader still runs."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and start_time(int(entry)) is not None:
            try:
                if os.getpgid(int(entry)) == leader:
                    found.append(int(entry))
            except ProcessLookupError:
                continue
    return found


def children(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as entries:
            return [int(entry) for entry in entries.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def outer_pid(init: int, pid: int) -> int | None:
    """The process that has this id in the pid namespace whose first process is init; None if there is none."""
    namespace = _identity(f"/proc/{init}/ns/pid")
    for candidate in _all_pids():
        if _identity(f"/proc/{candidate}/ns/pid") == namespace and _inner_pid(candidate) == pid:
            return candidate
    return None


def _inner_pid(pid: int) -> int | None:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            return next((int(line.split()[-1]) for line in status if line.startswith("NSpid:")), None)
    except OSError:
        return None


def members(instance: Instance, recorded: Iterable[ProcessRef] = ()) -> set[int]:
    """All processes of a lab, as seen from the machine, without the caller."""
    namespaces = {_identity(NETNS_DIR / name) for name in instance.namespaces()} - {None}
    namespaces.discard(_identity("/proc/self/ns/net"))
    mark = f"{MARK}={instance.prefix}".encode()
    found = {ref.pid for ref in recorded if ref.alive}
    for pid in _all_pids():
        if _identity(f"/proc/{pid}/ns/net") in namespaces or mark in _environment(pid):
            found.add(pid)
    found.discard(os.getpid())
    return {pid for pid in found if start_time(pid) is not None}


def kill_all(instance: Instance, recorded: Iterable[ProcessRef] = (), timeout: float = 15.0) -> int:
    """Kill until nothing is left; gives how many there were."""
    refs = list(recorded)
    seen: set[int] = set()
    deadline = time.monotonic() + timeout
    while True:
        alive = members(instance, refs)
        if not alive:
            return len(seen)
        if time.monotonic() > deadline:
            raise LabError(f"processes that do not end: {', '.join(map(str, sorted(alive)))}")
        seen |= alive
        for pid in alive:
            _kill(pid)
        time.sleep(0.03)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _all_pids() -> Iterator[int]:
    return (int(entry) for entry in os.listdir("/proc") if entry.isdigit())


def _identity(path: object) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # type: ignore[arg-type]
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _environment(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as environment:
            return environment.read().split(b"\0")
    except OSError:
        return []
