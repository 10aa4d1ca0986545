# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What processes use."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from peregrine_lab.instance import Instance
from peregrine_lab.processes import members

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Use:
    """Of one process, over some time."""

    #: Percent of one core.
    cpu: float
    resident_mib: float
    #: Percent of one core by threads' names, the busiest first.
    threads: dict[str, float]


def find(instance: Instance, program: str) -> int:
    """The process of the benchmark's that runs a program."""
    for pid in members(instance):
        if Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip() == program:
            return pid
    raise LookupError(f"{program} does not run")


def watch(pids: dict[str, int], seconds: float) -> dict[str, Use]:
    """Look for that long at what processes use."""
    before = {name: _ticks(pid) for name, pid in pids.items()}
    began = time.monotonic()
    time.sleep(seconds)
    after = {name: _ticks(pid) for name, pid in pids.items()}
    percent = 100 / _TICK / (time.monotonic() - began)
    uses = {}
    for name, pid in pids.items():
        used: Counter[str] = Counter()
        for task, (thread, ticks) in after[name].items():
            used[thread] += ticks - before[name].get(task, (thread, 0))[1]
        busiest = {thread: round(ticks * percent, 1) for thread, ticks in used.most_common(8) if ticks}
        uses[name] = Use(round(sum(used.values()) * percent, 1), _resident_mib(pid), busiest)
    return uses


def _ticks(pid: int) -> dict[int, tuple[str, int]]:
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii", errors="replace") as stat:
                head, _, tail = stat.read().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        fields = tail.split()
        # Threads of a pool differ in the number at the end only
        found[int(task)] = head.partition("(")[2].rstrip("0123456789"), int(fields[11]) + int(fields[12])
    return found


def _resident_mib(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        return round(next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024, 0)
