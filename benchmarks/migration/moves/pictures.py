# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Pictures of the results; computing only."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Callable, Sequence

from .bench import BESIDE, OUTSIDE, Move
from .figures import TIMELINE_FROM, TIMELINE_STEP, TIMELINE_TO
from .report import SENDERS, beyond, by_variant

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


def _begin(width: float, height: float) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" ' \
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="{_INK}">\n' \
        f'<rect width="{width}" height="{height}" fill="white"/>'


def draw(moves: Sequence[Move]) -> str:
    """For each variant the move that lost a median number: delays, losses and doubles by the time of sending."""
    rows = [(name, _typical(some)) for name, some in by_variant(moves).items()]
    most = max((delay for _, move in rows for part in move.timelines.values() for *_, delay in part
                if delay is not None), default=1)
    width = _LEFT + 2 * (_PANEL + _GAP)
    height = _TOP + len(rows) * (_HEIGHT + _GAP) + 40
    out = [_begin(width, height)]
    for column, label in enumerate(SENDERS.values()):
        out.append(f'<text x="{_LEFT + column * (_PANEL + _GAP) + _PANEL / 2}" y="20" text-anchor="middle" '
                   f'font-weight="bold">{label}</text>')
    out.append(f'<text x="{_LEFT}" y="38">by the time of sending: <tspan fill="{_DELAY}">longest delay</tspan>, '
               f'<tspan fill="{_LOST}">share lost</tspan>, <tspan fill="{_DOUBLED}">share doubled</tspan>, in each '
               f'{TIMELINE_STEP} ms; the guest is paused at 0</text>')
    for row, (name, move) in enumerate(rows):
        top = _TOP + row * (_HEIGHT + _GAP)
        out.append(f'<text x="10" y="{top + 20}" font-weight="bold">{name}</text>')
        out.append(f'<text x="10" y="{top + 38}">pause {move.pause_ms} ms</text>')
        for column, sender in enumerate(SENDERS):
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


# All moves

_COLUMN, _ROW, _MARK = 250, 56, 3
_COLOURS = {OUTSIDE: _DELAY, BESIDE: "#d68910"}
_FIGURES: tuple[tuple[str, Callable[[Move, str], float | None]], ...] = (
    ("lost", lambda move, sender: move.seen[sender].lost),
    ("doubled", lambda move, sender: move.seen[sender].doubled),
    ("delay beyond the pause, ms", beyond),
    ("event to first ping at the new tap, ms",
     lambda move, sender: move.first_at_tap_ms if sender == OUTSIDE else None))


def spread(moves: Sequence[Move]) -> str:
    """Each move a mark, for each variant and figure, above for one sender and below for the other; medians as lines."""
    variants = by_variant(moves)
    width = _LEFT + len(_FIGURES) * (_COLUMN + _GAP)
    height = _TOP + len(variants) * _ROW + 40
    out = [_begin(width, height), f'<text x="{_LEFT}" y="38">each mark a move, the line their median: '
           + ", ".join(f'<tspan fill="{colour}">{SENDERS[sender]}</tspan>' for sender, colour in _COLOURS.items())
           + "</text>"]
    for column, (label, figure) in enumerate(_FIGURES):
        left = _LEFT + column * (_COLUMN + _GAP)
        known = [value for move in moves for sender in SENDERS if (value := figure(move, sender)) is not None]
        across = _Scale(0, max([1, *known]), left, left + _COLUMN)
        out.append(f'<text x="{left + _COLUMN / 2}" y="20" text-anchor="middle" font-weight="bold">{label}</text>')
        for row, some in enumerate(variants.values()):
            top = _TOP + row * _ROW
            out.append(f'<rect x="{left}" y="{top}" width="{_COLUMN}" height="{_ROW - 8}" fill="none" '
                       'stroke="#bbbbbb"/>')
            for lane, (sender, colour) in enumerate(_COLOURS.items()):
                values = [value for move in some if (value := figure(move, sender)) is not None]
                out += _marks(values, across, top + (lane + 0.5) * (_ROW - 8) / 2, colour)
        foot = _TOP + len(variants) * _ROW + 8
        out.append(f'<text x="{left}" y="{foot}">0</text>')
        out.append(f'<text x="{left + _COLUMN}" y="{foot}" text-anchor="end">{across.high:.0f}</text>')
    for row, name in enumerate(variants):
        out.append(f'<text x="10" y="{_TOP + row * _ROW + 28}" font-weight="bold">{name}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _marks(values: Sequence[float], across: _Scale, middle: float, colour: str) -> list[str]:
    out = [f'<circle cx="{across.at(value):.1f}" cy="{middle:.1f}" r="{_MARK}" fill="{colour}" fill-opacity="0.4"/>'
           for value in values]
    if values:
        x = across.at(statistics.median(values))
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{middle - 10:.1f}" y2="{middle + 10:.1f}" stroke="{_INK}"/>')
    return out
