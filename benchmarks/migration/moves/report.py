# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Tables and a picture of the results; computing only."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Iterable, Sequence

from .bench import BESIDE, OUTSIDE, Control, Move
from .figures import TIMELINE_FROM, TIMELINE_STEP, TIMELINE_TO, Seen, percentile

_SENDERS = {OUTSIDE: "outside, behind the border", BESIDE: "guest on the source"}
_MISSING = "-"


def render(moves: Sequence[Move], controls: Sequence[Control], conditions: dict[str, Any]) -> str:
    """All of it as Markdown."""
    day = datetime.fromtimestamp(conditions["began"], timezone.utc).strftime("%d %B %Y").lstrip("0")
    lines = [
        "# Results", "",
        f"{day}, version {conditions['version']}, {conditions['processors']} processors; "
        f"{conditions['rate']} pings per second from outside, "
        f"{conditions['guest_rate']} from the guest beside; variants `-many` have {conditions['idle_edges']} "
        f"idle edges with {conditions['idle_guests']} guests on each. Written by `run`; the [README](README.md) says "
        "what the columns mean. Numbers are median | maximum of all moves; times are milliseconds.", "",
        *(f"- {remark}" for remark in conditions["remarks"] or ["nothing was discarded or left out"]), ""]
    lines += ["![A move of each kind](results.svg)", "", "## What the senders saw", ""]
    lines += _table(("network", "sender", "moves", "QEMU's pause", "lost", "behind the tap", "answers", "doubled",
                     "longest gap", "longest delay", "99 % of delays", "delay beyond the pause", "left out"),
                    _senders(moves))
    lines += ["", "## From libvirt's event to the new place", ""]
    lines += _table(("network", "moves", "pause by libvirt's events", "pings at the new tap before the event",
                     "lead", "event to first ping at the new tap", "the controller has the event to first ping",
                     "to decision", "to change confirmed"), _steps(moves))
    lines += ["", "## The same traffic without a move", ""]
    lines += _table(("network", "sender", "runs", "pings", "lost", "doubled", "longest gap", "longest delay",
                     "left out"), _controls(controls))
    return "\n".join(lines) + "\n"


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> list[str]:
    heads = list(heads)
    return ["| " + " | ".join(heads) + " |", "|" + len(heads) * "---|",
            *("| " + " | ".join(row) + " |" for row in rows)]


def _by_variant(results: Sequence[Move | Control]) -> dict[str, list]:
    found: dict[str, list] = {}
    for result in results:
        found.setdefault(result.variant, []).append(result)
    return found


def _senders(moves: Sequence[Move]) -> list[list[str]]:
    rows = []
    for name, some in _by_variant(moves).items():
        for sender, label in _SENDERS.items():
            seen = [move.seen[sender] for move in some]
            rows.append([
                name, label, str(len(some)), _both(move.pause_ms for move in some), _both(one.lost for one in seen),
                _both(one.lost_behind_tap for one in seen), _both(one.lost_answers for one in seen),
                _both(one.doubled for one in seen), _both(one.gap_ms for one in seen),
                _both(one.delay_max_ms for one in seen),
                _both(one.delay_p99_ms for one in seen), _both(beyond(move, sender) for move in some), _share(seen)])
    return rows


def _steps(moves: Sequence[Move]) -> list[list[str]]:
    return [[name, str(len(some)), _both(move.events_pause_ms for move in some),
             _both(move.early_at_tap for move in some), _both((move.lead_ms for move in some), 1),
             _both((move.first_at_tap_ms for move in some), 1),
             _both((move.told_first_at_tap_ms for move in some), 1), _both((move.told_open_ms for move in some), 1),
             _both((move.told_opened_ms for move in some), 1)]
            for name, some in _by_variant(moves).items()]


def _controls(controls: Sequence[Control]) -> list[list[str]]:
    rows = []
    for name, some in _by_variant(controls).items():
        for sender, label in _SENDERS.items():
            seen = [control.seen[sender] for control in some]
            rows.append([name, label, str(len(some)), str(sum(one.sent for one in seen)),
                         str(sum(one.lost for one in seen)), str(sum(one.doubled for one in seen)),
                         _both(one.gap_ms for one in seen), _both(one.delay_max_ms for one in seen), _share(seen)])
    return rows


def beyond(move: Move, sender: str) -> float | None:
    """How much longer than QEMU's pause the last answer was delayed, milliseconds; 0 if it was not."""
    return None if move.pause_ms is None else max(0.0, move.seen[sender].delay_max_ms - move.pause_ms)


