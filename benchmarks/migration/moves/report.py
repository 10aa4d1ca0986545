# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Tables of the results; computing only."""

from __future__ import annotations

import statistics
from datetime import datetime, timezone
from typing import Any, Iterable, Sequence

from .bench import BESIDE, COMMANDS, OUTSIDE, Control, Move
from .figures import Seen

SENDERS = {OUTSIDE: "outside, behind the border", BESIDE: "guest on the source"}
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
    lines += ["![A move of each kind](results.svg)", "", "![All moves](results-spread.svg)", "",
              "## What the senders saw", ""]
    lines += _table(("network", "sender", "moves", "QEMU's pause", "lost", "behind the tap", "answers", "doubled",
                     "longest gap", "longest delay", "99 % of delays", "delay beyond the pause", "left out"),
                    _senders(moves))
    lines += ["", "## From libvirt's event to the new place", ""]
    lines += _table(("network", "moves", "pause by libvirt's events", "pings at the new tap before the event",
                     "lead", "event to first ping at the new tap", "the controller has the event to first ping",
                     "to decision", "to change confirmed"), _steps(moves))
    lines += ["", "## Where the time of a change at the switches goes", ""]
    lines += _table(("network", "command", "moves", "switches", "messages", "decision to confirmation noted",
                     "to first on the wire", "to all on the wire", "to last switch's answer", "to noted",
                     "of these the slowest switch"), _changes(moves))
    lines += ["", "## The same traffic without a move", ""]
    lines += _table(("network", "sender", "runs", "pings", "lost", "doubled", "longest gap", "longest delay",
                     "left out"), _controls(controls))
    return "\n".join(lines) + "\n"


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> list[str]:
    heads = list(heads)
    return ["| " + " | ".join(heads) + " |", "|" + len(heads) * "---|",
            *("| " + " | ".join(row) + " |" for row in rows)]


def by_variant(results: Sequence[Move | Control]) -> dict[str, list]:
    found: dict[str, list] = {}
    for result in results:
        found.setdefault(result.variant, []).append(result)
    return found


def _senders(moves: Sequence[Move]) -> list[list[str]]:
    rows = []
    for name, some in by_variant(moves).items():
        for sender, label in SENDERS.items():
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
            for name, some in by_variant(moves).items()]


def _changes(moves: Sequence[Move]) -> list[list[str]]:
    rows = []
    for name, some in by_variant(moves).items():
        for command in COMMANDS:
            changes = [move.changes[command] for move in some if command in move.changes]
            if changes:
                rows.append([
                    name, command, str(len(changes)), _both(one.switches for one in changes),
                    _both(one.messages for one in changes), _both((one.whole for one in changes), 1),
                    _both((one.first_sent for one in changes), 1), _both((one.all_sent for one in changes), 1),
                    _both((one.confirmed for one in changes), 1), _both((one.noted for one in changes), 1),
                    _both((one.slowest_switch for one in changes), 1)])
    return rows


def _controls(controls: Sequence[Control]) -> list[list[str]]:
    rows = []
    for name, some in by_variant(controls).items():
        for sender, label in SENDERS.items():
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
