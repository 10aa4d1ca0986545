# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What a probe's times say.

All times are nanoseconds of one monotonic clock.  A probe that is sent every
``interval`` and answered is the normal case; two things interrupt it:

*loss*
    A run of probes without an answer.  It lasts from the sending of the last
    answered probe before it to the sending of the first answered one after it,
    minus one interval: k lost probes in a row make k intervals.

*silence*
    A time without any first answer.  It lasts from one answer's arrival to the
    next one's, minus one interval.  It shows what loss does not: packets that
    waited somewhere and came late, all at once.

The *longest gap* is the longer of the longest loss and the longest silence.  The
beginning and the end of the run count as answered, so an outage that reaches
into them is a gap as well.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Sequence

_MS = 1_000_000


@dataclass(frozen=True)
class Gap:
    """An interruption between two good moments, one interval shorter than the time between them."""

    start: int
    end: int
    interval: int

    @property
    def length(self) -> int:
        return max(0, self.end - self.start - self.interval)


def longest_loss(sent: Sequence[int], answered: Sequence[int | None], interval: int) -> Gap | None:
    """``answered[i]`` is when the first answer to the probe sent at ``sent[i]`` arrived."""
    longest = None
    good = sent[0] - interval if sent else 0
    lost = False
    for when, answer in zip(sent, answered):
        if answer is None:
            lost = True
            continue
        if lost:
            longest = _longer(longest, Gap(good, when, interval))
        good, lost = when, False
    if lost:
        longest = _longer(longest, Gap(good, sent[-1] + interval, interval))
    return longest


def longest_silence(sent: Sequence[int], answered: Sequence[int | None], interval: int) -> Gap | None:
    if not sent:
        return None
    arrivals = sorted(answer for answer in answered if answer is not None)
    moments = [sent[0] - interval, *arrivals]
    if not arrivals or arrivals[-1] < sent[-1] + interval:
        moments.append(sent[-1] + interval)
    longest = None
    for start, end in zip(moments, moments[1:]):
        longest = _longer(longest, Gap(start, end, interval))
    return longest


def describe_gap(gap: Gap | None, origin: int) -> dict:
    """Length, and between which moments after the origin."""
    if gap is None or gap.length == 0:
        return {"ms": 0.0, "start_ms": None, "end_ms": None}
    return {"ms": milliseconds(gap.length), "start_ms": milliseconds(gap.start - origin),
            "end_ms": milliseconds(gap.end - origin)}


def describe_durations(durations: Sequence[int]) -> dict:
    ordered = sorted(durations)
    if not ordered:
        return {"median": None, "p99": None, "max": None}
    return {"median": milliseconds(percentile(ordered, 50)), "p99": milliseconds(percentile(ordered, 99)),
            "max": milliseconds(ordered[-1])}


def percentile(ordered: Sequence[int], percent: float) -> int:
    """Nearest rank: always one of the values."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def sender_stall(sent: Sequence[int], interval: int) -> int:
    """How much too late a probe was sent, at worst: the part of a gap that is the machine's, not the network's."""
    return max((later - earlier - interval for earlier, later in zip(sent, sent[1:])), default=0)


def wall_clock(sent: Sequence[int]) -> str | None:
    """When the first probe was sent, for comparison with other records: the origin of all *_ms moments."""
    if not sent:
        return None
    age = time.monotonic_ns() - sent[0]
    return datetime.fromtimestamp((time.time_ns() - age) / 1e9, timezone.utc).isoformat(timespec="microseconds")


def milliseconds(nanoseconds: int) -> float:
    return round(nanoseconds / _MS, 3)


def _longer(one: Gap | None, other: Gap) -> Gap:
    return other if one is None or other.length > one.length else one