def _both(values: Iterable[float | None], digits: int = 0) -> str:
    """Median and maximum, in one cell."""
    known = sorted(value for value in values if value is not None)
    return f"{statistics.median(known):.{digits}f} \\| {known[-1]:.{digits}f}" if known else _MISSING


def _share(seen: Sequence[Seen]) -> str:
    return f"{100 * sum(one.skipped for one in seen) / max(1, sum(one.sent + one.skipped for one in seen)):.1f} %"


# The picture

_PANEL, _HEIGHT, _LEFT, _TOP, _GAP = 380, 120, 190, 50, 26
_LOST, _DOUBLED, _DELAY, _INK = "#c0392b", "#8e44ad", "#2471a3", "#444444"


@dataclass(frozen=True)
class _Scale:
    """From a value to a place on the paper."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)


def draw(moves: Sequence[Move]) -> str:
    """For each variant the move that lost a median number: delays, losses and doubles by the time of sending."""
    rows = [(name, _typical(some)) for name, some in _by_variant(moves).items()]
    most = max((delay for _, move in rows for part in move.timelines.values() for *_, delay in part
                if delay is not None), default=1)
    width = _LEFT + 2 * (_PANEL + _GAP)
    height = _TOP + len(rows) * (_HEIGHT + _GAP) + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="{_INK}">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for column, label in enumerate(_SENDERS.values()):
        out.append(f'<text x="{_LEFT + column * (_PANEL + _GAP) + _PANEL / 2}" y="20" text-anchor="middle" '
                   f'font-weight="bold">{label}</text>')
    out.append(f'<text x="{_LEFT}" y="38">by the time of sending: <tspan fill="{_DELAY}">longest delay</tspan>, '
               f'<tspan fill="{_LOST}">share lost</tspan>, <tspan fill="{_DOUBLED}">share doubled</tspan>, in each '
               f'{TIMELINE_STEP} ms; the guest is paused at 0</text>')
    for row, (name, move) in enumerate(rows):
        top = _TOP + row * (_HEIGHT + _GAP)
        out.append(f'<text x="10" y="{top + 20}" font-weight="bold">{name}</text>')
        out.append(f'<text x="10" y="{top + 38}">pause {move.pause_ms} ms</text>')
        for column, sender in enumerate(_SENDERS):
            seen = move.seen[sender]
            if column == 0:
                out.append(f'<text x="10" y="{top + 54}">lost {seen.lost}</text>')
                out.append(f'<text x="10" y="{top + 70}">doubled {seen.doubled}</text>')
            out += _panel(move, sender, _LEFT + column * (_PANEL + _GAP), top, most, row == len(rows) - 1)
    return "\n".join([*out, "</svg>"]) + "\n"


def _typical(moves: Sequence[Move]) -> Move:
    by_loss = sorted(moves, key=lambda move: (move.seen[OUTSIDE].lost, move.seen[OUTSIDE].doubled))
    return by_loss[len(by_loss) // 2]


def _panel(move: Move, sender: str, left: float, top: float, most: float, last: bool) -> list[str]:
    across = _Scale(TIMELINE_FROM, TIMELINE_TO, left, left + _PANEL)
    up = _Scale(0, most, top + _HEIGHT, top)
    steps = move.timelines[sender]
    width = _PANEL / len(steps)
    out = [f'<rect x="{left}" y="{top}" width="{_PANEL}" height="{_HEIGHT}" fill="none" stroke="#bbbbbb"/>']
    if move.pause_ms is not None:
        start, end = across.at(0), across.at(move.pause_ms / 1000)
        out.append(f'<rect x="{start:.1f}" y="{top}" width="{end - start:.1f}" height="{_HEIGHT}" fill="#eeeeee"/>')
    # Shares hang from the top, delays stand on the ground
    for index, (sent, lost, doubled, delay) in enumerate(steps):
        x = left + index * width
        for count, colour in ((doubled, _DOUBLED), (lost, _LOST)):
            if count:
                out.append(f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" '
                           f'height="{_HEIGHT / 3 * count / max(sent, count):.1f}" fill="{colour}"/>')
        if delay is not None:
            y = up.at(delay)
            out.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{top + _HEIGHT - y:.1f}" '
                       f'fill="{_DELAY}" fill-opacity="0.7"/>')
    if sender == OUTSIDE:
        out.append(f'<text x="{left - 4}" y="{top + 10}" text-anchor="end">{most:.0f} ms</text>')
    if last:
        for second in (-1, -0.5, 0, 0.5, 1):
            x = across.at(second)
            out.append(f'<text x="{x:.1f}" y="{top + _HEIGHT + 16}" text-anchor="middle">{second * 1000:.0f} ms</text>')
    return out
