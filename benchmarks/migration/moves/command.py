# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
"""Arguments in, measurements, tables out."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Iterator, Sequence

from peregrine_lab import requirements
from peregrine_lab.controller import BUILT
from peregrine_lab.errors import LabError
from peregrine_lab.instance import ENVIRONMENT, Instance
from peregrine_lab.shell import write_json

from .bench import LEFT_OUT_PERCENT, OUTSIDE, Bench, Control, GuestPanic, Move, Rates
from .pictures import draw, spread
from .report import render
from .traffic import build_sender
from .variants import Unsupported, Variant, variants

_HERE = Path(__file__).resolve().parents[1]
_ATTEMPTS = 4
_RECEIVE_BUFFER = Path("/proc/sys/net/core/rmem_default")
#: For as many of the largest frames as a guest's tap holds, bytes.
_ROOM = 16 << 20


@dataclass
class Results:
    """What is kept and what was discarded, by variant."""

    moves: list[Move] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    #: What was discarded and why, for people.
    discarded: list[str] = field(default_factory=list)
    #: Variants that cannot be measured, and why.
    left_out: dict[str, str] = field(default_factory=dict)
    failure: str | None = None

    def discard(self, what: str) -> None:
        self.discarded.append(what)
        say(f"discarded: {what}")


def main(argv: Sequence[str] | None = None) -> int:
    names = list(variants(BUILT, (0, 0)))
    parser = argparse.ArgumentParser(prog="benchmarks/migration/run", description="Moves a guest back and forth under "
                                     "traffic, with Peregrine, OVN and MAC learning in turn; see README.md.")
    parser.add_argument("variant", nargs="*", metavar="VARIANT", help=f"which (default: {' '.join(names)})")
    parser.add_argument("--moves", type=int, default=20, metavar="N", help="moves with each (default 20)")
    parser.add_argument("--rounds", type=int, default=2, metavar="N",
                        help="in how many turns, each in a new lab: all take their turn with a part of the moves "
                             "(default 2)")
    parser.add_argument("--warm-up", type=int, default=2, metavar="N",
                        help="moves at the begin of each turn that do not count (default 2)")
    parser.add_argument("--rate", type=int, default=1000, metavar="N",
                        help="pings per second from the client outside (default 1000)")
    parser.add_argument("--guest-rate", type=int, default=1000, metavar="N",
                        help="pings per second from the guest beside the moving one (default 1000)")
    parser.add_argument("--idle-edges", type=int, default=50, metavar="N", help="of the variants -many (default 50)")
    parser.add_argument("--idle-guests", type=int, default=20, metavar="N", help="on each idle edge (default 20)")
    parser.add_argument("--most-left-out", type=int, default=LEFT_OUT_PERCENT, metavar="PERCENT",
                        help="of its pings that a sender may leave out since the machine is busy; with more a move is "
                             f"discarded (default {LEFT_OUT_PERCENT})")
    parser.add_argument("--output", type=Path, default=_HERE, metavar="DIR",
                        help="where results.md, results.json and the pictures go (default: beside README.md)")
    parser.add_argument("--distribution", type=Path, default=BUILT, metavar="DIR",
                        help="an unpacked distribution (default: what this checkout has built)")
    parser.add_argument("--keep-disturbed", action="store_true",
                        help="discard nothing, for trying things on a busy machine; the results say so")
    wishes = parser.parse_args(argv)
    unknown = set(wishes.variant) - set(names)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if min(wishes.moves, wishes.rounds, wishes.rate, wishes.guest_rate, wishes.idle_edges, wishes.idle_guests) < 1 \
            or wishes.warm_up < 0:
        parser.error("numbers are 1 at least, --warm-up 0")
    if wishes.idle_edges > 250 or wishes.idle_guests > 240:
        parser.error("at most 250 idle edges with 240 guests on each")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        return _measure(wishes, wishes.variant or names)
    except LabError as failure:
        say(f"benchmarks/migration/run: {failure}")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _measure(wishes: argparse.Namespace, names: list[str]) -> int:
    requirements.complete_path()
    requirements.check_rights()
    requirements.check_packages()

    def make() -> dict[str, Variant]:
        return variants(wishes.distribution, (wishes.idle_edges, wishes.idle_guests))

    for name, variant in make().items():
        if name in names:
            variant.check()
    instance = Instance(os.environ.get(ENVIRONMENT, "moves"))
    if instance.namespaces():
        raise LabError("a lab is there already: run lab/down first")
    results = Results()
    began = time.time()
    try:
        with tempfile.TemporaryDirectory() as directory, _room_for_bursts():
            program = build_sender(Path(directory))
            for number in range(wishes.rounds):
                share = (number + 1) * wishes.moves // wishes.rounds - number * wishes.moves // wishes.rounds
                for name in names:
                    if share and name not in results.left_out:
                        _turn(instance, make()[name], program, share, wishes, results)
    except (LabError, KeyboardInterrupt, SystemExit) as failure:
        results.failure = " ".join(str(failure).split()) or type(failure).__name__
        raise
    finally:
        if results.moves:
            _write(wishes, results, began)
    return 0


@contextmanager
def _room_for_bursts() -> Iterator[None]:
    """The userspace datapath reads taps by sockets with the kernel's default buffer, which is the whole machine's."""
    before = _RECEIVE_BUFFER.read_text(encoding="ascii")
    _RECEIVE_BUFFER.write_text(str(max(_ROOM, int(before))), encoding="ascii")
    try:
        yield
    finally:
        _RECEIVE_BUFFER.write_text(before, encoding="ascii")


def _version() -> str:
    """Of the working copy that this program is part of: the commit, with a plus where files have been changed since."""
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--exclude=*", "--dirty=+"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _write(wishes: argparse.Namespace, results: Results, began: float) -> None:
    """Also what there is of a run that failed on the way."""
    remarks = [f"discarded: {line}" for line in results.discarded]
    remarks += [f"left out: {line}" for line in results.left_out.values()]
    if wishes.most_left_out != LEFT_OUT_PERCENT:
        remarks.append(f"a sender might leave out {wishes.most_left_out} % of its pings (`--most-left-out`), "
                       f"instead of {LEFT_OUT_PERCENT} %: the machine was busy")
    if wishes.keep_disturbed:
        remarks.append("**nothing was discarded (`--keep-disturbed`): not for comparing**")
    if results.failure is not None:
        remarks.append(f"**the run ended too early: {results.failure}**")
    conditions = {"began": began, "version": _version(), "processors": os.cpu_count(), "rate": wishes.rate,
                  "guest_rate": wishes.guest_rate, "warm_up": wishes.warm_up, "idle_edges": wishes.idle_edges,
                  "idle_guests": wishes.idle_guests,
                  "remarks": remarks}
    text = render(results.moves, results.controls, conditions)
    wishes.output.mkdir(parents=True, exist_ok=True)
    write_json(wishes.output / "results.json", {
        **conditions, "controls": [asdict(control) for control in results.controls],
        "moves": [asdict(move) for move in results.moves]})
    (wishes.output / "results.md").write_text(text, encoding="utf-8")
    (wishes.output / "results.svg").write_text(draw(results.moves), encoding="utf-8")
    (wishes.output / "results-spread.svg").write_text(spread(results.moves), encoding="utf-8")
    print(text)


def _turn(instance: Instance, variant: Variant, program: Path, moves: int, wishes: argparse.Namespace,
          results: Results) -> None:
    """Some moves with one variant; all again if the same traffic without a move is not whole."""
    for attempt in range(_ATTEMPTS):
        with ExitStack() as cleanup:
            bench = Bench(instance, variant, program, Rates(wishes.rate, wishes.guest_rate), cleanup, say)
            try:
                bench.build()
            except Unsupported as why:
                results.left_out[variant.name] = str(why)
                say(f"left out: {why}")
                return
            kept, controls = _moves(bench, moves, wishes, results)
        if kept is not None:
            results.moves += kept
            results.controls += controls
            return
    raise LabError(f"{variant.name}: the machine is too busy: {_ATTEMPTS} turns had to be discarded; "
                   "let nothing else run, lower the rates, or use --keep-disturbed to try things")


def _moves(bench: Bench, count: int, wishes: argparse.Namespace, results: Results) \
        -> tuple[list[Move] | None, list[Control]]:
    name, keep, limit = bench.variant.name, wishes.keep_disturbed, wishes.most_left_out
    say(f"{name}: warming up")
    bench.control()
    for _ in range(wishes.warm_up):
        try:
            bench.move()
        except GuestPanic:
            bench.renew_guest()
    controls = [bench.control()]
    moves: list[Move] = []
    spoilt = 0
    while controls[0].clean(limit) or keep:
        if len(moves) == count:
            controls.append(bench.control())
            break
        try:
            move = bench.move()
            disturbance = move.disturbance(limit)
            if keep or disturbance is None:
                moves.append(move)
                continue
            outside = move.seen[OUTSIDE]
            why = f"{disturbance}; outside {outside.lost} lost, {outside.doubled} doubled"
        except GuestPanic as panic:
            why = str(panic)
            bench.renew_guest()
        spoilt += 1
        results.discard(f"{name}: a move: {why}")
        if spoilt > 2 * count:
            break
    if keep or len(controls) == 2 and controls[1].clean(limit):
        return moves, controls
    results.discard(f"{name}: a turn with {len(moves)} moves: the same traffic without a move was not clean, or too "
                    "many moves had to be discarded")
    return None, controls


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} load {os.getloadavg()[0]:.1f} | {text}", file=sys.stderr, flush=True)
