# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""What a sender saw of a move, and what many moves come to; computing only."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import Collection, Sequence

from .traffic import Flow, Ping

#: Seconds before a move that do not count as calm: the sender's clock is known to a few milliseconds.
_MARGIN = 0.05
#: The timeline of a move, seconds around the moment at which the guest was paused, and its step in milliseconds.
TIMELINE_FROM, TIMELINE_TO, TIMELINE_STEP = -1.0, 1.2, 10


@dataclass(frozen=True)
class Seen:
    """One sender during one move, or during the same time without one."""

    sent: int
    lost: int
    #: Of these, pings that were given to the new tap and never answered there, and those whose answer came out of it.
    lost_behind_tap: int
    lost_answers: int
    #: Answers beyond the first.
    doubled: int
    #: The longest time without a first answer, minus what it is in constant traffic: one interval.
    gap_ms: float
    #: How much later than usual answers came: 99 % of them at most, and the last.
    delay_p99_ms: float
    delay_max_ms: float
    #: What is usual, in the calm before.
    usual_ms: float
    #: Pings left out since the sender was late itself, and how late at worst.
    skipped: int
    late_ms: float
    #: Pings lost or doubled in the calm before.
    calm_faults: int


def see(flow: Flow, moved_from: float, rate: int, into_tap: Collection[int] = (),
        out_of_tap: Collection[int] = ()) -> Seen:
    """What a sender saw from a moment on; before it there is calm traffic.

    The moment is in seconds by this machine's clock. The numbers of pings that went into the new tap are given, too,
    and of those whose answers came out of it.
    """
    split = (moved_from - flow.began_here - _MARGIN) * 1e6
    begin = next((number for number, ping in enumerate(flow.pings) if ping.sent >= split), len(flow.pings))
    calm, rest = flow.pings[:begin], flow.pings[begin:]
    usual = statistics.median([ping.delay for ping in calm if ping.delay is not None] or [0])
    delays = sorted(ping.delay - usual for ping in rest if ping.delay is not None)
    lost = {begin + number for number, ping in enumerate(rest) if ping.answers == 0}
    answered = lost.intersection(out_of_tap)
    return Seen(
        sent=len(rest), lost=len(lost), lost_behind_tap=len(lost.intersection(into_tap) - answered),
        lost_answers=len(answered), doubled=_doubled(rest),
        gap_ms=max(0.0, round((_longest_silence(rest) - 1e6 / rate) / 1000, 1)),
        delay_p99_ms=round(percentile(delays, 99) / 1000, 1), delay_max_ms=round(max(delays, default=0) / 1000, 1),
        usual_ms=round(usual / 1000, 3), skipped=flow.skipped, late_ms=round(flow.late / 1000, 1),
        calm_faults=_lost(calm) + _doubled(calm))


def timeline(flow: Flow, paused_at: float) -> list[tuple[int, int, int, float | None]]:
    """Pings, those lost, answers too many and the longest delay in milliseconds, by the time of sending."""
    steps = round((TIMELINE_TO - TIMELINE_FROM) * 1000 / TIMELINE_STEP)
    parts: list[list[Ping]] = [[] for _ in range(steps)]
    begin = round((flow.began_here - paused_at - TIMELINE_FROM) * 1e6)
    for ping in flow.pings:
        step = (begin + ping.sent) // (TIMELINE_STEP * 1000)
        if 0 <= step < steps:
            parts[step].append(ping)
    return [(len(part), _lost(part), _doubled(part),
             max((round(ping.delay / 1000, 1) for ping in part if ping.delay is not None), default=None))
            for part in parts]


def losses(flow: Flow, paused_at: float) -> list[float]:
    """When the pings that were lost had been sent, milliseconds since the guest was paused."""
    begin = (flow.began_here - paused_at) * 1000
    return [round(begin + ping.sent / 1000, 1) for ping in flow.pings if ping.answers == 0]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """By nearest rank: of up to 100 values the 99th percentile is the greatest."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0


def _lost(pings: Sequence[Ping]) -> int:
    return sum(ping.answers == 0 for ping in pings)


def _doubled(pings: Sequence[Ping]) -> int:
    return sum(max(0, ping.answers - 1) for ping in pings)


def _longest_silence(pings: Sequence[Ping]) -> float:
    """Microseconds; the first and the last sending count as answers, so that what is never answered is seen."""
    if not pings:
        return 0
    times = sorted([pings[0].sent, pings[-1].sent, *(ping.answered for ping in pings if ping.answered is not None)])
    return max(later - earlier for earlier, later in zip(times, times[1:]))
